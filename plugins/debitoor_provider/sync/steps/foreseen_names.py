"""The names that a run would give to documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.ledger import Outcome, State
from debitoor_provider.sync.steps.rename import FreeNames, naming_order, other_wanted_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.steps.foreseen import ForeseenDocument
    from debitoor_provider.sync.steps.job import Job


def name_foreseen(job: Job, rows: Iterable[ForeseenDocument], leaving: Sequence[Entry]) -> FreeNames:
    """Give each due document the name that the rename step would give it; return which names are left."""
    rows = list(rows)
    renamed = [row.entry for row in rows if row.entry and row.outcome in {Outcome.REFRESHED, Outcome.RETURNED}]
    freed = [entry.target_name for entry in [*renamed, *leaving] if entry.target_name]
    names = FreeNames(job.ledger, job.account_id, job.direction.name, freed=freed)
    unnamed = []
    for row in rows:
        if row.entry and row.entry.target_name and row.entry not in renamed:
            row.name = row.entry.target_name
        elif row.is_due and (row.entry is None or row.entry.state is not State.SENDING):
            unnamed.append(row)
    unnamed.sort(key=lambda row: naming_order(row.planned.source_id))
    wanted_names = [job.direction.wanted_name(job.direction.corrected(row.record, row.decisions)) for row in unnamed]
    for row, name in zip(unnamed, names.give_each(wanted_names), strict=True):
        row.name = name
    return names


def name_again_foreseen(job: Job, row: ForeseenDocument, names: FreeNames) -> None:
    """Give a document that was named before the name that it would be uploaded with."""
    entry = row.entry
    row.former_name = row.name
    if not entry or entry.file_id or row.name != entry.target_name:
        return
    if wanted := other_wanted_name(job, entry, row.record):
        row.name = names.give_instead(row.name, wanted)
