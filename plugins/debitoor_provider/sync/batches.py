"""Batches: any number of documents in bounded memory and with few statements."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")

CHUNK = 500
"""Keys or rows per statement: few statements, and far below the parameter limits of both databases."""
WHOLE = 100
"""Whole documents in memory at once."""


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Cut items into lists of at most ``size``."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
        del chunk  # before the next one is made
