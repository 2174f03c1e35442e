"""What the page looks with: an account with both services, as in a task."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from debitoor_provider.runs.exchange import Exchange
from debitoor_provider.ui import connections
from debitoor_provider.ui.ledger import opened_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.hooks.base import C, ServiceHook
    from debitoor_provider.sync.accounts.settings import Account


@contextmanager
def opened_exchange(account_id: str, account: Account) -> Iterator[Exchange]:
    """Open what the page looks with; the ledger is only asked.

    :param account_id: under which the ledger knows what is done already
    """
    exchange = _Exchange(account_id, account, opened_ledger(), run_id="page")
    try:
        yield exchange
    finally:
        exchange.close()


class _Exchange(Exchange):
    """Finds a team's connections too: Airflow gives them to the team's tasks, but the page belongs to no team."""

    def _hook(self, hook: type[ServiceHook[C]], connection_id: str) -> ServiceHook[C]:
        found = connections.find(connection_id)
        return hook.of(found) if found else super()._hook(hook, connection_id)
