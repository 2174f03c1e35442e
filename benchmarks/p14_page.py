"""P14: how fast the page answers with a thousand accounts and a million documents, while workers write."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.build import Build
from benchmarks.page_calls import THOROUGH, limit_here, measured, milliseconds, p95, slowest
from benchmarks.page_cold import AIRFLOW, OURS, cold_loads
from benchmarks.page_server import Home
from benchmarks.page_writers import WRITERS, writing
from benchmarks.result import Goal, Result, Series
from demo.postgresql import cluster, new_database

ROUNDS = 1  # each call is made many times in it
ACCOUNTS, DOCUMENTS = 1_000, 1_000_000
LIMIT = 50.0
"""Milliseconds that the 95th percentile of a call may take where the page's script takes :data:`USUAL`."""
USUAL = 5.0
THOROUGH_LIMIT = 3_000.0
"""The same for a call that looks through everything, because a person asked for it."""
_TIMES = 20
_COLD = 5
_KINDS = {
    "slowest call": (),
    "slowest text search": ("searched",),
    "slowest sorting": (" by ",),
    "slowest look through everything": (THOROUGH,),
}


@dataclass
class Stand:
    """One build's page on one database, with what was measured.

    :param figures: by what was measured, one for each round
    :param worst: the slowest call of each round
    :param refused: what it does not answer
    """

    what: str
    home: Home
    figures: dict[str, list[float]] = field(default_factory=dict)
    limits: list[float] = field(default_factory=list)
    worst: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def measure(self) -> None:
        """Make all calls, Airflow's own list and both cold loads, while the workers write."""
        with self.home.serving() as page, writing(self.home.build, self.home.ledger):
            times, refused = milliseconds(page, _TIMES)
            self.refused |= {*refused}
            for kind, words in _KINDS.items():
                call, taken = slowest(times, *words)
                self._note(kind, taken)
                if not words:
                    self.worst.append(call)
            self._note(AIRFLOW, p95(measured(lambda: page.airflow("ui/dags", limit=50), _TIMES)))
            for what, loads in cold_loads(page.url, _COLD).items():
                self._note(f"cold load, {what}", statistics.median(loads))
        self.limits.append(limit_here(times, LIMIT, USUAL))

    def _note(self, what: str, value: float) -> None:
        self.figures.setdefault(what, []).append(value)

    def series(self, *kinds: str) -> list[Series]:
        """Return what was measured of some kinds."""
        return [Series(f"{self.what}: {kind}", "ms", self.figures[kind]) for kind in kinds]


def measure(rounds: int, against: Build | None = None) -> Result:
    """Measure each build's page in turn."""
    with ExitStack() as stack:
        stands = [*_stands(stack, against)]
        for stand in stands:
            stand.home.fill(ACCOUNTS, DOCUMENTS)
        for _ in range(rounds):
            for stand in stands:
                stand.measure()
    return _result(stands)


def _stands(stack: ExitStack, against: Build | None) -> Sequence[Stand]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="page-")))
    server = stack.enter_context(cluster(folder / "postgresql.log"))
    found = []
    for build in (Build(), *([against] if against else [])):
        # The driver that both builds have; Airflow wants it named, the ledger not.
        metadata, ledger = (next(new_database(server.url)) for _ in range(2))
        airflow = metadata.replace("postgresql://", "postgresql+psycopg://")
        name = f"{build.name}, PostgreSQL"
        found.append(Stand(name, Home(folder / (build.commit or "ours"), airflow, ledger, build)))
    found.insert(1, Stand("this provider, SQLite", Home.on_sqlite(folder / "sqlite", Build())))
    return found


def _result(stands: Sequence[Stand]) -> Result:
    ours, sqlite, *others = stands
    own = [*_KINDS, f"cold load, {OURS}"]
    airflow = [AIRFLOW, f"cold load, {AIRFLOW}"]
    limit = statistics.median(ours.limits)
    median: Mapping[str, float] = {kind: statistics.median(values) for kind, values in ours.figures.items()}
    return Result(
        "P14",
        "The page",
        f"{ACCOUNTS:,} accounts, {DOCUMENTS:,} documents, {WRITERS} workers that move documents at the same time; 95th "
        f"percentile of {_TIMES} times, of the slowest of all calls: lists, text search, sorting by each column, "
        f"changes; separately, calls that look through everything: sums, a search of all; cold load: median of "
        f"{_COLD} in a Chromium with an empty cache, until the first row is shown",
        [*ours.series(*own), *sqlite.series(*own)],
        [*ours.series(*airflow), *(series for other in others for series in other.series(*own))],
        [
            Goal.at_most(
                limit,
                median["slowest call"],
                f"every call at most {LIMIT:.0f} ms where the page's script takes {USUAL:.0f}: {limit:.0f} ms here",
            ),
            Goal.at_most(
                limit * THOROUGH_LIMIT / LIMIT,
                median["slowest look through everything"],
                f"a look through all documents at most {THOROUGH_LIMIT / 1_000:.0f} s, in the same proportion",
            ),
            Goal.at_most(0, len(ours.refused), "no list that cannot be sorted by one of its columns"),
            Goal.at_most(median[airflow[1]], median[own[-1]], "a cold load at most that of Airflow's own DAG list"),
        ],
        " ".join(
            [
                *(f"{stand.what}: slowest was {', '.join(sorted(set(stand.worst)))}." for stand in stands),
                *(f"{stand.what} refuses {', '.join(sorted(stand.refused))}." for stand in stands if stand.refused),
                "`make bench-page` shows each call.",
            ]
        ),
    )
