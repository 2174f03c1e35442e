"""The page of an account without a file, whose documents a DAG of its author's moves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from airflow.models.dagrun import DagRun
from airflow.utils.session import create_session

from debitoor_provider.messages import Message
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.sync.ledger import PlannedDocument, Run, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from debitoor_provider.sync.ledger import Ledger

RUN = "tagged/manual__1#own"


@pytest.fixture
def own(page: Callable[..., TestClient], ledger: Ledger) -> Ledger:
    """Enter a held document and the run that found it."""
    ledger.runs.start(Run(RUN, "own", "export", "manual"))
    held = PlannedDocument("1", "k", "{}", State.HELD, Message("foreign_currency", currency="USD", books="EUR"))
    ledger.plans.enter("own", "export", RUN, [held])
    return ledger


def test_it_says_what_the_ledger_has_of_it_and_offers_nothing_that_needs_a_file(page, own):
    own.runs.finish(RUN, counts={"held": 1}, verdict="success")
    found = page().get("api/accounts/own").json()
    assert (found["name"], found["dag_id"], found["direction"], found["file"]) == ("own", "tagged", "export", "")
    assert (found["attention"], found["state"], found["advice_code"]) == (1, "attention", "decide")
    assert found["rights"] == {"run": False, "edit": True, "delete": False}
    last = found["last_run"]
    assert (last["dag_run_id"], last["state"], last["kind"]) == ("manual__1", "success", "manual")


@pytest.mark.parametrize(("verdict", "state"), [("failed", "failed"), ("stopped", "stopped")])
def test_a_failure_is_shown_with_what_to_do(page, own, verdict, state):
    reason = Message("run_rejected", count=1)
    own.runs.finish(RUN, counts={}, verdict=verdict, message=reason)
    found = page().get("api/accounts/own").json()
    assert (found["state"], found["advice"]) == (state, reason.remedy())


def test_what_a_limit_stopped_is_allowed_on_its_page(page, own):
    message = Message("limit_new_documents", account="own", number=3, most=1)
    own.stops.ask("own", "new_documents", 3, message, run_id=RUN, settings_fingerprint="f")
    own.runs.finish(RUN, counts={}, verdict="stopped", message=message)
    (stop,) = page().get("api/accounts/own").json()["stops"]
    answer = page().post("api/accounts/own/limits/allow", json={"ids": [stop["id"]]})
    assert answer.json() == {"allowed": 1}
    assert page().get("api/accounts/own").json()["stops"] == []


def test_it_runs_while_airflow_says_so(page, own):
    with create_session() as session:
        now = datetime.now(UTC)
        session.add(DagRun(dag_id="tagged", run_id="manual__1", run_type="manual", state="running", run_after=now))
    assert page().get("api/accounts/own").json()["state"] == "running"


def test_its_documents_are_narrowed_to_a_run_of_that_dag(page, own):
    def total(run: str) -> int:
        return page().get("api/accounts/own/documents", params={"run": run}).json()["total"]

    assert (total("tagged/manual__1"), total("other/manual__1"), total("manual__1")) == (1, 0, 0)


def test_its_runs_are_among_those_of_all(page, own):
    own.runs.start(Run("tagged/manual__2#empty", "empty", "export", "manual"))
    client = page()
    assert [run["account_name"] for run in client.get("api/runs").json()["runs"]] == ["empty", "own"]
    for account in ("own", "empty"):
        (run,) = client.get(f"api/accounts/{account}/runs").json()["runs"]
        assert run["dag_id"] == "tagged"
        assert client.get(f"api/accounts/{account}").status_code == 200


def test_a_decision_about_its_document_is_taken(page, own):
    (entry,) = own.documents.entries("own")
    wish = {"action": "ignore", "ids": [entry.id], "reason": "a private one"}
    assert page("viewer").post("api/accounts/own/documents/actions", json=wish).status_code == 403
    assert page().post("api/accounts/own/documents/actions", json=wish).json() == {"changed": 1, "left": 0}
    assert own.documents.entry(entry.id).state is State.IGNORED


@pytest.mark.parametrize("address", ["preview", "check"])
def test_what_needs_a_file_says_so(page, own, address):
    answer = page().post(f"api/accounts/own/{address}", json={})
    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "The account own has no account file: a DAG moves its documents.",
    )


def test_a_person_may_correct_its_document(page, own):
    (entry,) = own.documents.entries("own")
    wish = {"stated": {"date": "2026-03-01"}, "reason": "as printed"}
    answer = page().post(f"api/accounts/own/documents/{entry.id}/corrections", json=wish)
    assert answer.status_code == 200, answer.text


def test_who_may_not_see_it_does_not(page, own, monkeypatch):
    monkeypatch.setattr(
        "debitoor_provider.ui.access.rights", lambda _, ids, wanted: {one: dict.fromkeys(wanted, False) for one in ids}
    )
    client = page()
    assert client.get("api/accounts/own").status_code == 403
    assert client.get("api/attention/count").json()["documents"] == 0
    assert client.get("api/runs").json() == {"runs": []}


def test_what_an_operator_holds_gets_to_the_person_who_decides(page, run, acme, receipt):
    receipt(currency="USD")
    client = page()
    connections = {"getmyinvoices_conn_id": "gmi", "debitoor_conn_id": "debitoor"}
    task = DebitoorExportOperator(task_id="export", account="own-held", debitoor_id=acme.debitoor_email, **connections)
    assert run(task) == {"held": 1}
    (document,) = client.get("api/attention").json()["documents"]
    assert (document["account"], document["reason_code"]) == ("own-held", "foreign_currency")
    assert client.get("api/accounts/own-held").json()["attention"] == 1
    assert client.get("api/runs").json()["runs"][0]["dag_id"] == "anybodys_dag"
