from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest

from debitoor_provider.sync.steps.limits import JUDGED_FROM, LimitExceeded, exceeded_by
from debitoor_provider.sync.steps.preview import preview
from debitoor_provider.sync.steps.report import report

if TYPE_CHECKING:
    from tests.sync.stage import Stage


def allow(acme: Stage) -> int:
    return len(acme.ledger.stops.allow(acme.account_id, "user:anna"))


# New documents


def test_a_run_with_more_new_documents_than_allowed_moves_none_and_asks(acme: Stage) -> None:
    uids = acme.documents(3)
    account = acme.exports(limits={"new_documents": 2})
    watch = acme.watch()
    with pytest.raises(LimitExceeded) as met:
        acme.export(account)
    assert watch.writes == []
    assert set(acme.states().values()) == {"planned"}
    assert met.value.message.text() == (
        "The run has 3 documents to move, and the account allows 2 in a run. None was moved."
    )
    assert "airflow debitoor accounts allow acme" in met.value.remedy
    with pytest.raises(LimitExceeded):  # a later run asks again, however few are new
        acme.export(account)
    assert allow(acme) == 1
    acme.export(account)
    assert sorted(acme.booked()) == sorted(uids)
    acme.documents(3)
    with pytest.raises(LimitExceeded):  # allowed once
        acme.export(account)


def test_a_run_within_the_limit_asks_nothing(acme: Stage) -> None:
    acme.documents(2)
    acme.export(acme.exports(limits={"new_documents": 2}))
    assert acme.ledger.stops.pending([acme.account_id]) == []
    assert len(acme.booked()) == 2


def test_documents_that_arrived_meanwhile_are_moved_up_to_the_limit(acme: Stage) -> None:
    acme.documents(3)
    account = acme.exports(limits={"new_documents": 2})
    with pytest.raises(LimitExceeded):
        acme.export(account)
    allow(acme)
    acme.documents(2)
    acme.export(account)
    assert len(acme.booked()) == 5


def test_the_question_is_withdrawn_when_the_documents_are_gone(acme: Stage) -> None:
    uids = acme.documents(3)
    account = acme.exports(limits={"new_documents": 2})
    with pytest.raises(LimitExceeded):
        acme.export(account)
    acme.ledger.documents.ignore([acme.entry(uids[0])], "user:anna")
    acme.export(account)
    assert acme.ledger.stops.pending([acme.account_id]) == []
    assert sorted(acme.booked()) == sorted(uids[1:])


def test_the_limit_counts_what_the_run_moved_before_it_was_interrupted(acme: Stage) -> None:
    acme.documents(2)
    account = acme.exports(limits={"new_documents": 2})
    acme.export(account)
    run_id = acme.run_id
    acme.document()
    acme.plan(account)
    acme.run_id = run_id
    with pytest.raises(LimitExceeded, match="The run has 3 documents to move"):
        acme.finish(account)


# Amount


def test_a_run_whose_documents_come_to_more_than_allowed_moves_none_and_asks(acme: Stage) -> None:
    uids = acme.documents(3)  # 119.00 each
    account = acme.exports(limits={"amount": "356.99"})
    watch = acme.watch()
    with pytest.raises(LimitExceeded, match=r"come to 357.* EUR, and the account allows 356\.99"):
        acme.export(account)
    assert watch.writes == []
    assert allow(acme) == 1
    acme.export(account)
    assert sorted(acme.booked()) == sorted(uids)
    acme.export(acme.exports(limits={"amount": "0.01"}))  # nothing is to move


def test_the_amount_of_a_credit_note_is_added(acme: Stage) -> None:
    acme.document()
    acme.document(document_type="CREDIT_NOTE", net_amount="-100.00", gross_amount="-119.00")
    acme.plan(account := acme.exports(limits={"amount": "200"}))
    with pytest.raises(LimitExceeded, match="come to 238"):
        acme.finish(account)


@pytest.mark.parametrize(("setting", "is_stopped"), [("hold", False), ("zero_amount", False), ("convert", True)])
def test_a_foreign_amount_counts_as_it_will_be_booked(acme: Stage, setting: str, is_stopped: bool) -> None:
    acme.document(currency="USD", document_date="2024-01-15", net_amount="1000.00", gross_amount="1190.00")
    acme.plan(account := acme.exports(limits={"amount": "1000"}, foreign_currency=setting))
    if is_stopped:
        with pytest.raises(LimitExceeded, match=r"come to 1087\.25 EUR"):  # 1 EUR was 1.0945 USD
            acme.finish(account)
    else:
        acme.finish(account)


@pytest.mark.parametrize("setting", ["hold", "zero_amount", "convert"])
def test_a_foreign_amount_counts_at_the_rate_that_a_person_stated(acme: Stage, setting: str) -> None:
    uid = acme.document(currency="USD", document_date="2024-01-15", net_amount="1000.00", gross_amount="1190.00")
    account = acme.exports(limits={"amount": "1000"}, foreign_currency=setting)
    acme.plan(account)
    acme.ledger.documents.correct([acme.entry(uid)], "exchange_rate=0.9", "user:ada", detail={})
    stop = preview(acme.job(account, run_id="preview")).stop
    with pytest.raises(LimitExceeded, match=r"come to 1071\.00 EUR"):
        acme.finish(account)
    assert stop is not None
    assert "come to 1071.00 EUR" in stop.text()


def test_the_date_and_the_currency_that_a_person_stated_count(acme: Stage) -> None:
    uid = acme.document(currency="EUR", document_date="2026-01-15", net_amount="1000.00", gross_amount="1190.00")
    account = acme.exports(limits={"amount": "1"}, foreign_currency="convert")
    acme.plan(account)
    acme.ledger.documents.correct([acme.entry(uid)], "currency=USD date=2024-01-15", "user:ada", detail={})
    with pytest.raises(LimitExceeded, match=r"come to 1087\.25 EUR"):
        acme.finish(account)


def test_the_books_are_asked_for_once_for_a_check(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    acme.documents(2)
    acme.plan(account := acme.exports(limits={"amount": "1"}))
    job = acme.job(account)
    asked = Mock(wraps=job.direction.worth)
    monkeypatch.setattr(type(job.direction), "worth", lambda _: asked())
    assert len(exceeded_by(job)) == 1
    asked.assert_called_once()


def test_a_preview_says_that_the_amount_would_stop_the_run(acme: Stage) -> None:
    acme.documents(3)
    stop = preview(acme.job(acme.exports(limits={"amount": 300}), run_id="preview")).stop
    assert stop is not None
    assert stop.code == "limit_amount"


def test_a_preview_says_that_the_run_would_wait_for_an_approval_where_the_account_has_that(acme: Stage) -> None:
    acme.documents(3)
    account = acme.exports(limits={"new_documents": 2, "exceeded": "approval"})
    stop = preview(acme.job(account, run_id="preview")).stop
    assert stop is not None
    assert stop.text().startswith("The run would wait in Airflow until somebody approves or refuses its plan. The run")
    assert "Allow" not in stop.remedy()


def test_a_run_says_who_allowed_it(acme: Stage) -> None:
    acme.documents(3)
    account = acme.exports(limits={"new_documents": 2})
    with pytest.raises(LimitExceeded):
        acme.export(account)
    allow(acme)
    acme.export(account)
    assert [answer.text() for answer in report(acme.job(account)).answers] == [
        "Approved by anna: 3 (limits.new_documents)."
    ]


# Foreseen


def test_a_preview_names_the_limit_that_would_stop_the_run(acme: Stage) -> None:
    acme.documents(3)
    account = acme.exports(limits={"new_documents": 2})

    def stop() -> str:
        return str(preview(acme.job(account, run_id="preview")).stop or "")

    assert stop().startswith("The run has 3 documents to move, and the account allows 2 in a run.")
    assert acme.ledger.stops.pending([acme.account_id]) == []
    with pytest.raises(LimitExceeded):
        acme.export(account)
    allow(acme)
    assert stop() == ""
    acme.export(account)
    assert len(acme.booked()) == 3


def test_an_import_has_the_limit_too(acme: Stage) -> None:
    for _ in range(3):
        acme.company.add_invoice()
    account = acme.imports(limits={"new_documents": 2})
    with pytest.raises(LimitExceeded):
        acme.import_(account)
    assert acme.company.documents() == []
    allow(acme)
    acme.import_(account)
    assert len(acme.company.documents()) == 3


# Archived documents


def test_a_run_with_more_to_archive_than_allowed_archives_none_and_asks(acme: Stage) -> None:
    uids = acme.documents(3)
    account = acme.exports(archive_after_transfer=True, limits={"archived": 2})
    with pytest.raises(LimitExceeded) as met:
        acme.export(account)
    assert met.value.message.code == "limit_archived"
    assert len(acme.booked()) == 3
    assert acme.archived() == set()
    allow(acme)
    acme.export(account)
    assert acme.archived() == set(uids)


# Rejected documents


@pytest.mark.parametrize("looks_at", [None, 1])
def test_a_preview_warns_that_a_run_will_archive_none(acme: Stage, looks_at: int | None) -> None:
    account = acme.exports(archive_after_transfer=True, limits={"archived": 2})
    acme.documents(2)
    acme.document(tax_rates=["7"])  # does not go

    def warned() -> list[str]:
        return [warning.code for warning in preview(acme.job(account), None, looks_at).warnings]

    assert warned() == ([] if looks_at is None else ["limit_archived"])  # of those not looked at each counts
    acme.documents(2)
    assert warned() == ["limit_archived"]
    with pytest.raises(LimitExceeded):
        acme.export(account)
    assert len(acme.booked()) == 4
    assert warned() == ["limit_archived"]  # of what is left to be archived
    allow(acme)
    assert warned() == []


def test_too_large_a_share_of_rejected_documents_stops_the_run_and_the_next_ones_until_it_is_allowed(
    acme: Stage,
) -> None:
    acme.documents(JUDGED_FROM + 5, tax_rates=[])
    account = acme.exports(limits={"rejected_share": 50}, parallel=1)
    with pytest.raises(LimitExceeded) as met:
        acme.export(account)
    assert met.value.message.text().startswith(f"{JUDGED_FROM} of {JUDGED_FROM} documents were rejected")
    states = list(acme.states().values())
    assert (states.count("rejected no_tax_rate"), states.count("planned")) == (JUDGED_FROM, 5)
    good = acme.document()
    with pytest.raises(LimitExceeded):
        acme.export(account)
    assert acme.booked() == {}
    allow(acme)
    acme.export(account)
    assert list(acme.booked()) == [good]
    assert "planned" not in acme.states().values()


def test_a_raised_share_releases_the_stop(acme: Stage) -> None:
    acme.documents(JUDGED_FROM // 2)
    acme.documents(JUDGED_FROM // 2, tax_rates=[])
    with pytest.raises(LimitExceeded):
        acme.export(acme.exports(limits={"rejected_share": 49}, parallel=1))
    good = acme.document()
    acme.export(acme.exports(limits={"rejected_share": 50}, parallel=1))
    assert good in acme.booked()
    assert acme.ledger.stops.pending([acme.account_id]) == []


def test_changed_settings_are_an_answer_too(acme: Stage) -> None:
    acme.documents(JUDGED_FROM + 1, tax_rates=[])
    with pytest.raises(LimitExceeded):
        acme.export(acme.exports(limits={"rejected_share": 50}, parallel=1))
    with pytest.raises(LimitExceeded):  # a further run, for the same reason
        acme.export(acme.exports(limits={"rejected_share": 50}, parallel=1, category="office.supplies"))
    [stop] = acme.ledger.stops.pending([acme.account_id])
    assert stop.run_id == acme.run_id


@pytest.mark.parametrize(("rejected", "good"), [(JUDGED_FROM - 1, 0), (10, 10)])
def test_few_documents_and_a_share_within_the_limit_stop_nothing(acme: Stage, rejected: int, good: int) -> None:
    acme.documents(good)
    acme.documents(rejected, tax_rates=[])
    acme.export(acme.exports(limits={"rejected_share": 50}, parallel=1))
    assert list(acme.states().values()).count("rejected no_tax_rate") == rejected
    assert acme.ledger.stops.pending([acme.account_id]) == []


def test_documents_that_are_under_way_end_when_another_exceeds_the_share(acme: Stage) -> None:
    acme.documents(JUDGED_FROM * 2, tax_rates=[])
    with pytest.raises(LimitExceeded):
        acme.export(acme.exports(limits={"rejected_share": 50}, parallel=8))
    assert "sending" not in acme.states().values()
    assert len(acme.ledger.stops.pending([acme.account_id])) == 1


def test_the_verdict_names_what_was_exceeded(acme: Stage) -> None:
    acme.documents(3)
    account = acme.exports(limits={"new_documents": 2})
    with pytest.raises(LimitExceeded) as met:
        acme.export(account)
    acme.ledger.runs.note_error(acme.run_id, met.value.located, "stopped")
    result = report(acme.job(account), ["export"])
    assert result.verdict == "stopped"
    assert "The run has 3 documents to move" in str(result.message)
