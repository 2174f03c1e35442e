"""What a person does with documents, one or many: bit by bit, so that a run never waits long for the ledger."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from debitoor_provider.sync.batches import chunks
from debitoor_provider.sync.decisions import choose, distinguish
from debitoor_provider.sync.ledger import IllegalTransition
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.models.documents import FIGURES, allows

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from debitoor_provider.sync.ledger import Entry, Ledger
    from debitoor_provider.ui.models.documents import Action


def act(
    account: str, action: Action, ids: Collection[int], actor: str, reason: str, *, reason_code: str | None = None
) -> int:
    """Do something with documents of an account, and write the reason into the history of each.

    :param ids: of documents; those of other accounts are left alone, and those whose state does not allow it
    :param reason_code: of the documents to change, as the person saw them; ``None``: whatever their reason
    :return: how many were changed
    """
    ledger = opened_ledger()
    changed = 0
    for chunk in chunks(ids):
        entries = [
            entry
            for entry in ledger.documents.by_ids(chunk)
            if entry.account == account and reason_code in {None, entry.reason_code}
        ]
        changed += _taken(_step(ledger, action), [one for one in entries if allows(one, action)], actor, reason)
    return changed


def _step(ledger: Ledger, action: Action) -> Callable[[Iterable[Entry], str, str], list[Entry]]:
    match action:
        case "book_invoice" | "book_record":
            return partial(choose, ledger, FIGURES[action])
        case "distinct":
            return partial(distinguish, ledger)
        case "send":  # whatever a run has sent since the person looked is left alone
            return ledger.documents.retry
        case "send_again":
            return partial(ledger.documents.retry, new_record=True)
        case "only_if_missing":
            return partial(ledger.documents.retry, if_missing=True)
        case "mark_moved":
            return ledger.documents.mark_moved
        case "ignore":
            return ledger.documents.ignore


def _taken(
    step: Callable[[Iterable[Entry], str, str], list[Entry]], entries: list[Entry], actor: str, reason: str
) -> int:
    try:
        changed = step(entries, actor, reason) if entries else []
        return len({entry.id for entry in changed} & {entry.id for entry in entries})
    except IllegalTransition:  # a run was faster with all of them
        return 0
