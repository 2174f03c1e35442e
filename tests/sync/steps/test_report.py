from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Verdict
from debitoor_provider.sync.steps.report import Report, report
from tests.sync.invoice.writers import Group, cii, in_pdf, stated

if TYPE_CHECKING:
    from tests.sync.stage import Stage

BLOCKED = Message("as_written", text="The API key is blocked.", remedy="Enter a new one.")


def report_of(acme: Stage, *failed_steps: str) -> Report:
    return report(acme.job(acme.exports()), failed_steps)


def test_a_run_without_errors_is_a_success(acme: Stage) -> None:
    acme.documents(2)
    acme.export(acme.exports(archive_after_transfer=True))
    assert report_of(acme) == Report({"moved": 2, "archived": 2}, Verdict.SUCCESS, invoices={"unreadable": 2})


def test_a_run_with_nothing_to_do_is_a_success(acme: Stage) -> None:
    acme.export()
    assert report_of(acme) == Report({}, Verdict.SUCCESS)


def test_a_newly_rejected_document_makes_its_run_fail_and_not_the_following(acme: Stage) -> None:
    uid = acme.document(tax_rates=[])
    acme.export()
    verdict = report_of(acme)
    assert (verdict.verdict, dict(verdict.counts)) == ("rejected", {"rejected": 1})
    assert str(verdict.message).startswith("1 document was rejected.")
    for _ in range(2):
        acme.export()
        assert report_of(acme).verdict == "success"
    acme.company.edit_document(int(uid), note="still without a rate")
    acme.export()  # tried again because it changed, and newly rejected
    assert report_of(acme).verdict == "rejected"


def test_a_held_document_does_not_make_its_run_fail(acme: Stage) -> None:
    acme.document(currency="USD")
    acme.export()
    assert report_of(acme) == Report({"held": 1}, Verdict.SUCCESS, invoices={"unreadable": 1})


def test_a_report_counts_the_documents_by_the_outcome_of_their_e_invoice(acme: Stage) -> None:
    acme.document(in_pdf(cii(stated(Group(Decimal(19), Decimal("100.00"), Decimal("19.00"))))))
    acme.document(in_pdf()), acme.document(in_pdf())
    acme.export()
    summary = report_of(acme).summary
    assert summary["e_invoices"] == {"none": 2, "proven": 1}
    assert acme.ledger.runs.get(acme.run_id).counts == summary
    assert acme.ledger.lists.invoices() == {"none": 2, "proven": 1}


def test_a_failed_step_is_named_with_its_reason(acme: Stage) -> None:
    acme.plan(acme.exports())
    acme.ledger.runs.note_error(acme.run_id, BLOCKED)
    verdict = report_of(acme, "export", "archive")
    assert (verdict.verdict, str(verdict.message)) == (
        "failed",
        "The step export, archive failed: The API key is blocked. Enter a new one.",
    )


def test_a_run_that_needs_a_person_is_stopped_and_has_a_remedy(acme: Stage) -> None:
    acme.plan(acme.exports())
    acme.ledger.runs.note_error(acme.run_id, BLOCKED, Verdict.STOPPED)
    assert report_of(acme, "export").verdict == "stopped"
    run = acme.ledger.runs.get(acme.run_id)
    assert run is not None
    assert (run.verdict, run.remedy) == ("stopped", "Enter a new one.")


def test_a_stopped_step_that_succeeds_when_it_is_tried_again_stops_nothing(acme: Stage) -> None:
    acme.plan(acme.exports())
    acme.ledger.runs.note_error(acme.run_id, BLOCKED, Verdict.STOPPED)
    assert report_of(acme).verdict == "success"


def test_what_a_stopped_step_failed_with_last_counts(acme: Stage) -> None:
    acme.plan(acme.exports())
    acme.ledger.runs.note_error(acme.run_id, BLOCKED, Verdict.STOPPED)
    acme.ledger.runs.note_error(acme.run_id, Message("as_written", text="Debitoor is not reachable.", remedy=""))
    assert report_of(acme, "export").verdict == "failed"
    run = acme.ledger.runs.get(acme.run_id)
    assert run is not None
    assert run.remedy == ""


def test_the_verdict_is_in_the_ledger(acme: Stage) -> None:
    acme.documents(2, tax_rates=[])
    acme.export()
    verdict = report_of(acme)
    run = acme.ledger.runs.get(acme.run_id)
    assert run is not None
    assert (run.verdict, run.message, run.counts) == (
        "rejected",
        verdict.message,
        {"rejected": 2, "e_invoices": {"unreadable": 2}},
    )
    assert "2 documents were rejected" in str(verdict.message)


def test_a_run_that_failed_before_it_was_entered_is_reported_too(acme: Stage) -> None:
    verdict = report(acme.job(acme.exports(), run_id="acme/never"), ["plan"])
    assert (verdict.verdict, str(verdict.message)) == ("failed", "The step plan failed.")
