"""Questions to databases that are answered while others are asked: a database works on another core."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

_Parameters = ParamSpec("_Parameters")
_Answer = TypeVar("_Answer")

_threads = ThreadPoolExecutor(thread_name_prefix="debitoor-aside")


def aside(
    question: Callable[_Parameters, _Answer], *args: _Parameters.args, **kwargs: _Parameters.kwargs
) -> Future[_Answer]:
    """Ask something in another thread; its result, or what it raised, is there when it is asked for."""
    return _threads.submit(question, *args, **kwargs)
