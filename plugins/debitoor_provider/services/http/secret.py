"""A key or token that is used like any text and never shown."""

from __future__ import annotations

from typing import Any, NoReturn, Self


class Secret(str):
    """A text without a representation: a traceback with local variables or a dump of headers shows ``***``.

    It is not pickled. What is made from it, by formatting for instance, is ordinary text.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not to be pickled")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self
