"""What account files name in Airflow, and Airflow's configuration on this machine, which may not exist or be unusable.

A task whose pool does not exist, or has no slots, never starts, and no error reports it. A connection or a file that is
missing, or a connection of another type, stops a run when it is first needed, or leaves a failure without a
notification.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import TYPE_CHECKING

import sqlalchemy as sa

from debitoor_provider.configuration import ecb_rates
from debitoor_provider.messages import Message
from debitoor_provider.runs.notifiers import problem_of_type
from debitoor_provider.sync.accounts.finding import Finding
from debitoor_provider.sync.accounts.values import did_you_mean
from debitoor_provider.sync.directions import row_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from debitoor_provider.sync.accounts.settings import Account


@dataclass(frozen=True, slots=True)
class AirflowNames:
    """What Airflow has, read once for many accounts.

    :param pools: the slots of each pool; -1 means any number
    :param connections: the types of the connections in Airflow's table, by their ids; others are where Airflow keeps
        secrets
    :param is_read: whether Airflow's database could be read; if not, all is taken to exist
    :param suggests: whether the nearest connection is named
    """

    pools: Mapping[str, int] = field(default_factory=dict)
    connections: Mapping[str, str] = field(default_factory=dict)
    is_read: bool = False
    suggests: bool = False

    @classmethod
    def read(cls, session: Session | None = None, *, suggests: bool = True) -> AirflowNames:
        """Read Airflow's database; for the command line and the API server, which may.

        :param session: of Airflow's database; default one of its own
        :param suggests: name the nearest connection, for people who may see them all
        """
        from airflow.models.connection import Connection
        from airflow.models.pool import Pool
        from airflow.utils.session import create_session

        with nullcontext(session) if session else create_session() as using:
            pools = {str(name): slots for name, slots in using.execute(sa.select(Pool.pool, Pool.slots))}
            rows = using.execute(sa.select(Connection.conn_id, Connection.conn_type))
            connections = {str(name): str(kind or "") for name, kind in rows}
        return cls(pools, connections, is_read=True, suggests=suggests)

    def needed_by(self, account: Account) -> list[Finding]:
        """Return what an account cannot do without, and does not exist or cannot be used."""
        return [*self.unusable_pool(account), *self.unusable_connections(account), *self.unusable_files(account)]

    def unusable_pool(self, account: Account) -> Iterator[Finding]:
        """Return why the tasks of an account would wait for ever: its pool does not exist, or has no slots."""
        if not account.pool or not self.is_read or self.pools.get(account.pool):
            return
        if account.pool in self.pools:
            yield Finding("pool", Message("setting_pool_closed", name=account.pool))
        else:
            hint = did_you_mean(account.pool, self.pools)
            yield Finding("pool", Message("setting_pool_missing", name=account.pool, hint=hint))

    def unusable_connections(self, account: Account) -> Iterator[Finding]:
        """Return which connections to the services do not exist, or are of another type."""
        for service, hook in row_of(account).hooks.items():
            connection = account.connection_of(service)
            kind = self._type_of(connection)
            if kind is None:
                hint = did_you_mean(connection, self.connections) if self.suggests else None
                message = Message("setting_connection_missing", connection=connection, hint=hint)
                yield Finding(f"connections.{service}", message)
            elif kind and kind != (wanted := resolve_name(hook).conn_type):
                message = Message("connection_for_other_service", name=connection, type=kind, wanted=wanted)
                yield Finding(f"connections.{service}", message)

    def unusable_sender(self, account: Account) -> Finding | None:
        """Return that people cannot be notified by the connection, which does not exist or has another purpose."""
        if account.notify is None:
            return None
        kind = self._type_of(account.notify.connection)
        message: Message | None
        if kind is None:
            message = Message("notify_connection_missing", connection=account.notify.connection)
        else:
            message = problem_of_type(account.notify, kind) if kind else None
        return Finding("notify.connection", message) if message else None

    def unusable_files(self, account: Account) -> list[Finding]:
        """Return which files of Airflow's configuration an account needs that this machine cannot read."""
        found = row_of(account).files
        return list(resolve_name(found)(account, ecb_rates=ecb_rates())) if found else []

    def _type_of(self, connection: str) -> str | None:
        """Return the type of a connection, as far as this process can tell: ``None`` for one that does not exist.

        Where tasks have a secrets backend of their own, or a backend fails, nothing is known, and the type is empty.
        """
        from airflow.configuration import conf, ensure_secrets_loaded
        from airflow.secrets.metastore import MetastoreBackend

        if connection in self.connections:
            return self.connections[connection]
        if not self.is_read or conf.get("workers", "secrets_backend", fallback=""):
            return ""
        for backend in ensure_secrets_loaded():
            if isinstance(backend, MetastoreBackend):
                continue
            try:
                found = backend.get_connection(conn_id=connection)
            except Exception:  # noqa: BLE001  whatever a backend raises: then nothing is known
                return ""
            if found is not None:
                return str(found.conn_type or "")
        return None
