"""A correction is refused for what is known to be missing, never because a service does not answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.runs.corrections import unsettled
from debitoor_provider.services.errors import Unavailable
from debitoor_provider.sync.corrections import NO_CORRECTIONS, Corrections
from debitoor_provider.sync.obstacle import held

EU = Corrections(supply="eu")


def judged(outcome: Exception | None, stated: Corrections = EU, reason: str = "foreign_tax") -> tuple[Any, list[str]]:
    """Return what is left, and what the document was drafted with."""
    decisions = []

    def draft(_: object, given: str) -> None:
        decisions.append(given)
        if outcome:
            raise outcome

    direction = SimpleNamespace(read=lambda id_: id_, drafts=lambda _: SimpleNamespace(draft=draft))
    entry: Any = SimpleNamespace(source_id="1", choice="two_rates=record", reason_code=reason, direction="export")
    job: Any = SimpleNamespace(direction=direction)
    return unsettled(job, entry, stated), decisions


@pytest.mark.parametrize("code", ["foreign_tax", "stated_eu_taxed", "tax_not_total"])
def test_the_same_reason_and_one_of_the_statement_itself_are_left(code: str) -> None:
    left, decisions = judged(held(code))
    assert left.code == code
    assert decisions == ["two_rates=record supply=eu"]


@pytest.mark.parametrize("outcome", [None, held("no_currency"), Unavailable(Message("deleted", service="a"))])
def test_nothing_is_left_if_it_would_go_or_be_held_for_another_reason_or_no_service_answers(
    outcome: Exception | None,
) -> None:
    assert judged(outcome)[0] is None


def test_a_withdrawal_is_not_tried() -> None:
    assert judged(held("foreign_tax"), NO_CORRECTIONS) == (None, [])
