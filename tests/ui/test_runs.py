from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from airflow.models.dagrun import DagRun
from airflow.utils.session import create_session

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Ledger, Run

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW = {"from": "2026-01-01", "to": None, "document_ids": []}


@pytest.fixture
def runs(ledger: Ledger, account_file: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """Return a run that ended, one of another account, and one that continues."""
    account_file("acme", name="Acme & Co")
    account_file("other")
    moments = (datetime(2026, 3, 1, 8, tzinfo=UTC) + timedelta(seconds=number) for number in range(99))
    monkeypatch.setattr(ledger.runs._clock, "now", lambda: next(moments))
    ledger.runs.start(Run("debitoor__acme/manual__1", "acme", "export", "manual", WINDOW))
    rejected = Message("run_rejected", count=1)
    counts = {"moved": 2, "e_invoices": {"none": 2}}
    ledger.runs.finish("debitoor__acme/manual__1", counts=counts, verdict="rejected", message=rejected)
    ledger.runs.start(Run("anybodys/backfill__2#other", "other", "export", "backfill"))
    ledger.runs.start(Run("debitoor__acme/manual__3", "acme", "export", "dry_run"))
    return ledger


def test_a_run_is_returned_with_its_result(page, runs):
    *_, first = page().get("api/accounts/acme/runs").json()["runs"]
    assert first == {
        "account": "acme",
        "account_name": "Acme & Co",
        "dag_id": "debitoor__acme",
        "dag_run_id": "manual__1",
        "kind": "manual",
        "started_at": "2026-03-01T08:00:00Z",
        "finished_at": "2026-03-01T08:00:01Z",
        "seconds": 1.0,
        "counts": {"moved": 2, "e_invoices": {"none": 2}},
        "verdict": "rejected",
        "error": "1 document was rejected.",
        "remedy": Message("run_rejected", count=1).remedy(),
        "warnings": [],
        "answers": [],
        "window": WINDOW,
    }


@pytest.mark.parametrize(
    ("state", "verdict"),
    [("running", ""), ("queued", ""), ("failed", "stopped"), ("success", "ended"), (None, "ended")],
)
def test_a_run_that_ended_without_a_report_is_not_running_for_ever(page, runs, state, verdict):
    if state:
        with create_session() as session:
            now = datetime.now(UTC)
            session.add(
                DagRun(dag_id="debitoor__acme", run_id="manual__3", run_type="manual", state=state, run_after=now)
            )
    last, *_ = page().get("api/accounts/acme/runs").json()["runs"]
    assert (last["dag_run_id"], last["verdict"]) == ("manual__3", verdict)


def test_a_successful_run_shows_its_warnings(page, runs):
    runs.runs.note_window(
        "debitoor__acme/manual__1", WINDOW | {"warnings": [Message("deleted", service="X").as_json()]}
    )
    *_, first = page().get("api/accounts/acme/runs").json()["runs"]
    assert first["warnings"] == [Message("deleted", service="X").text()]
    assert first["window"] == WINDOW


def test_the_last_runs_of_an_account_or_of_all(page, runs):
    client = page()
    assert [run["dag_run_id"] for run in client.get("api/accounts/acme/runs").json()["runs"]] == [
        "manual__3",
        "manual__1",
    ]
    found = client.get("api/runs").json()["runs"]
    assert [(run["account"], run["kind"]) for run in found] == [
        ("acme", "dry_run"),
        ("other", "backfill"),
        ("acme", "manual"),
    ]
    assert (found[0]["finished_at"], found[0]["seconds"], found[0]["verdict"]) == (None, None, "ended")
    assert len(client.get("api/runs", params={"limit": 1}).json()["runs"]) == 1


def test_runs_of_an_account_that_was_removed_leave_their_places_to_others(page, runs):
    runs.runs.start(Run("debitoor__removed/manual__4", "removed", "export", "manual"))
    found = page().get("api/runs", params={"limit": 2}).json()["runs"]
    assert [run["dag_run_id"] for run in found] == ["manual__3", "backfill__2"]


def test_the_run_of_a_custom_dag_has_its_own_id(page, runs):
    (run,) = page().get("api/accounts/other/runs").json()["runs"]
    assert (run["dag_id"], run["dag_run_id"]) == ("anybodys", "backfill__2")


def test_there_is_no_such_account(page):
    assert page().get("api/accounts/nobody/runs").status_code == 404


class TestPreview:
    def test_it_returns_what_a_run_would_do_and_changes_nothing(self, page, acme, account, receipt, ledger):
        account(rename="{company}")
        receipt()
        receipt(currency="USD")
        answer = page("user").post("api/accounts/acme/preview", json={})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert (found["counts"], found["total"], found["complete"]) == ({"send": 1, "held": 1}, 2, True)
        assert found["documents"][0]["target_name"] == "Paper Ltd.pdf"
        assert (ledger.documents.entries(), acme.expenses()) == ([], [])

    def test_it_warns_of_names_in_the_filter_that_getmyinvoices_lacks_in_the_reader_s_language(
        self, page, account, receipt
    ):
        account(filter={"companies": {"include": ["Papr Ltd"]}})
        receipt()
        answer = page("user").post("api/accounts/acme/preview", json={}, headers={"Accept-Language": "de"})
        (warning,) = answer.json()["warnings"]
        assert warning.startswith("GetMyInvoices hat keine Firma „Papr Ltd“")
        assert "Meinten Sie Paper Ltd?" in warning
        account()
        assert page("user").post("api/accounts/acme/preview", json={}).json()["warnings"] == []

    def test_a_broken_account_has_none(self, page, accounts):
        (accounts / "acme.yaml").write_text("nothing")
        assert page().post("api/accounts/acme/preview", json={}).status_code == 409


class TestBackfill:
    def size(self, page, first: str, last: str) -> int:
        answer = page("user").get("api/accounts/acme/backfill", params={"from": first, "to": last})
        assert answer.status_code == 200, answer.text
        return int(answer.json()["documents"])

    def test_it_counts_what_is_of_the_period_fits_and_is_not_there_yet(self, page, account, receipt, ledger):
        account(filter={"document_types": ["RECEIPT"]}, period={"from": "2026-01-15"})
        for day in ("2026-01-14", "2026-01-15", "2026-01-31", "2026-02-01"):
            receipt(document_date=day)
        receipt(document_date="2026-01-20", document_type="CREDIT_NOTE")
        assert self.size(page, "2026-01-01", "2026-01-31") == 2
        assert self.size(page, "2026-02-01", "2026-02-01") == 1
        planned_all("acme", ledger)
        assert self.size(page, "2026-01-01", "2026-01-31") == 2
        ledger.documents.mark_moved(ledger.documents.entries("acme")[:1], "user:ada")
        ledger.documents.ignore(ledger.documents.entries("acme")[1:2], "user:ada")
        assert self.size(page, "2026-01-01", "2026-12-31") == 1

    def test_it_counts_sales_documents_of_an_import(self, page, acme, account):
        account("import")
        for day in ("2026-01-31", "2026-02-01"):
            acme.add_invoice(date=day)
        assert self.size(page, "2026-02-01", "2026-02-28") == 1

    def test_a_period_that_is_none(self, page, account):
        account()
        client = page()
        asked = {"from": "2026-02-01", "to": "2026-01-01"}
        assert client.get("api/accounts/acme/backfill", params=asked).status_code == 422
        assert client.get("api/accounts/acme/backfill").status_code == 422


def planned_all(account_id: str, ledger: Ledger) -> None:
    from debitoor_provider.runs.jobs import account_of, job_of
    from debitoor_provider.sync.steps.plan import plan

    with job_of(account_id, account_of(account_id, None), ledger, run_id="debitoor__acme/manual__1") as job:
        plan(job)
