from __future__ import annotations

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.sync.account_files.files import parse_account
from debitoor_provider.sync.accounts.problems import Problem, field_path

from .examples import EXPORT, IMPORT


def problems_in(content: bytes) -> list[str]:
    account, problems = parse_account(content, "acme.yaml")
    assert account is None
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"naem: x", "naem: There is no such field. Did you mean name?"),
        (b"tags: [x]", "tags: There is no such field. Did you mean filter.tags?"),
        (b"defaults: {}", "defaults: There is no such field. It is a setting of accounts with type: import."),
        (
            b"access_token: x",
            "access_token: There is no such field. Keys and tokens belong in the Airflow connections, never",
        ),
        (b"parallel: many", "parallel: 'many' is not a whole number. Enter a whole number, digits only."),
        (b"parallel: 65", "parallel: '65' is too large. The maximum is 64."),
        (b"retries: -1", "retries: '-1' is too small. The minimum is 0."),
        (b"category: 12", 'category: 12 is read as a number, but text is expected. Put it in quotes: "12".'),
        (b"category: true", 'category: true is read as a boolean, but text is expected. Put it in quotes: "true".'),
        (b"category: [a]", "category: This is a list, but a single text is expected."),
        (b"category: {a}", "category: This is read as fields, but text is expected. Put text that contains braces"),
        (b'pool: ""', "pool: The text is empty. Enter a value, or leave the field out."),
        (
            b"foreign_currency: exchange",
            "foreign_currency: 'exchange' is not a valid value. Use one of hold, zero_amount, convert.",
        ),
        (b"foreign_currency: zero_amuont", "Use one of hold, zero_amount, convert. Did you mean zero_amount?"),
        (
            b"reverse_charge: {tax_rate: much}",
            "reverse_charge.tax_rate: 'much' is not a number that this field accepts.",
        ),
        (b"reverse_charge: 19", "reverse_charge: Fields are expected here, not a single value."),
        (b"positive_credit_note:", "positive_credit_note: The field is empty. Enter a value, or leave the field out."),
    ],
)
def test_a_wrong_line_is_explained_in_plain_words(line: bytes, problem: str) -> None:
    lines = [text for text in problems_in(EXPORT + line) if problem in text]

    assert len(lines) == 1
    assert lines[0].startswith("acme.yaml:18: ")


@pytest.mark.parametrize(
    ("was", "is_", "problem"),
    [
        (
            b"[INCOMING_INVOICE, RECEIPT, CREDIT_NOTE]",
            b"RECEIPT",
            "A list is expected here. Write the values in brackets, such as [RECEIPT].",
        ),
        (
            b"[INCOMING_INVOICE, RECEIPT, CREDIT_NOTE]",
            b"{a: 1}",
            "A list is expected here. Write the values in brackets, such as [one, two].",
        ),
        (b"[INCOMING_INVOICE, RECEIPT, CREDIT_NOTE]", b"[]", "The list is empty."),
        (
            b"[Paid, Not paid]",
            b"[paid]",
            "'paid' is not a payment status. Use one of Paid, Partially, Not paid, Unknown. Did",
        ),
        (b"approved_only: true", b"approved_only: yes", "'yes' is neither true nor false. Write true or false"),
        (b"{any: [books], none: [private]}", b"{any: [12]}", "filter.tags.any[0]: 12 is read as a number"),
        (
            b"{any: [books], none: [private]}",
            b"{some: [a]}",
            "filter.tags.some: There is no such field. Known fields here: any, ",
        ),
        (b"name: Acme GmbH, receipts", b"", "name: This field is missing. Fill it in (name: Acme GmbH, receipts)."),
        (b"from: 2026-01-01", b"form: 2026-01-01", "period.form: There is no such field. Did you mean from?"),
        (b"from: 2026-01-01", b"from: 1.1.2026", "period.from: '1.1.2026' is not a date. Write it as year-month-day"),
        (
            b"from: 2026-01-01",
            b"from: 2026-01-02, to: 2026-01-01",
            "period: The period ends (2026-01-01) before it starts",
        ),
    ],
)
def test_a_wrong_value_is_explained_in_plain_words(was: bytes, is_: bytes, problem: str) -> None:
    (line,) = problems_in(EXPORT.replace(was, is_))

    assert problem in line


BARE = b"""\
type: export
name: acme
debitoor_id: books@acme.example
connections: {getmyinvoices: gmi, debitoor: debitoor}
"""


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"filter: {tags: {include: [x]}}", "filter.tags.include: There is no such field. Known fields here: any, all"),
        (b"filter: {any: [x]}", "filter.any: There is no such field. Did you mean filter.tags.any?"),
        (
            b"filter: {companies: {any: [x]}}",
            "filter.companies.any: There is no such field. Known fields here: include",
        ),
        (
            b"filter: {companies: {includ: [x]}}",
            "filter.companies.includ: There is no such field. Did you mean include",
        ),
    ],
)
def test_a_misplaced_field_is_looked_for_in_the_sections_above_and_below_only(line: bytes, problem: str) -> None:
    (found,) = problems_in(BARE + line)
    assert problem in found


@pytest.mark.parametrize("line", [b"filter: {document_types: [INVOICEX]}", b"specification: [numbr]"])
def test_a_list_whose_only_value_is_wrong_is_one_problem(line: bytes) -> None:
    (problem,) = problems_in(BARE + line)
    assert "[0]: '" in problem


def test_a_list_without_values_is_empty() -> None:
    (problem,) = problems_in(BARE + b"filter: {document_types: []}")
    assert problem.endswith("The list is empty. Enter a value, or leave the field out.")


def test_a_missing_section_is_shown_as_it_would_be_written() -> None:
    (line,) = problems_in(IMPORT.replace(b"connections:", b"#"))

    assert line == (
        "acme.yaml:1: connections: This field is missing. "
        "Fill it in (connections: {getmyinvoices: getmyinvoices_acme, debitoor: debitoor_acme})."
    )


def test_a_problem_without_a_line_names_the_file() -> None:
    assert (
        str(Problem("acme.yaml", None, None, "", Message("account_file_empty")))
        == "acme.yaml: The file is empty. Start with the account's type, such as type: export."
    )


def test_a_field_path_from_the_file_cannot_break_a_line() -> None:
    assert field_path(("filter", "tags", 0)) == "filter.tags[0]"
    assert "\n" not in field_path(("a\nb",))
