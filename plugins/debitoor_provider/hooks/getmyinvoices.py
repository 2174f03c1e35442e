"""The hook of a GetMyInvoices connection."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from debitoor_provider.hooks.base import ServiceHook
from debitoor_provider.hooks.fields import Fields
from debitoor_provider.messages import Message
from debitoor_provider.services.getmyinvoices import constants
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.services.http.session import READ_TIMEOUT
from debitoor_provider.services.pacing.pacer import Allowance

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from debitoor_provider.services.getmyinvoices.models import AccountInfo
    from debitoor_provider.services.http.retry import Backoff


class GetMyInvoicesHook(ServiceHook[GetMyInvoicesClient]):
    """Work with the documents of a GetMyInvoices account.

    .. code-block:: python

        with GetMyInvoicesHook("getmyinvoices_acme") as hook:
            for document in hook.client.documents(document_type="RECEIPT"):
                print(document.document_number, document.gross_amount)

    :param getmyinvoices_conn_id: id of a connection of the type ``getmyinvoices``: the API key as password, the
        account id as login
    :param method: HTTP method of :meth:`run`
    """

    conn_name_attr = "getmyinvoices_conn_id"
    default_conn_name = "getmyinvoices_default"
    conn_type = "getmyinvoices"
    hook_name = "GetMyInvoices"

    def __init__(self, getmyinvoices_conn_id: str = default_conn_name, method: str = "GET") -> None:
        super().__init__(getmyinvoices_conn_id, method)
        self.getmyinvoices_conn_id = getmyinvoices_conn_id

    def _client(self, connection: Connection, backoff: Backoff) -> GetMyInvoicesClient:
        fields = Fields(connection)
        key = connection.password or ""
        megabytes = fields.whole("max_file_megabytes", at_least=1, at_most=1024)
        allowance = Allowance(
            per_minute=fields.whole("calls_per_minute", at_least=1, at_most=100_000) or constants.CALLS_PER_MINUTE,
            per_hour=fields.whole("calls_per_hour", at_least=1, at_most=1_000_000),
            per_day=fields.whole("calls_per_day", at_least=1, at_most=10_000_000) or constants.CALLS_PER_DAY,
        )
        return GetMyInvoicesClient(
            api_key=key,
            account_id=connection.login,
            base_url=fields.base_url(constants.API_BASE),
            timezone=fields.text("timezone") or constants.TIMEZONE,
            allow_http=fields.switch("allow_http"),
            read_timeout=fields.whole("read_timeout", at_least=1, at_most=3600) or READ_TIMEOUT,
            max_file_bytes=megabytes * 1024 * 1024 if megabytes else constants.MAX_FILE_BYTES,
            proxy=fields.text("proxy") or None,
            pacing=self._pacer(key, allowance),
            backoff=backoff,
        )

    def _ready(self) -> GetMyInvoicesClient:
        self.client.identify()
        return self.client

    def _tested(self, client: GetMyInvoicesClient) -> tuple[Message, Message | None]:
        client.check()
        account = client.account()
        name = account.organization or account.name or constants.SERVICE
        found = Message("connected", account=f"{name} ({account.account_id})")
        return found, _zone_problem(account, client.zone, self.getmyinvoices_conn_id)


def _zone_problem(account: AccountInfo, zone: ZoneInfo, conn_id: str) -> Message | None:
    """Return a message if the time zones of account and connection differ, in winter or in summer."""
    try:
        theirs = ZoneInfo(account.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    moments = [datetime(datetime.now(UTC).year, month, 1, tzinfo=UTC) for month in (1, 7)]
    if all(moment.astimezone(zone).utcoffset() == moment.astimezone(theirs).utcoffset() for moment in moments):
        return None
    return Message("time_zones_differ", account_zone=theirs.key, connection_zone=zone.key, connection=conn_id)
