from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.services.errors import CredentialsRefused, RetryError
from debitoor_provider.sync.check.check import check
from debitoor_provider.sync.ledger import pending
from tests.sync.announced import as_announced

if TYPE_CHECKING:
    from debitoor_provider.sync.accounts.settings import ExportAccount
    from tests.sync.stage import Stage


@pytest.fixture
def archives(acme: Stage) -> ExportAccount:
    """Return settings that archive what was transferred."""
    return acme.exports(archive_after_transfer=True, parallel=1)


def test_a_verified_document_is_archived_once(acme: Stage, archives: ExportAccount) -> None:
    uids = acme.documents(3)
    acme.export(archives)
    assert acme.archived() == set(uids)
    assert set(acme.states().values()) == {"archived"}
    assert acme.archive(archives) == 0
    watch = acme.watch()
    acme.export(archives)
    assert watch.calls == {"gmi.documents.list": 1}


def test_a_document_marked_as_moved_is_not_archived(acme: Stage, archives: ExportAccount) -> None:
    uid = acme.document()
    acme.fault("status", "debitoor.expenses.create", status=400)  # its file is uploaded by then
    acme.export(archives)
    acme.ledger.documents.mark_moved([acme.entry(uid)], "user:anna")
    assert acme.states() == {uid: "moved"}
    assert acme.archive(archives) == 0
    assert acme.archived() == set()


@pytest.mark.parametrize("known", [True, False])
def test_documents_found_by_a_rebuild_are_not_archived(acme: Stage, archives: ExportAccount, known: bool) -> None:
    uid = acme.document()
    acme.fault("cut_after", "debitoor.expenses.create")
    blind = acme.fault("status", "debitoor.expenses.list", status=503, between=(3, 9))
    with pytest.raises(RetryError):
        acme.export(archives)
    acme.sandbox.clear_faults(blind)
    if not known:
        acme.open_ledger("new")
    acme.run_id = "rebuild"
    acme.rebuild()
    assert acme.states() == {uid: "moved"}
    assert not acme.ledger.documents.to_archive("acme")


def test_what_was_found_there_and_compared_is_archived(acme: Stage, archives: ExportAccount) -> None:
    uid = acme.document()
    acme.export()
    acme.open_ledger("new")
    acme.export(archives)
    assert acme.archived() == {uid}


def test_no_document_waits_for_the_last_one_of_those_read_together(
    acme: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "WHOLE", 2)
    account = acme.exports(parallel=2)
    uids = acme.documents(4)
    acme.export(account)
    archive, last = type(acme.gmi).archive, threading.Event()

    def archive_one(self: Any, uid: int) -> None:
        if str(uid) == uids[3]:
            last.set()
        elif str(uid) == uids[0]:
            assert last.wait(10)
        archive(self, uid)

    monkeypatch.setattr(type(acme.gmi), "archive", archive_one)
    assert acme.archive(account) == 4
    assert acme.archived() == set(uids)


def test_a_locked_document_is_tried_once_and_reported(acme: Stage, archives: ExportAccount) -> None:
    uid = acme.document(locked=True)
    acme.export(archives)
    assert acme.states() == {uid: "moved not_archived"}
    assert "locked" in acme.entry(uid).reason
    assert not acme.ledger.documents.to_archive("acme")


def test_a_document_deleted_meanwhile_does_not_fail_the_run(acme: Stage, archives: ExportAccount) -> None:
    uid = acme.document()
    acme.export()
    acme.company.delete_document(int(uid))
    assert acme.archive(archives) == 0
    assert acme.states() == {uid: "moved not_archived"}


def test_a_fault_that_passes_leaves_the_rest_to_be_archived_later(acme: Stage, archives: ExportAccount) -> None:
    uids = acme.documents(3)
    acme.export()
    acme.fault("status", "gmi.documents.update", status=500, path=f"*/{uids[0]}", times=1)
    with pytest.raises(RetryError, match="1 of 3 documents could not be archived yet"):
        acme.archive(archives)
    assert acme.archived() == set(uids[1:])
    assert acme.archive(archives) == 1
    assert acme.archived() == set(uids)


def test_a_service_that_asks_to_slow_down_is_left_alone(acme: Stage, archives: ExportAccount) -> None:
    acme.documents(9)
    acme.export()
    acme.fault("rate_limited", "gmi.documents.update", retry_after=900)
    watch = acme.watch()
    with pytest.raises(RetryError) as failure:
        acme.archive(archives)
    assert failure.value.retry_after == 900
    assert watch.calls["gmi.documents.update"] == 1


def test_a_blocked_key_stops_the_archiving(acme: Stage, archives: ExportAccount) -> None:
    acme.documents(9)
    acme.export()
    acme.company.block_key()
    watch = acme.watch()
    with pytest.raises(CredentialsRefused):
        acme.archive(archives)
    assert watch.calls["gmi.documents.update"] == 1


@pytest.mark.parametrize("others", [0, 2])
@pytest.mark.parametrize("refused", [False, True])
def test_a_document_that_a_check_holds_while_it_is_archived_keeps_the_time(
    acme: Stage, archives: ExportAccount, monkeypatch: pytest.MonkeyPatch, others: int, refused: bool
) -> None:
    uid, *rest = acme.documents(1 + others)
    acme.plan(archives)
    acme.name(archives)
    acme.send(archives)
    if refused:
        acme.company.edit_document(int(uid), locked=True)
    again = acme.debitoor.create_expense(as_announced(acme, uid))
    archive = type(acme.gmi).archive

    def archive_and_check(self: Any, document: int) -> None:
        try:
            archive(self, document)
        finally:
            if str(document) == uid:
                with check(acme.job(archives, run_id="check")):
                    pass

    monkeypatch.setattr(type(acme.gmi), "archive", archive_and_check)
    acme.archive(archives)
    monkeypatch.undo()
    assert acme.states() == {uid: "held booked_twice"} | dict.fromkeys(rest, "archived")
    assert acme.archived() == {*rest, *([] if refused else [uid])}
    assert (acme.entry(uid).archived_at is not None) == (not refused)

    acme.debitoor.delete_expense(again.id)
    acme.ledger.documents.retry([acme.entry(uid)], "user:anna")
    acme.export(archives)
    assert acme.states()[uid] == ("moved not_archived" if refused else "archived")
