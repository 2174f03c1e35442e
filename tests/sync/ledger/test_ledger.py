from __future__ import annotations

from debitoor_provider.sync.ledger import Ledger, State
from tests.sync.ledger.samples import planned


def test_two_ledgers_of_the_same_address_are_one(ledger: Ledger, url: str):
    planned(ledger, 1)

    assert Ledger.open(url).documents.count() == {State.PLANNED: 1}


def test_a_ledger_that_was_closed_opens_again_when_it_is_used(url: str):
    ledger = Ledger.open(url)
    planned(ledger, 1)
    ledger.close()

    assert ledger.documents.count() == {State.PLANNED: 1}
    ledger.close()
