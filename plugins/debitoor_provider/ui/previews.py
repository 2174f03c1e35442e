"""Look at what a run of an account would do, saved or not; nothing is written anywhere."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message, current_reader, localized, words
from debitoor_provider.sync.money import ZERO
from debitoor_provider.sync.rate_sums import Total, ordered
from debitoor_provider.sync.steps.preview import preview as previewed
from debitoor_provider.sync.steps.preview_result import PreviewOutcome
from debitoor_provider.sync.window import manual
from debitoor_provider.ui.jobs import opened_job
from debitoor_provider.ui.models.previews import PreviewModel
from debitoor_provider.ui.models.sums import SumModel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.rate_sums import Sum
    from debitoor_provider.sync.steps.preview_result import Preview
    from debitoor_provider.ui.models.previews import PreviewRequest


def preview(account_id: str, account: Account, request: PreviewRequest, *, is_draft: bool = False) -> PreviewModel:
    """Ask both services what a run would do.

    :param account_id: under which the ledger knows what is done already
    :param is_draft: whether the account is still to be saved, so that its documents have no buttons yet
    :raises ServiceError: when one of them does not answer, or the connections cannot be right
    """
    window = manual(request.start, request.end, ()) if request.start or request.end else None
    with opened_job(account_id, account) as job:
        seen = previewed(job, window, request.limit)
    return PreviewModel.model_validate(
        {
            "counts": Counter(document.outcome for document in seen.documents),
            "total": seen.total,
            "complete": len(seen.documents) == seen.total,
            "stop": str(seen.stop or ""),
            "warnings": list(map(str, seen.warnings)),
            "sums": list(map(SumModel.of, _sums(account.type, seen.documents))),
            "documents": [_row(document, is_draft=is_draft) for document in seen.documents],
        }
    )


def before_saving(message: Message) -> str:
    """Return a message about a document whose account is not saved yet: its buttons are there afterwards."""
    remedy, known = message.remedy(), words(current_reader().language)
    buttons = (text for key, text in known.items() if key.startswith("documents.do."))
    if any(known["common.quoted"].format(text=button) in remedy for button in buttons):
        remedy = str(Message("preview_after_saving", remedy=remedy))
    return f"{message.text()} {remedy}".rstrip()


def _row(document: Preview, *, is_draft: bool) -> dict[str, Any]:
    row = document.as_row()
    if is_draft and document.message:
        row["reason"] = before_saving(document.message)
    return row | {"lines": list(map(localized, row["lines"]))}


def _sums(direction: str, documents: Iterable[Preview]) -> list[Sum]:
    """Return what would be written, by month, currency and tax rate."""
    totals: dict[tuple[str, str, str], Total] = {}
    for document in documents:
        if document.outcome is not PreviewOutcome.SEND:
            continue
        month = f"{document.document_date:%Y-%m}" if document.document_date else ""
        total = totals.setdefault((month, direction, document.currency), Total())
        if document.gross_amount is None:
            total.add(ZERO, unknown=1)
        else:
            total.add(document.gross_amount)
        for rate, amounts in document.by_rate.items():
            total.add_rate(rate, amounts)
    return ordered(totals)
