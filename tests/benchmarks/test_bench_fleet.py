"""A fleet runs on request; its accounts, documents and times are what the measurements say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from benchmarks import fleet as fleets
from benchmarks import p12_one_document, p13_fleet_hour
from benchmarks.build import Build
from benchmarks.fleet import Fleet, RunsFailed
from benchmarks.meter import NegativeCost, Span
from debitoor_provider.sync.account_files.files import load_folder

if TYPE_CHECKING:
    from time_machine import TimeMachineFixture

    from debitoor_provider.sync.accounts.settings import ExportAccount

_TABLES = (
    "CREATE TABLE dag (dag_id text, is_paused boolean)",
    "ALTER TABLE dag ADD next_dagrun timestamptz, ADD next_dagrun_create_after timestamptz",
    "ALTER TABLE dag ADD next_dagrun_data_interval_start timestamptz, ADD next_dagrun_data_interval_end timestamptz",
    "CREATE TABLE dag_run (id serial, dag_id text, state text, end_date timestamptz)",
    "INSERT INTO dag VALUES ('a', true), ('b', true), ('other', true)",
    "INSERT INTO dag_run (dag_id, state) VALUES ('a', 'failed')",
)


@pytest.fixture
def database(metadata: str) -> sa.Engine:
    engine = sa.create_engine(metadata, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in ("DROP TABLE IF EXISTS dag, dag_run", *_TABLES):
            connection.exec_driver_sql(statement)
    return engine


@pytest.fixture
def fleet(database: sa.Engine) -> Iterator[Fleet]:
    """Return a fleet of an Airflow that has only its database."""
    url = database.url.render_as_string(hide_password=False)
    made = Fleet(SimpleNamespace(database=url, log="a.log", home=Path("home")), Still())
    yield made
    made.close()


@pytest.fixture(scope="module")
def metadata(postgresql_server: sa.URL) -> Iterator[str]:
    from tests.postgresql import new_database

    for url in new_database(postgresql_server):
        yield url.replace("postgresql://", "postgresql+psycopg://")


class Still:
    """A meter whose rests and spans are given."""

    def __init__(self, *spans: Span) -> None:
        self._spans = list(spans)

    def rest(self, seconds: float) -> Span:
        return self._spans.pop(0)


def test_each_dag_is_due_at_its_own_moment_with_the_hour_before(fleet: Fleet, database: sa.Engine) -> None:
    moment = datetime(2026, 1, 5, 12, 34, 56, 789, tzinfo=UTC)

    fleet._set_due({"a": moment, "b": moment + timedelta(seconds=4)})

    with database.connect() as connection:
        rows = {row.dag_id: row for row in connection.execute(sa.text("SELECT * FROM dag"))}
    assert [rows[one].is_paused for one in ("a", "b", "other")] == [False, False, True]
    assert rows["a"].next_dagrun_create_after == rows["a"].next_dagrun_data_interval_end == moment
    assert rows["a"].next_dagrun == rows["a"].next_dagrun_data_interval_start == moment - timedelta(hours=1)
    assert rows["b"].next_dagrun_create_after - moment == timedelta(seconds=4)


def test_only_runs_on_request_start_while_the_schedule_is_put_off(
    fleet: Fleet, database: sa.Engine, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(datetime.now(UTC).replace(minute=30))  # no full hour in between
    soon = datetime.now(UTC) + timedelta(seconds=2)
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    fleet._set_due({"a": soon.replace(microsecond=1), "b": hour})

    fleet._skip_the_full_hour(["a", "b"])

    with database.connect() as connection:
        found = dict(connection.execute(sa.text("SELECT dag_id, next_dagrun_create_after FROM dag")).all())
    assert found["a"] == soon.replace(microsecond=1)
    assert found["b"] > hour


@pytest.mark.parametrize(
    ("states", "wrong"),
    [(["success", "failed"], "1 of 2 runs have failed"), (["success", "success", "success"], "3 runs instead of 2")],
)
def test_runs_that_failed_or_were_too_many_are_no_figure(
    fleet: Fleet, database: sa.Engine, states: list[str], wrong: str
) -> None:
    with database.begin() as connection:
        rows = [{"state": state} for state in states]
        connection.execute(sa.text("INSERT INTO dag_run (dag_id, state) VALUES ('a', :state)"), rows)

    with pytest.raises(RunsFailed, match=wrong):
        fleet._await_runs(1, ["a", "b"])


def test_runs_that_do_not_end_are_an_error(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleets, "_PATIENCE", -100.0)

    with pytest.raises(RunsFailed, match="0 of 2 runs have ended"):
        fleet._await_runs(1, ["a", "b"])


def _wave(span: Span) -> fleets.Wave:
    return fleets.Wave(span, {}, 1.0)


def test_the_cost_of_a_wave_is_what_it_takes_beyond_the_rests_around_it(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "meter", Still(Span(3.0, 30), Span(3.0, 30), Span(6.0, 30)))
    monkeypatch.setattr(fleet, "wave", lambda dag_ids, gap=0.0: _wave(Span(12.0, 20)))

    first, _ = fleet.cost(["a"])
    second, _ = fleet.cost(["a"])  # the rest after the first is the one before the second

    assert (first, second) == (pytest.approx(10.0), pytest.approx(9.0))


def test_a_wave_that_takes_less_than_rest_is_an_error(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet, "meter", Still(Span(3.0, 30), Span(3.0, 30)))
    monkeypatch.setattr(fleet, "wave", lambda dag_ids, gap=0.0: _wave(Span(1.0, 20)))

    with pytest.raises(NegativeCost):
        fleet.cost(["a"])


@pytest.mark.parametrize(("plugins", "is_found"), [(Build().plugins, True), (Path("/elsewhere"), False)])
def test_the_dag_file_takes_no_package_but_that_of_its_build(tmp_path: Path, plugins: Path, is_found: bool) -> None:
    (tmp_path / "accounts").mkdir()
    file = tmp_path / "debitoor_sync.py"
    file.write_text(fleets._DAG_FILE.format(plugins=str(plugins.resolve())))
    env = os.environ | Build().env | {"AIRFLOW_HOME": str(tmp_path), "AIRFLOW__CORE__UNIT_TEST_MODE": "True"}

    done = subprocess.run([sys.executable, file], env=env, capture_output=True, text=True, check=False)

    assert (done.returncode == 0) is is_found, done.stderr
    assert ("not the build to be measured" in done.stderr) is not is_found


def test_accounts_of_a_key_differ_in_the_company_whose_documents_they_take(tmp_path: Path) -> None:
    company = SimpleNamespace(
        id=1,
        name="Key 0",
        timezone="UTC",
        debitoor_email="a@b.example",
        gmi_api_key="k",
        gmi_account_id="G-1-0",
        debitoor_token="t",
        oauth_client_id="",
        oauth_client_secret="",
    )
    for account in ("account-0000", "account-0004"):
        (tmp_path / f"{account}.yaml").write_text(p13_fleet_hour.account_text(account, company))

    found: dict[str, ExportAccount] = {file.account_id: file.account for file in load_folder(tmp_path)}

    assert {one.filter.companies.include for one in found.values()} == {
        ("Lieferant account-0000",),
        ("Lieferant account-0004",),
    }
    assert len({one.connection_of("getmyinvoices") for one in found.values()}) == 1
    assert {one.schedule for one in found.values()} == {"hourly"}


def test_an_account_took_until_the_last_change_of_its_document() -> None:
    due = datetime(2026, 1, 5, 12, tzinfo=UTC)

    class Admin:
        def effects(self, **filters: object) -> list[dict[str, Any]]:
            return [{"company": 7, "time": (due + timedelta(seconds=one)).isoformat()} for one in (2, 5)]

    company = SimpleNamespace(id=7)
    assert p12_one_document._seconds(Admin(), 0, {"a": company}, {"a": due}) == [5.0]
