"""What people were last notified of, on both databases of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Notice, Run

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Ledger

LAST = Notice("acme", 7, {"no_answer": "2026-03-01"}, is_failing=True)


def test_the_notice_of_an_account_without_notifications_is_empty(ledger: Ledger):
    assert ledger.notices.last("acme") == Notice("acme")


def test_the_last_notice_replaces_the_one_before_of_its_account_alone(ledger: Ledger):
    ledger.notices.keep(Notice("acme"))
    ledger.notices.keep(LAST)
    assert ledger.notices.last("acme") == LAST
    assert ledger.notices.last("other") == Notice("other")


def test_a_warning_is_added_to_those_of_the_run(ledger: Ledger):
    first, second = Message("notify_nobody", connection="a"), Message("notify_nobody", connection="b")
    ledger.runs.start(Run("r", "acme", "export", "manual", {"from": "2026-01-01", "warnings": [first.as_json()]}))
    ledger.runs.warn("r", second)
    ledger.runs.warn("unknown", second)
    run = ledger.runs.get("r")
    assert run is not None
    assert run.warnings == (first, second)
    assert run.window["from"] == "2026-01-01"
