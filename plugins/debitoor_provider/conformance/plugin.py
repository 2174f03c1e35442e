"""The plugin of pytest: options, what a test's outcome means for its contract rows, and the report.

Whatever a test raises is reduced to a sentence here, so that neither output nor report holds a value of the account.
"""

from __future__ import annotations

from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from debitoor_provider.conformance.options import OPTIONS
from debitoor_provider.conformance.results import (
    AS_ASSUMED,
    DIFFERS,
    NOT_TRIED,
    Results,
    as_json,
    as_markdown,
    headline,
)
from debitoor_provider.conformance.rows import SERVICES
from debitoor_provider.conformance.verdict import (
    Differs,
    NotTried,
    ends_all,
    is_difference,
    of_difference,
    sentence_of,
)
from debitoor_provider.services.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Generator

_RESULTS = pytest.StashKey[Results]()
_SEEN = pytest.StashKey[list[str]]()
_ENDED = pytest.StashKey[set[str]]()
_STYLES = {AS_ASSUMED: "green", DIFFERS: "bold red", NOT_TRIED: "dim"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("conformance", "conformance of live services with the contracts")
    for name, details in OPTIONS.items():
        group.addoption(name, **details)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and begin the results."""
    config.addinivalue_line("markers", "service(name): the service that a module's tests ask")
    config.addinivalue_line("markers", "row(*ids): the rows of its contract that a test tries")
    config.stash[_RESULTS] = Results()
    config.stash[_ENDED] = set()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of a service without a connection."""
    left_out = [item for item in items if _service(item) not in _asked(config)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin what a test sees; ask nothing more of a service that cannot be asked."""
    item.stash[_SEEN] = []
    if _service(item) in item.config.stash[_ENDED]:
        raise NotTried("the service could not be asked")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Enter a test's outcome for its rows, and keep nothing of it but a sentence."""
    report = yield
    report.sections.clear()
    if call.when == "call" and call.excinfo is None:
        sentences = item.stash[_SEEN]
        _enter(item, AS_ASSUMED, "; ".join(sentences))
    if call.excinfo is not None:
        outcome, sentence = _judged(item, call.excinfo.value)
        _enter(item, outcome, sentence)
        report.when = "call"  # a fixture that finds a difference makes no "error" of it
        report.outcome = "failed" if outcome == DIFFERS else "skipped"
        report.longrepr = sentence if outcome == DIFFERS else (str(item.path), 0, sentence)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the report, and set the exit code."""
    results, asked = session.config.stash[_RESULTS], _asked(session.config)
    session.exitstatus = results.exit_code
    if given := session.config.getoption("--report"):
        path = Path(given)
        path.write_text((as_markdown if path.suffix == ".md" else as_json)(results, asked), "utf-8")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print a table for each service."""
    results = config.stash[_RESULTS]
    for service in _asked(config):
        terminalreporter.write_line("")
        table = Table(title=headline(results, service), title_justify="left", title_style="bold")
        for heading, share in (("Row", None), ("The contract assumes", 3), ("Result", None), ("Seen", 3)):
            table.add_column(heading, ratio=share, no_wrap=share is None)
        for each in results.of(service):
            table.add_row(each.row.id, Text(each.row.assumes), Text(each.result, _STYLES[each.result]), Text(each.seen))
        console = Console(width=max(get_terminal_size().columns, 100))
        with console.capture() as printed:
            console.print(table, highlight=False)
        terminalreporter.write(printed.get())
        if problem := results.problems.get(service):
            terminalreporter.write_line(f"{SERVICES[service]} could not be asked for everything: {problem}")


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> object:
    """Return what records a sentence about what a test saw, for the report."""
    return request.node.stash[_SEEN].append


def _judged(item: pytest.Item, error: BaseException) -> tuple[str, str]:
    """Return what an exception means for the rows of a test, in a sentence without personal data."""
    if isinstance(error, Differs):
        return DIFFERS, str(error)
    if isinstance(error, NotTried):
        return NOT_TRIED, str(error)
    service = _service(item)
    if isinstance(error, ServiceError) and is_difference(error):
        return DIFFERS, of_difference(error)
    if isinstance(error, ServiceError):
        problem = sentence_of(error)
        if ends_all(error):
            item.config.stash[_ENDED].add(service)
    else:  # its text may quote the account
        problem = f"{type(error).__name__} in {item.name}"
    item.config.stash[_RESULTS].problems.setdefault(service, problem)
    return NOT_TRIED, problem


def _enter(item: pytest.Item, result: str, sentence: str) -> None:
    rows = [row for marker in item.iter_markers("row") for row in marker.args]
    item.config.stash[_RESULTS].add(_service(item), rows, result, sentence)


def _service(item: pytest.Item) -> str:
    marker = item.get_closest_marker("service")
    return str(marker.args[0]) if marker else ""


def _asked(config: pytest.Config) -> list[str]:
    return [service for service in SERVICES if config.getoption(f"--{service}-conn-id")]
