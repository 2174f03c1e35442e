from __future__ import annotations

import csv
import io
from types import SimpleNamespace
from typing import Any

import pytest

from debitoor_provider.cli import check as command
from debitoor_provider.messages import Message
from debitoor_provider.runs.check import plan_again
from debitoor_provider.sync.ledger import CHECK


@pytest.fixture
def triggered(monkeypatch) -> list[tuple[str, list[str]]]:
    """Return the runs that were started, with the documents that they name."""
    runs: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(command, "_trigger", lambda dag_id, source_ids: runs.append((dag_id, source_ids)))
    return runs


def answers(monkeypatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_both_the_same(cli, moved):
    done = cli("check", "acme")
    assert (done.code, done.err) == (0, "")
    assert "1 same" in done.out
    assert "119.00" in done.out
    assert "2026-03" in done.out


def test_a_difference_is_shown_with_its_reason(cli, moved, acme):
    acme.edit_entity(acme.expenses()[0]["id"], totalGrossAmount=118)
    done = cli("check", "acme")
    assert done.code == 1
    assert "differs" in done.out
    assert "118.00" in " ".join(done.out.split())


def test_what_is_to_be_done_about_two_records_of_a_moved_document_books_none_again(cli, moved, acme, ledger):
    expense = acme.expenses()[0]
    lines = [
        {name: line[name] for name in ("taxRate", "grossAmount", "description") if name in line}
        for line in expense["lines"]
    ]
    acme.add_expense(date=expense["date"], lines=lines)
    [row] = cli("check", "acme", "-o", "json").rows["documents"]
    assert row["outcome"] == "differs"
    [held] = ledger.documents.entries()
    assert row["why"] == str(held.message)
    assert cli("documents", "retry", "acme", moved, "--reason", "one deleted").code == 0  # as that says
    [open_] = ledger.documents.entries()
    assert (open_.state, open_.wants_new_record) == ("planned", False)


def test_as_json(cli, moved, receipt):
    new = receipt()
    done = cli("check", "acme", "-o", "json")
    found: Any = done.rows
    assert done.code == 1
    assert found["counts"]["same"] == found["counts"]["only here"] == 1
    assert [(row["document"], row["outcome"]) for row in found["documents"]] == [(str(new), "only here")]
    [sums] = found["sums"]
    assert (sums["month"], sums["rate"], sums["source"], sums["target"]) == ("2026-03", "19 %", "238.00", "119.00")
    everything: Any = cli("check", "acme", "-o", "json", "--all").rows
    assert len(everything["documents"]) == 2


def test_as_csv(cli, moved, receipt):
    receipt(supplier="=1+1")
    rows = list(csv.DictReader(io.StringIO(cli("check", "acme", "-o", "csv").out.lstrip("\ufeff"))))
    assert [(row["outcome"], row["gross here"], row["gross there"]) for row in rows] == [
        ("same", "119.00", "119.00"), ("only here", "119.00", ""),
    ]  # fmt: skip
    assert rows[1]["party"] == "'=1+1"
    [sums] = csv.DictReader(io.StringIO(cli("check", "acme", "-o", "csv-sums").out.lstrip("\ufeff")))
    assert (sums["month"], sums["difference"]) == ("2026-03", "119.00")


def test_a_period(cli, moved, receipt):
    receipt(document_date="2026-04-01")
    assert cli("check", "acme", "--to", "2026-03-31").code == 0
    assert cli("check", "acme", "--from", "2026-03-31").code == 1


@pytest.mark.parametrize("words", [["--from", "yesterday"], ["--from", "2026-02-01", "--to", "2026-01-01"]])
def test_a_wrong_period_is_not_checked(cli, moved, words):
    done = cli("check", "acme", *words)
    assert done.code == 2
    assert "--from" in done.sentence


def test_an_account_with_a_blocked_key_is_not_checked(cli, moved, acme):
    acme.block_key()
    assert cli("check", "acme").code == 2


class TestRepair:
    def test_a_missing_document_is_sent_after_it_was_shown(
        self, cli, moved, acme, receipt, triggered, monkeypatch, ledger
    ):
        acme.delete_entity(acme.expenses()[0]["id"])
        new = receipt()
        answers(monkeypatch, "y\n")
        done = cli("check", "acme", "--repair")
        assert done.code == 1
        assert done.err.index("Missing at the target") < done.err.index("Send these 2 documents?")
        assert triggered == [("debitoor__acme", [moved, str(new)])]
        assert [entry.state for entry in ledger.documents.entries("acme")] == ["planned"]

    def test_nothing_is_sent_without_confirmation(self, cli, moved, acme, triggered, monkeypatch, ledger):
        acme.delete_entity(acme.expenses()[0]["id"])
        answers(monkeypatch, "\n")
        assert "Nothing was sent" in cli("check", "acme", "--repair").err
        assert triggered == []
        assert [entry.state for entry in ledger.documents.entries("acme")] == ["moved"]

    def test_a_person_who_is_faster_with_a_missing_document_is_no_error(self, moved, ledger, monkeypatch):
        (entry,) = ledger.documents.entries("acme")
        monkeypatch.setattr(ledger.documents, "by_ids", lambda _: [entry])
        ledger.documents.retry([entry], "user:ada", new_record=True)
        rows = [SimpleNamespace(source_id=moved, entry_id=entry.id)]
        assert plan_again(SimpleNamespace(ledger=ledger), rows, "user:ben") == [moved]
        assert [event.actor for event in ledger.documents.history(entry)][-1] == "user:ada"

    def test_nothing_is_missing(self, cli, moved, triggered):
        assert "Nothing is missing" in cli("check", "acme", "--repair", "--yes").err
        assert triggered == []

    def test_a_run_that_airflow_does_not_start_is_reported(self, cli, moved, receipt):
        receipt()
        done = cli("check", "acme", "--repair", "--yes")
        assert done.code == 2
        assert "The run was not started" in done.err


def test_what_a_check_holds_is_signed_by_who_started_it(cli, moved, acme, ledger, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "anna")
    [expense] = acme.expenses()
    lines = [{name: line[name] for name in ("taxRate", "grossAmount", "description")} for line in expense["lines"]]
    acme.add_expense(date=expense["date"], lines=lines)
    assert cli("check", "acme").code == 1
    assert cli("documents", "history", "acme", moved, "-o", "json").rows[-1]["by"] == "user:anna"


@pytest.mark.parametrize(("language", "name"), [("en", "check"), ("fr", "Un contrôle")])
def test_what_a_check_of_a_dag_holds_is_signed_by_the_check(cli, moved, ledger, language, name):
    [entry] = ledger.documents.entries("acme")
    ledger.steps.doubled(entry, "dag/run#acme", Message("unbooked"), {}, actor=CHECK)
    listed = cli("documents", "history", "acme", moved, "--language", language, "-o", "plain").out.splitlines()
    assert name in listed[-1]
    assert cli("documents", "history", "acme", moved, "-o", "json").rows[-1]["by"] == "check"
