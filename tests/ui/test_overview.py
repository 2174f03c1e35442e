"""What changes is seen by the next call; the row of an account of which nothing changes is made once."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from airflow.models.connection import Connection
from airflow.models.dag import DagModel
from airflow.models.dagrun import DagRun
from airflow.utils.session import create_session

from debitoor_provider.sync.ledger import PlannedDocument, Run, State
from debitoor_provider.ui import folder
from debitoor_provider.ui import overview as module

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.testclient import TestClient

    from debitoor_provider.sync.ledger import Ledger

RUN = "debitoor__acme/scheduled__1"


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take files as old enough not to be read again each time."""
    monkeypatch.setattr(folder, "_SETTLED", -1)


@pytest.fixture
def row(
    page: Callable[..., TestClient], account_file: Callable[..., Path], dag_models: Callable[..., None], ledger: Ledger
) -> Callable[[], dict[str, Any]]:
    """Return the only row of the list, of an account that ran well two hours ago."""
    account_file(frequency="daily")
    dag_models("acme")
    _add_run("scheduled__1", "success")
    ledger.runs.start(Run(RUN, "acme", "export", "scheduled"))
    ledger.runs.finish(RUN, counts={}, verdict="success")
    client = page()

    def read() -> dict[str, Any]:
        (found,) = client.get("api/accounts").json()["accounts"]
        assert client.get("api/accounts/acme").json().items() >= found.items()
        return dict(found)

    assert read()["state"] == "well"
    return read


def _add_run(run_id: str, state: str) -> None:
    then = datetime.now(UTC) - timedelta(hours=2)
    with create_session() as session:
        run = DagRun(dag_id="debitoor__acme", run_id=run_id, run_type="scheduled", state=state)
        run.start_date = run.end_date = run.run_after = then
        session.add(run)


def _change(model: Any, **values: Any) -> None:
    with create_session() as session:
        session.execute(sa.update(model).values(values))


def _hold(ledger: Ledger) -> None:
    ledger.plans.enter("acme", "export", RUN, [PlannedDocument("1", "acme:1", "{}", state=State.HELD)])


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda _: _change(DagModel, is_paused=True), "paused"),
        (lambda _: _add_run("scheduled__2", "queued"), "running"),
        (lambda _: _change(DagRun, state="failed"), "failed"),
        (lambda _: _change(DagRun, end_date=datetime(2020, 1, 1, tzinfo=UTC)), "late"),
        (_hold, "attention"),
    ],
    ids=["paused", "a new run", "a run marked as failed", "a run of another time", "a document"],
)
def test_what_airflow_or_the_ledger_has_changed_is_seen_at_once(
    row: Callable[[], dict[str, Any]], ledger: Ledger, change: Callable[[Ledger], None], state: str
) -> None:
    row()
    change(ledger)
    assert row()["state"] == state


def test_what_the_ledger_knows_of_a_failed_run_is_seen_at_once(
    row: Callable[[], dict[str, Any]], ledger: Ledger
) -> None:
    _change(DagRun, state="failed")
    assert row()["state"] == "failed"
    ledger.runs.finish(RUN, counts={}, verdict="stopped")
    assert row()["state"] == "stopped"


def test_a_changed_file_is_seen_at_once(row: Callable[[], dict[str, Any]], account_file: Callable[..., Path]) -> None:
    path = account_file(note="with the tax adviser")
    assert row()["note"] == "with the tax adviser"
    path.write_text("type: nothing")
    assert row()["state"] == "broken"


def test_an_account_is_late_as_soon_as_the_time_has_come(
    row: Callable[[], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + timedelta(days=3)

    with monkeypatch.context() as patched:
        patched.setattr(module, "datetime", Later)
        assert row()["state"] == "late"
    assert row()["state"] == "well"


def test_an_account_that_never_ran_is_not_late_any_more_once_its_file_is_saved(
    page: Callable[..., TestClient], account_file: Callable[..., Path], dag_models: Callable[..., None]
) -> None:
    path = account_file(frequency="hourly")
    dag_models("acme")
    os.utime(path, (1_600_000_000, 1_600_000_000))
    client = page()
    assert list(client.get("api/accounts").json()["states"]) == ["late"]
    os.utime(path)
    assert list(client.get("api/accounts").json()["states"]) == ["reconnect"]  # its connections do not exist


def test_a_connection_that_is_added_is_seen_at_once(
    page: Callable[..., TestClient], account_file: Callable[..., Path], dag_models: Callable[..., None]
) -> None:
    account_file()
    dag_models("acme")
    client = page()
    assert list(client.get("api/accounts").json()["states"]) == ["reconnect"]
    with create_session() as session:
        session.add_all(Connection(conn_id=id_, conn_type=kind) for id_, kind in _CONNECTIONS)
    assert list(client.get("api/accounts").json()["states"]) == ["new"]


_CONNECTIONS = (("gmi", "getmyinvoices"), ("debitoor", "debitoor"))


def test_the_row_of_an_account_of_which_nothing_has_changed_is_made_once(
    row: Callable[[], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    judged = module.judged

    def note(*args: Any) -> Any:
        asked.append(args)
        return judged(*args)

    monkeypatch.setattr(module, "judged", note)
    row()
    assert not asked
    _change(DagModel, is_paused=True)
    row()
    assert len(asked) == 1
