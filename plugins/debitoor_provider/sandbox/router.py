"""Find the operation for a method and a path, with Starlette's path patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from starlette.routing import compile_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from debitoor_provider.sandbox.http import Operation


class Match(NamedTuple):
    """What a path leads to; ``operation`` is None for an unknown path, or a known one with another method."""

    operation: Operation | None
    params: dict[str, str]
    path_known: bool


class Router:
    """The operations of a service by path; a fixed path has precedence over a path with parameters."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        methods: dict[str, dict[str, Operation]] = {}
        for operation in operations:
            methods.setdefault(operation.path, {})[operation.method] = operation
        self._fixed = {path: found for path, found in methods.items() if "{" not in path}
        self._patterns = [(compile_path(path)[0], found) for path, found in methods.items() if "{" in path]

    def match(self, method: str, path: str) -> Match:
        """Return the operation and its path parameters; the path is already decoded."""
        if methods := self._fixed.get(path):
            return Match(methods.get(method), {}, path_known=True)
        for pattern, methods in self._patterns:
            if found := pattern.fullmatch(path):
                return Match(methods.get(method), found.groupdict(), path_known=True)
        return Match(None, {}, path_known=False)
