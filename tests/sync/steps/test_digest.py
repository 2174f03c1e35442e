"""What an account's people are notified of after a run, and that they are once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Verdict
from debitoor_provider.sync.steps.digest import Digest, code_of, digest_of
from debitoor_provider.sync.steps.report import Report, report

if TYPE_CHECKING:
    from tests.sync.stage import Stage

BLOCKED = Message("as_written", text="The API key is blocked.", remedy="Enter a new one.")
DOWN = Message("no_answer")
WELL = Report({}, Verdict.SUCCESS)


def failed(reason: Message = BLOCKED, verdict: Verdict = Verdict.FAILED) -> Report:
    return Report({}, verdict, Message("run_step_failed_because", steps=["export"], reason=reason))


def sent_digest(acme: Stage, result: Report, **notify: Any) -> Digest | None:
    """Return the digest of a run and remember it as sent."""
    job = acme.job(acme.exports(notify={"connection": "c", **notify}))
    digest = digest_of(job, result)
    if digest:
        acme.ledger.notices.keep(digest.notice)
    return digest


def exported(acme: Stage) -> Report:
    """Run a whole export, so that the digest is of what it left behind."""
    account = acme.exports()
    acme.export(account)
    return report(acme.job(account))


def test_an_account_without_recipients_has_no_digest(acme: Stage) -> None:
    acme.document(currency="USD")
    assert digest_of(acme.job(acme.exports()), exported(acme)) is None


def test_a_run_without_news_has_none(acme: Stage) -> None:
    acme.document()
    assert sent_digest(acme, exported(acme)) is None


def test_a_document_that_needs_a_decision_is_notified_once(acme: Stage) -> None:
    first = acme.document(currency="USD")
    digest = sent_digest(acme, exported(acme))
    assert digest is not None
    assert [entry.source_id for entry in digest.documents] == [first]
    assert digest.reasons == {"foreign_currency": 1}
    assert sent_digest(acme, exported(acme)) is None
    second = acme.document(tax_rates=[])
    digest = sent_digest(acme, exported(acme))
    assert digest is not None
    assert [entry.source_id for entry in digest.documents] == [second]


def test_one_that_needs_a_decision_again_is_notified_again(acme: Stage) -> None:
    acme.document(currency="USD")
    assert sent_digest(acme, exported(acme))
    acme.ledger.documents.retry(acme.ledger.documents.entries("acme"), "user:anna")
    digest = sent_digest(acme, exported(acme))
    assert digest is not None
    assert digest.count == 1


def test_one_that_a_machine_with_a_slow_clock_held_meanwhile_is_notified_too(acme: Stage) -> None:
    acme.document(currency="USD")
    assert sent_digest(acme, exported(acme))
    late = acme.document(currency="USD")
    acme.clock.passed -= timedelta(minutes=20)
    digest = sent_digest(acme, exported(acme))
    assert digest is not None
    assert [entry.source_id for entry in digest.documents] == [late]
    assert sent_digest(acme, WELL) is None


def test_what_was_not_sent_is_in_the_next_notification(acme: Stage) -> None:
    job = acme.job(acme.exports(notify={"connection": "c"}))
    acme.document(currency="USD")
    assert digest_of(job, exported(acme))  # and not sent
    acme.document(currency="USD")
    digest = sent_digest(acme, exported(acme))
    assert digest is not None
    assert digest.count == 2


def test_at_most_ten_are_named_and_all_are_counted(acme: Stage) -> None:
    acme.documents(12, currency="USD")
    digest = sent_digest(acme, exported(acme))
    assert digest is not None
    assert (len(digest.documents), digest.count) == (10, 12)
    assert sent_digest(acme, WELL) is None


def test_the_same_failure_is_notified_once_a_day(acme: Stage) -> None:
    digest = sent_digest(acme, failed(), when=["failed"])
    assert digest is not None
    assert digest.failure == failed().message
    assert sent_digest(acme, failed()) is None
    assert sent_digest(acme, failed(DOWN))  # another one
    assert sent_digest(acme, failed()) is None
    acme.clock.pass_by(days=1)
    assert sent_digest(acme, failed())


def test_a_daily_failure_is_notified_daily_in_the_time_zone_of_the_account(acme: Stage) -> None:
    """In Berlin, where these times are 00:05 and 23:58 of one day, and 00:01 of the next."""
    for at, is_sent in (("01T23:05", True), ("02T22:58", False), ("02T23:01", True)):
        acme.clock.passed += datetime.fromisoformat(f"2027-03-{at}+00:00") - acme.clock()
        assert bool(sent_digest(acme, failed())) is is_sent


@pytest.mark.parametrize("verdict", [Verdict.SUCCESS, Verdict.REJECTED])
def test_a_success_after_a_failure_is_notified_once(acme: Stage, verdict: str) -> None:
    assert sent_digest(acme, failed(verdict=Verdict.STOPPED))
    digest = sent_digest(acme, Report({}, verdict))
    assert digest is not None
    assert digest.works_again
    assert sent_digest(acme, Report({}, verdict)) is None


def test_an_intermittent_failure_is_notified_once_a_day(acme: Stage) -> None:
    assert sent_digest(acme, failed())
    assert sent_digest(acme, WELL)
    assert sent_digest(acme, failed()) is None
    assert sent_digest(acme, WELL) is None


def test_nothing_works_again_while_a_limit_waits_for_a_person(acme: Stage) -> None:
    acme.ledger.stops.ask("acme", "new_documents", 9, BLOCKED, run_id="r", settings_fingerprint="")
    assert sent_digest(acme, failed(verdict=Verdict.STOPPED))
    assert sent_digest(acme, WELL) is None
    acme.ledger.stops.allow("acme", "user:anna")
    assert sent_digest(acme, WELL)


def test_people_choose_what_they_are_notified_of(acme: Stage) -> None:
    acme.document(currency="USD")
    assert sent_digest(acme, exported(acme), when=["failed"]) is None
    assert sent_digest(acme, failed(), when=["failed"])
    digest = sent_digest(acme, failed(), when=["attention"])
    assert digest is not None
    assert digest.failure is None
    assert digest.count == 1


def test_the_code_of_a_failure_is_that_of_its_innermost_reason() -> None:
    inner = Message("at_operation", service="Debitoor", operation="x", reason=DOWN)
    message = Message("run_step_failed_because", steps=["export"], reason=inner)
    both = Message("run_failed_and_rejected", failed=message, rejected=Message("run_rejected", count=1))
    assert code_of(message) == code_of(both) == "no_answer"
    assert code_of(Message("run_step_failed", steps=["export"])) == "run_step_failed"
    assert code_of(None) == ""
