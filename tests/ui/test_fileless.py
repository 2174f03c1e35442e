"""The page of an account without a file, whose documents a hand-written DAG moves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

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


def _run_in_airflow(run_id: str) -> None:
    """Let a run of the DAG be under way in Airflow."""
    with create_session() as session:
        now = datetime.now(UTC)
        session.add(DagRun(dag_id="tagged", run_id=run_id, run_type="manual", state="running", run_after=now))


def test_it_says_what_the_ledger_has_of_it_and_offers_nothing_that_needs_a_file(page, own):
    own.runs.finish(RUN, counts={"held": 1}, verdict="success")
    found = page().get("api/accounts/own").json()
    assert (found["name"], found["dag_id"], found["direction"], found["file"]) == ("own", "tagged", "export", "")
    assert (found["attention"], found["state"], found["advice_code"]) == (1, "attention", "decide")
    assert found["rights"] == {"run": False, "stop": False, "approve": True, "edit": True, "delete": False}
    last = found["last_run"]
    assert (last["dag_run_id"], last["state"], last["kind"]) == ("manual__1", "success", "manual")


class TestAmongAllAccounts:
    """In the list of accounts."""

    @pytest.fixture
    def rows(self, page, own, account_file):
        account_file("acme")
        account_file("zeta", "import")
        own.runs.finish(RUN, counts={"held": 1, "moved": 2}, verdict="success")

        def read(role: str = "admin", **query: object) -> list[dict[str, Any]]:
            answer = page(role).get("api/accounts", params=query)
            assert answer.status_code == 200, answer.text
            return list(answer.json()["accounts"])

        return read

    def test_it_is_listed_as_on_its_own_page(self, rows, page):
        (row,) = (row for row in rows() if row["fileless"])
        assert page().get("api/accounts/own").json().items() >= row.items()
        assert (row["id"], row["dag_id"], row["state"], row["attention"]) == ("own", "tagged", "attention", 1)
        assert (row["last_run"]["moved"], row["last_run"]["state"]) == (2, "success")
        assert row["rights"] == {"run": False, "stop": False, "approve": True, "edit": True, "delete": False}

    def test_it_is_sorted_and_paged_with_the_others(self, rows):
        def ids(**query: object) -> list[str]:
            return [row["id"] for row in rows(**query)]

        assert ids() == ["acme", "own", "zeta"]
        assert ids(order="-name") == ["zeta", "own", "acme"]
        assert ids(order="-attention") == ["own", "acme", "zeta"]
        assert ids(order="-last_run")[0] == "own"
        assert ids(order="next_run")[-1] == "zeta"
        assert ids(limit=1, offset=1) == ["own"]

    def test_it_is_found_by_name_state_and_direction(self, rows, page):
        for query in ({"search": "OWN"}, {"state": "attention"}, {"direction": "export", "search": "w"}):
            assert [row["id"] for row in rows(**query)] == ["own"]
        assert [row["id"] for row in rows(direction="import")] == ["zeta"]
        found = page().get("api/accounts", params={"search": "own"}).json()
        assert (found["total"], found["states"]) == (1, {"attention": 1})

    def test_it_is_listed_while_its_last_run_is_one_of_such_a_dag(self, rows, own):
        own.runs.start(Run("debitoor__own/r", "own", "export", "manual"))
        assert [row["id"] for row in rows()] == ["acme", "zeta"]

    def test_it_is_the_account_of_its_file_once_it_has_one(self, rows, account_file):
        account_file("own")
        assert [row["fileless"] for row in rows()] == [False, False, False]

    def test_it_runs_while_airflow_says_so(self, rows, own):
        own.runs.start(Run("tagged/manual__2#own", "own", "export", "manual"))
        _run_in_airflow("manual__2")
        assert [row["state"] for row in rows(search="own")] == ["running"]

    def test_a_viewer_sees_it_and_a_stranger_does_not(self, rows, monkeypatch):
        assert "own" in [row["id"] for row in rows("viewer")]
        monkeypatch.setattr("debitoor_provider.ui.routes.accounts.visible", lambda *_: {"acme"})
        assert [row["id"] for row in rows("viewer")] == ["acme"]

    def test_it_costs_nothing_where_every_account_has_a_file(self, page, account_file, ledger, monkeypatch):
        account_file("acme")
        ledger.plans.enter("acme", "export", "r", [PlannedDocument("1", "acme:1", "{}")])

        def ask(*_: object) -> None:
            raise AssertionError("the runs were asked for")

        for name in ("elsewhere", "last"):
            monkeypatch.setattr(type(ledger.runs), name, ask)
        assert page().get("api/accounts").json()["total"] == 1


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
    _run_in_airflow("manual__1")
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
