from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from debitoor_provider.configuration import (
    _small_run,
    accounts_folder,
    airflow_home,
    ecb_rates,
    ledger_url,
    pacing_url,
    small_run,
    turn_seconds,
)


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch):
    for option in ("LEDGER_CONN", "ACCOUNTS_FOLDER", "PACING_URL"):
        monkeypatch.delenv(f"AIRFLOW__DEBITOOR__{option}", raising=False)


def test_without_settings_everything_is_in_airflows_home(monkeypatch):
    monkeypatch.setenv("AIRFLOW_HOME", "/srv/airflow")
    assert ledger_url() == "sqlite:////srv/airflow/debitoor_ledger.db"
    assert pacing_url() == "sqlite:////srv/airflow/debitoor_pacing.db"


def test_without_a_home_it_is_airflows_own(monkeypatch):
    monkeypatch.delenv("AIRFLOW_HOME")
    assert airflow_home() == Path.home() / "airflow"


def test_accounts_are_next_to_the_dags(monkeypatch):
    monkeypatch.setenv("AIRFLOW__CORE__DAGS_FOLDER", "/srv/dags")
    assert accounts_folder() == Path("/srv/dags/accounts")


def test_accounts_are_next_to_a_dag_file_of_any_bundle(monkeypatch):
    assert accounts_folder("/bundles/git/abc/dags/debitoor_sync.py") == Path("/bundles/git/abc/dags/accounts")
    monkeypatch.setenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", "/srv/accounts")
    assert accounts_folder("/bundles/git/abc/dags/debitoor_sync.py") == Path("/srv/accounts")


@pytest.mark.parametrize("empty", ["", "  "])
def test_empty_settings_are_none(monkeypatch, empty):
    monkeypatch.setenv("AIRFLOW_HOME", "/srv/airflow")
    monkeypatch.setenv("AIRFLOW__CORE__DAGS_FOLDER", "/srv/dags")
    monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", empty)
    monkeypatch.setenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", empty)
    assert ledger_url() == "sqlite:////srv/airflow/debitoor_ledger.db"
    assert accounts_folder() == Path("/srv/dags/accounts")


def test_a_turn_takes_four_minutes_by_default(monkeypatch):
    assert turn_seconds() == 240
    monkeypatch.setenv("AIRFLOW__DEBITOOR__TURN_SECONDS", "90")
    assert turn_seconds() == 90


def test_the_plan_of_a_small_run_does_all_of_it_unless_each_step_is_to_be_a_task(monkeypatch):
    assert small_run() == 25
    monkeypatch.setenv("AIRFLOW__DEBITOOR__SMALL_RUN", "0")
    assert small_run() == 0


@pytest.mark.parametrize("text", ["abc", "25.5", "-5"])
def test_an_option_that_is_no_number_of_documents_does_not_take_the_accounts_away(monkeypatch, caplog, text):
    _small_run.cache_clear()
    monkeypatch.setenv("AIRFLOW__DEBITOOR__SMALL_RUN", text)
    assert small_run() == small_run() == 25
    assert caplog.messages == [f"[debitoor] small_run is {text!r}, and should be a whole number, 0 or more: 25 counts."]


def test_an_empty_option_counts_as_none(monkeypatch):
    monkeypatch.setenv("AIRFLOW__DEBITOOR__SMALL_RUN", "")
    assert small_run() == 25


def test_a_file_of_exchange_rates_is_kept_only_where_it_is_set(monkeypatch):
    assert ecb_rates() == ""
    monkeypatch.setenv("AIRFLOW__DEBITOOR__ECB_RATES", " /srv/eurofxref-hist.zip ")
    assert ecb_rates() == "/srv/eurofxref-hist.zip"


def test_what_is_set_counts(monkeypatch):
    monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", "postgresql://db/ledger")
    monkeypatch.setenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", "~/accounts")
    assert ledger_url() == "postgresql://db/ledger"
    assert accounts_folder() == Path.home() / "accounts"


def test_the_ledgers_address_may_come_from_a_command(tmp_path):
    """As Airflow's own sensitive options: so that a password need not be in the environment."""
    secret = tmp_path / "ledger-url"
    secret.write_text("postgresql://me:s3cret@db/ledger\n")
    code = "from debitoor_provider.configuration import ledger_url; print(ledger_url())"
    environment = {"AIRFLOW_HOME": str(tmp_path), "AIRFLOW__DEBITOOR__LEDGER_CONN_CMD": f"cat {secret}"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.splitlines()[-1] == "postgresql://me:s3cret@db/ledger"
