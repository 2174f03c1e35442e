from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from debitoor_provider.services.errors import (
    Misconfigured,
    StopError,
)
from tests.sync.stage import Stage


def test_the_books_of_another_company_get_nothing(acme: Stage) -> None:
    acme.documents(2)
    watch = acme.watch()
    with pytest.raises(Misconfigured, match=r"belongs to .*account is meant for other@acme\.example") as stop:
        acme.export(acme.exports(debitoor_id="other@acme.example"))
    assert isinstance(stop.value, StopError)
    assert stop.value.remedy
    assert watch.writes == []


@pytest.mark.parametrize("missing", ["currency", "countryCode"])
def test_books_without_a_currency_or_country_receive_nothing(acme: Stage, missing: str) -> None:
    acme.document()
    acme.company.switch(environment_without=[missing])
    acme.fault("status", "debitoor.settings.get", status=200, body={"id": "x"})
    acme.fault("status", "debitoor.payment_accounts.list", status=200, body=[])
    with pytest.raises(Misconfigured, match="currency and country") as stop:
        acme.export()
    assert "fill in books.currency and books.country in the account" in stop.value.remedy
    assert acme.booked() == {}


def test_an_environment_with_nothing_but_its_id_is_completed_by_other_calls(acme: Stage) -> None:
    uid = acme.document()
    acme.company.switch(environment_without=["email", "currency", "countryCode"])
    watch = acme.watch()
    acme.export()
    assert acme.booked() == {uid: 119}
    assert (watch.calls["debitoor.settings.get"], watch.calls["debitoor.payment_accounts.list"]) == (1, 1)


def test_payment_accounts_in_several_currencies_do_not_decide_the_currency_of_the_books(acme: Stage) -> None:
    acme.document()
    acme.company.switch(environment_without=["currency"])
    accounts = [{"id": "1", "currency": "EUR"}, {"id": "2", "currency": "USD"}]
    acme.fault("status", "debitoor.payment_accounts.list", status=200, body=accounts)
    with pytest.raises(Misconfigured, match="currency and country"):
        acme.export()


def test_the_account_file_states_what_debitoor_does_not(acme: Stage) -> None:
    uid = acme.document()
    acme.company.switch(environment_without=["currency", "countryCode"])
    acme.fault("status", "debitoor.settings.get", status=200, body={"id": "x", "accountEmail": "x"})
    watch = acme.watch()
    acme.export(acme.exports(books={"currency": "EUR", "country": "DE"}))
    assert acme.booked() == {uid: 119}
    assert watch.calls["debitoor.payment_accounts.list"] == 0


@pytest.mark.parametrize(("field", "stated"), [("currency", "USD"), ("country", "FR")])
def test_an_account_file_that_contradicts_debitoor_stops_the_run(acme: Stage, field: str, stated: str) -> None:
    acme.document()
    with pytest.raises(Misconfigured, match=f"states {stated} as books.{field}, and Debitoor reports"):
        acme.export(acme.exports(books={field: stated}))
    assert acme.booked() == {}


def test_what_the_environment_leaves_out_is_in_the_settings(acme: Stage) -> None:
    uid = acme.document()
    acme.fault("status", "debitoor.environment", status=200, body={"id": "x", "currency": "EUR"})
    acme.export()
    assert acme.booked() == {uid: 119}


def environment(acme: Stage, **fields: Any) -> None:
    body = {"id": "59f0", "email": acme.company.debitoor_email, "countryCode": "DE", "currency": "EUR"}
    acme.fault("status", "debitoor.environment", status=200, body=body | fields)


@pytest.mark.parametrize("status", [403, 404])
def test_settings_that_may_not_be_read_are_not_needed_for_what_the_account_states(acme: Stage, status: int) -> None:
    uid = acme.document()
    acme.company.switch(environment_without=["countryCode"])
    acme.fault("status", "debitoor.settings.get", status=status)
    with pytest.raises(Misconfigured, match="currency and country"):
        acme.export()
    acme.export(acme.exports(books={"country": "DE", "currency": "EUR"}))
    assert acme.booked() == {uid: 119}


@pytest.mark.parametrize(
    "fields",
    [
        {"currency": " EUR "},
        {"currency": "E\u200bUR"},
        {"currency": "eur"},
        {"countryCode": " de "},
        {"countryCode": "DEU"},
        {"email": " BOOKS@acme.example\u200b"},
    ],
)
def test_codes_and_addresses_are_read_whatever_surrounds_them(acme: Stage, fields: dict[str, str]) -> None:
    uid = acme.document(currency=" EUR\u200b ")
    environment(acme, **({"email": "books@acme.example"} | fields))
    acme.export(acme.exports(debitoor_id="books@acme.example"))
    assert acme.booked() == {uid: 119}


def test_the_address_of_the_books_is_the_same_in_both_forms_of_its_letters(acme: Stage) -> None:
    uid = acme.document()
    environment(acme, email=unicodedata.normalize("NFD", "bücher@acme.example"))
    acme.export(acme.exports(debitoor_id="bücher@acme.example"))
    assert acme.booked() == {uid: 119}


def test_an_invalid_country_is_unknown_unless_the_account_states_it(acme: Stage) -> None:
    uid = acme.document()
    environment(acme, countryCode="Germany")
    acme.fault("status", "debitoor.settings.get", status=404)
    with pytest.raises(Misconfigured, match="country of the books is unknown: Debitoor reports Germany") as stop:
        acme.export()
    assert "fill in books.country in the account" in stop.value.remedy
    acme.export(acme.exports(books={"country": "DE"}))
    assert acme.booked() == {uid: 119}


def test_an_invalid_currency_is_replaced_from_elsewhere(acme: Stage) -> None:
    uid = acme.document()
    environment(acme, currency="Euro")
    acme.export()
    assert acme.booked() == {uid: 119}


@pytest.mark.parametrize("answer", [{"status": 200, "body": {"id": "x"}}, {"status": 404}])
def test_books_without_an_address_are_named_by_their_id(acme: Stage, answer: dict[str, Any]) -> None:
    uid = acme.document()
    acme.company.switch(environment_without=["email"])
    acme.fault("status", "debitoor.settings.get", **answer)
    with pytest.raises(Misconfigured, match="reports no e-mail address") as stop:
        acme.export()
    named = acme.company.debitoor_id
    assert f"enter {named} in the account as debitoor_id" in stop.value.remedy
    with pytest.raises(Misconfigured, match="the account is meant for 59f0c1d2e3a4b5c6d7e8f901"):
        acme.export(acme.exports(debitoor_id="59f0c1d2e3a4b5c6d7e8f901"))
    assert acme.booked() == {}
    acme.export(acme.exports(debitoor_id=named))
    assert acme.booked() == {uid: 119}


@pytest.mark.parametrize("without", [[], ["email"]])
def test_books_with_an_address_are_not_named_by_their_id(acme: Stage, without: list[str]) -> None:
    """By two names, two accounts with the same books would not know of each other, and send a document twice."""
    uid = acme.document()
    acme.company.switch(environment_without=without)
    with pytest.raises(Misconfigured, match="but Debitoor reports the e-mail address") as stop:
        acme.export(acme.exports(debitoor_id=acme.company.debitoor_id))
    assert f"Enter {acme.company.debitoor_email} in the account as debitoor_id" in stop.value.remedy
    assert acme.booked() == {}
    acme.export()
    assert acme.booked() == {uid: 119}
