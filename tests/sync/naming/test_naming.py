from __future__ import annotations

from datetime import date

from debitoor_provider.services.getmyinvoices.models import Document
from debitoor_provider.sync.naming.naming import document_name
from debitoor_provider.sync.naming.template import Template

KEEP = Template.parse("")
PATTERN = Template.parse("{document_date}_{company}_{document_number}")


def document(uid: int = 7, name: str = "scan.pdf", company: str = "", number: str = "") -> Document:
    return Document(
        uid, "RECEIPT", filename=name, document_date=date(2026, 1, 31), company_name=company, document_number=number
    )


def test_a_pattern_names_the_copy_and_the_extension_is_the_originals() -> None:
    assert document_name(PATTERN, document(company="Paper Ltd", number="R/17")) == "2026-01-31_Paper Ltd_R_17.pdf"
    assert document_name(PATTERN, document(name="mail.EML", number="17")) == "2026-01-31_17.EML"
    assert document_name(PATTERN, document(name="noextension", number="17")) == "2026-01-31_17"


def test_an_empty_pattern_keeps_the_name_as_far_as_it_is_safe() -> None:
    assert document_name(KEEP, document(name="Invoice No. 12.pdf")) == "Invoice No. 12.pdf"
    assert document_name(KEEP, document(name="a:b\u202e.pdf")) == "a_b.pdf"


def test_a_document_without_a_usable_name_is_called_by_its_id() -> None:
    assert document_name(KEEP, document(name="???.pdf")) == "document-7.pdf"
    assert document_name(KEEP, document(name=".pdf")) == "document-7.pdf"
    assert document_name(Template.parse("{company}"), document()) == "document-7.pdf"
