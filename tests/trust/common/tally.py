"""What the trust tests count, and the one table that it ends in: a pytest plugin.

Each module of ``tests/trust`` is one block. Its tests add what they tried and what they found to their ``tally``; the
counts travel with the test reports, so that they add up over several worker processes too.
"""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

BLOCKS = {
    "test_kills": "1 kills",
    "test_faults": "2 faults",
    "test_overlap": "3 overlap",
    "test_model": "4 model",
    "test_keys": "5 tokens and keys",
    "test_names": "6 names and templates",
    "test_hosts": "7 hosts",
    "test_files": "8 files",
    "test_secrets": "9 secrets",
    "test_ledger": "10 ledger",
    "test_isolation": "11 isolation",
    "test_sandbox": "12 sandbox",
    "test_clocks": "13 clocks",
    "test_filters": "14 filters",
    "test_inputs": "15 inputs",
    "test_frozen": "16 frozen",
    "test_doubled": "17 doubled",
}
Wrong = Literal[
    "lost", "twice", "early", "bytes", "amounts", "leaked", "secrets", "illegal", "hurried", "unclean", "wrong"
]
WRONGS: Mapping[Wrong, str] = {
    "lost": "lost",
    "twice": "twice",
    "early": "archived too early",
    "bytes": "bytes differ",
    "amounts": "amounts differ",
    "leaked": "leaked to another account",
    "secrets": "secrets disclosed",
    "illegal": "illegal steps",
    "hurried": "Retry-After ignored",
    "unclean": "not clean after two runs",
    "wrong": "wrong class",
}
"""What must not happen, and its column in the table."""
_KEY = "trust"


@dataclass
class Tally:
    """The counts of one test.

    :param cases: how many situations were tried
    :param found: what went wrong, each in words, by kind
    :param figures: the figures below the table; of several tests the largest counts
    """

    cases: int = 0
    found: dict[Wrong, list[str]] = field(default_factory=dict)
    figures: dict[str, int] = field(default_factory=dict)

    def case(self, count: int = 1) -> None:
        """Count situations that were tried."""
        self.cases += count

    def add(self, kind: Wrong, what: str) -> None:
        """Note something that must not happen; the test fails at its end."""
        self.found.setdefault(kind, []).append(what)

    def add_all(self, findings: Mapping[Wrong, list[str]]) -> None:
        """Note what a referee found."""
        for kind, whats in findings.items():
            for what in whats:
                self.add(kind, what)

    def figure(self, name: str, value: int) -> None:
        """Record a figure; the largest one counts."""
        self.figures[name] = max(value, self.figures.get(name, 0))

    def __str__(self) -> str:
        lines = [f"{WRONGS[kind]}: {what}" for kind, whats in self.found.items() for what in whats]
        return "\n".join(lines[:20] + ([f"and {len(lines) - 20} more"] if len(lines) > 20 else []))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="the large figures of the trust tests")
    parser.addoption("--every", type=int, default=1, metavar="N", help="one in N cases of each trust test")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Draw one in so many cases of each test, the same each time; the first of each test is always among them."""
    number: int = config.getoption("--every")
    seen: set[str] = set()
    left: list[pytest.Item] = []
    for item in list(items):
        test = item.nodeid.partition("[")[0]
        if "tests/trust/" in test and test in seen and zlib.crc32(item.nodeid.encode()) % number:
            items.remove(item)
            left.append(item)
        seen.add(test)
    if left:
        config.hook.pytest_deselected(items=left)


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """Count what a test tries and finds; any finding fails the test at its end."""
    this = Tally()
    yield this
    counts = {kind: len(whats) for kind, whats in this.found.items()}
    request.node.user_properties.append((_KEY, {"cases": this.cases, "found": counts, "figures": this.figures}))
    assert not this.found, str(this)


@pytest.fixture(scope="session")
def sample(pytestconfig: pytest.Config) -> Callable[[int, int], int]:
    """Choose the size of a test: ``sample(ci, soak)``."""
    soak = bool(pytestconfig.getoption("--soak"))
    return lambda ci, many: many if soak else ci


class _Table:
    """Adds up what the reports bring, in the process that prints."""

    def __init__(self) -> None:
        self.rows: dict[str, Counter[str]] = {}
        self.figures: dict[str, int] = {}

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        block = BLOCKS.get(report.nodeid.partition("::")[0].rpartition("/")[2].removesuffix(".py"))
        if block is None or "tests/trust/" not in report.nodeid:
            return
        row = self.rows.setdefault(block, Counter())
        if report.failed and report.when == "call":
            row["wrong"] += 1  # a promise that was not kept, whatever its kind
        counts: Any = dict(report.user_properties).get(_KEY) if report.when == "teardown" else None
        if counts:
            row["cases"] += counts["cases"]
            row.update(counts["found"])
            for name, value in counts["figures"].items():
                self.figures[name] = max(value, self.figures.get(name, 0))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.exitstatus == pytest.ExitCode.OK and any(row[kind] for row in self.rows.values() for kind in WRONGS):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.rows:
            return
        terminalreporter.section("trust")
        order = [block for block in BLOCKS.values() if block in self.rows]
        head = ["block", "cases", *WRONGS.values()]
        body = [[block, *(str(self.rows[block][kind]) for kind in ("cases", *WRONGS))] for block in order]
        for line in _table(head, body):
            terminalreporter.write_line(line)
        for name, value in sorted(self.figures.items()):
            terminalreporter.write_line(f"{name}: {value}")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Table(), "trust-table")


def _table(head: list[str], body: list[list[str]]) -> list[str]:
    """Return the lines of a table; the head is broken at its spaces, to keep the columns narrow."""
    heads = [title.split(" ") for title in head]
    heads[1:] = [[*[""] * (max(map(len, heads[1:])) - len(words)), *words] for words in heads[1:]]
    heads[0] = [*[""] * (len(heads[1]) - 1), head[0]]
    lines = [[column[row] for column in heads] for row in range(len(heads[1]))] + body
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return [
        "  ".join(
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
