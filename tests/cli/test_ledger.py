from __future__ import annotations

import pytest

from debitoor_provider.runs.jobs import account_of, job_of
from debitoor_provider.sync.ledger import Ledger, State
from debitoor_provider.sync.steps.plan import plan
from debitoor_provider.sync.steps.rename import rename
from debitoor_provider.sync.steps.transfer import transfer


@pytest.fixture
def synchronised(ledger):
    """Move the existing documents of an account."""

    def sync(account_id: str) -> None:
        with job_of(account_id, account_of(account_id, None), ledger, run_id="run-1") as job:
            plan(job)
            rename(job)
            transfer(job)

    return sync


def lose(monkeypatch, tmp_path) -> str:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", url)
    return url


class TestUpgrade:
    def test_a_new_ledger(self, cli, ledger_file):
        ledger_file.unlink()
        first = cli("ledger", "upgrade").out
        assert "was created at version " in first
        assert str(ledger_file) in first
        assert "is at version " in cli("ledger", "upgrade").out

    def test_the_password_of_the_database_is_not_shown(self, cli, monkeypatch):
        monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", "postgresql://me:s3cret@127.0.0.1:9/ledger")
        sentence = cli("ledger", "upgrade").sentence
        assert "127.0.0.1" in sentence
        assert "s3cret" not in sentence


class TestRebuild:
    def test_a_lost_ledger_of_an_export(self, cli, account, receipt, synchronised, monkeypatch, tmp_path):
        account()
        uids = {str(receipt()), str(receipt())}
        synchronised("acme")
        url = lose(monkeypatch, tmp_path)
        assert cli("ledger", "rebuild", "acme", "-o", "json").rows == [
            {"account": "acme", "added": 2, "restored": 0, "known": 0}
        ]
        restored = Ledger.open(url).documents.entries()
        assert {(entry.source_id, entry.state) for entry in restored} == {(uid, State.MOVED) for uid in uids}
        assert cli("ledger", "rebuild", "acme", "-o", "json").rows[0]["known"] == 2

    def test_a_lost_ledger_of_an_import(self, cli, acme, account, synchronised, monkeypatch, tmp_path):
        account("import")
        acme.add_invoice(date="2026-03-01")
        synchronised("acme")
        lose(monkeypatch, tmp_path)
        assert cli("ledger", "rebuild", "acme", "-o", "json").rows[0]["added"] == 1

    def test_an_account_that_is_not_known(self, cli):
        assert cli("ledger", "rebuild", "nobody").sentence.startswith("There is no account 'nobody'.")

    def test_books_of_another_company_are_rejected(self, cli, account):
        account(debitoor_id="someone@else.example")
        assert "someone@else.example" in cli("ledger", "rebuild", "acme").sentence


class TestRecount:
    @pytest.fixture
    def spoilt(self, planned, ledger):
        """Corrupt the figures of the ledger."""
        planned("1", "2")
        with ledger._database.write() as connection:
            connection.exec_driver_sql("UPDATE debitoor_state_counts SET planned = 5")

    def test_figures_that_are_right(self, cli, planned):
        planned("1", "2")
        result = cli("ledger", "recount")
        assert (result.code, result.out.strip()) == (0, "All figures are right.")
        assert cli("ledger", "recount", "-o", "json").rows == []

    def test_figures_that_differ_are_reported_and_corrected(self, cli, spoilt, ledger):
        result = cli("ledger", "recount", "-o", "json")
        assert (result.code, result.rows) == (2, [{"account": "acme", "figure": "planned", "difference": -3}])
        assert ledger.figures.states() == {"acme": {State.PLANNED: 2}}
        assert cli("ledger", "recount").code == 0

    def test_a_table_for_people(self, cli, spoilt):
        out = cli("ledger", "recount").out
        assert all(word in out for word in ("acme", "planned", "-3"))

    def test_a_ledger_that_cannot_be_used(self, cli, monkeypatch):
        monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", "postgresql://me:s3cret@127.0.0.1:9/ledger")
        result = cli("ledger", "recount")
        assert (result.code, "cannot be reached" in result.sentence) == (1, True)
