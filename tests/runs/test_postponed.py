from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from airflow.models.dag_version import DagVersion
from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session

from debitoor_provider.runs.postponed import Postponed, postponed_runs
from debitoor_provider.sync.ledger import Run, State
from tests.cli.conftest import cli, planned
from tests.ui.conftest import accounts, airflow, dag_models, page

__all__ = ["accounts", "airflow", "cli", "dag_models", "page", "planned"]

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@pytest.fixture
def run(airflow):
    """Enter a run of an account into Airflow, by default as one that was triggered for a day two years ahead."""

    def enter(run_id: str = "ahead", state: str = "running", account: str = "acme", **fields: datetime | None) -> None:
        dag_run = DagRun(dag_id=f"debitoor__{account}", run_id=run_id, run_type="manual", state=state)
        known = {"logical_date": NOW + 730 * DAY, "run_after": NOW, "start_date": NOW, "end_date": None}
        for name, value in (known | fields).items():
            setattr(dag_run, name, value)
        with create_session() as session:
            session.add(dag_run)

    return enter


@pytest.fixture
def known(account, dag_models):
    """Write the file of an account of which Airflow knows the DAG."""
    account(frequency="daily", timezone="Europe/Berlin")
    dag_models("acme")


def found() -> dict[str, Postponed]:
    with create_session() as session:
        return postponed_runs(session, NOW)


def row(page, language: str = "en") -> dict[str, object]:
    (found,) = page().get("api/accounts", headers={"Accept-Language": language}).json()["accounts"]
    return dict(found)


def test_a_run_with_a_logical_date_in_the_future_waits_until_then(run):
    run()
    assert found() == {"debitoor__acme": Postponed("ahead", NOW + 730 * DAY)}


def test_a_run_that_is_to_begin_later_waits_until_then(run):
    run(state="queued", logical_date=None, run_after=NOW + DAY, start_date=None)
    assert found() == {"debitoor__acme": Postponed("ahead", NOW + DAY)}


def test_of_several_the_one_is_returned_that_waits_longest(run):
    run("soon", state="queued", logical_date=NOW + DAY)
    run("late", logical_date=NOW + 3 * DAY)
    run("between", state="queued", logical_date=NOW + 2 * DAY)
    run("other", account="bolt")
    assert {dag_id: one.run_id for dag_id, one in found().items()} == {
        "debitoor__acme": "late",
        "debitoor__bolt": "other",
    }


@pytest.mark.parametrize(
    ("state", "date"), [("failed", NOW + DAY), ("success", NOW + DAY), ("running", NOW - DAY), ("queued", None)]
)
def test_a_run_that_is_over_or_may_begin_does_not_wait(run, state, date):
    run(state=state, logical_date=date)
    assert found() == {}


def test_the_page_names_the_run_and_how_to_end_it(known, run, page):
    run("manual__far", logical_date=datetime(2099, 1, 1, 11, tzinfo=UTC))
    assert row(page)["state"] == "postponed"
    assert (row(page)["advice_code"], row(page)["next_run"]) == ("postponed", "2099-01-01T11:00:00Z")
    advice = row(page)["advice"]
    assert advice.startswith("A run in Airflow has the date Jan 1, 2099, 12:00")
    assert "press “Stop”, or delete the run manual__far in Airflow" in advice
    assert "« Arrêter »" in row(page, "fr")["advice"].replace("\N{NO-BREAK SPACE}", " ")
    with create_session() as session:
        session.execute(sa.update(DagRun).values(state="success"))
    assert row(page)["state"] == "well"


def test_the_page_names_it_when_another_run_waits_behind_it(known, run, page):
    run()
    run("behind", state="queued", logical_date=None, start_date=None)
    assert row(page)["state"] == "postponed"


def test_a_run_that_does_not_wait_for_it_is_shown_as_running(known, run, page):
    run(state="queued", logical_date=None, run_after=NOW + DAY, start_date=None)
    run("beside", logical_date=None)
    assert row(page)["state"] == "running"


def test_the_health_of_the_account_says_so(known, run, cli):
    run("manual__far", logical_date=datetime(2099, 1, 1, 11, tzinfo=UTC))
    done = cli("accounts", "health")
    assert done.code == 1
    assert done.out.startswith(
        "acme: warning: postponed: A run in Airflow has the date 2099-01-01 12:00 CET and waits "
    )
    assert done.out.endswith(" Mark the run manual__far as failed in Airflow, or delete it.\n")


def test_the_health_says_it_with_the_failure_of_the_run_before(known, run, cli, ledger):
    run()
    ledger.runs.start(Run("d/1", "acme", "export", "scheduled"))
    ledger.runs.finish("d/1", counts={}, verdict="failed")
    done = cli("accounts", "health")
    assert done.code == 2
    assert done.out.startswith("acme: critical: failed: A run in Airflow has the date ")


def test_the_health_says_it_with_the_documents_that_need_a_decision(known, run, cli, planned):
    run()
    planned("1", state=State.HELD)
    (line,) = cli("accounts", "health").out.splitlines()
    assert line.startswith("acme: warning: postponed: ")
    assert line.endswith("1 document waits for a person's decision.")


class TestTheAccountOfARunThatNeverBegan:
    """It is as it was before that run."""

    @pytest.fixture
    def tasks(self, airflow):
        """Enter the tasks of a run."""

        def enter(run_id: str, state: str | None, tries: int = 0) -> None:
            version = DagVersion(dag_id="debitoor__acme", version_number=1, bundle_name="dags-folder")
            with create_session() as session:
                if not (known := session.scalar(sa.select(DagVersion.id))):
                    session.add(version)
                    session.flush()
                    known = version.id
                task = {"task_id": "plan", "dag_id": "debitoor__acme", "run_id": run_id, "state": state}
                more = {"id": uuid4(), "dag_version_id": known, "try_number": tries, "pool": "default_pool"}
                values = task | more | {"map_index": -1, "pool_slots": 1, "queue": "q", "priority_weight": 1}
                session.execute(sa.insert(TaskInstance).values(values))

        return enter

    @pytest.fixture
    def before(self, known, run):
        run("before", "success", logical_date=None, start_date=NOW - DAY, end_date=NOW - DAY / 2)

    def test_while_it_waits_the_last_run_is_the_one_before(self, before, run, tasks, page, cli):
        run()
        tasks("ahead", None)
        assert (row(page)["state"], row(page)["last_run"]["dag_run_id"]) == ("postponed", "before")
        (listed,) = cli("accounts", "list", "-o", "json").rows
        assert listed["last_run"] == (NOW - DAY).isoformat(" ", "minutes")

    def test_when_none_was_before(self, known, run, tasks, page):
        run()
        run("behind", "queued", logical_date=NOW + DAY)
        tasks("ahead", None)
        assert (row(page)["state"], row(page)["last_run"]) == ("postponed", None)

    def test_a_person_has_ended_it(self, before, run, tasks, page, cli):
        for ahead, ended in enumerate(("one", "two"), start=1):
            run(ended, "failed", end_date=NOW, logical_date=NOW + ahead * DAY)
            tasks(ended, "skipped")
        assert (row(page)["state"], row(page)["last_run"]["dag_run_id"]) == ("well", "before")
        (listed,) = cli("accounts", "list", "-o", "json").rows
        assert (listed["state"], listed["why"]) == ("well", "")
        assert page().get("api/attention/count").json()["accounts"] == 0

    def test_a_failure_before_it_remains_one(self, before, run, tasks, page):
        run("failed", "failed", logical_date=None, end_date=NOW)
        tasks("failed", "failed", tries=3)
        run("ended", "failed", end_date=NOW)
        tasks("ended", "skipped")
        assert (row(page)["state"], row(page)["last_run"]["dag_run_id"]) == ("failed", "failed")

    def test_a_run_that_had_begun_has_failed(self, before, run, tasks, page):
        run("ended", "failed", logical_date=None, end_date=NOW)
        tasks("ended", "skipped", tries=1)
        assert row(page)["state"] == "failed"
