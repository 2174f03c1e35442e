"""What an event of an account's asset says about the run that moved documents, for DAGs that wait for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.money import exact_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from debitoor_provider.sync.steps.job import Job


def announcement(job: Job, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return the ``extra`` of the event; it holds no names of people, companies or files.

    :param counts: documents by what happened to them in the run
    """
    sums = job.ledger.runs.sums(job.run_id)
    return {
        "account": job.account_id,
        "direction": job.direction.name,
        "run_id": job.run_id,
        "documents": sums.documents,
        "counts": dict(counts),
        "sums": {currency: exact_text(amount, currency) for currency, amount in sums.gross.items()},
        "without_amount": sums.unknown,
        "period": {"from": _text(sums.first), "to": _text(sums.last)},
    }


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
