"""Database queries that run next to each other: a database works on another core."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

_Parameters = ParamSpec("_Parameters")
_Answer = TypeVar("_Answer")

_threads = ThreadPoolExecutor(thread_name_prefix="debitoor-background")


def in_background(
    question: Callable[_Parameters, _Answer], *args: _Parameters.args, **kwargs: _Parameters.kwargs
) -> Future[_Answer]:
    """Run a query in another thread; the future holds its result, or what it raised."""
    return _threads.submit(question, *args, **kwargs)
