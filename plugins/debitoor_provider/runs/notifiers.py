"""Airflow's notifiers that notify an account's people, by the type of the connection."""

from __future__ import annotations

import re
import smtplib
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret

from debitoor_provider.messages import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.runs.notification import Notification
    from debitoor_provider.sync.accounts.sections import Notify

_PATIENCE = 30
"""Seconds to wait for a webhook."""


class Notifier(NamedTuple):
    """One way to tell people.

    :param path: of the notifier's class, ``module:class``
    :param package: the provider package that has it
    :param arguments: what the notifier is made with
    :param is_mail: whether it needs the addressees
    """

    path: str
    package: str
    arguments: Callable[[Notify, Notification], dict[str, Any]]
    is_mail: bool = False


def _mail(notify: Notify, notification: Notification) -> dict[str, Any]:
    return {
        "smtp_conn_id": notify.connection,
        "to": list(notify.to),
        "subject": notification.subject,
        "html_content": notification.html,
    }


def _slack(notify: Notify, notification: Notification) -> dict[str, Any]:
    text = f"*{notification.subject}*\n\n{notification.text}"
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):  # so that no name becomes a mention or a link
        text = text.replace(char, entity)
    return {"slack_webhook_conn_id": notify.connection, "text": text, "timeout": _PATIENCE, "unfurl_links": False}


def _webhook(notify: Notify, notification: Notification) -> dict[str, Any]:
    # A redirect would lose the body, and could carry the headers of the connection to another host.
    options = {"timeout": _PATIENCE, "max_redirects": 0}
    return {"http_conn_id": notify.connection, "json": notification.json, "extra_options": options}


NOTIFIERS: dict[str, Notifier] = {
    "smtp": Notifier(
        "airflow.providers.smtp.notifications.smtp:SmtpNotifier", "apache-airflow-providers-smtp", _mail, is_mail=True
    ),
    "slackwebhook": Notifier(
        "airflow.providers.slack.notifications.slack_webhook:SlackWebhookNotifier",
        "apache-airflow-providers-slack",
        _slack,
    ),
    "http": Notifier(
        "airflow.providers.http.notifications.http:HttpNotifier", "apache-airflow-providers-http", _webhook
    ),
}
"""The notifiers, by type of connection; a further one is a row."""


class NotificationNotSent(Exception):
    """A notification could not be sent.

    :param message: why, and what a person can do about it
    """

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def require_notifier(notify: Notify) -> Notifier:
    """Return the notifier of an account.

    :raises NotificationNotSent: when its connection does not exist or cannot be used for it, or a package is missing
    """
    try:
        connection = Connection.get(notify.connection)
    except AirflowNotFoundException:
        raise NotificationNotSent(Message("notify_connection_missing", connection=notify.connection)) from None
    kind = str(connection.conn_type or "")
    if problem := problem_of_type(notify, kind):
        raise NotificationNotSent(problem)
    row = NOTIFIERS[kind]
    try:
        resolve_name(row.path)
    except ImportError:
        message = Message("notify_package_missing", connection=notify.connection, type=kind, package=row.package)
        raise NotificationNotSent(message) from None
    if row.is_mail and not connection.extra_dejson.get("from_email"):
        raise NotificationNotSent(Message("notify_no_sender", connection=notify.connection))
    path = urlsplit(connection.host or "").path
    if path.strip("/"):  # of a webhook it is often all that protects it, and Airflow's hook logs it
        mask_secret(path)
    return row


def problem_of_type(notify: Notify, kind: str) -> Message | None:
    """Return why an account's people cannot be notified by a connection of a type; ``None`` when they can.

    :param kind: the connection's type
    """
    row = NOTIFIERS.get(kind)
    if row is None:
        return Message("notify_unsupported", connection=notify.connection, type=kind, types=sorted(NOTIFIERS))
    if row.is_mail and not notify.to:
        return Message("notify_nobody", connection=notify.connection)
    if notify.to and not row.is_mail:
        return Message("notify_no_mail", connection=notify.connection, type=kind)
    return None


def send(notify: Notify, notification: Notification) -> None:
    """Tell an account's people.

    :raises NotificationNotSent: when that is not possible
    """
    row = require_notifier(notify)
    notifier = resolve_name(row.path)(**row.arguments(notify, notification))
    try:
        # Not called as Airflow's callbacks are: that renders names of documents as Jinja and hides errors.
        notifier.notify({})
    except Exception as error:  # noqa: BLE001 each notifier raises what its library does
        message = Message("notify_not_sent", connection=notify.connection, detail=_detail(error))
        raise NotificationNotSent(message) from None


def _detail(error: Exception) -> str:
    """Return what went wrong, without the error's text, which may hold the address of a webhook."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"SMTP {error.smtp_code}"
    status = re.search(r"(?:^|Status Code: )(\d{3})\b", str(error))  # as Airflow's hooks for HTTP and Slack write it
    return f"HTTP {status[1]}" if status else type(error).__name__
