"""Tell people how an account is, from a callback of any DAG."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseNotifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context

    from debitoor_provider.sync.accounts.sections import Notify


class DebitoorAccountNotifier(BaseNotifier):
    """Send the news of an account: why it failed and what to do, and what needs a decision.

    Unlike the account's own setting ``notify``, which tells each thing once, it tells all that is open at the moment.
    When all is well and nothing failed, nothing is sent. It may be used in every callback, and for a deadline::

        with DAG("close_the_month", on_failure_callback=DebitoorAccountNotifier(account="acme-receipts")):
            ...

    :param account: id of the account
    :param connection: connection of the type ``smtp``, ``slackwebhook`` or ``http`` to send by; by default what the
        account's ``notify`` says
    :param to: who gets the mail
    :param language: ``en``, ``fr``, ``de`` or ``da``
    :raises ArgumentError: while the DAG is read, when one of these cannot be used
    """

    template_fields: Sequence[str] = ("account",)

    def __init__(
        self, *, account: str, connection: str = "", to: Sequence[str] | str = (), language: str = "", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.account = account
        self.connection = connection
        self.to = (to,) if isinstance(to, str) else tuple(to)
        self.language = language
        self.notify_setting: Notify | None = None
        if connection or to or language:
            from debitoor_provider.runs.account_notification import notify_of_arguments

            self.notify_setting = notify_of_arguments(account, connection, self.to, language)

    def notify(self, context: Context) -> None:
        """Send it.

        :raises NotificationNotSent: when that is not possible, with the reason
        """
        from debitoor_provider.runs.account_notification import tell_of

        if not tell_of(self.account, self.notify_setting, context):
            self.log.info("There is nothing to tell about the account %s.", self.account)

    async def async_notify(self, context: Context) -> None:
        """Send it from the triggerer, as a deadline does."""
        await asyncio.to_thread(self.notify, context)
