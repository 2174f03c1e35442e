"""Where people see a document's record in the web application of each service, as the connections' forms say."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from cachetools import TTLCache, cached

from debitoor_provider.hooks.fields import Fields, address_of
from debitoor_provider.services.http.errors import Misconfigured
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.ui import connections
from debitoor_provider.ui.folder import account_files

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.steps.direction import Side

log = logging.getLogger(__name__)

_KEPT: TTLCache[tuple[str, str], str] = TTLCache(maxsize=4096, ttl=60)
"""Pages for a minute: an open document is asked for every few seconds, and a secrets backend may be slow."""


def record_urls(entry: Entry) -> dict[Side, str]:
    """Return the web addresses of a document's records at its source and target, as far as they are known.

    A document is shown without a link, rather than not at all, whatever is wrong with account or connection.
    """
    file = account_files().get(entry.account)
    if file is None or file.account is None or file.account.type != entry.direction:
        return {}
    found: dict[Side, str] = {}
    for side, (service, field) in DIRECTIONS[entry.direction].record_pages.items():
        record_id = entry.source_id if side == "source" else entry.target_id
        if record_id and (page := _page(file.account.connection_of(service), field)):
            found[side] = address_of(page, record_id)
    return found


@cached(_KEPT, lock=threading.Lock())
def _page(connection_id: str, field: str) -> str:
    """Return the page of a connection's records; empty without one."""
    try:
        connection = connections.find(connection_id)
        return Fields(connection).record_page(field) if connection else ""
    except Misconfigured:  # which the test of the connection says
        return ""
    except Exception:
        log.warning("The connection %s cannot be read: its records are not linked.", connection_id, exc_info=True)
        return ""
