from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from debitoor_provider.services.debitoor.client import DebitoorClient
from debitoor_provider.services.errors import RejectError, RetryError
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.sync.steps import stream
from tests.sync.stage import Stage


def test_documents_that_another_run_holds_are_left_to_it(acme: Stage) -> None:
    [uid, other] = acme.documents(2)
    acme.plan(acme.exports())
    acme.name(acme.exports())
    acme.ledger.leases.claim([acme.entry(uid)], "another run", timedelta(minutes=2))
    with pytest.raises(RetryError, match="1 document is being moved by another run") as failure:
        acme.send(acme.exports())
    assert failure.value.retry_after == 120
    assert acme.booked() == {other: 119}
    acme.clock.pass_by(minutes=3)  # the other run was killed
    acme.finish()
    assert acme.booked() == {uid: 119, other: 119}


def test_a_decision_during_a_run_is_kept(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    [uid, other] = acme.documents(2)
    acme.plan(acme.exports())
    claim = type(acme.ledger.leases).claim

    def claim_then_ignored(*args: Any, **kwargs: Any) -> Any:
        claimed = claim(*args, **kwargs)
        acme.ledger.documents.ignore([entry for entry in claimed if entry.source_id == uid], "user:anna")
        return claimed

    monkeypatch.setattr(type(acme.ledger.leases), "claim", claim_then_ignored)
    acme.finish()
    assert acme.states() == {uid: "ignored", other: "moved"}
    assert list(acme.booked()) == [other]


def test_a_passing_fault_of_some_leaves_the_others_going(acme: Stage) -> None:
    uids = acme.documents(6)
    acme.fault("status", "gmi.documents.get", status=500, path=f"*/{uids[2]}")
    with pytest.raises(RetryError, match="1 of 6 documents could not be moved yet"):
        acme.export()
    assert acme.booked().keys() == set(uids) - {uids[2]}
    assert acme.states()[uids[2]] == "planned"


def test_five_failures_in_a_row_end_the_run(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BATCH", 6)
    acme.documents(20)
    acme.fault("status", "gmi.documents.get", status=500)
    acme.plan(acme.exports(parallel=1))
    watch = acme.watch()
    with pytest.raises(RetryError, match="5 of 20"):
        acme.finish(acme.exports(parallel=1))
    assert watch.calls["gmi.documents.get"] == 5 * 4  # each is tried four times
    assert set(acme.states().values()) == {"planned"}


def test_a_service_that_asks_to_slow_down_ends_the_run_and_is_given_its_time(
    acme: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BATCH", 3)
    acme.documents(9)
    acme.fault("rate_limited", "gmi.documents.get", retry_after=1800)
    acme.plan(acme.exports(parallel=1))
    watch = acme.watch()
    with pytest.raises(RetryError) as failure:
        acme.finish(acme.exports(parallel=1))
    assert failure.value.retry_after == 1800
    assert watch.calls["gmi.documents.get"] == 1
    assert watch.created == {}


def test_a_document_that_cannot_be_handled_does_not_keep_the_others(
    acme: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    [uid, other] = acme.documents(2)
    read = type(acme.gmi).document

    def broken(self: Any, wanted: int, **options: Any) -> Any:
        if str(wanted) == uid:
            raise KeyError("surprise")
        return read(self, wanted, **options)

    monkeypatch.setattr(type(acme.gmi), "document", broken)
    acme.export()
    assert acme.states() == {uid: "rejected not_handled", other: "moved"}


def test_a_ledger_that_fails_is_no_fault_of_the_document(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = acme.document()
    monkeypatch.setattr(type(acme.ledger.steps), "intend", _killed)
    with pytest.raises(OSError, match="killed"):
        acme.export()
    assert acme.states() == {uid: "planned"}


def _killed(*_: object, **__: object) -> None:
    raise OSError("killed")


def test_documents_are_read_while_the_target_is_looked_at(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    acme.documents(2)
    begun = threading.Event()
    read, look = GetMyInvoicesClient.document, DebitoorClient.expenses

    def document(*args: Any, **kwargs: Any) -> Any:
        begun.set()
        return read(*args, **kwargs)

    def expenses(*args: Any, **kwargs: Any) -> Any:
        assert begun.wait(10)
        return look(*args, **kwargs)

    monkeypatch.setattr(GetMyInvoicesClient, "document", document)
    monkeypatch.setattr(DebitoorClient, "expenses", expenses)
    acme.export()
    assert set(acme.states().values()) == {"moved"}


@pytest.mark.parametrize("error", [RejectError("not to be had"), ValueError("not to be understood")])
@pytest.mark.parametrize("asked", [(DebitoorClient, "expenses"), (GetMyInvoicesClient, "companies")])
def test_a_missing_common_resource_is_not_a_fault_of_a_document(
    acme: Stage, monkeypatch: pytest.MonkeyPatch, asked: tuple[type, str], error: Exception
) -> None:
    acme.documents(3)

    def fail(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(*asked, fail)
    watch = acme.watch()
    with pytest.raises(type(error)) as raised:
        acme.export()
    assert raised.value is error
    assert set(acme.states().values()) == {"planned"}
    assert watch.created == {}
