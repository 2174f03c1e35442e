"""The end of a run: its verdict, in the ledger, in Airflow's metrics and to the account's people."""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.runs.metrics import count_run
from debitoor_provider.sync.ledger import DRY_RUN, LedgerError
from debitoor_provider.sync.steps.digest import digest_of
from debitoor_provider.sync.steps.report import report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from debitoor_provider.sync.accounts.sections import Notify
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.report import Report

_log = logging.getLogger(__name__)


def conclude(job: Job, failed_steps: Sequence[str] = ()) -> Report:
    """Enter what a run came to into the ledger, count it in Airflow's metrics, and tell the account's people.

    :param failed_steps: steps of the run that failed
    """
    result = judge(job, failed_steps)
    tell(job, result)
    return result


def judge(job: Job, failed_steps: Sequence[str] = ()) -> Report:
    """Enter and count what a run came to; the caller tells the account's people, which may take long."""
    result = report(job, failed_steps)
    count_run(job, result)
    return result


def tell(job: Job, result: Report) -> None:
    """Notify an account's people of what is new; an error of the notification is a warning of the run.

    What could not be sent is sent after the next run.
    """
    notify = job.account.notify
    if notify is None:
        return
    with warned_of_failure(job, notify):
        from debitoor_provider.runs.notification import notification_of
        from debitoor_provider.runs.notifiers import send

        run = job.ledger.runs.get(job.run_id)
        if run is not None and run.kind == DRY_RUN:
            return
        digest = digest_of(job, result)
        if digest is None:
            return
        send(notify, notification_of(job.account_id, job.account.name, digest, notify.language))
        job.ledger.notices.keep(digest.notice)


@contextmanager
def warned_of_failure(job: Job, notify: Notify) -> Iterator[None]:
    """Turn any error of a notification into a warning of the run, which does not depend on it."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  the run does not depend on its notification
        from debitoor_provider.runs.notifiers import NotificationNotSent

        unknown = Message("notify_not_sent", connection=notify.connection, detail=type(error).__name__)
        warn(job, error.message if isinstance(error, NotificationNotSent) else unknown)


def warn(job: Job, message: Message) -> None:
    """Record a warning of a run, which does not depend on it."""
    _log.warning("%s", message)
    with suppress(LedgerError):
        job.ledger.runs.warn(job.run_id, message)
