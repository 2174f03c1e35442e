"""The call log: every call and every effect, in one sequence of numbers that only grows."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from debitoor_provider.sandbox import json_codec
from debitoor_provider.sandbox.clock import epoch_now, wall_time

if TYPE_CHECKING:
    from debitoor_provider.sandbox.store import SandboxStore

_SECRET_PARAMETERS = frozenset({"token", "access_token", "client_secret", "code", "api_key", "key", "password"})
_CALL = (
    "seq", "time", "company", "service", "operation", "method", "path", "query", "status", "request_bytes",
    "response_bytes", "fault", "user_agent",
)  # fmt: skip
_EFFECT = ("seq", "call", "time", "company", "service", "kind", "object", "id", "details")


class Log:
    """Append-only. Rows are written in the transaction of the call or effect that they record."""

    def __init__(self, store: SandboxStore) -> None:
        self._store = store
        self.restart()

    def restart(self) -> None:
        """Continue the numbers of the store."""
        self._last = max(self._store.value(f"SELECT max(seq) FROM {table}") or 0 for table in ("call", "effect"))

    @property
    def last_seq(self) -> int:
        """Return the newest number."""
        return self._last

    def next_seq(self) -> int:
        """Return the next number, for a call when it takes effect and for an effect when it happens."""
        self._last += 1
        return self._last

    def call(
        self,
        seq: int,
        *,
        time: float,
        company: int | None,
        service: str,
        operation: str,
        method: str,
        path: str,
        query: str,
        status: int,
        request_bytes: int,
        response_bytes: int,
        fault: str | None,
        user_agent: str,
    ) -> None:
        """Log one call; ``status`` and ``response_bytes`` are those of the answer before a fault of the transport."""
        self._store.execute(
            "INSERT INTO call VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            seq, time, company, service, operation, method, path, without_secrets(query), status, request_bytes,
            response_bytes, fault, user_agent,
        )  # fmt: skip

    def effect(
        self, call: int | None, company: int, service: str, kind: str, what: str, ident: object, **details: Any
    ) -> None:
        """Log an effect of a call, or of the admin API (``call`` is None).

        :param kind: ``created``, ``updated`` or ``deleted``
        :param what: the kind of object, such as ``document`` or ``expense``
        :param details: sha256, size, fields changed and so on
        """
        self._store.execute(
            "INSERT INTO effect VALUES (?,?,?,?,?,?,?,?,?)",
            self.next_seq(), call, epoch_now(), company, service, kind, what, str(ident), json_codec.text(details),
        )  # fmt: skip

    def calls(self, *, since: int = 0, limit: int | None = None, **filters: Any) -> list[dict[str, Any]]:
        """Return the calls with a greater number, oldest first; ``operation`` may contain wildcards."""
        rows = self._read("call", _CALL, since, limit, filters)
        return [row | {"time": wall_time(row["time"])} for row in rows]

    def effects(self, *, since: int = 0, limit: int | None = None, **filters: Any) -> list[dict[str, Any]]:
        """Return the effects with a greater number, oldest first."""
        rows = self._read("effect", _EFFECT, since, limit, filters)
        return [row | {"time": wall_time(row["time"]), "details": json_codec.parse(row["details"])} for row in rows]

    def newest_calls(self, company: int, count: int) -> list[dict[str, Any]]:
        """Return the latest calls of a company, newest first."""
        sql = f"SELECT {','.join(_CALL)} FROM call WHERE company = ? ORDER BY seq DESC LIMIT ?"
        rows = (dict(zip(_CALL, row, strict=True)) for row in self._store.rows(sql, company, count))
        return [row | {"time": wall_time(row["time"])} for row in rows]

    def _read(
        self, table: str, columns: tuple[str, ...], since: int, limit: int | None, filters: dict[str, Any]
    ) -> list[dict[str, Any]]:
        wildcard = filters.pop("operation", None)
        given = {name: value for name, value in filters.items() if value is not None}
        where = "".join(f" AND {name} = ?" for name in given)
        sql = f"SELECT {','.join(columns)} FROM {table} WHERE seq > ?{where} ORDER BY seq"
        rows = (dict(zip(columns, row, strict=True)) for row in self._store.rows(sql, since, *given.values()))
        chosen = [row for row in rows if wildcard is None or fnmatch.fnmatchcase(row["operation"], wildcard)]
        return chosen[:limit]


def without_secrets(query: str) -> str:
    """Return a query string with the values of secret parameters masked."""
    if not query:
        return ""
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode([(name, "***" if name.lower() in _SECRET_PARAMETERS else value) for name, value in pairs])
