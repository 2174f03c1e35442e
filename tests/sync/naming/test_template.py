from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debitoor_provider.services.getmyinvoices.models import Document
from debitoor_provider.sync.naming.placeholders import PLACEHOLDERS
from debitoor_provider.sync.naming.template import Template, TemplateError

DOCUMENT = Document(
    28715,
    "RECEIPT",
    document_number="R-17",
    document_date=date(2026, 3, 7),
    created_at=date(2026, 4, 1),
    company_name="Müller GmbH",
    order_number="O-4",
    net_amount=Decimal("1000.005"),
    gross_amount=Decimal("-1190"),
    currency="EUR",
    payment_status="Not paid",
    tags=("books", "2026"),
    note="for the\noffice",
    filename="scan.v2.pdf",
)


def render(text: str, document: Document = DOCUMENT) -> str:
    return Template.parse(text).render(document)


def refusal(text: str) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        Template.parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", ""),
        ("plain", "plain"),
        ("{document_date}_{company}_{document_number}", "2026-03-07_Müller GmbH_R-17"),
        ("{year}/{month}/{day}", "2026/03/07"),
        ("{created_date}", "2026-04-01"),
        ("{document_type} {order_number}", "RECEIPT O-4"),
        ("{net_amount} {gross_amount} {currency}", "1000.01 -1190.00 EUR"),
        ("{payment_status}", "Not paid"),
        ("{tags}", "books-2026"),
        ("{note}", "for the office"),
        ("{document_uid}", "28715"),
        ("{original_name}", "scan.v2"),
        ("{{{year}}}", "{2026}"),
        ("{{year}}", "{year}"),
    ],
)
def test_a_pattern_becomes_a_name(text: str, name: str) -> None:
    assert render(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{document_date:YYYY-MM-DD}", "2026-03-07"),
        ("{document_date:DD.MM.YYYY}", "07.03.2026"),
        ("{document_date:YYMMDD}", "260307"),
        ("{document_date:D_M YY}", "7_3 26"),
        ("{created_date:YYYY}", "2026"),
        ("{gross_amount:0}", "-1190"),
        ("{gross_amount:0.00}", "-1190.00"),
        ("{gross_amount:0,00}", "-1190,00"),
        ("{net_amount:0.000}", "1000.005"),
        ("{document_uid:08}", "00028715"),
        ("{document_uid:03}", "28715"),
        ("{company:upper}", "MÜLLER GMBH"),
        ("{company:lower}", "müller gmbh"),
        ("{company:7}", "Müller"),
        ("{company:3:upper}", "MÜL"),
    ],
)
def test_a_placeholder_can_have_a_form(text: str, name: str) -> None:
    assert render(text) == name


def test_a_missing_value_is_an_empty_text() -> None:
    assert (
        "".join(render(f"{{{name}}}", Document(7, "")) for name in PLACEHOLDERS if name != "document_uid") == "Unknown"
    )
    assert render("{net_amount:0,00}{document_date:YY}{company:upper}", Document(7, "RECEIPT")) == ""


@pytest.mark.parametrize("amount", ["Infinity", "NaN", "1E+1000000"])
def test_a_missing_amount_is_an_empty_text(amount: str) -> None:
    assert render("{net_amount}", Document(7, "RECEIPT", net_amount=Decimal(amount))) == ""


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("{compny}", 0, "There is no placeholder {compny} (character 1). Did you mean {company}?"),
        ("ab{Company}", 2, "Did you mean {company}?"),
        ("{ company }", 0, "Did you mean {company}?"),
        ("{}", 0, "There is no placeholder {} (character 1)."),
        ("{0}", 0, "There is no placeholder {0} (character 1). Known placeholders: document_date, year, "),
        ("{company.__class__}", 0, "There is no placeholder {company.__class__} (character 1)."),
        ("{company[0]}", 0, "There is no placeholder"),
        ("{company!r}", 0, "There is no placeholder"),
        ("{company|upper}", 0, "There is no placeholder"),
        ("{year", 0, "A brace is opened and not closed (character 1)."),
        ("year}", 4, "A brace is closed that was not opened (character 5)."),
        ("{{year}", 6, "A brace is closed that was not opened (character 7)."),
        ("{year:YY}", 6, "Write {year}: it takes no format."),
        ("{document_date:}", 15, "It takes YYYY, YY, MM, M, DD and D"),
        ("{document_date:%Y}", 15, "It takes YYYY, YY, MM, M, DD and D"),
        ("{document_date:-}", 15, "It takes YYYY, YY, MM, M, DD and D"),
        ("{document_date:YYYY/MM}", 15, "It takes YYYY, YY, MM, M, DD and D"),
        ("{gross_amount:.2f}", 14, "It takes 0, 0.00 or 0,00."),
        ("{document_uid:99999999999}", 14, "It takes a width with leading zeros such as 08."),
        ("{company:title}", 9, "It takes upper, lower, or a greatest length such as 20."),
        ("{company:{year}}", 9, "It takes upper, lower"),
    ],
)
def test_text_outside_the_grammar_is_refused_with_its_position(text: str, position: int, words: str) -> None:
    error = refusal(text)

    assert error.position == position
    assert words in str(error)


@settings(deadline=None, derandomize=True)
@given(st.text(alphabet=st.sampled_from("{}:.![]0aY_ "), max_size=12) | st.text(max_size=20))
def test_every_text_is_a_pattern_or_refused(text: str) -> None:
    try:
        template = Template.parse(text)
    except TemplateError as error:
        position = error.position
    else:
        position = 0
        assert isinstance(template.render(DOCUMENT), str)
    assert 0 <= position <= len(text)


@settings(deadline=None, derandomize=True)
@given(st.text())
def test_text_with_doubled_braces_stands_for_itself(text: str) -> None:
    assert render(text.replace("{", "{{").replace("}", "}}")) == text


@settings(deadline=None, derandomize=True)
@given(st.text(), st.text())
def test_braces_in_a_value_are_no_placeholders(company: str, note: str) -> None:
    document = Document(7, "RECEIPT", company_name="{note}" + company, note=note)

    assert render("{company}", document).startswith("{note}")
