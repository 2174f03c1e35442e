"""The current news of an account, for callbacks of DAGs that are not its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from debitoor_provider.configuration import accounts_folder, ledger_url
from debitoor_provider.messages import Message
from debitoor_provider.runs.arguments import unusable
from debitoor_provider.runs.looking import require_account
from debitoor_provider.runs.notification import notification_of
from debitoor_provider.runs.notifiers import NotificationNotSent, send
from debitoor_provider.services.errors import Misconfigured, ServiceError
from debitoor_provider.sync.account_files.files import find_account
from debitoor_provider.sync.accounts.sections import Notify
from debitoor_provider.sync.ledger import WENT_THROUGH, Ledger, LedgerError
from debitoor_provider.sync.steps.digest import open_digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def notify_of_arguments(account: str, connection: str, to: Sequence[str], language: str) -> Notify:
    """Return what a DAG's author gave, validated as an account's ``notify`` is.

    :raises ArgumentError: naming an argument that cannot be used
    """
    given = {"connection": connection or None, "to": to or None, "language": language or None}
    try:
        return Notify.model_validate({name: value for name, value in given.items() if value})
    except ValidationError as error:
        raise unusable(account, error, Notify) from None


def tell_of(account_id: str, notify: Notify | None, context: Mapping[str, Any]) -> bool:
    """Tell people how an account is; return whether there was anything to tell.

    :param notify: whom to tell, and how; by default as the account says
    :param context: of the callback
    :raises NotificationNotSent: when the notification could not be sent
    """
    account = find_account(accounts_folder(), account_id).account
    if notify is None and account is not None:
        notify = account.notify
    if notify is None:
        raise NotificationNotSent(Message("notify_not_set", account=account_id))
    ledger = Ledger.open(ledger_url())
    digest = open_digest(ledger, account_id, _failure(ledger, account_id, context))
    if digest.has_news:
        send(notify, notification_of(account_id, account.name if account else account_id, digest, notify.language))
    elif ledger.runs.representative(account_id) is None:
        _require_account(account_id, ledger)
    return digest.has_news


def _require_account(account_id: str, ledger: Ledger) -> None:
    try:
        require_account(account_id, ledger)
    except Misconfigured as error:
        raise NotificationNotSent(error.message) from None


def _failure(ledger: Ledger, account_id: str, context: Mapping[str, Any]) -> Message | None:
    """Return why the callback's task or DAG failed, or the account's last run; ``None`` when neither did.

    The text of another DAG's error is not passed on: it may hold anything.
    """
    error = context.get("exception")
    if isinstance(error, ServiceError):
        return error.located
    if isinstance(error, LedgerError):
        return error.message
    run = ledger.runs.representative(account_id)
    if run and run.verdict not in WENT_THROUGH and run.message:
        return run.message
    if error is not None:
        ti = context.get("ti")
        return Message("notice_task_failed", task=getattr(ti, "task_id", ""), dag=getattr(ti, "dag_id", ""))
    if context.get("reason") not in (None, "success"):  # a callback of a whole DAG has no exception
        return Message("notice_dag_failed", dag=getattr(context.get("dag"), "dag_id", ""))
    return None
