"""Connections that a process keeps for some minutes.

They are for the triggerer: each look-up there costs its supervisor a call of Airflow's API and messages for the secrets
to be masked, once for each run of each account, and accounts of one company share their connections.
"""

from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING

from cachetools import TTLCache

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.sdk import Connection

SECONDS = 300.0
"""How long a change of a connection may take to be seen."""
_MOST = 500
_FIELDS = ("conn_type", "host", "schema", "login", "password", "port", "extra")


class KeptConnections:
    """Connections by their ids, each for some minutes after it was looked up; their secrets stay masked in the process.

    :param seconds: how long
    :param most: how many; those not used for longest go first
    """

    def __init__(self, seconds: float = SECONDS, most: int = _MOST) -> None:
        self._kept: TTLCache[str, Connection] = TTLCache(most, seconds, timer=monotonic)
        self._forgotten: TTLCache[str, Connection] = TTLCache(most, seconds, timer=monotonic)
        self._lock = threading.Lock()

    def find(self, conn_id: str, look_up: Callable[[str], Connection]) -> Connection:
        """Return a connection, looked up unless it is kept."""
        with self._lock:
            found = self._kept.get(conn_id)
        if found is None:
            found = look_up(conn_id)
            with self._lock:
                self._kept[conn_id] = found
        return found

    def is_current(self, conn_id: str, look_up: Callable[[str], Connection]) -> bool:
        """Look a connection up; return whether it is as it was kept last, so that it will fail as it did."""
        with self._lock:
            used = self._kept.get(conn_id) or self._forgotten.get(conn_id)
        if used is None:
            return False
        try:
            found = look_up(conn_id)
        except Exception:  # noqa: BLE001  whatever a secrets backend raises; who uses the connection next says it
            return False
        return all(getattr(found, name) == getattr(used, name) for name in _FIELDS)

    def forget(self, *conn_ids: str) -> None:
        """Look connections up again at their next use."""
        with self._lock:
            for conn_id in conn_ids:
                if kept := self._kept.pop(conn_id, None):
                    self._forgotten[conn_id] = kept


KEPT = KeptConnections()
"""Those of this process."""
