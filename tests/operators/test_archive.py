from __future__ import annotations

import pytest

from debitoor_provider.operators.archive import DebitoorArchiveOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.sync.ledger import State


@pytest.fixture
def plan():
    return DebitoorPlanOperator(task_id="plan", account="acme")


@pytest.fixture
def export():
    return DebitoorExportOperator(task_id="export", account="acme")


@pytest.fixture
def archive():
    return DebitoorArchiveOperator(task_id="archive", account="acme")


def test_only_verified_documents_are_archived(run, acme, account, receipt, plan, export, archive):
    account()
    moved = receipt()
    held = receipt(currency="USD")
    assert run(plan, export, archive) == {"archived": 1}
    assert acme.document(moved)["isArchived"]
    assert not acme.document(held)["isArchived"]


def test_documents_left_by_an_earlier_run_are_archived_later(run, acme, account, receipt, plan, export, archive):
    account()
    uid = receipt()
    run(plan, export)
    assert run(archive) == {"archived": 1}
    assert acme.document(uid)["isArchived"]
    assert run(archive) == {"archived": 0}


def test_a_document_marked_as_moved_is_not_archived(run, acme, account, receipt, ledger, plan, archive):
    account()
    uid = receipt()
    run(plan)
    ledger.documents.mark_moved(ledger.documents.entries(), "user:ada")
    assert run(archive) == {"archived": 0}
    assert not acme.document(uid)["isArchived"]
    assert ledger.documents.entries()[0].state is State.MOVED


def test_an_import_has_nothing_to_archive(run, acme, account, archive):
    account("import")
    with pytest.raises(Misconfigured, match="Debitoor → GetMyInvoices"):
        run(archive)
