"""The connections to the services, as the page makes, changes and tries them.

They are rows of Airflow's own table, encrypted as Airflow encrypts them. A new one begins as a copy of the *pattern*,
the connection with the hook's default id (``getmyinvoices_default``, ``debitoor_default``), if there is one: address,
limits and time-outs, but neither password nor login, and nothing of the registered app. So operators set what all
companies have in common once. The app itself (``client_id``, ``client_secret`` and its two addresses) is used where it
stands: see :func:`app_of`.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from airflow.configuration import ensure_secrets_loaded
from airflow.models.connection import Connection as Row
from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.secrets.metastore import MetastoreBackend
from airflow.utils.session import create_session
from sqlalchemy.exc import IntegrityError

from debitoor_provider.hooks.debitoor import DebitoorHook
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.ui.access import may_connect
from debitoor_provider.ui.refusals import RequestRefused

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser

    from debitoor_provider.hooks.base import ServiceHook


_COPIED = (
    "allow_http",
    "calls_per_day",
    "calls_per_hour",
    "calls_per_minute",
    "max_file_megabytes",
    "proxy",
    "read_timeout",
    "sales_web_url",
    "timezone",
    "web_url",
)


def hooks() -> dict[str, type[ServiceHook[Any]]]:
    """Return the hook of each type of connection that some direction uses."""
    used = [resolve_name(hook) for row in DIRECTIONS.values() for hook in row.hooks.values()]
    return {hook.conn_type: hook for hook in used}


def editable(user: BaseUser) -> list[tuple[str, str, str]]:
    """List the services' connections in Airflow's table that a user may edit; patterns have no key.

    :return: id, type, and the e-mail address of the account that a consent has led to; empty where it is not known
    """
    from airflow.api_fastapi.app import get_auth_manager

    allowed = get_auth_manager().get_authorized_connections(user=user, method="PUT")
    with create_session() as session:
        rows = session.scalars(sa.select(Row).where(Row.conn_type.in_(hooks())).order_by(Row.conn_id))
        return [
            (row.conn_id, row.conn_type, str(row.extra_dejson.get("email") or ""))
            for row in rows
            # FAB's list has all connections, whatever the user's rights are.
            if row.conn_id in allowed and row.password and may_connect(user, row.conn_id)
        ]


def may_choose(user: BaseUser) -> bool:
    """Return whether a user may edit a connection to each of the services: without, no account can be added."""
    return {conn_type for _, conn_type, _ in editable(user)} == hooks().keys()


def find(connection_id: str) -> Connection | None:
    """Find a connection, wherever Airflow keeps it."""
    try:
        return _plain(Connection.get(connection_id))
    except AirflowNotFoundException:
        row = _row(connection_id)  # one of a team is not found without naming the team
        return _plain(row) if row else None


def require(connection_id: str) -> Connection:
    """Find a connection to one of the services.

    :raises RequestRefused: 404 when there is none, 409 when it leads elsewhere
    """
    found = find(connection_id)
    if found is None:
        raise RequestRefused("connection_missing_here", status=404, connection=connection_id)
    if found.conn_type not in hooks():
        raise RequestRefused("connection_of_other_service", status=409, connection=connection_id)
    return found


def begin(connection_id: str, conn_type: str) -> Connection:
    """Return the connection as it is, to be changed; where there is none, a new one made by the pattern.

    :raises RequestRefused: 409 when it cannot be changed here
    """
    if _is_kept_elsewhere(connection_id):
        raise RequestRefused("connection_kept_elsewhere", status=409, connection=connection_id)
    row = _row(connection_id)
    if row is not None and row.conn_type != conn_type:
        raise RequestRefused("connection_of_other_type", status=409, connection=connection_id)
    return _plain(row) if row is not None else _by_pattern(connection_id, conn_type)


def app_of(connection: Connection) -> Connection:
    """Return the connection whose registered app asks for consent: the own one, if it has an app, or the pattern.

    All of it comes from one of them: a user who may write the own connection must not get the pattern's secret sent
    to another address.
    """
    if connection.extra_dejson.get("client_id"):
        return connection
    return find(DebitoorHook.default_conn_name) or connection


def save(connection: Connection) -> None:
    """Write a connection that :func:`begin` gave; what stands only in Airflow's table stays.

    :raises RequestRefused: 409 when another user has added it in the meantime
    """
    try:
        with create_session() as session:
            row = session.scalar(sa.select(Row).where(Row.conn_id == connection.conn_id))
            if row is None:
                row = Row(conn_id=connection.conn_id, conn_type=connection.conn_type)
                session.add(row)
            row.host, row.schema, row.port = connection.host, connection.schema, connection.port
            row.login = connection.login
            row.set_password(connection.password)
            row.set_extra(connection.extra)
    except IntegrityError:
        raise RequestRefused("connection_added_meanwhile", status=409, connection=connection.conn_id) from None


def changed(connection: Connection, **extra: Any) -> None:
    """Set extras of a connection; ``None`` and empty texts leave one as it is."""
    given = {name: value for name, value in extra.items() if value not in (None, "")}
    connection.extra = json.dumps(connection.extra_dejson | given)


def try_out(connection: Connection) -> tuple[bool, str]:
    """Try a connection, saved or not: whether it works, and a sentence about it."""
    hook = hooks()[str(connection.conn_type)].of(connection)
    works, sentence = hook.test_connection()
    return works, sentence


def _by_pattern(connection_id: str, conn_type: str) -> Connection:
    pattern = find(hooks()[conn_type].default_conn_name)
    if pattern is None or pattern.conn_type != conn_type:
        return Connection(conn_id=connection_id, conn_type=conn_type)
    known = pattern.extra_dejson
    extra = {name: known[name] for name in _COPIED if name in known and not _holds_password(known[name])}
    return Connection(
        conn_id=connection_id,
        conn_type=conn_type,
        host=pattern.host,
        schema=pattern.schema,
        port=pattern.port,
        extra=json.dumps(extra),
    )


def _holds_password(value: object) -> bool:
    """Return whether it is an address with a password, which readers of the copy could see."""
    try:
        return isinstance(value, str) and "@" in urlsplit(value).netloc
    except ValueError:
        return True


def _is_kept_elsewhere(connection_id: str) -> bool:
    for backend in ensure_secrets_loaded():
        if isinstance(backend, MetastoreBackend):
            continue
        with suppress(Exception):  # as Airflow does: a backend that fails is passed over
            if backend.get_connection(conn_id=connection_id) is not None:
                return True
    return False


def _row(connection_id: str) -> Row | None:
    with create_session() as session:
        row = session.scalar(sa.select(Row).where(Row.conn_id == connection_id))
        if row is not None:
            session.expunge(row)
        return row


def _plain(known: Any) -> Connection:
    """Return a connection as tasks see it, whichever class a backend uses."""
    return Connection(
        conn_id=known.conn_id,
        conn_type=known.conn_type,
        host=known.host,
        schema=known.schema,
        login=known.login,
        password=known.password,
        port=known.port,
        extra=known.extra,
    )
