"""What all calls to GetMyInvoices have in common: key, user agent, allowance (contract section 1)."""

from __future__ import annotations

import hashlib
import re
import threading
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from debitoor_provider import __version__
from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.services.getmyinvoices import body, constants, parse
from debitoor_provider.services.getmyinvoices.explain import explain
from debitoor_provider.services.http.answer import LARGEST_RECORD
from debitoor_provider.services.http.base_client import BaseClient
from debitoor_provider.services.http.call import Call, Subject
from debitoor_provider.services.http.json_body import json_body
from debitoor_provider.services.http.retry import WRITE, Backoff, RetryRule
from debitoor_provider.services.http.session import CONNECT_TIMEOUT, POOL_SIZE, READ_TIMEOUT, HeaderAuth, ServiceSession
from debitoor_provider.services.http.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.services.getmyinvoices.models import AccountInfo
    from debitoor_provider.services.http.call import Codes, Params
    from debitoor_provider.services.http.transport import Pacing

T = TypeVar("T")

_ACCOUNT_ID = re.compile(r"(?:G-)?(\d{1,12}(?:-\d{1,6})?)", re.ASCII | re.IGNORECASE)


class GetMyInvoicesCore(BaseClient):
    """Makes calls for one API key. Parameters: see :class:`.client.GetMyInvoicesClient`."""

    def __init__(
        self,
        *,
        api_key: str,
        account_id: str | None = None,
        base_url: str = constants.API_BASE,
        timezone: str = constants.TIMEZONE,
        allow_http: bool = False,
        connect_timeout: float = CONNECT_TIMEOUT,
        read_timeout: float = READ_TIMEOUT,
        upload_timeout: float = constants.UPLOAD_TIMEOUT,
        max_file_bytes: int = constants.MAX_FILE_BYTES,
        page_size: int = constants.PAGE_SIZE,
        pool_size: int = POOL_SIZE,
        proxy: str | None = None,
        pacing: Pacing | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        try:
            self.zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise Misconfigured(Message("time_zone_unknown")) from None
        self.max_file_bytes = max_file_bytes
        self._page_size = page_size
        self._upload_timeouts = (connect_timeout, upload_timeout)
        self.session = ServiceSession(
            base_url,
            auth=HeaderAuth(constants.API_KEY_HEADER, api_key, at=base_url, what="api_key"),
            headers={
                "Accept": "application/json",
                "User-Agent": _user_agent(),
                constants.APPLICATION_HEADER: constants.APPLICATION,
            },
            allow_http=allow_http,
            timeouts=(connect_timeout, read_timeout),
            pool_size=pool_size,
            proxy=proxy,
        )
        self.transport = Transport(
            self.session,
            service=constants.SERVICE,
            explain=explain,
            secret=api_key,
            pacing=pacing,
            backoff=backoff,
            probe=Call("check_status", "GET", constants.API_STATUS, subject=Subject.ACCOUNT),
        )
        self.asks_as = hashlib.sha256(
            "\n".join(("list", repr(self.session.origin), self.session.path, timezone, api_key)).encode()
        ).hexdigest()
        """Equal for clients that get equal answers; made of address, time zone and key, which it does not reveal."""
        self._identity = threading.Lock()
        self._identified = False
        self._account_number = ""
        if account_id and account_id.strip():
            self._introduce(_checked_account_id(account_id))

    def account(self) -> AccountInfo:
        """Return who the key belongs to; answered without an account id in the user agent (contract 3.2)."""
        return self.transport.call(
            Call("read_account", "GET", constants.ACCOUNT, subject=Subject.ACCOUNT), parse.account
        )

    def identify(self) -> None:
        """Learn the account's id for the user agent (contract 1.2), once, unless it was given."""
        if self._identified:
            return
        with self._identity:
            if not self._identified:
                self._introduce(self.account().account_id)

    @property
    def account_number(self) -> str:
        """The number that names the account, ``20707`` of ``G-20707-0``; read from the service if it was not given.

        :raises Misconfigured: when the service does not give it either
        """
        self.identify()
        if not self._account_number:
            raise Misconfigured(Message("gmi_account_id_missing"))
        return self._account_number

    def _get(
        self,
        operation: str,
        path: str,
        read: Callable[[Any], T],
        params: Params | None = None,
        *,
        subject: Subject = Subject.RECORD,
        codes: Codes | None = None,
    ) -> T:
        self.identify()
        return self.transport.call(Call(operation, "GET", path, params, subject, codes=codes or {}), read)

    def _send(
        self,
        operation: str,
        method: str,
        path: str,
        read: Callable[[Any], T],
        fields: dict[str, Any] | None = None,
        *,
        subject: Subject = Subject.RECORD,
        content: bytes | BinaryIO | None = None,
        rule: RetryRule = WRITE,
        codes: Codes | None = None,
    ) -> T:
        """Make a call with a body: the fields, and the content of a file when there is one."""
        self.identify()
        payload = json_body(fields or {}) if content is None else body.FileBody(fields or {}, content)
        call = Call(
            operation,
            method,
            path,
            subject=subject,
            body=lambda: payload,
            headers=body.JSON_HEADERS,
            rule=rule,
            timeouts=None if content is None else self._upload_timeouts,
            largest=LARGEST_RECORD,
            sends_file=content is not None,
            codes=codes or {},
        )
        return self.transport.call(call, read)

    def _introduce(self, account_id: str) -> None:
        match = _ACCOUNT_ID.fullmatch(account_id.strip())
        if match:
            self.session.headers["User-Agent"] = _user_agent(f"G-{match[1]}")
            self._account_number = match[1].partition("-")[0]
        self._identified = True


def _user_agent(account_id: str = "") -> str:
    return f"airflow-provider-debitoor/{__version__}" + (f" ({account_id})" if account_id else "")


def _checked_account_id(account_id: str) -> str:
    if not _ACCOUNT_ID.fullmatch(account_id.strip()):
        raise Misconfigured(Message("gmi_account_id_malformed"))
    return account_id
