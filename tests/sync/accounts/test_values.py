from __future__ import annotations

from datetime import date

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from debitoor_provider.sync.accounts import values
from debitoor_provider.sync.accounts.values import plainly, quoted
from tests.sync.accounts.reading import read, refusal


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires"])
def test_a_time_zone_is_one_of_the_iana_list(zone: str) -> None:
    assert read(values.Timezone, zone) == zone


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berln", "Did you mean Europe/Berlin?"),
        ("Europe", "is not an IANA time zone"),
        ("../../etc/passwd", "is not an IANA time zone"),
        ("", "is not an IANA time zone"),
        ("+01:00", "is not an IANA time zone"),
        ("localtime", "is not an IANA time zone"),
        ("right/Europe/Berlin", "Did you mean Europe/Berlin?"),
    ],
)
def test_an_unknown_time_zone_is_refused(zone: str, words: str) -> None:
    assert words in refusal(values.Timezone, zone)


@pytest.mark.parametrize("address", ["books@acme.example", "büro@müller.example", "a.b+c@sub.acme.example"])
def test_an_e_mail_address(address: str) -> None:
    assert read(values.Email, address) == address


@pytest.mark.parametrize(
    "address",
    [
        "books",
        "books(at)acme",
        "a@b",
        "a b@acme.example",
        "a@@acme.example",
        "<a@acme.example>",
        ".a@acme.example",
        "a..b@acme.example",
        "a@acme..example",
        "a@-acme.example",
        "a@acme-.example",
        "a@acme.example.",
        "a@127.0.0.1",
    ],
)
def test_an_invalid_e_mail_address(address: str) -> None:
    assert "such as anna@acme.example" in refusal(values.Email, address)
    with pytest.raises(EmailNotValidError):
        validate_email(address, check_deliverability=False)


@pytest.mark.parametrize("text", ["anna@acme.example", "59f0c1d2e3a4b5c6d7e8f901", "a1b2c3d4-0000"])
def test_an_account_of_debitoor_is_named_by_its_address_or_its_id(text: str) -> None:
    assert read(values.DebitoorId, f" {text} ") == text


@pytest.mark.parametrize(
    "text", ["books", "booksacme", "59f0c1d", "a b@acme.example", "59f0c1d2e3a4b5c6d7e8f901.example"]
)
def test_a_text_that_is_neither_an_address_nor_an_id_is_refused(text: str) -> None:
    assert "registered at Debitoor" in refusal(values.DebitoorId, text)


@settings(deadline=None, derandomize=True)
@given(st.emails())
def test_whatever_the_library_for_e_mail_addresses_accepts_is_one(address: str) -> None:
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return
    assert read(values.Email, address) == address


@pytest.mark.parametrize("text", ["getmyinvoices_acme", "team/acme.gmi-1"])
def test_a_connection_id(text: str) -> None:
    assert read(values.ConnectionId, text) == text


@pytest.mark.parametrize("text", ["", "my connection", "secret=key", "a" * 251, "a\n"])
def test_an_invalid_connection_id_is_not_repeated(text: str) -> None:
    message = refusal(values.ConnectionId, text)

    assert "not a connection id" in message
    assert "secret" not in message


def test_a_day_is_written_in_one_way_only() -> None:
    assert read(values.Day, "2026-01-31") == date(2026, 1, 31)
    assert read(values.Day, date(2026, 1, 31)) == date(2026, 1, 31)
    for wrong in (
        "2026-02-30",
        "31.01.2026",
        "2026-1-31",
        "20260131",
        "2026-W01-1",
        20260131,
        True,
        "",
        "\uff12026-01-01",
    ):
        assert "is not a date" in refusal(values.Day, wrong)


def test_a_company_is_a_name_or_a_number() -> None:
    assert read(values.CompanyRef, 4711) == 4711
    assert read(values.CompanyRef, " Paper Ltd ") == "Paper Ltd"
    assert read(values.CompanyRef, "4711") == "4711"
    for wrong in (0, -1, True, None, ["A"], 1.5, "", "  "):
        assert "neither the name nor the number of a company" in refusal(values.CompanyRef, wrong)


def test_text_that_cannot_be_seen_is_refused() -> None:
    assert "invisible characters" in refusal(values.OneLine, "Acme\u202egpj")
    assert "invisible characters" in refusal(values.Note, "Acme\x07")
    assert "more than one line" in refusal(values.OneLine, "Acme\nGmbH")
    assert read(values.Note, "first\nsecond") == "first\nsecond"


def test_a_value_in_a_message_is_short_and_on_one_line() -> None:
    assert quoted("x").text() == "'x'"
    assert plainly("A\x1b[31m\nB") == "A�[31m�B"
    assert len(plainly("x" * 1000)) == 60
