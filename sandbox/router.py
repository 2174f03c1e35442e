"""Finds the operation for a method and a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.http import Operation


class Match(NamedTuple):
    """What a path leads to; ``operation`` is None for an unknown path, or a known one with another method."""

    operation: Operation | None
    params: dict[str, str]
    path_known: bool


class Router:
    """Fixed paths win over paths with parameters."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = tuple(operations)
        self._fixed: dict[str, dict[str, Operation]] = {}
        self._patterned: dict[int, list[tuple[list[str], dict[str, Operation]]]] = {}
        for operation in self.operations:
            self._add(operation)

    def match(self, method: str, path: str) -> Match:
        """The operation, and its path parameters; the path is decoded already."""
        fixed = self._fixed.get(path)
        if fixed is not None:
            return Match(fixed.get(method), {}, path_known=True)
        parts = path.split("/")
        for pattern, methods in self._patterned.get(len(parts), ()):
            if all(want == part or (want[:1] == "{" and part) for want, part in zip(pattern, parts, strict=True)):
                params = {want[1:-1]: part for want, part in zip(pattern, parts, strict=True) if want[:1] == "{"}
                return Match(methods.get(method), params, path_known=True)
        return Match(None, {}, path_known=False)

    def _add(self, operation: Operation) -> None:
        if "{" not in operation.path:
            self._fixed.setdefault(operation.path, {})[operation.method] = operation
            return
        pattern = operation.path.split("/")
        candidates = self._patterned.setdefault(len(pattern), [])
        for known, methods in candidates:
            if known == pattern:
                methods[operation.method] = operation
                return
        candidates.append((pattern, {operation.method: operation}))
