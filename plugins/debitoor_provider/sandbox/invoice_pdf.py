"""One-page invoices as real PDFs; the same input gives the same bytes."""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

_LEFT, _TOP, _LINE, _COLUMNS = 15, 20, 6, 95  # millimetres; the columns are characters
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PdfLine:
    """One position; amounts in the invoice's currency."""

    text: str
    quantity: Decimal
    net: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True)
class PdfInvoice:
    """What is printed."""

    title: str
    number: str
    date: str
    seller: str
    buyer: str
    currency: str
    net: Decimal
    gross: Decimal
    lines: tuple[PdfLine, ...]
    reference: str = ""


def invoice_pdf(invoice: PdfInvoice) -> bytes:
    """Print an invoice with the core fonts; characters that they lack become ``?``."""
    from fpdf import FPDF  # imported late because it is slow and often not needed

    pdf = FPDF(format="A4")
    pdf.set_creation_date(_EPOCH)
    pdf.set_title(printable(f"{invoice.title} {invoice.number}"))
    pdf.add_page()
    pdf.set_font("helvetica", size=10)
    height = _TOP
    for text in _lines(invoice):
        for part in textwrap.wrap(printable(text), _COLUMNS) or [""]:
            # Line by line, because the library's own paragraphs are ten times as slow.
            pdf.text(_LEFT, height, part)
            height += _LINE
    return bytes(pdf.output())


def _lines(invoice: PdfInvoice) -> Iterator[str]:
    yield invoice.title.upper()
    yield ""
    yield f"From: {invoice.seller}"
    yield f"To: {invoice.buyer}"
    yield f"Number: {invoice.number or '-'}"
    yield f"Date: {invoice.date or '-'}"
    yield f"Reference: {invoice.reference or '-'}"
    yield ""
    for line in invoice.lines:
        yield f"{line.quantity} x {line.text}   {line.net:.2f} {invoice.currency} + {line.rate} % VAT"
    yield ""
    for label, amount in (("Net", invoice.net), ("VAT", invoice.gross - invoice.net), ("Total", invoice.gross)):
        yield f"{label}: {amount:.2f} {invoice.currency}"


def printable(text: str) -> str:
    """Return the text on one line in Latin-1, the character set of the core fonts."""
    flat = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(char if char.isprintable() else "?" for char in flat).encode("latin-1", "replace").decode("latin-1")
