"""Read a connection: its address and its extras, with their bounds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit, urlunsplit

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.services.http.secret import Secret
from debitoor_provider.services.http.session import checked_base_url
from debitoor_provider.services.spelling import switch_of

if TYPE_CHECKING:
    from airflow.sdk import Connection

_ID = "{id}"
_LONGEST_ADDRESS = 2000


class Fields:
    """The extras of a connection. What it does not ask for is ignored; an empty value counts as not given.

    :param connection: as Airflow gives it
    """

    def __init__(self, connection: Connection) -> None:
        known = _extra(connection)
        self._extra = {name: Secret(value) if isinstance(value, str) else value for name, value in known.items()}
        self._connection = connection

    def text(self, name: str) -> str:
        """Return a text, by default empty."""
        value = self._extra.get(name)
        if value is None:
            return ""
        if not isinstance(value, str | int):
            raise Misconfigured(Message("field_not_text", **self._place(name)))
        return str(value).strip()

    def whole(self, name: str, *, at_least: int, at_most: int) -> int | None:
        """Return a whole number within bounds, or ``None``.

        :raises Misconfigured: for anything else
        """
        value = self._extra.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not at_least <= value <= at_most:
            place = self._place(name)
            raise Misconfigured(Message("field_not_in_range", at_least=at_least, at_most=at_most, **place))
        return value

    def switch(self, name: str) -> bool:
        """Return a switch, by default off.

        :raises Misconfigured: for anything that is neither on nor off
        """
        is_on = switch_of(Secret(str(self._extra.get(name) or "")))  # whatever was entered here
        if is_on is None:
            raise Misconfigured(Message("field_not_switch", **self._place(name)))
        return is_on

    def record_page(self, name: str) -> str:
        """Return where people see records in the service's web application, for :func:`address_of`; by default empty.

        :raises Misconfigured: for anything but an address of the web with ``{id}`` in place of a record's id
        """
        page = self.text(name)
        if page and not _leads_to_records(page):
            raise Misconfigured(Message("field_not_web_address", id=_ID, **self._place(name)))
        return page

    def address(self, name: str, default: str) -> str:
        """Return an address that something secret is sent to: with TLS, unless ``allow_http`` is on.

        :raises Misconfigured: for an address that cannot work, or that more stands in than host and path
        """
        try:
            address = checked_base_url(self.text(name) or default, allow_http=True)
        except Misconfigured:
            raise Misconfigured(Message("field_not_address", **self._place(name))) from None
        if not address.lower().startswith("https:") and not self.switch("allow_http"):
            raise Misconfigured(Message("field_plain_http", **self._place(name)))
        return address

    def base_url(self, default: str) -> str:
        """Return the address from host, schema and port; HTTPS where no scheme is given."""
        host = (self._connection.host or "").strip()
        if not host:
            return default
        scheme = self._connection.schema if self._connection.schema in ("http", "https") else "https"
        parts = urlsplit(host if "://" in host else f"{scheme}://{host}")
        port = f":{self._connection.port}" if self._connection.port else ""
        return urlunsplit((parts.scheme, parts.netloc + port, parts.path, parts.query, parts.fragment))

    def _place(self, name: str) -> dict[str, str]:
        return {"field": name, "connection": self._connection.conn_id}


def address_of(page: str, record_id: str) -> str:
    """Return the web address of one record.

    :param page: as :meth:`Fields.record_page` returns it
    """
    return page.replace(_ID, quote(record_id, safe=""))


def _leads_to_records(page: str) -> bool:
    """Return whether it is an address of the web with the record's id in it: behind the host, which is always the same.

    A browser passes over white space and takes a backslash for a slash, which Python does not.
    """
    if len(page) > _LONGEST_ADDRESS or "\\" in page or not page.isprintable() or " " in page:
        return False
    try:
        parts = urlsplit(page)
        host = parts.hostname
    except ValueError:
        return False
    is_plain = parts.scheme in ("http", "https") and bool(host) and not {"{", "@"} & set(parts.netloc)
    return is_plain and _ID in page


def _extra(connection: Connection) -> dict[str, Any]:
    """Read the extras. Airflow's own reading has them masked once more, which the triggerer pays for."""
    try:
        extra = json.loads(connection.extra or "{}")
    except ValueError:
        return {}
    return extra if isinstance(extra, dict) else {}
