"""What a document's file says about itself: the e-invoices in it, or why they cannot be read."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, BinaryIO

from debitoor_provider.messages import Message
from debitoor_provider.sync.invoice import cii, facturae, fatturapa, ubl, xml
from debitoor_provider.sync.invoice.models import Invoice, Reading, Syntax
from debitoor_provider.sync.invoice.problems import Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

_HEAD = 1024
_SIGNED = (b"0\x80", b"0\x81", b"0\x82", b"0\x83", b"0\x84")  # how the ASN.1 of a .p7m begins
_RELATED = re.compile("invoice|creditnote|fattura|factura|crossindustrydocument", re.IGNORECASE)
_CII = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_ZUGFERD_1 = "urn:ferd:CrossIndustryDocument:invoice:1p0"


def read(content: BinaryIO) -> Reading:
    """Read the e-invoice that a file is, or that is embedded in it. Never raises for what the file holds.

    An embedded file is chosen by its root element: names, relationships and XMP metadata of real PDFs contradict it.
    Of two invoices the newer one counts: ZUGFeRD 1.0 is kept next to its successor for old readers; otherwise the date
    decides. Where one of several cannot be read, any of them may be the one that counts.

    :param content: the file; it is positioned at its start afterwards
    """
    try:
        return _reading(content)
    except Unreadable as error:
        return Reading(problem=error.message)
    finally:
        content.seek(0)


def _reading(content: BinaryIO) -> Reading:
    content.seek(0)
    head = content.read(_HEAD)
    if b"%PDF-" in head:
        return _of_pdf(content)
    if xml.looks_like_xml(head):
        content.seek(0)
        return Reading(tuple(_of_xml(content.read(xml.LARGEST + 1))))
    if head.startswith(_SIGNED) and b"FatturaElettronica" in head + content.read(1 << 16):
        raise Unreadable(Message("invoice_signed"))
    return Reading()


def _of_pdf(content: BinaryIO) -> Reading:
    from debitoor_provider.sync.invoice.pdf import embedded_files  # with pypdf, which runs without a PDF do not need

    files = embedded_files(content)
    found: list[Sequence[Invoice]] = []
    failure: Message | None = None
    problem = files.problem
    for data in files.contents:
        try:
            if invoices := _of_xml(data):
                found.append(invoices)
        except Unreadable as error:
            failure = error.message
            if _may_be_invoice(data):
                problem = error.message
    if not found:
        return Reading(problem=problem or failure)
    newest = max(map(_age, found))
    return Reading(tuple(_as_one([invoices for invoices in found if _age(invoices) == newest])), problem)


def _may_be_invoice(data: bytes) -> bool:
    """Return whether an XML file that cannot be read begins as an invoice does; one that does not begin at all may be.

    An order or an attachment that is damaged says nothing about the invoice next to it.
    """
    root = xml.name_of_root(data)
    return not root or root == xml.ENVELOPE or _RELATED.search(root) is not None


def _as_one(found: Sequence[Sequence[Invoice]]) -> Sequence[Invoice]:
    """Return what several files of one age state: one invoice in several formats is one, others are several."""
    first = found[0]
    if all(list(map(_figures, invoices)) == list(map(_figures, first)) for invoices in found):
        return first
    return [invoice for invoices in found for invoice in invoices]


def _figures(invoice: Invoice) -> tuple[object, ...]:
    groups = sorted((group.rate or 0, group.base or 0, group.tax or 0) for group in invoice.groups)
    return invoice.number, invoice.currency, invoice.gross, groups


def _age(invoices: Sequence[Invoice]) -> tuple[bool, date]:
    newest = max((invoice.date or date.min for invoice in invoices), default=date.min)
    return all(invoice.syntax is not Syntax.ZUGFERD_1 for invoice in invoices), newest


def _of_xml(data: bytes) -> Sequence[Invoice]:
    """Return the invoices of an XML file; none when it is something else, such as an order."""
    root = xml.parse(data)
    documents = list(root) if xml.local_name(root) == xml.ENVELOPE else [root]
    return [invoice for document in documents for invoice in _of_document(document)]


def _of_document(root: Element) -> Sequence[Invoice]:
    name, namespace = xml.local_name(root), xml.namespace(root)
    if namespace == _CII:
        return [cii.read(root, cii.CII)]
    if namespace == _ZUGFERD_1:
        return [cii.read(root, cii.ZUGFERD_1)]
    if namespace in {ubl.INVOICE, ubl.CREDIT_NOTE}:
        return [ubl.read(root)]
    if name == "FatturaElettronica":
        return fatturapa.read(root)
    if name == "Facturae":
        return facturae.read(root)
    return _unknown(root)


def _unknown(root: Element) -> Sequence[Invoice]:
    if _RELATED.search(xml.local_name(root)):
        raise Unreadable(Message("invoice_unknown_format", name=xml.local_name(root)[:100]))
    return ()
