"""The plan of a scheduled run in two parts, so that accounts with one key can be planned one after the other."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.runs.jobs import open_job
from debitoor_provider.runs.plan import Planned, make_plan
from debitoor_provider.runs.report import judge
from debitoor_provider.sync.directions import row_of
from debitoor_provider.sync.ledger import Run
from debitoor_provider.sync.steps.plan import choose_window
from debitoor_provider.sync.window import RunKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.sdk import Context

    from debitoor_provider.runs.jobs import HookOf
    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.report import Report
    from debitoor_provider.sync.steps.shared import ListRequest, SharedListing


class Scheduled(NamedTuple):
    """A scheduled run that waits to be planned.

    :param job: what it works with
    :param full: whether it will list everything, unless the source's clock says otherwise
    :param list_request: what it will ask the source for, if others may be answered together with it
    :param close: closes the job
    """

    job: Job
    full: bool
    list_request: ListRequest[Any] | None
    close: Callable[[], None]

    @property
    def lock_key(self) -> str:
        """By which runs that ask the same exclude each other: a source with a key, else a connection."""
        account = self.job.account
        return self.list_request.source if self.list_request else account.connection_of(row_of(account).source)


def open_scheduled(account_id: str, account: Account, context: Context, hook_of: HookOf | None = None) -> Scheduled:
    """Open a scheduled run. Makes no call.

    :param hook_of: makes the hook of a connection, where Airflow's own way is not the right one
    :raises Misconfigured: when its connection cannot be used
    :raises LedgerError: when the ledger cannot be used
    """
    with ExitStack() as opened:
        job = opened.enter_context(open_job(account_id, account, context, hook_of))
        window = choose_window(job, None)
        list_request = None if window.full else job.direction.list_request(window)
        return Scheduled(job, window.full, list_request, opened.pop_all().close)


def plan_scheduled(
    scheduled: Scheduled, shared: SharedListing[Any] | None = None
) -> tuple[Planned | None, Report | None]:
    """Plan a scheduled run; return the plan, and the run's report when nothing is to be done.

    There is no plan when everything is to be listed. The report is not sent to the account's people here.

    :param shared: a listing for this and other accounts
    :raises ServiceError: whatever went wrong at the source
    :raises LedgerError: when the ledger cannot be used
    """
    job = scheduled.job
    job.shared = shared
    job.ledger.runs.start(Run(job.run_id, job.account_id, job.direction.name, RunKind.SCHEDULED.value))
    if scheduled.full and choose_window(job, None, ask=True).full:  # may be long: not for the triggerer
        return None, None
    plan = make_plan(job, None)
    return plan, None if plan.has_work else judge(job)
