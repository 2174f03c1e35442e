from __future__ import annotations

import pytest

from debitoor_provider.services.http.errors import (
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
