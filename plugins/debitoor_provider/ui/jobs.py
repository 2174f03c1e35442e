"""An account with both services, as a task has them, for what the page looks up."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from debitoor_provider.runs.jobs import job_of
from debitoor_provider.sync.ledger import RUN
from debitoor_provider.sync.window import RunKind
from debitoor_provider.ui import connections
from debitoor_provider.ui.ledger import opened_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.hooks.base import ServiceHook
    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.steps.job import Job


@contextmanager
def opened_job(account_id: str, account: Account, kind: RunKind = RunKind.MANUAL, *, actor: str = RUN) -> Iterator[Job]:
    """Open what the page looks with; nothing is written.

    :param account_id: under which the ledger knows what is done already
    :param actor: the person who looks, where the history names that
    """
    ledger = opened_ledger()
    with job_of(account_id, account, ledger, run_id="page", kind=kind, hook_of=hook_of, actor=actor) as job:
        yield job


def hook_of(hook: type[ServiceHook[Any]], connection_id: str) -> ServiceHook[Any]:
    """Make a hook, also of a team's connection: Airflow gives it to that team's tasks, but the page has no team."""
    found = connections.find(connection_id)
    return hook.of(found) if found else hook(connection_id)
