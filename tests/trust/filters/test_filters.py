"""Whatever a service leaves out of a filtered list, the account's own rules decide, and nothing vanishes."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.trust.filters.reference import any_document, any_settings, fate

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.stage import Stage
    from tests.trust.common.tally import Tally


@pytest.mark.parametrize("undated_in_period", [False, True])
@pytest.mark.parametrize("tag_comparison", ["caseless", "exact", "normalized"])
def test_every_document_is_planned_or_waits_as_the_rules_say(
    tag_comparison: str,
    undated_in_period: bool,
    stage_of: Callable[..., Stage],
    tally: Tally,
    sample: Callable[[int, int], int],
) -> None:
    for seed in range(sample(5, 300)):
        chance = random.Random(f"{tag_comparison} {undated_in_period} {seed}")
        stage = stage_of(f"Company {seed}", account_id=f"case{seed}")
        stage.company.switch(
            undated_in_period=undated_in_period,
            tag_comparison=tag_comparison,
            list_order=chance.choice(["newest", "shuffled"]),
        )
        documents: dict[str, dict[str, Any]] = {}
        accounts: list[dict[str, Any]] = []
        for phase, later in enumerate((timedelta(), timedelta(hours=5), timedelta(days=8))):
            stage.clock.pass_by(seconds=later.total_seconds())
            if phase < 2:  # the last one lists everything again, and nothing is new
                for _ in range(6):
                    fields = any_document(chance)
                    documents[stage.document(**fields)] = fields
            numbers = {row.name: row.company_uid for row in stage.gmi.companies() if row.company_uid is not None}
            accounts = accounts or [any_settings(chance, numbers) for _ in range(4)]
            for number, settings in enumerate(accounts):
                stage.open_ledger(f"case{seed}-{number}")
                stage.plan(stage.exports(**settings))
                states = stage.states()
                for uid, fields in documents.items():
                    wanted = fate(fields, settings, numbers.get(fields["supplier"] or ""))
                    if states.get(uid, "") != wanted:
                        kind = "lost" if wanted else "wrong"
                        tally.add(kind, f"seed {seed}, run {phase + 1}: {fields} is {states.get(uid)}, not {wanted}")
                    tally.case()


@pytest.mark.parametrize("documents", [["invoices"], ["credit_notes"], ["invoices", "credit_notes"]])
@pytest.mark.parametrize("period", [{}, {"from": "2026-01-01"}, {"from": "2026-01-01", "to": "2026-12-31"}])
def test_every_sales_document_is_planned_as_the_rules_say(
    documents: list[str], period: dict[str, str], acme: Stage, tally: Tally
) -> None:
    account = acme.imports(documents=documents, period=period)
    wanted: dict[str, str] = {}
    for _ in range(2):
        for kind, name in (("invoice", "invoices"), ("creditNote", "credit_notes")):
            for day in ("2025-12-31", "2026-01-01", "2026-12-31", "2027-01-01"):
                is_within = period.get("from", "") <= day <= period.get("to", "9999")
                sales_id = str(acme.company.add_invoice(kind=kind, date=day)["id"])
                if name in documents and is_within:
                    wanted[sales_id] = "planned"
                tally.case()
        acme.plan(account)
        if acme.states("import") != wanted:
            tally.add("wrong", f"{acme.states('import')} instead of {wanted}")
        acme.clock.pass_by(hours=1)
