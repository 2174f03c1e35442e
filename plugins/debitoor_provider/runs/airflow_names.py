"""What account files name in Airflow, and Airflow's configuration on this machine, which may not exist.

A task whose pool does not exist, or has no slots, never starts, and no error reports it. A connection or a file that is
missing stops a run when it is first needed, or leaves a failure without a notification.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa

from debitoor_provider.configuration import ecb_rates
from debitoor_provider.messages import Message
from debitoor_provider.sync.accounts.finding import Finding
from debitoor_provider.sync.accounts.values import did_you_mean
from debitoor_provider.sync.directions import loaded, row_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from debitoor_provider.sync.accounts.settings import Account


@dataclass(frozen=True, slots=True)
class AirflowNames:
    """What Airflow has, read once for many accounts.

    :param pools: the slots of each pool; -1 means any number
    :param connections: the ids of the connections in Airflow's table; others are where Airflow keeps secrets
    :param is_read: whether Airflow's database could be read; if not, all is taken to exist
    :param suggests: whether the nearest connection is named
    """

    pools: Mapping[str, int] = field(default_factory=dict)
    connections: Collection[str] = ()
    is_read: bool = False
    suggests: bool = False

    @classmethod
    def read(cls, *, suggests: bool = True) -> AirflowNames:
        """Read Airflow's database; for the command line and the API server, which may.

        :param suggests: name the nearest connection, for people who may see them all
        """
        from airflow.models.connection import Connection
        from airflow.models.pool import Pool
        from airflow.utils.session import create_session

        with create_session() as session:
            pools = {str(name): slots for name, slots in session.execute(sa.select(Pool.pool, Pool.slots))}
            connections = frozenset(session.scalars(sa.select(Connection.conn_id)))
        return cls(pools, connections, is_read=True, suggests=suggests)

    def needed_by(self, account: Account) -> list[Finding]:
        """Return what an account cannot do without, and does not exist."""
        return [*self.unusable_pool(account), *self.missing_connections(account), *self.unusable_files(account)]

    def unusable_pool(self, account: Account) -> Iterator[Finding]:
        """Return why the tasks of an account would wait for ever: its pool does not exist, or has no slots."""
        if not account.pool or not self.is_read or self.pools.get(account.pool):
            return
        if account.pool in self.pools:
            yield Finding("pool", Message("setting_pool_closed", name=account.pool))
        else:
            hint = did_you_mean(account.pool, self.pools)
            yield Finding("pool", Message("setting_pool_missing", name=account.pool, hint=hint))

    def missing_connections(self, account: Account) -> Iterator[Finding]:
        """Return which connections to the services do not exist."""
        for service in row_of(account).hooks:
            connection = account.connection_of(service)
            if not self._has(connection):
                hint = did_you_mean(connection, self.connections) if self.suggests else None
                message = Message("setting_connection_missing", connection=connection, hint=hint)
                yield Finding(f"connections.{service}", message)

    def missing_sender(self, account: Account) -> Finding | None:
        """Return that the connection does not exist by which people are notified."""
        if account.notify is None or self._has(account.notify.connection):
            return None
        message = Message("notify_connection_missing", connection=account.notify.connection)
        return Finding("notify.connection", message)

    def unusable_files(self, account: Account) -> list[Finding]:
        """Return which files of Airflow's configuration an account needs that this machine cannot read."""
        found = row_of(account).files
        return list(loaded(found)(account, ecb_rates=ecb_rates())) if found else []

    def _has(self, connection: str) -> bool:
        """Return whether Airflow has a connection, as far as this process can tell.

        Where tasks have a secrets backend of their own, or a backend fails, this is not known, and taken for granted.
        """
        from airflow.configuration import conf, ensure_secrets_loaded
        from airflow.secrets.metastore import MetastoreBackend

        if not self.is_read or connection in self.connections:
            return True
        if conf.get("workers", "secrets_backend", fallback=""):
            return True
        for backend in ensure_secrets_loaded():
            if isinstance(backend, MetastoreBackend):
                continue
            try:
                if backend.get_connection(conn_id=connection) is not None:
                    return True
            except Exception:  # noqa: BLE001  whatever a backend raises: then nothing is known
                return True
        return False
