"""Look at what a run of an account would do, saved or not; nothing is written anywhere."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import localized
from debitoor_provider.sync.steps.preview import preview as previewed
from debitoor_provider.sync.window import manual
from debitoor_provider.ui.jobs import opened_job
from debitoor_provider.ui.models.previews import PreviewModel

if TYPE_CHECKING:
    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.steps.preview import Preview
    from debitoor_provider.ui.models.previews import PreviewWish


def preview(account_id: str, account: Account, wish: PreviewWish) -> PreviewModel:
    """Ask both services what a run would do.

    :param account_id: under which the ledger knows what is done already
    :raises ServiceError: when one of them does not answer, or the connections cannot be right
    """
    window = manual(wish.start, wish.end, ()) if wish.start or wish.end else None
    with opened_job(account_id, account) as job:
        seen = previewed(job, window, wish.limit)
    return PreviewModel.model_validate(
        {
            "counts": Counter(document.outcome for document in seen.documents),
            "total": seen.total,
            "complete": len(seen.documents) == seen.total,
            "stop": str(seen.stop or ""),
            "warnings": list(map(str, seen.warnings)),
            "documents": [_row(document) for document in seen.documents],
        }
    )


def _row(document: Preview) -> dict[str, Any]:
    row = document.as_row()
    return row | {"lines": list(map(localized, row["lines"]))}
