"""Whether the services let an account in, and have what its settings name: asked without a run."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.services.errors import ServiceError
from debitoor_provider.sync.accounts.finding import Finding
from debitoor_provider.sync.directions import row_of
from debitoor_provider.sync.steps.entering import require_known_target
from debitoor_provider.sync.steps.job import Job

if TYPE_CHECKING:
    from debitoor_provider.runs.jobs import HookOf
    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.directions import DirectionRow
    from debitoor_provider.sync.ledger import Ledger

_FIELDS = {
    "books_country": "books.country",
    "books_differ": "books.{field}",
    "books_have_email": "debitoor_id",
    "books_incomplete": "books.country",
    "books_of_another_account": "debitoor_id",
    "books_without_email": "debitoor_id",
    "category_missing": "category",
    "company_missing": "defaults.company",
    "company_missing_near": "defaults.company",
    "company_without_country": "defaults.company",
}
"""The settings that an error is about, by its code, with its parameters; any other is about a connection."""


class Answers(NamedTuple):
    """What the services say about an account.

    :param errors: what kept a question from being answered, with the field that it is about
    :param doubts: what should be corrected in connections or settings although runs continue with it
    :param unknown: what the settings name and does not exist; it may come later
    """

    errors: list[tuple[str, ServiceError]]
    doubts: list[Finding]
    unknown: list[Finding]


class _NotConnected(Exception):
    """The answer needs the other connection too, which does not work."""


def answers_about(
    account_id: str, account: Account, hook_of: HookOf, ledger: Ledger | None = None, *, waits: bool = True
) -> Answers:
    """Test an account's connections, and ask the services whether they are the account's and for what it names.

    :param hook_of: makes the hook of a connection
    :param ledger: where the account's documents are; ``None``: whether the target has them is not looked for
    :param waits: whether a call that fails is sent again; not where a person waits for the answer
    """
    found = Answers([], [], [])
    with ExitStack() as opened:
        clients = _clients(account, opened, hook_of, found, waits=waits)
        _ask(account_id, account, clients, ledger, found)
    return found


def _clients(account: Account, opened: ExitStack, hook_of: HookOf, found: Answers, *, waits: bool) -> dict[str, Any]:
    """Return the clients of those connections that work."""
    clients: dict[str, Any] = {}
    for service, hook_class in row_of(account).hooks.items():
        hook = hook_of(resolve_name(hook_class), account.connection_of(service))
        try:
            _, doubts = hook.examine()
            found.doubts.extend(Finding(f"connections.{service}", doubt) for doubt in doubts)
            if waits:
                clients[service] = opened.enter_context(hook).client
            else:
                clients[service] = opened.enter_context(hook.client_without_retries())
        except ServiceError as error:
            found.errors.append((f"connections.{service}", error))
    return clients


def _ask(account_id: str, account: Account, clients: dict[str, Any], ledger: Ledger | None, found: Answers) -> None:
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
            field = _FIELDS.get(error.message.code, f"connections.{service}").format_map(error.message.params)
            found.errors.append((field, error))
    with suppress(_NotConnected):  # what Debitoor says is asked for although something else is wrong
        try:
            found.doubts.extend(direction.doubts())
        except ServiceError as error:
            if not found.errors:
                found.errors.append((f"connections.{_target_of(row)}", error))
    if len(clients) < len(row.hooks):
        return
    if ledger and not found.errors:
        try:
            require_known_target(Job(account_id, account, direction, ledger, "examined"))
        except ServiceError as error:
            found.errors.append((f"connections.{_target_of(row)}", error))
    try:
        found.unknown.extend(direction.unknown_names())
    except ServiceError as error:
        found.errors.append(("filter", error))


def _target_of(row: DirectionRow) -> str:
    return next(service for service in row.hooks if service != row.source)
