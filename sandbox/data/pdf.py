"""One-page invoices as real PDFs; the same input gives the same bytes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fpdf import FPDF
from fpdf.enums import WrapMode

if TYPE_CHECKING:
    from decimal import Decimal

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
    """Print an invoice with the core fonts; characters that these lack become ``?``."""
    pdf = FPDF(format="A4")
    pdf.set_creation_date(_EPOCH)
    pdf.set_title(printable(f"{invoice.title} {invoice.number}"))
    pdf.add_page()
    pdf.set_font("helvetica", "B", 18)
    _paragraph(pdf, invoice.title, 10)
    pdf.set_font("helvetica", size=10)
    for label, text in (("From", invoice.seller), ("To", invoice.buyer), ("Number", invoice.number or "-"),
                        ("Date", invoice.date or "-"), ("Reference", invoice.reference or "-")):  # fmt: skip
        _paragraph(pdf, f"{label}: {text}", 6)
    pdf.ln(6)
    for line in invoice.lines:
        _paragraph(pdf, f"{line.quantity} x {line.text}   {line.net:.2f} {invoice.currency} + {line.rate} % VAT", 6)
    pdf.ln(6)
    pdf.set_font("helvetica", "B", 11)
    for label, amount in (("Net", invoice.net), ("VAT", invoice.gross - invoice.net), ("Total", invoice.gross)):
        _paragraph(pdf, f"{label}: {amount:.2f} {invoice.currency}", 6)
    return bytes(pdf.output())


def printable(text: str) -> str:
    """The text on one line in Latin-1, the character set of the core fonts."""
    flat = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(char if char.isprintable() else "?" for char in flat).encode("latin-1", "replace").decode("latin-1")


def _paragraph(pdf: FPDF, text: str, height: float) -> None:
    pdf.multi_cell(0, height, printable(text), new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR)
