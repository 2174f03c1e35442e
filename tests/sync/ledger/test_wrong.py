"""What is known to be wrong with accounts, on both databases of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import WrongSettings

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Ledger


def test_what_is_wrong_replaces_what_was_and_goes_when_nothing_is(ledger: Ledger):
    odd = [("pool", Message("pool_missing", pool="ä")), ("connections.debitoor", Message("token_refused"))]
    ledger.wrong.keep("acme", WrongSettings("1", [("pool", Message("pool_missing", pool="x"))]))
    ledger.wrong.keep("acme", WrongSettings("2", odd))
    ledger.wrong.keep("other", WrongSettings("3", odd[1:]))
    assert ledger.wrong.all() == {"acme": WrongSettings("2", odd), "other": WrongSettings("3", odd[1:])}
    ledger.wrong.keep("acme", WrongSettings("2", []))
    ledger.wrong.keep("acme", WrongSettings("2", []))
    assert list(ledger.wrong.all()) == ["other"]
