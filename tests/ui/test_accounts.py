from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from airflow.models.dag_version import DagVersion
from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.serialization.serialized_objects import create_scheduler_operator
from airflow.utils.session import create_session
from airflow.utils.state import TaskInstanceState

from debitoor_provider.configuration import ledger_url
from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Ledger, PlannedDocument, Run, State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


HOUR = timedelta(hours=1)


@pytest.fixture
def ran(dag_models: object) -> Callable[..., str]:
    """Add a run of an account to Airflow."""
    numbers = iter(range(1, 100))

    def enter(account_id: str = "acme", state: str = "success", run_type: str = "scheduled", **fields: Any) -> str:
        run_id = f"{run_type}__{next(numbers)}"
        now = datetime.now(UTC)
        known = {"start_date": now - HOUR, "end_date": None if state == "running" else now, "run_after": now}
        with create_session() as session:
            run = DagRun(dag_id=f"debitoor__{account_id}", run_id=run_id, run_type=run_type, state=state)
            for name, value in (known | fields).items():
                setattr(run, name, value)
            session.add(run)
        return run_id

    return enter


@pytest.fixture
def waits_for_answer() -> Callable[[str], None]:
    """Let a task of a run wait for a person, as Airflow does."""

    def wait(run_id: str, account_id: str = "acme") -> None:
        task = EmptyOperator(task_id="approval")
        with create_session() as session:
            dag_id = f"debitoor__{account_id}"
            version = DagVersion(dag_id=dag_id, version_number=1, bundle_name="dags-folder")
            session.add(version)
            session.flush()
            instance = TaskInstance(create_scheduler_operator(task), dag_version_id=version.id, run_id=run_id)
            instance.dag_id = dag_id
            instance.state = TaskInstanceState.AWAITING_INPUT
            session.add(instance)

    return wait


@pytest.fixture
def enter(ledger: Ledger) -> Callable[..., None]:
    """Enter documents as a run would."""

    def plan(*source_ids: str, account: str = "acme", run: str = "r", **fields: Any) -> None:
        found = [PlannedDocument(id_, f"{account}:{id_}", "{}", **fields) for id_ in source_ids]
        ledger.plans.enter(account, "export", f"debitoor__{account}/{run}", found)

    return plan


@pytest.fixture(autouse=True)
def _connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Airflow have the connections that the accounts name."""
    for name, kind in (("GMI", "getmyinvoices"), ("DEBITOOR", "debitoor")):
        monkeypatch.setenv(f"AIRFLOW_CONN_{name}", f"{kind}://127.0.0.1:9")


def recorded(
    ledger: Ledger, run_id: str, verdict: str, error: str = "", remedy: str = "", *, full: bool = True, **counts: int
) -> None:
    id_ = f"debitoor__acme/{run_id}"
    kind = run_id.partition("__")[0]
    ledger.runs.start(Run(id_, "acme", "export", kind, {"kind": kind, "full": full}))
    message = Message("as_written", text=error, remedy=remedy) if error else None
    ledger.runs.finish(id_, counts=counts, verdict=verdict, message=message)


class TestRow:
    def test_an_account_that_airflow_has_not_read_yet(self, rows, account_file):
        account_file(note="with the tax adviser", filter={"companies": {"include": ["Paper Ltd"]}})
        assert rows()["acme"] == {
            "id": "acme",
            "dag_id": "debitoor__acme",
            "name": "Acme",
            "fileless": False,
            "direction": "export",
            "direction_title": "GetMyInvoices → Debitoor",
            "companies": ["Paper Ltd"],
            "frequency": "daily",
            "at": None,
            "days": [],
            "timezone": "Europe/Berlin",
            "note": "with the tax adviser",
            "state": "new",
            "advice": "Wait until Airflow has read the account's file.",
            "advice_code": "wait_for_airflow",
            "refusing": None,
            "paused": None,
            "known": False,
            "last_run": None,
            "next_run": None,
            "moved": 0,
            "to_do": 0,
            "waiting": 0,
            "attention": 0,
            "progress": None,
            "chart": [0] * 30,
            "problems": [],
            "wrong": [],
            "stops": [],
            "rights": {"run": True, "stop": True, "approve": True, "edit": True, "delete": True},
        }

    def test_its_documents_are_counted_and_what_was_moved_is_drawn(self, rows, account_file, enter, ledger):
        account_file()
        enter("1", "2", "3")
        enter("4", state=State.WAITING)
        enter("5", "6", state=State.HELD)
        ledger.documents.mark_moved(ledger.documents.entries("acme", states={State.PLANNED}, limit=2), "user:ada")
        row = rows()["acme"]
        assert [row[name] for name in ("moved", "to_do", "waiting", "attention")] == [2, 1, 1, 2]
        assert row["chart"] == [0] * 29 + [2]

    def test_figures_are_never_old(self, rows, account_file, enter, ledger):
        account_file()
        account_file("other")
        assert rows()["acme"]["to_do"] == 0
        enter("1")
        assert rows()["acme"]["to_do"] == 1
        enter("2", account="other")
        ledger.documents.ignore(ledger.documents.entries("acme"), "user:ada")
        found = rows()
        assert (found["acme"]["to_do"], found["other"]["to_do"]) == (0, 1)

    def test_the_chart_grows_while_it_is_open(self, rows, account_file, enter, ledger, monkeypatch):
        account_file()
        enter("1", "2", "3")
        week_ago = datetime.now(UTC) - timedelta(days=7)
        with monkeypatch.context() as then:
            then.setattr(ledger.runs._clock, "now", lambda: week_ago)
            ledger.documents.mark_moved(ledger.documents.entries("acme", limit=1), "user:ada")
        assert rows()["acme"]["chart"] == [0] * 22 + [1] + [0] * 7
        for number in (1, 2):
            ledger.documents.mark_moved(ledger.documents.entries("acme", states={State.PLANNED}, limit=1), "user:ada")
            assert rows()["acme"]["chart"] == [0] * 22 + [1] + [0] * 6 + [number]

    def test_changes_between_two_requests_are_counted(self, rows, account_file, enter, ledger, monkeypatch):
        account_file()
        enter("1")
        assert rows()["acme"]["to_do"] == 1
        enter("2")
        assert rows()["acme"]["to_do"] == 2
        later = datetime.now(UTC) + timedelta(days=2)
        monkeypatch.setattr(ledger.runs._clock, "now", lambda: later)
        enter("3")
        assert rows()["acme"]["to_do"] == 3

    def test_a_schedule_is_given_in_parts_for_any_language(self, rows, account_file):
        account_file(frequency="weekly", days=["thursday", "monday"], at="06:30")
        row = rows()["acme"]
        assert (row["frequency"], row["days"], row["at"]) == ("weekly", ["monday", "thursday"], "06:30")

    def test_the_last_run_with_what_the_ledger_has_of_it(self, rows, account_file, dag_models, ran, ledger):
        account_file()
        dag_models("acme", next_dagrun_create_after=datetime(2030, 1, 1, tzinfo=UTC))
        ran(state="failed")
        last = ran(run_type="backfill", start_date=datetime(2026, 3, 1, 8, tzinfo=UTC), end_date=None, state="running")
        recorded(ledger, last, "", moved=3)
        row = rows()["acme"]
        assert row["last_run"] == {
            "dag_run_id": last,
            "state": "running",
            "kind": "backfill",
            "started_at": "2026-03-01T08:00:00Z",
            "finished_at": None,
            "moved": 3,
            "error": "",
            "service": "",
        }
        assert (row["next_run"], row["known"], row["paused"]) == ("2030-01-01T00:00:00Z", True, False)

    def test_a_run_that_was_deleted_is_the_last_one_no_more(self, rows, account_file, dag_models, ran):
        account_file()
        dag_models("acme")
        first, second = ran(), ran()
        assert rows()["acme"]["last_run"]["dag_run_id"] == second
        with create_session() as session:
            session.delete(session.query(DagRun).filter_by(run_id=second).one())
        assert rows()["acme"]["last_run"]["dag_run_id"] == first
        third = ran(state="queued")
        assert rows()["acme"]["last_run"]["dag_run_id"] == third

    def test_a_run_with_the_number_of_a_deleted_one_belongs_to_its_own_account(
        self, rows, account_file, dag_models, ran
    ):
        for account in ("acme", "other"):
            account_file(account)
            dag_models(account)
        ran("acme")
        deleted = ran("other")
        assert rows()["other"]["last_run"]["dag_run_id"] == deleted
        with create_session() as session:
            session.delete(session.query(DagRun).filter_by(run_id=deleted).one())
        last = ran("acme")
        found = rows()
        assert (found["acme"]["last_run"]["dag_run_id"], found["other"]["last_run"]) == (last, None)

    def test_a_viewer_has_no_rights_to_change_accounts(self, page, account_file):
        account_file()
        (row,) = page("viewer").get("api/accounts").json()["accounts"]
        assert row["rights"] == dict.fromkeys(("run", "stop", "approve", "edit", "delete"), False)


class TestState:
    @pytest.fixture(autouse=True)
    def _known(self, account_file, dag_models):
        account_file()
        dag_models("acme")

    def test_it_never_ran(self, rows):
        row = rows()["acme"]
        assert (row["state"], row["advice"]) == ("new", "")

    def test_all_is_well(self, rows, ran, ledger):
        recorded(ledger, ran(), "success")
        row = rows()["acme"]
        assert (row["state"], row["advice"], row["advice_code"]) == ("well", "", "")

    def test_it_is_late(self, rows, ran, account_file, dag_models):
        account_file("bolt", frequency="hourly")
        dag_models("bolt")
        ran("bolt", end_date=datetime.now(UTC) - 1.9 * HOUR)
        assert rows()["bolt"]["state"] == "well"
        ran("bolt", end_date=datetime.now(UTC) - 2.1 * HOUR)
        row = rows()["bolt"]
        assert (row["state"], row["advice_code"]) == ("late", "late")
        assert row["advice"].startswith("No run has finished since 2")
        assert "whether a run hangs" in row["advice"]
        assert list(rows(state="late")) == ["bolt"]

    def test_it_is_late_while_its_run_does_not_end(self, rows, ran, account_file, dag_models, ledger):
        account_file("bolt", frequency="hourly")
        dag_models("bolt")
        ran("bolt", state="running", start_date=datetime.now(UTC) - 1.9 * HOUR)  # the first one
        assert rows()["bolt"]["state"] == "running"
        ran("bolt", state="running", start_date=datetime.now(UTC) - 2.1 * HOUR)
        assert rows()["bolt"]["state"] == "late"
        ledger.runs.start(
            Run("debitoor__bolt/before", "bolt", "export", "scheduled", {"kind": "scheduled", "full": True})
        )
        ledger.runs.finish("debitoor__bolt/before", counts={}, verdict="success")
        assert rows()["bolt"]["state"] == "running"

    def test_a_run_for_chosen_documents_does_not_make_it_punctual(self, rows, ran, account_file, dag_models, ledger):
        account_file("bolt", frequency="hourly")
        dag_models("bolt")
        then = Ledger.open(ledger_url(), now=lambda: datetime.now(UTC) - 3 * HOUR)
        then.runs.start(
            Run("debitoor__bolt/before", "bolt", "export", "scheduled", {"kind": "scheduled", "full": True})
        )
        then.runs.finish("debitoor__bolt/before", counts={}, verdict="success")
        then.close()
        ran("bolt", run_type="manual")
        assert rows()["bolt"]["state"] == "late"

    @pytest.mark.parametrize("run_type", ["manual", "backfill"])
    def test_a_run_for_chosen_documents_does_not_hide_that_the_last_listing_failed(
        self, rows, ran, account_file, ledger, run_type
    ):
        account_file("acme")
        recorded(ledger, ran(state="failed"), "stopped", "The key is blocked.", "Enter another key.")
        recorded(ledger, ran(run_type=run_type), "success", full=False)
        row = rows()["acme"]
        assert (row["state"], row["advice"]) == ("stopped", "Enter another key.")
        assert row["last_run"]["state"] == "success"
        recorded(ledger, ran(run_type="manual"), "success")
        assert rows()["acme"]["state"] == "well"

    def test_a_paused_account_is_not_late(self, rows, ran, account_file, dag_models):
        account_file("bolt", frequency="hourly")
        dag_models("bolt", is_paused=True)
        ran("bolt", end_date=datetime.now(UTC) - 9 * HOUR)
        assert rows()["bolt"]["state"] == "paused"

    def test_its_plan_waits_for_approval(self, rows, ran, waits_for_answer, account_file, ledger, page):
        account_file(limits={"new_documents": 50, "exceeded": "approval"})
        run_id = ran(state="running")
        message = Message(
            "plan_waits", reason=Message("limit_new_documents", account="acme", number=60, most=50), task="t"
        )
        ledger.stops.ask("acme", "new_documents", 60, message, run_id=run_id, settings_fingerprint="f")
        assert rows()["acme"]["state"] == "running"  # not yet
        waits_for_answer(run_id)
        row = rows()["acme"]
        assert (row["state"], row["advice_code"]) == ("approval", "approve")
        (stop,) = row["stops"]
        assert stop["message"].startswith(
            "The plan waits in Airflow until somebody approves or refuses it. The run has 60"
        )
        answer = page().post("api/accounts/acme/limits/allow", json={"ids": [stop["id"]]})
        assert (answer.status_code, run_id in answer.text) == (409, True)
        assert len(ledger.stops.pending(["acme"])) == 1

    @pytest.mark.parametrize("state", ["queued", "running"])
    def test_it_runs(self, rows, ran, state):
        ran(state=state)
        assert rows()["acme"]["state"] == "running"

    def test_its_progress_is_reported(self, rows, ran, ledger, enter):
        run = ran(state="running")
        assert rows()["acme"]["progress"] is None  # it is still asking the source
        enter("1", "2", "3", run=run)
        run_id = f"debitoor__acme/{run}"
        entries = ledger.leases.claim(ledger.documents.entries("acme"), "o", HOUR, run_id=run_id)
        ledger.steps.moved(ledger.steps.intend(entries[0]), "expense-1")
        ledger.steps.hold(entries[1], Message("as_written", text="It is in USD.", remedy=""), code="currency")
        assert rows()["acme"]["progress"] == {"done": 2, "total": 3, "dag_run_id": run}

    def test_it_is_stopped_and_says_what_to_correct(self, rows, ran, ledger, enter):
        enter("1", state=State.HELD)
        recorded(ledger, ran(state="failed"), "stopped", "The key is blocked.", "Enter a new key.")
        row = rows()["acme"]
        assert (row["state"], row["advice"], row["advice_code"]) == ("stopped", "Enter a new key.", "")
        assert row["last_run"]["error"] == "The key is blocked."

    @pytest.mark.parametrize(
        ("service", "code"),
        [("Debitoor", "token_refused"), ("GetMyInvoices", "gmi_key_blocked"), ("GetMyInvoices", "connection_missing")],
    )
    def test_a_connection_that_is_not_let_in_needs_reconnecting(self, rows, ran, ledger, service, code):
        run = f"debitoor__acme/{ran(state='failed')}"
        ledger.runs.start(Run(run, "acme", "export", "scheduled"))
        message = Message("at_service", service=service, reason=Message(code))
        ledger.runs.finish(run, counts={}, verdict="stopped", message=message)
        row = rows()["acme"]
        assert (row["state"], row["advice"]) == ("reconnect", Message(code).remedy())
        assert row["refusing"] == service.lower()

    @pytest.mark.parametrize("service", ["getmyinvoices", "debitoor"])
    def test_a_new_one_names_the_service_of_a_connection_that_does_not_exist(self, rows, account_file, service):
        account_file(connections={"getmyinvoices": "gmi", "debitoor": "debitoor"} | {service: "gone"})
        row = rows()["acme"]
        assert (row["state"], row["refusing"]) == ("reconnect", service)

    @pytest.mark.parametrize(("verdict", "needs_help"), [("failed", True), ("stopped", True), ("rejected", False)])
    def test_the_navigation_counts_it_if_its_state_needs_a_person(
        self, page, rows, ran, ledger, enter, verdict, needs_help
    ):
        enter("1", state=State.HELD)
        recorded(ledger, ran(state="failed"), verdict, "The key is blocked.")
        rows()
        client = page()
        count, account = {"documents": 1, "accounts": int(needs_help)}, ["acme"] if needs_help else []
        assert client.get("api/attention/count").json() == count | {"total": 1 + needs_help}
        found = client.get("api/accounts", params={"help_needed": True}).json()
        assert ([row["id"] for row in found["accounts"]], found["total"]) == (account, len(account))

    def test_it_failed(self, rows, ran, ledger):
        recorded(ledger, ran(state="failed"), "failed", "Debitoor is not reachable.")
        row = rows()["acme"]
        assert (row["state"], row["advice"]) == ("failed", "Debitoor is not reachable.")

    def test_it_failed_and_the_ledger_knows_nothing_of_it(self, rows, ran):
        ran(state="failed")
        row = rows()["acme"]
        assert (row["state"], row["advice_code"]) == ("failed", "look_at_run")

    def test_it_ran_again_successfully(self, rows, ran, ledger):
        run = ran(state="failed")
        recorded(ledger, run, "stopped", "The key is blocked.", "Enter a new key.")
        assert rows()["acme"]["state"] == "stopped"
        recorded(ledger, run, "success")
        with create_session() as session:
            again = session.query(DagRun).filter_by(run_id=run).one()
            again.state, again.end_date = "success", datetime.now(UTC)
        assert rows()["acme"]["state"] == "well"

    def test_a_run_that_only_rejected_documents_is_about_these(self, rows, ran, ledger, enter):
        recorded(ledger, ran(state="failed"), "rejected", "1 document was rejected.", rejected=1)
        enter("1", state=State.REJECTED)
        row = rows()["acme"]
        assert (row["state"], row["advice"], row["advice_code"]) == ("attention", "Decide on 1 document.", "decide")
        ledger.documents.ignore(ledger.documents.entries("acme"), "user:ada")
        assert rows()["acme"]["state"] == "well"

    def test_documents_need_attention(self, rows, ran, ledger, enter):
        recorded(ledger, ran(), "success")
        enter("1", "2", state=State.HELD)
        row = rows()["acme"]
        assert (row["state"], row["advice"]) == ("attention", "Decide on 2 documents.")


def test_a_paused_account_is_to_be_resumed_and_has_no_next_run(rows, account_file, dag_models, ran):
    account_file()
    dag_models("acme", is_paused=True, next_dagrun_create_after=datetime(2030, 1, 1, tzinfo=UTC))
    ran(state="queued")  # as a run of a paused DAG stays
    row = rows()["acme"]
    assert (row["state"], row["advice_code"], row["paused"], row["next_run"]) == ("paused", "resume", True, None)


def test_the_ledger_is_asked_for_those_runs_that_are_shown_or_failed(
    page, account_file, dag_models, ran, ledger, monkeypatch
):
    states = {"acme": "success", "beta": "success", "gamma": "failed"}
    dag_models(*states)
    ids = {}
    for account, state in states.items():
        account_file(account)
        ids[account] = f"debitoor__{account}/{ran(account, state=state)}"
        ledger.runs.start(Run(ids[account], account, "export", "scheduled"))
        ledger.runs.finish(ids[account], counts={"moved": 3}, verdict=state)
    asked: set[str] = set()
    known = type(ledger.runs).known

    def note(runs: Any, run_ids: Any) -> Any:
        asked.update(run_ids)
        return known(runs, run_ids)

    monkeypatch.setattr(type(ledger.runs), "known", note)
    (row,) = page().get("api/accounts", params={"limit": 1}).json()["accounts"]
    assert (row["id"], row["last_run"]["moved"]) == ("acme", 3)
    assert asked == {ids["acme"], ids["gamma"]}
    asked.clear()
    assert page().get("api/accounts/beta").json()["last_run"]["moved"] == 3
    assert asked == {ids["beta"]}


class TestList:
    @pytest.fixture(autouse=True)
    def _three(self, account_file, dag_models):
        account_file("beta", name="Zulu", note="Löwe")
        account_file("alpha", name="Ärger", direction="import", defaults={"company": "Paper Ltd"})
        account_file("gamma", name="mike", filter={"companies": {"include": ["Paper Ltd", 4711]}})
        dag_models("beta", is_paused=True)
        dag_models("gamma", next_dagrun_create_after=datetime(2030, 1, 1, tzinfo=UTC))

    def test_it_is_in_the_order_of_the_names(self, rows):
        assert list(rows()) == ["gamma", "beta", "alpha"]
        assert list(rows(order="-name")) == ["alpha", "beta", "gamma"]

    @pytest.mark.parametrize(
        ("search", "found"),
        [
            ("zULU", {"beta"}),
            ("alp", {"alpha"}),
            ("löwe", {"beta"}),
            ("paper", {"alpha", "gamma"}),
            ("4711", {"gamma"}),
            ("%", set()),
        ],
    )
    def test_it_is_searched(self, rows, search, found):
        assert rows(search=search).keys() == found

    def test_it_is_of_a_direction(self, rows):
        assert rows(direction="import").keys() == {"alpha"}

    def test_it_is_of_a_state_and_all_states_are_counted(self, page):
        client = page()
        found = client.get("api/accounts", params={"state": "paused"}).json()
        assert [row["id"] for row in found["accounts"]] == ["beta"]
        assert (found["total"], found["states"]) == (1, {"new": 2, "paused": 1})
        found = client.get("api/accounts", params={"state": "paused", "search": "alpha"}).json()
        assert (found["total"], found["states"], found["accounts"]) == (0, {"new": 1}, [])

    def test_it_is_sorted_by_what_happened(self, rows, ran, enter):
        ran("gamma", start_date=datetime(2026, 1, 1, tzinfo=UTC))
        ran("alpha", start_date=datetime(2026, 1, 2, tzinfo=UTC))
        enter("1", account="alpha", state=State.HELD)
        assert list(rows(order="-last_run")) == ["alpha", "gamma", "beta"]
        assert list(rows(order="last_run")) == ["gamma", "alpha", "beta"]  # what never ran comes last either way
        assert next(iter(rows(order="-attention"))) == "alpha"
        assert next(iter(rows(order="next_run"))) == "gamma"

    def test_it_comes_in_pages(self, page):
        client = page()
        first = client.get("api/accounts", params={"limit": 2}).json()
        second = client.get("api/accounts", params={"limit": 2, "offset": 2}).json()
        assert [row["id"] for row in first["accounts"] + second["accounts"]] == ["gamma", "beta", "alpha"]
        assert first["total"] == second["total"] == 3

    @pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"offset": -1}, {"order": "x"}, {"state": "x"}])
    def test_a_question_that_makes_no_sense_is_refused(self, page, query):
        assert page().get("api/accounts", params=query).status_code == 422


class TestDetail:
    def test_the_file_comes_with_it(self, page, account_file):
        path = account_file(period={"from": "2026-01-01"})
        found = page().get("api/accounts/acme").json()
        assert found["file"] == "acme.yaml"
        assert found["yaml"] == path.read_text()
        assert found["settings"] == json.loads(path.read_text())
        assert found["name"] == "Acme"

    def test_its_version_changes_with_the_file(self, page, account_file):
        client = page()
        versions = []
        for note in ("one", "two", "one"):
            account_file(note=note)
            versions.append(client.get("api/accounts/acme").json()["version"])
        assert versions[0] == versions[2] != versions[1]

    def test_a_broken_file_is_shown_as_it_is(self, page, accounts: Path):
        (accounts / "acme.yaml").write_bytes(b"type: \xff<script>\n")
        found = page().get("api/accounts/acme").json()
        assert (found["settings"], found["yaml"]) == (None, "type: \ufffd<script>\n")

    def test_there_is_no_such_account(self, page):
        answer = page().get("api/accounts/nobody")
        assert (answer.status_code, answer.json()) == (404, {"detail": "There is no account nobody."})


class TestTeams:
    def test_each_team_sees_its_own_accounts(self, page, account_file, dag_models, monkeypatch):
        monkeypatch.setenv("AIRFLOW__CORE__MULTI_TEAM", "True")
        account_file("red")
        account_file("blue")
        dag_models("red", team="red")
        dag_models("blue", team="blue")
        for team in ("red", "blue"):
            found = page("user", team).get("api/accounts").json()
            assert ([row["id"] for row in found["accounts"]], found["total"]) == ([team], 1)
        assert page("admin").get("api/accounts").json()["total"] == 2


class TestMe:
    def test_it_returns_name_rights_and_languages(self, page):
        found = page("op").get("api/me").json()
        assert (found["name"], found["rights"]) == ("op", {"create": True, "connect": True})
        assert "en" in found["languages"]
        for role in ("user", "viewer"):  # an account needs connections
            assert page(role).get("api/me").json()["rights"] == {"create": False, "connect": False}

    def test_it_returns_whether_files_can_be_written(self, page, accounts, monkeypatch):
        client = page()
        assert client.get("api/me").json()["writable"] is True
        accounts.rmdir()
        assert client.get("api/me").json()["writable"] is True  # it can be made
        monkeypatch.setattr(os, "access", lambda *_: False)
        assert client.get("api/me").json()["writable"] is False

    def test_who_may_add_accounts_sees_where_their_files_are_looked_for(self, page, accounts):
        assert page("admin").get("api/me").json()["folder"] == str(accounts)
        assert page("viewer").get("api/me").json()["folder"] is None
