"""The hook of a Debitoor connection."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from airflow.sdk.log import mask_secret

from debitoor_provider.hooks.base import ServiceHook
from debitoor_provider.hooks.fields import Fields
from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor import constants, oauth
from debitoor_provider.services.debitoor.client import DebitoorClient
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.services.http.secret import Secret
from debitoor_provider.services.http.session import READ_TIMEOUT
from debitoor_provider.services.pacing.pacer import Allowance
from debitoor_provider.services.spelling import fold
from debitoor_provider.sync.books import email_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.sdk import Connection

    from debitoor_provider.services.http.retry import Backoff


class DebitoorHook(ServiceHook[DebitoorClient]):
    """Work with the books of a Debitoor account.

    .. code-block:: python

        with DebitoorHook("debitoor_acme") as hook:
            for expense in hook.client.expenses(from_date=date(2026, 1, 1)):
                print(expense.date, expense.total_gross_amount)

    :param debitoor_conn_id: id of a connection of the type ``debitoor``: the access token as password
    :param method: HTTP method of :meth:`run`
    """

    conn_name_attr = "debitoor_conn_id"
    default_conn_name = "debitoor_default"
    conn_type = "debitoor"
    hook_name = "Debitoor"
    record_pages = ("web_url", "sales_web_url")

    def __init__(self, debitoor_conn_id: str = default_conn_name, method: str = "GET") -> None:
        super().__init__(debitoor_conn_id, method)
        self.debitoor_conn_id = debitoor_conn_id

    def consent_url(self, redirect_uri: str, state: str, lang: str = "en-US") -> str:
        """Return the address where a user allows this connection's app to work with the account.

        :param redirect_uri: its host and port must equal those the app was registered with
        :param state: unguessable; has to be compared when the user comes back
        :raises Misconfigured: when the connection has no client id, or the page's address cannot work
        """
        fields = Fields(self._connection)
        return oauth.authorize_url(
            self._of_app(fields, "client_id"),
            redirect_uri,
            state,
            lang,
            fields.address("authorize_url", constants.AUTHORIZE_URL),
            allow_http=fields.switch("allow_http"),
        )

    def exchange_code(self, code: str, redirect_uri: str) -> str:
        """Exchange the code that came back with the user for an access token, to be kept as the password.

        :raises CredentialsRefused: when it is not accepted
        """
        fields = Fields(self._connection)
        secret = Secret(self._of_app(fields, "client_secret"))
        mask_secret(secret)
        mask_secret(code)
        token = oauth.exchange_code(
            secret,
            code,
            redirect_uri,
            fields.address("exchange_url", constants.TOKEN_URL),
            allow_http=fields.switch("allow_http"),
            proxy=fields.text("proxy") or None,
        )
        mask_secret(token)
        return token

    def whose(self) -> str:
        """Return the e-mail address of the account that the token belongs to; empty when the service does not give it.

        :raises ServiceError: when the token is not accepted, or the service cannot be reached just now
        """
        with self.client_without_retries() as client:
            return email_of(client, client.environment())

    def _client(self, connection: Connection, backoff: Backoff) -> DebitoorClient:
        fields = Fields(connection)
        token = connection.password or ""
        megabytes = fields.whole("max_file_megabytes", at_least=1, at_most=1024)
        allowance = Allowance(per_minute=fields.whole("calls_per_minute", at_least=1, at_most=100_000))
        return DebitoorClient(
            token=token,
            base_url=fields.base_url(constants.API_BASE),
            allow_http=fields.switch("allow_http"),
            read_timeout=fields.whole("read_timeout", at_least=1, at_most=3600) or READ_TIMEOUT,
            max_file_bytes=megabytes * 1024 * 1024 if megabytes else constants.MAX_FILE_BYTES,
            proxy=fields.text("proxy") or None,
            pacing=self._pacer(token, allowance),
            backoff=backoff,
        )

    def _optional_fields(self, fields: Fields) -> list[Callable[[], object]]:
        return [
            *super()._optional_fields(fields),
            partial(fields.address, "authorize_url", constants.AUTHORIZE_URL),
            partial(fields.address, "exchange_url", constants.TOKEN_URL),
        ]

    def _tested(self, client: DebitoorClient) -> tuple[Message, Message | None]:
        environment = client.environment()
        email = email_of(client, environment)
        found, doubt = Message("connected", account=email or environment.id), None
        expected = Fields(self._connection).text("email")
        if expected and email and fold(expected) != fold(email):
            conn_id = self.debitoor_conn_id
            doubt = Message("token_of_another_account", email=email, expected=expected, connection=conn_id)
        return found, doubt

    def _of_app(self, fields: Fields, name: str) -> str:
        value = fields.text(name)
        if not value:
            raise Misconfigured(Message("app_field_empty", field=name, connection=self.debitoor_conn_id))
        return value
