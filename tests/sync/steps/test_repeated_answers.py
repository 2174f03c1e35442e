from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.services.errors import RetryError

if TYPE_CHECKING:
    from debitoor_provider.sync.accounts.settings import Account
    from tests.sync.stage import Stage


def fails(acme: Stage, account: Account, *, beside: bool = False) -> None:
    """Execute a run that leaves something to be tried again, twice, as Airflow does.

    :param beside: whether another document goes through before
    """
    if beside:
        acme.document(document_date="2026-01-01")  # older ones go first
    acme.plan(account)
    for _ in range(2):
        with pytest.raises(RetryError):
            acme.finish(account)
    acme.clock.pass_by(hours=1)


def page_instead_of(acme: Stage, uid: str) -> int:
    """Let GetMyInvoices answer with a web page wherever a document's file is asked for."""
    return acme.fault("html", "gmi.documents.*", path=f"*/documents/{uid}*", status=200)


def test_an_answer_that_stays_needs_a_person_after_several_runs_and_can_be_sent_again(acme: Stage) -> None:
    uid, account = acme.document(), acme.exports(parallel=1)
    fault = page_instead_of(acme, uid)
    fails(acme, account, beside=True)
    fails(acme, account, beside=True)
    entry = acme.entry(uid)
    assert str(entry.state) == "planned"
    assert "could not be understood" in entry.reason  # why it is still there
    acme.document(document_date="2026-01-01")
    acme.export(account)
    assert acme.states()[uid] == "rejected same_answer_stays"
    reason = acme.entry(uid).reason
    assert "in 3 runs in a row" in reason
    assert "GetMyInvoices" in reason
    acme.export(account)  # tried by no run
    assert uid not in acme.booked()
    acme.ledger.documents.retry([acme.entry(uid)], actor="user:anna")
    fails(acme, account, beside=True)  # counted anew
    assert str(acme.entry(uid).state) == "planned"
    acme.sandbox.clear_faults(fault)
    acme.export(account)
    assert (acme.states()[uid], acme.booked()[uid]) == ("moved", 119)


def test_a_document_goes_when_the_answer_is_right_again(acme: Stage) -> None:
    uid, account = acme.document(), acme.exports()
    fault = page_instead_of(acme, uid)
    fails(acme, account)
    fails(acme, account)
    acme.sandbox.clear_faults(fault)
    acme.export(account)
    assert (acme.states(), acme.entry(uid).message) == ({uid: "moved"}, None)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("fault", [{"effect": "html", "status": 200}, {"effect": "status", "status": 500}])
def test_a_service_that_fails_for_all_documents_is_to_blame_and_not_they(
    acme: Stage, fault: dict[str, Any], count: int
) -> None:
    uids, account = acme.documents(count), acme.exports(parallel=1)
    acme.fault(**fault, operation="gmi.documents.get")
    for _ in range(4):
        fails(acme, account)
    assert acme.states() == dict.fromkeys(uids, "planned")
    acme.sandbox.clear_faults()
    acme.export(account)
    assert acme.states() == dict.fromkeys(uids, "moved")


@pytest.mark.parametrize("fault", [{"effect": "html", "status": 200}, {"effect": "status", "status": 500}])
def test_failures_of_one_document_are_distinguished_from_those_of_all(acme: Stage, fault: dict[str, Any]) -> None:
    broken, account = acme.document(), acme.exports(parallel=1)
    acme.fault(**fault, operation="gmi.documents.*", path=f"*/documents/{broken}*")
    sound = []
    for _ in range(2):
        sound.append(acme.document(document_date="2026-01-01"))
        fails(acme, account)
    sound.append(acme.document(document_date="2026-01-01"))
    acme.export(account)
    assert acme.states() == dict.fromkeys(sound, "moved") | {broken: "rejected same_answer_stays"}


def test_an_import_whose_file_stays_a_web_page_needs_a_person_too(acme: Stage) -> None:
    source = str(acme.company.add_invoice(date="2026-01-31")["id"])
    acme.fault("html", "debitoor.*pdf*", path=f"*{source}*", status=200)
    account = acme.imports(parallel=1)
    for _ in range(2):
        acme.company.add_invoice(date="2026-01-01")
        fails(acme, account)
    acme.company.add_invoice(date="2026-01-01")
    acme.import_(account)
    assert acme.states("import")[source] == "rejected same_answer_stays"
