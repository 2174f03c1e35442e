"""What a thread's writes have to ask before they are sent.

A caller that may lose its right to write, such as a lease, grants a permit for a block of code. Each write that the
thread makes there asks it before every piece that it sends, so that no request is completed after the right is lost.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Permit = Callable[[], None]

_thread = threading.local()
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


@contextmanager
def writes_ask(permit: Permit) -> Iterator[None]:
    """Let every write of this thread ask a permit while the block runs.

    :param permit: raises when the next piece must not be sent; what it raises leaves the call as it is
    """
    before = getattr(_thread, "permit", None)
    _thread.permit = permit
    try:
        yield
    finally:
        _thread.permit = before


def permit_of(method: str) -> Permit | None:
    """Return what a request of this thread has to ask; ``None`` for one that only reads."""
    permit: Permit | None = getattr(_thread, "permit", None)
    return None if method.upper() in _READS else permit
