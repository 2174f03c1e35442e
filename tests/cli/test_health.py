from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from airflow.models.dag import DagModel
from airflow.models.dagbundle import DagBundleModel
from airflow.utils.session import create_session

from debitoor_provider.configuration import ledger_url
from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Ledger, Run, State

NOON = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
"""A moment half an hour after runs of hourly accounts were due; 13:30 in Berlin."""


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ran(ledger):
    """Enter a run that ended some time ago."""
    numbers = iter(range(100))

    def enter(
        verdict="success", account="acme", ago=timedelta(minutes=20), error="", kind="scheduled", full=True
    ) -> None:
        run_id, ended = f"d/{next(numbers)}", NOON - ago
        then = Ledger.open(ledger_url(), now=lambda: ended)
        then.runs.start(Run(run_id, account, "export", kind, {"kind": kind, "full": full}, started_at=ended))
        if verdict:
            message = Message("as_written", text=error, remedy="") if error else None
            then.runs.finish(run_id, counts={}, verdict=verdict, message=message)
        then.close()

    return enter


@pytest.fixture
def paused():
    """Pause the DAG of an account in Airflow."""

    def pause(account: str) -> None:
        with create_session() as session:
            session.add(DagBundleModel(name="of-health"))
            session.flush()
            session.add(DagModel(dag_id=f"debitoor__{account}", is_paused=True, bundle_name="of-health"))

    yield pause
    with create_session() as session:
        session.execute(sa.delete(DagModel).where(DagModel.bundle_name == "of-health"))
        session.execute(sa.delete(DagBundleModel).where(DagBundleModel.name == "of-health"))


def health(cli, *words: str) -> tuple[int, list[str]]:
    done = cli("accounts", "health", *words)
    return done.code, done.out.splitlines()


class TestWell:
    def test_runs_succeed(self, cli, account, ran):
        account(frequency="hourly")
        ran()
        assert health(cli) == (0, ["acme: well"])

    def test_an_account_that_never_ran_by_hand(self, cli, account):
        account()
        assert health(cli) == (0, ["acme: well"])

    def test_a_failure_before_a_successful_run(self, cli, account, ran):
        account(frequency="hourly")
        ran("stopped", ago=timedelta(hours=1))
        ran("success")
        assert health(cli) == (0, ["acme: well"])

    def test_rejected_documents_that_are_dealt_with(self, cli, account, ran):
        account(frequency="hourly")
        ran("rejected")
        assert health(cli) == (0, ["acme: well"])

    def test_a_paused_account_is_not_late(self, cli, account, ran, paused):
        account(frequency="hourly")
        ran(ago=timedelta(days=30))
        paused("acme")
        assert health(cli) == (0, ["acme: well: paused"])

    def test_no_accounts_at_all(self, cli):
        done = cli("accounts", "health")
        assert (done.code, done.out) == (0, "")
        assert "There are no account files in" in done.err
        assert cli("accounts", "health", "-o", "json").rows == []


class TestWarning:
    def test_documents_that_wait_for_a_person(self, cli, account, ran, ledger, planned):
        account()
        ran("rejected")
        planned("1", state=State.REJECTED, message=Message("x"))
        assert health(cli) == (1, ["acme: warning: attention: 1 document waits for a person's decision."])
        planned("2", "3", state=State.HELD, message=Message("x"))
        assert health(cli) == (1, ["acme: warning: attention: 3 documents wait for a person's decision."])

    def test_no_run_has_finished_for_two_intervals(self, cli, account, ran):
        account(frequency="hourly")
        ran(ago=timedelta(minutes=119))
        assert health(cli) == (0, ["acme: well"])
        ran(ago=timedelta(minutes=121), account="bolt")
        account(stem="bolt", frequency="hourly")
        code, lines = health(cli, "bolt")
        sentence = "No run has finished since 2026-03-02 11:29 CET, although two were due."
        assert (code, lines[0].startswith(f"bolt: warning: late: {sentence} Check in Airflow whether")) == (1, True)

    def test_a_plan_that_waits_for_approval(self, cli, account, ran, ledger):
        account(frequency="hourly")
        ran()
        message = Message("plan_waits", reason=Message("as_written", text="60 documents.", remedy=""), task="t")
        ledger.stops.ask("acme", "new_documents", 60, message, run_id="d/1", settings_fingerprint="")
        sentence = "The plan waits in Airflow until somebody approves or refuses it. 60 documents."
        assert health(cli) == (1, [f"acme: warning: approval: {sentence}"])

    @pytest.mark.parametrize("verdict", ["success", "stopped"])
    def test_a_plan_that_waits_is_neither_late_nor_what_the_run_before_was(self, cli, account, ran, ledger, verdict):
        account(frequency="hourly")
        ran(verdict, ago=timedelta(days=3))
        message = Message("plan_waits", reason=Message("as_written", text="60 documents.", remedy=""), task="t")
        ledger.stops.ask("acme", "new_documents", 60, message, run_id="d/1", settings_fingerprint="")
        code, (line,) = health(cli)
        assert (code, line.startswith("acme: warning: approval: ")) == (1, True)

    def test_a_time_of_ones_own_by_which_a_run_has_to_have_gone_through(self, cli, account, ran):
        account(frequency="hourly")
        ran(ago=timedelta(minutes=95))  # 10:55; the run of 11:00 had until 12:00
        sentence = "No run has succeeded since 2026-03-02 12:00 CET, when one was due."
        assert health(cli, "--late", "60") == (1, [f"acme: warning: late: {sentence}"])

    def test_how_late_is_late(self, cli, account, ran):
        account(frequency="hourly")
        ran(ago=timedelta(minutes=95))
        assert health(cli, "--late", "91")[0] == 0
        assert health(cli, "--late", "89")[0] == 1
        assert health(cli, "--late", "0")[0] == 2  # as argparse does with what it does not understand

    @pytest.mark.parametrize(
        ("now", "last", "code"),
        [
            ("2026-10-25T01:20:00+00:00", "2026-10-24T00:35:00+00:00", 0),  # 02:30 comes twice; the second is the run's
            ("2026-10-25T01:50:00+00:00", "2026-10-24T00:35:00+00:00", 1),
            ("2026-03-29T01:20:00+00:00", "2026-03-28T01:35:00+00:00", 0),  # 02:30 does not come: it runs at 03:30
            ("2026-03-29T01:50:00+00:00", "2026-03-28T01:35:00+00:00", 1),
        ],
    )
    def test_a_run_is_due_when_airflow_starts_it(self, cli, account, ran, now, last, code):
        account(frequency="30 2 * * *", timezone="Europe/Berlin")
        ran(ago=NOON - datetime.fromisoformat(last))
        with time_machine.travel(datetime.fromisoformat(now), tick=False):
            assert health(cli, "--late", "15")[0] == code

    def test_a_run_for_chosen_documents_brings_nothing_up_to_date(self, cli, account, ran):
        account(frequency="hourly")
        ran(ago=timedelta(hours=3))
        ran(kind="manual", full=False)
        code, (line,) = health(cli)
        assert (code, line.startswith("acme: warning: late:")) == (1, True)

    def test_a_run_that_hangs(self, cli, account, ran):
        account(frequency="daily")
        ran(ago=timedelta(days=3))
        ran("", ago=timedelta(days=2))
        assert health(cli)[1][0].startswith("acme: warning: late:")

    def test_a_dry_run_brings_nothing_up_to_date(self, cli, account, ran):
        account(frequency="daily")
        ran(ago=timedelta(days=3))
        ran(kind="dry_run")
        assert health(cli)[0] == 1

    def test_a_new_account_is_given_until_its_first_run(self, cli, account, tmp_path):
        account(frequency="hourly")
        written = tmp_path / "accounts" / "acme.yaml"
        os.utime(written, (NOON.timestamp() - 60, NOON.timestamp() - 60))
        assert health(cli)[0] == 0
        os.utime(written, (NOON.timestamp() - 7200, NOON.timestamp() - 7200))
        assert health(cli)[0] == 1


class TestCritical:
    @pytest.mark.parametrize("kind", ["manual", "backfill"])
    def test_a_run_for_chosen_documents_does_not_hide_that_the_last_listing_failed(self, cli, account, ran, kind):
        account()
        ran("stopped", error="The key is blocked.", ago=timedelta(minutes=30))
        ran("success", kind=kind, full=False)
        assert health(cli) == (2, ["acme: critical: stopped: The key is blocked."])
        ran("failed", kind=kind, full=False, error="Away.", ago=timedelta(minutes=10))
        assert health(cli) == (2, ["acme: critical: failed: Away."])
        ran("success", ago=timedelta(minutes=5))
        assert health(cli) == (0, ["acme: well"])

    @pytest.mark.parametrize("verdict", ["stopped", "failed"])
    def test_the_last_run_failed(self, cli, account, ran, verdict):
        account(frequency="hourly")
        ran(ago=timedelta(minutes=30))
        ran(verdict, error="The step plan failed:\nthe key is blocked.\x1b[31m")
        code, (line,) = health(cli)
        assert code == 2
        assert line == f"acme: critical: {verdict}: The step plan failed: the key is blocked. [31m"

    def test_a_run_under_way_makes_nothing_well(self, cli, account, ran):
        account()
        ran("stopped", error="The key is blocked.")
        ran("", ago=timedelta(minutes=1))
        assert health(cli) == (2, ["acme: critical: stopped: The key is blocked."])

    def test_a_paused_account_too(self, cli, account, ran, paused):
        account()
        ran("failed", error="It failed.")
        paused("acme")
        assert health(cli)[0] == 2

    def test_a_broken_file(self, cli, account):
        account(frequency="sometimes")
        code, (line,) = health(cli)
        assert code == 2
        assert line.startswith("acme: critical: broken: acme.yaml:1: frequency:")

    def test_an_account_that_is_not_there(self, cli, account):
        account()
        code, (line,) = health(cli, "nobody")
        assert code == 2
        assert line.startswith("nobody: critical: unknown: There is no account 'nobody'. List them with:")

    def test_a_misspelt_account_is_named_with_the_one_that_was_meant(self, cli, account):
        account()
        assert health(cli, "acne") == (2, ["acne: critical: unknown: There is no account 'acne'. Did you mean acme?"])

    def test_a_ledger_that_cannot_be_used(self, cli, account, monkeypatch):
        account(), account(stem="broken", frequency="sometimes")
        monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", "postgresql://me:s3cret@127.0.0.1:9/ledger")
        code, (line, broken) = health(cli)
        assert code == 2
        assert line.startswith("acme: critical: no ledger: The ledger (PostgreSQL: ledger, 127.0.0.1)")
        assert "s3cret" not in line
        assert broken.startswith("broken: critical: broken:")

    def test_a_ledger_that_cannot_be_used_by_no_account(self, cli, monkeypatch):
        monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", "mysql://me:s3cret@db/ledger")
        done = cli("accounts", "health")
        assert (done.code, done.err) == (2, "The ledger runs on SQLite or PostgreSQL, not on mysql.\n")

    def test_a_database_of_airflow_that_cannot_be_used(self, cli, account, monkeypatch):
        account()

        def away() -> None:
            raise sa.exc.OperationalError("SELECT", {}, Exception("gone"))

        monkeypatch.setattr("airflow.utils.session.create_session", away)
        assert health(cli) == (2, ["acme: critical: no Airflow: Airflow's database cannot be used just now."])


def test_the_worst_decides_and_each_has_its_line(cli, account, ran, planned):
    account(stem="a")
    account(stem="b")
    account(stem="c")
    planned("1", account="b", state=State.HELD, message=Message("x"))
    ran("failed", account="c", error="It failed.")
    code, lines = health(cli)
    assert code == 2
    assert [line.split(":")[:2] for line in lines] == [["a", " well"], ["b", " warning"], ["c", " critical"]]
    assert health(cli, "b", "a") == (1, [lines[1], lines[0]])
    assert health(cli, "a")[0] == 0


def test_for_programs(cli, account, ran):
    account()
    ran("failed", error="It failed.")
    done = cli("accounts", "health", "--output", "json")
    assert done.code == 2
    assert done.rows == [{"account": "acme", "level": "critical", "state": "failed", "why": "It failed."}]
