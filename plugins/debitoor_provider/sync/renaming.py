"""The rename step: every planned document gets the file name that its copy at the target will have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.naming.filename import name_key, split_name, unique
from debitoor_provider.sync.naming.naming import document_name
from debitoor_provider.sync.naming.template import Template
from debitoor_provider.sync.snapshot import load_document, load_sales_document
from debitoor_provider.sync.upload import upload_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.ledger import Entry, Ledger

_STEM = 80  # characters that a number at the end of a long name never cuts away
_ROUNDS = 50  # names that others take between our look and our write


def rename(pending: Sequence[Entry], *, account: Account, ledger: Ledger, run_id: str) -> list[Entry]:
    """Give each document that has none its name; a name once given stays.

    :param pending: planned documents of one account
    :return: the documents that got a name now
    """
    unnamed = [entry for entry in pending if entry.target_name is None and entry.state is State.PLANNED]
    wished = _wishes(account)
    pairs = [(entry, wished(entry)) for entry in sorted(unnamed, key=lambda entry: entry.id)]
    named: list[Entry] = []
    for _ in range(_ROUNDS):
        if not pairs:
            break
        naming = ledger.name_many(pairs, run_id=run_id)
        named += naming.named
        pairs = _next_names(naming.taken, wished, ledger)
    return named


def _wishes(account: Account) -> Callable[[Entry], str]:
    if account.type == "import":
        return lambda entry: upload_name(load_sales_document(entry.snapshot))
    template = Template.parse(account.rename)
    return lambda entry: document_name(template, load_document(entry.snapshot))


def _next_names(taken: Sequence[Entry], wished: Callable[[Entry], str], ledger: Ledger) -> list[tuple[Entry, str]]:
    """Number those whose wish another document has: ``_2``, ``_3`` (contract A-22)."""
    pairs: list[tuple[Entry, str]] = []
    used: set[str] = set()
    asked: set[str] = set()
    for entry in taken:
        wish = wished(entry)
        stem = split_name(wish)[0][:_STEM]
        if stem not in asked:
            asked.add(stem)
            used |= {name_key(name) for name in ledger.names_taken(entry.account, entry.direction, stem)}
        name = unique(wish, used)
        used.add(name_key(name))
        pairs.append((entry, name))
    return pairs
