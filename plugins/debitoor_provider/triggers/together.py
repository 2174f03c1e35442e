"""Scheduled runs that wait for the same source with the same key are planned together."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from contextvars import Context, copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.runs.report import tell
from debitoor_provider.runs.scheduled import plan_scheduled
from debitoor_provider.sync.steps.shared import shared_listings
from debitoor_provider.triggers.threads import in_thread

if TYPE_CHECKING:
    from debitoor_provider.runs.plan import Planned
    from debitoor_provider.runs.scheduled import Scheduled
    from debitoor_provider.sync.steps.report import Report
    from debitoor_provider.sync.steps.shared import SharedListing


class _Waiting(NamedTuple):
    scheduled: Scheduled
    context: Context
    result: Future[Planned | None]


_lock = threading.Lock()
_waiting: dict[str, list[_Waiting]] = {}
"""Of each source that a thread is at work for, those who came in the meantime."""


async def plan_together(scheduled: Scheduled) -> Planned | None:
    """Plan a run in a thread, in turn with others that ask the same source; those who wait share a listing.

    Each is planned in the context of its own trigger, and what goes wrong with one concerns no other.

    :raises ServiceError: whatever went wrong at the source
    :raises LedgerError: when the ledger cannot be used
    :raises Exception: what kept it from being planned at all
    """
    waiting = _Waiting(scheduled, copy_context(), Future())
    with _lock:
        is_first = scheduled.lock_key not in _waiting
        _waiting.setdefault(scheduled.lock_key, []).append(waiting)
    if is_first:
        try:
            in_thread(partial(_serve, scheduled.lock_key))
        except Exception as error:  # noqa: BLE001  of all who wait by now
            with _lock:
                batch = _waiting.pop(scheduled.lock_key)
            _fail(batch, error)
    return await asyncio.wrap_future(waiting.result)


def _serve(lock_key: str) -> None:
    """Plan all that wait, and those who come in the meantime, until none is left."""
    while batch := _next(lock_key):
        try:
            listings = shared_listings([waiting.scheduled.list_request for waiting in batch])
            for waiting, shared in zip(batch, listings, strict=True):
                _plan(waiting, shared)
        except BaseException as error:  # noqa: BLE001  those who come in the meantime are planned anyway
            _fail(batch, error)


def _next(lock_key: str) -> list[_Waiting]:
    """Return those who wait; when there are none, the next one who comes needs a thread of its own."""
    with _lock:
        batch = _waiting.pop(lock_key)
        if batch:
            _waiting[lock_key] = []
        return batch


def _fail(batch: list[_Waiting], error: BaseException) -> None:
    """Let the triggers whose runs have not been planned have an error."""
    for waiting in batch:
        with suppress(InvalidStateError):  # it was planned, or its trigger has ended
            waiting.result.set_exception(_harmless(error))
        _close(waiting)


def _harmless(error: BaseException) -> Exception:
    """Return an error as one that ends its trigger only: ``SystemExit`` would end the event loop of all."""
    return error if isinstance(error, Exception) else RuntimeError(repr(error))


def _plan(waiting: _Waiting, shared: SharedListing[Any] | None) -> None:
    """Plan one run, unless its trigger has ended in the meantime; its errors are its trigger's."""
    scheduled = waiting.scheduled
    if not waiting.result.set_running_or_notify_cancel():
        _close(waiting)
        return
    try:
        planned, report = waiting.context.run(plan_scheduled, scheduled, shared)
    except BaseException as error:  # noqa: BLE001  the others continue
        _close(waiting)
        waiting.result.set_exception(_harmless(error))
        return
    end = partial(_end, waiting, planned, report)
    if report and scheduled.job.account.notify:
        in_thread(end)  # the others need not wait for a mail server
    else:
        end()


def _end(waiting: _Waiting, planned: Planned | None, report: Report | None) -> None:
    """Tell the account's people of a report, if there is one, and let the trigger have the plan."""
    try:
        if report:
            waiting.context.run(tell, waiting.scheduled.job, report)
    finally:
        _close(waiting)
        waiting.result.set_result(planned)


def _close(waiting: _Waiting) -> None:
    with suppress(Exception):
        waiting.context.run(waiting.scheduled.close)
