"""A few of an account's real documents, for previews that follow somebody's typing.

Each question to a service is asked once a minute at most, so that typing costs no calls. What is kept belongs to a
connection as it is now, its key included; whether the user may use the connection is asked before.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from cachetools import TTLCache, cached
from fastapi import HTTPException

from debitoor_provider.hooks.debitoor import DebitoorHook
from debitoor_provider.hooks.getmyinvoices import GetMyInvoicesHook
from debitoor_provider.sync.books import books_of
from debitoor_provider.sync.listing import list_sales
from debitoor_provider.sync.selection import list_filters, select, select_sales
from debitoor_provider.sync.window import manual
from debitoor_provider.ui import connections

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.sdk import Connection

    from debitoor_provider.services.debitoor.models import Environment, SalesDocument
    from debitoor_provider.services.getmyinvoices.models import Company, Document
    from debitoor_provider.sync.accounts.settings import ExportAccount, ImportAccount
    from debitoor_provider.sync.selection import ListFilters

SECONDS = 60
_kept: TTLCache[Any, Any] = TTLCache(maxsize=64, ttl=SECONDS)
_lock = Lock()
_RECENT = (90, 730)
"""Days to look back for sales documents, of which the service gives all of a period or none."""
P = ParamSpec("P")
R = TypeVar("R")


def documents(account: ExportAccount, most: int) -> list[Document]:
    """Give documents of GetMyInvoices that the account takes; failing those, others of its period."""
    connection = _connection(account.connections.getmyinvoices, GetMyInvoicesHook.conn_type)
    listed = _documents(connection, list_filters(account))
    taken = [document for document in listed if (left := select(document, account)) is None or left.waits]
    return (taken or listed)[:most]


def sales(account: ImportAccount, most: int) -> list[SalesDocument]:
    """Give sales documents of Debitoor that the account takes, the newest first."""
    connection = _connection(account.connections.debitoor, DebitoorHook.conn_type)
    listed = _sales(connection, account)
    return [document for document in listed if select_sales(document, account) is None][:most]


def companies(connection_id: str) -> dict[int, Company]:
    """Give the companies of a GetMyInvoices account by their number."""
    return _companies(_connection(connection_id, GetMyInvoicesHook.conn_type))


def tags(connection_id: str) -> list[str]:
    """Give the tags of a GetMyInvoices account."""
    return _tags(_connection(connection_id, GetMyInvoicesHook.conn_type))


def books(account: ExportAccount) -> Environment:
    """Tell whose books the account's Debitoor connection leads to.

    :raises Misconfigured: when they are another company's than the settings say
    """
    return _books(_connection(account.connections.debitoor, DebitoorHook.conn_type), account)


def _connection(connection_id: str, conn_type: str) -> Connection:
    connection = connections.require(connection_id)
    if connection.conn_type != conn_type:
        raise HTTPException(409, f"The connection {connection_id} is of another type.")
    return connection


def _once_a_minute(
    what: str, narrowed: Callable[[Any], Any] = lambda _: None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep a function's answers for each connection.

    :param narrowed: what of the function's further argument makes a difference
    """

    def key(connection: Connection, *further: Any) -> tuple[Any, ...]:
        secrets = (connection.host, connection.port, connection.login, connection.password, connection.extra)
        digest = hashlib.sha256(repr(secrets).encode()).hexdigest()
        return (what, connection.conn_id, digest, *map(narrowed, further))

    keep: Callable[[Callable[P, R]], Callable[P, R]] = cached(_kept, key=key, lock=_lock)
    return keep


@_once_a_minute("documents", lambda filters: filters)
def _documents(connection: Connection, filters: ListFilters) -> list[Document]:
    with GetMyInvoicesHook.of(connection).client_without_retries() as client:
        pages = client.iter_documents(
            archived=filters.archived,
            document_type=filters.document_type,
            company_uid=filters.company_uid,
            payment_status=filters.payment_status,
            tags=filters.tags,
            start=filters.start,
            end=filters.end,
            line_items=True,
        )
        return next(pages, [])


@_once_a_minute("sales", lambda account: (account.documents, account.period.start, account.period.end))
def _sales(connection: Connection, account: ImportAccount) -> list[SalesDocument]:
    found: list[SalesDocument] = []
    last = min(account.period.end or date.max, datetime.now(UTC).date())
    with DebitoorHook.of(connection).client_without_retries() as client:
        for days in _RECENT:
            window = manual(last - timedelta(days=days), None, ()).within(account.period.start, account.period.end)
            found = found or list_sales(window, account, client)[0]
    return sorted(found, key=_newest, reverse=True)[:50]


def _newest(document: SalesDocument) -> tuple[bool, date | None, str]:
    return document.date is not None, document.date, document.id


@_once_a_minute("companies")
def _companies(connection: Connection) -> dict[int, Company]:
    with GetMyInvoicesHook.of(connection).client_without_retries() as client:
        return {company.company_uid: company for company in client.companies()}


@_once_a_minute("tags")
def _tags(connection: Connection) -> list[str]:
    with GetMyInvoicesHook.of(connection).client_without_retries() as client:
        return client.tags()


@_once_a_minute("books", lambda account: account.debitoor_id)
def _books(connection: Connection, account: ExportAccount) -> Environment:
    with DebitoorHook.of(connection).client_without_retries() as client:
        return books_of(client, account)
