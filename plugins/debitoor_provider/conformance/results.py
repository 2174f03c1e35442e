"""What was found about each row, and its three forms: a table, JSON and Markdown."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from debitoor_provider import __version__
from debitoor_provider.conformance.rows import CONTRACTS, SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from debitoor_provider.conformance.rows import ContractRow

AS_ASSUMED: Final = "as assumed"
DIFFERS: Final = "differs"
NOT_TRIED: Final = "not tried"
_ORDER: Final = (DIFFERS, AS_ASSUMED, NOT_TRIED)
"""What counts for a row that several tests try."""

NOTHING_DIFFERS: Final = 0
SOMETHING_DIFFERS: Final = 1
NOT_ASKED: Final = 2


@dataclass(frozen=True, slots=True)
class Result:
    """What is known of one row.

    :param seen: without personal data
    """

    row: ContractRow
    result: str
    seen: str

    def as_dict(self) -> dict[str, str]:
        """Return it as a part of the JSON report."""
        return {"row": self.row.id, "assumes": self.row.assumes, "result": self.result, "seen": self.seen}


@dataclass(slots=True)
class Results:
    """Collects what the tests of a run found.

    :param problems: why a service could not be asked, by service
    """

    problems: dict[str, str] = field(default_factory=dict)
    _found: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict)

    def add(self, service: str, rows: Iterable[str], result: str, seen: str) -> None:
        """Record what a test found about its rows."""
        for row in rows:
            self._found.setdefault((service, row), []).append((result, seen))

    def of(self, service: str) -> list[Result]:
        """Return what is known of each row of a contract, in its order."""
        return [self._result(service, row) for row in CONTRACTS[service]]

    @property
    def exit_code(self) -> int:
        """0 when nothing that was tried differs, 1 when something does, 2 when a service could not be asked."""
        if self.problems:
            return NOT_ASKED
        differs = any(result == DIFFERS for found in self._found.values() for result, _ in found)
        return SOMETHING_DIFFERS if differs else NOTHING_DIFFERS

    def _result(self, service: str, row: ContractRow) -> Result:
        found = self._found.get((service, row.id))
        if not found:
            return Result(row, NOT_TRIED, row.untried or self.problems.get(service, ""))
        result = min((result for result, _ in found), key=_ORDER.index)
        return Result(row, result, "; ".join(seen for each, seen in found if each == result and seen))


def as_json(results: Results, services: Iterable[str]) -> str:
    """Return the report as JSON."""
    report: dict[str, Any] = {"version": __version__, "exit_code": results.exit_code, "services": {}}
    for service in services:
        found = results.of(service)
        report["services"][service] = {
            "counts": _counts(found),
            "problem": results.problems.get(service, ""),
            "rows": [each.as_dict() for each in found],
        }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def as_markdown(results: Results, services: Iterable[str]) -> str:
    """Return the report as Markdown, with a table for each service."""
    lines = [f"# Conformance, airflow-provider-debitoor {__version__}"]
    for service in services:
        lines += ["", f"## {headline(results, service)}", ""]
        if problem := results.problems.get(service):
            lines += [f"Not complete: {problem}", ""]
        lines += ["| Row | The contract assumes | Result | Seen |", "| --- | --- | --- | --- |"]
        for each in results.of(service):
            cells = (each.row.id, each.row.assumes, each.result, each.seen)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def headline(results: Results, service: str) -> str:
    """Return a service with its numbers of rows."""
    counts = _counts(results.of(service))
    return f"{SERVICES[service]}: " + ", ".join(f"{count} {result}" for result, count in counts.items())


def _counts(found: list[Result]) -> dict[str, int]:
    return {result: sum(each.result == result for each in found) for result in (AS_ASSUMED, DIFFERS, NOT_TRIED)}
