"""Where people see a document's record in the web application of each service, as the connections' forms say."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cachetools import TTLCache, cached

from debitoor_provider.runs import record_pages
from debitoor_provider.ui import connections
from debitoor_provider.ui.folder import account_files

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.steps.direction import Side

_KEPT: TTLCache[tuple[str, str], str] = TTLCache(maxsize=4096, ttl=60)
"""Pages for a minute: an open document is asked for every few seconds, and a secrets backend may be slow."""


def record_urls(entry: Entry) -> dict[Side, str]:
    """Return the web addresses of a document's records at its source and target, as far as they are known.

    A document is shown without a link, rather than not at all, whatever is wrong with account or connection.
    """
    file = account_files().get(entry.account)
    if file is None or file.account is None or file.account.type != entry.direction:
        return {}
    return record_pages.record_urls(entry, file.account, _page)


@cached(_KEPT, lock=threading.Lock())
def _page(connection_id: str, field: str) -> str:
    """Return the page of a connection's records; empty without one."""
    return record_pages.page_of_connection(connection_id, field, connections.find)
