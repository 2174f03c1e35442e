"""Whether what an account names exists: in Airflow, on this machine and, if they may be asked, at the services."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from debitoor_provider.cli.stderr import hint
from debitoor_provider.messages import Message
from debitoor_provider.runs.airflow_names import AirflowNames
from debitoor_provider.runs.notifiers import NotificationNotSent, require_notifier
from debitoor_provider.services.errors import ServiceError
from debitoor_provider.sync.accounts.finding import Finding
from debitoor_provider.sync.directions import loaded, row_of
from debitoor_provider.sync.steps.entering import require_known_target
from debitoor_provider.sync.steps.job import Job

if TYPE_CHECKING:
    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.ledger import Ledger

_FIELDS = {
    "category_missing": "category",
    "company_missing": "defaults.company",
    "company_missing_near": "defaults.company",
    "company_without_country": "defaults.company",
}
"""The settings that an error is about, by its code; any other is about a connection."""


def airflow_names() -> AirflowNames:
    """Return what Airflow has; where its database cannot be read, say so and assume that everything exists."""
    try:
        return AirflowNames.read()
    except SQLAlchemyError:  # as where files are only checked
        hint(Message("validate_no_airflow"))
        return AirflowNames()


class _NotConnected(Exception):
    """The answer needs the other connection too, which does not work."""


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
    wrong = [*names.unusable_pool(account), *names.unusable_files(account)]
    unsure: list[Finding] = []
    with ExitStack() as opened:
        clients = _clients(account, opened, wrong, unsure)
        _ask(account_id, account, clients, ledger, wrong, unsure)
    if account.notify:
        try:
            require_notifier(account.notify)
        except NotificationNotSent as error:
            wrong.append(Finding("notify.connection", error.message))
    return wrong, unsure


def _clients(account: Account, opened: ExitStack, wrong: list[Finding], unsure: list[Finding]) -> dict[str, Any]:
    """Return the clients of those connections that work."""
    clients: dict[str, Any] = {}
    for service, hook_class in row_of(account).hooks.items():
        hook = loaded(hook_class)(account.connection_of(service))
        try:
            _, doubts = hook.examine()
            unsure += (Finding(f"connections.{service}", doubt) for doubt in doubts)
            clients[service] = opened.enter_context(hook).client
        except ServiceError as error:
            wrong.append(Finding(f"connections.{service}", error.message))
    return clients


def _ask(
    account_id: str,
    account: Account,
    clients: dict[str, Any],
    ledger: Ledger | None,
    wrong: list[Finding],
    unsure: list[Finding],
) -> None:
    """Ask the services whether they are the account's, and for what its settings name."""
    row = row_of(account)

    def client_of(service: str) -> Any:
        if service not in clients:
            raise _NotConnected
        return clients[service]

    direction = row.open(account, client_of)
    for service in clients:
        try:
            if service == row.source:
                direction.require_source()
            else:
                direction.require_target()
        except _NotConnected:  # already reported
            continue
        except ServiceError as error:
            field = _FIELDS.get(error.message.code, f"connections.{service}")
            wrong.append(Finding(field, error.message))
    if len(clients) < len(row.hooks):
        return
    if ledger and not wrong:
        try:
            require_known_target(Job(account_id, account, direction, ledger, "examined"))
        except ServiceError as error:
            target = next(service for service in row.hooks if service != row.source)
            wrong.append(Finding(f"connections.{target}", error.message))
    try:
        unsure += direction.unknown_names()
    except ServiceError as error:
        wrong.append(Finding("filter", error.message))
