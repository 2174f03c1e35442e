"""Where people see records in the web application of a service, as the connections' forms say."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from airflow.sdk import Connection

from debitoor_provider.hooks.fields import Fields, address_of
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.sync.directions import row_of
from debitoor_provider.sync.ledger import DONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.steps.direction import Side
    from debitoor_provider.sync.steps.job import Job

    PageOf = Callable[[str, str], str]
    """Returns the page of records by a connection's id and its field."""

_log = logging.getLogger(__name__)


def record_urls(entry: Entry, account: Account, page_of: PageOf) -> dict[Side, str]:
    """Return the web addresses of a document's records at its source and target, as far as they are known."""
    found: dict[Side, str] = {}
    for side, (service, field) in row_of(account).record_pages.items():
        record_id = entry.source_id if side == "source" else entry.target_id
        if record_id and (page := page_of(account.connection_of(service), field)):
            found[side] = address_of(page, record_id)
    return found


def newest_record_urls(job: Job) -> dict[Side, str]:
    """Return the web addresses of the records of the document that the run moved last."""
    newest = job.ledger.documents.entries(job.account_id, job.direction.name, DONE, run=job.run_id, limit=1)
    return record_urls(newest[0], job.account, page_of_connection) if newest else {}


def page_of_connection(
    connection_id: str, field: str, find: Callable[[str], Connection | None] = Connection.get
) -> str:
    """Return the page of a connection's records; empty without one. Nothing fails for want of a link.

    :param find: returns a connection by its id
    """
    try:
        connection = find(connection_id)
        return Fields(connection).record_page(field) if connection else ""
    except Misconfigured:  # which the test of the connection says
        return ""
    except Exception:  # noqa: BLE001  a secrets backend may fail in any way
        _log.warning("The connection %s cannot be read: its records are not linked.", connection_id, exc_info=True)
        return ""
