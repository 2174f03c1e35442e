"""Work that waits for a service or the ledger, outside the triggerer's event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary, WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

T = TypeVar("T")

# Of our own: the event loop's few threads are for all triggers, and a service may let a call wait for a minute.
_threads = ThreadPoolExecutor(max_workers=32, thread_name_prefix="debitoor-trigger")
# By event loop: a lock that was waited for belongs to one.
_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakValueDictionary[str, asyncio.Lock]] = WeakKeyDictionary()


async def one_at_a_time(key: str, work: Callable[[], T]) -> T:
    """Do something in a thread; those with one key wait for each other, so that a slow connection delays no other.

    :param key: id of the connection, or whatever else one thread at a time is enough for
    :param work: what to do; it sees the trigger's context
    """
    locks = _locks.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    lock = locks.setdefault(key, asyncio.Lock())
    async with lock:
        return await asyncio.wrap_future(in_thread(partial(copy_context().run, work)))


def in_thread(work: Callable[[], T]) -> Future[T]:
    """Do something in one of the threads.

    :param work: what to do; it does not see the caller's context
    """
    return _threads.submit(work)
