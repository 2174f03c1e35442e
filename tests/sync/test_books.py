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
    with pytest.raises(Misconfigured, match=r"belongs to .*account file says other@acme\.example") as stop:
        acme.export(acme.exports(debitoor_id="other@acme.example"))
    assert isinstance(stop.value, StopError)
    assert stop.value.remedy
    assert watch.writes == []


@pytest.mark.parametrize("missing", ["currency", "countryCode"])
def test_books_that_do_not_tell_how_to_book_get_nothing(acme: Stage, missing: str) -> None:
    acme.document()
    told = {"id": "x", "email": acme.company.debitoor_email, "countryCode": "DE", "currency": "EUR"}
    acme.fault("status", "debitoor.environment", status=200, body=told | {missing: ""})
    acme.fault("status", "debitoor.settings.get", status=200, body={"id": "x"})
    with pytest.raises(Misconfigured, match="currency and country"):
        acme.export()
    assert acme.booked() == {}


def test_what_the_environment_leaves_out_is_in_the_settings(acme: Stage) -> None:
    uid = acme.document()
    acme.fault("status", "debitoor.environment", status=200, body={"id": "x", "currency": "EUR"})
    acme.export()
    assert acme.booked() == {uid: 119}
