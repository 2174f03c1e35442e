"""The ledger, opened once for the process that serves the page."""

from __future__ import annotations

import threading

from debitoor_provider.configuration import ledger_url
from debitoor_provider.sync.ledger import Ledger

_CACHE = 4_000  # kilobytes; the page asks about all accounts, again and again

_opened: dict[str, Ledger] = {}
_opening = threading.Lock()


def opened_ledger() -> Ledger:
    """Return the ledger of ``[debitoor] ledger_conn``; its tables are looked at only the first time.

    :raises LedgerError: when it cannot be used just now, or has to be upgraded
    """
    url = ledger_url()
    with _opening:
        if url not in _opened:
            _opened[url] = Ledger.open(url, cache=_CACHE)
        return _opened[url]
