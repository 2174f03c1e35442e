"""Whether what an account names exists: in Airflow, on this machine and, if they may be asked, at the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from debitoor_provider.cli.stderr import hint
from debitoor_provider.messages import Message
from debitoor_provider.runs.airflow_names import AirflowNames
from debitoor_provider.runs.examination import answers_about
from debitoor_provider.runs.jobs import new_hook
from debitoor_provider.runs.notifiers import NotificationNotSent, require_notifier
from debitoor_provider.sync.accounts.finding import Finding

if TYPE_CHECKING:
    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.ledger import Ledger


def airflow_names() -> AirflowNames:
    """Return what Airflow has; where its database cannot be read, say so and assume that everything exists."""
    try:
        return AirflowNames.read()
    except SQLAlchemyError:  # as where files are only checked
        hint(Message("validate_no_airflow"))
        return AirflowNames()


def examined(
    account_id: str, account: Account, names: AirflowNames, ledger: Ledger | None = None, *, connections: bool
) -> tuple[list[Finding], list[Finding]]:
    """Return what keeps an account from running, and what a run only warns of, or leaves as it is.

    :param ledger: where the account's documents are; ``None``: whether the target has them is not looked for
    :param connections: test the connections, and ask the services for what the settings name
    """
    if not connections:
        missing = names.needed_by(account)
        sender = names.unusable_sender(account)
        return [*missing, *([sender] if sender else [])], []
    answers = answers_about(account_id, account, new_hook, ledger)
    wrong = [*names.unusable_pool(account), *names.unusable_files(account)]
    wrong += [Finding(field, error.message) for field, error in answers.errors]
    if account.notify:
        try:
            require_notifier(account.notify)
        except NotificationNotSent as error:
            wrong.append(Finding("notify.connection", error.message))
    return wrong, [*answers.doubts, *answers.unknown]
