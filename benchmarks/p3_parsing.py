"""P3: what a DAG file with a thousand accounts costs, where all are read and where a task needs one of them."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import fresh, peers
from benchmarks.build import Build
from benchmarks.peers import dag_factory
from benchmarks.result import Goal, Result, Series
from benchmarks.shelf import name_of, write_accounts

ACCOUNTS = 1000
_SHORT = 5
"""How many times as often the short ones are measured."""
_PRIORITIES = """\
from airflow.plugins_manager import AirflowPlugin
from debitoor_provider.policies.priority import DueFirst

class Priorities(AirflowPlugin):
    name = "priorities"
    priority_weight_strategies = [DueFirst]
"""
"""What the installed provider makes known to Airflow, and the peer's Python lacks."""
_HERE = Path(__file__).parent
_ROOT = _HERE.parent


@dataclass(frozen=True)
class Way:
    """One way to say a thousand DAGs, or to take one of them.

    :param file: the DAG file
    :param loaded: modules that already exist
    """

    what: str
    python: Path
    file: Path
    env: dict[str, str]
    dags: int = ACCOUNTS
    loaded: tuple[str, ...] = ()
    samples: list[dict[str, Any]] = field(default_factory=list)

    def measure(self, home: Path) -> None:
        """Parse once, in a fresh process."""
        found = fresh.run(self.python, _HERE / "p3_parse.py", str(self.file), *self.loaded, home=home, **self.env)
        if found["dags"] != self.dags:
            raise RuntimeError(f"{self.what}: {found['dags']} DAGs instead of {self.dags}")
        self.samples.append(found)

    def series(self, figure: str, label: str, unit: str, factor: float) -> Series:
        """Return the figures of all rounds as a series."""
        return Series(f"{self.what}, {label}", unit, [factor * sample[figure] for sample in self.samples])


def measure(rounds: int, against: Build | None = None) -> Result:
    """Parse all in each way, in turn, round by round."""
    with _shelf() as (home, ways):
        ours, loop, floor, one_file, files, worker, start = ways
        others = [_of_build(against, home)] if against else []
        for way in (*ways, *others):  # unmeasured: leaves bytecode, and Airflow's configuration
            way.measure(home)
        _check_equal(ways)
        for way in (*ways, *others):
            way.samples.clear()
        for _ in range(rounds):
            for way in (*ways, *others):
                for _ in range(_SHORT if way.dags == 1 else 1):
                    way.measure(home)
    cpu = {way.what: way.series("cpu", "", "s", 1).median for way in ways}
    peer = min(cpu[one_file.what], cpu[files.what])
    build = 1000 * cpu[worker.what]
    return Result(
        id="P3",
        title="What a DAG file costs",
        setting=f"{ACCOUNTS} export accounts of five steps; processor time of a fresh process for Airflow's DAG bag",
        ours=[
            ours.series("cpu", "parsed", "s", 1),
            ours.series("wall", "parsed, by the clock", "s", 1),
            ours.series("serialise", "serialised by Airflow afterwards", "ms a DAG", 1000),
            worker.series("cpu", "built", "ms", 1000),
            worker.series("wall", "built, by the clock", "ms", 1000),
            start.series("cpu", "parsed", "ms", 1000),
        ],
        peers=[
            *(way.series("cpu", "parsed", "s", 1) for way in (one_file, files, loop, floor, *others)),
            *(way.series("serialise", "serialised", "ms a DAG", 1000) for way in (one_file, loop)),
        ],
        goals=[
            Goal.at_least(4, peer / cpu[ours.what], "at least 4 times faster than dag-factory"),
            Goal.at_most(1.25, cpu[ours.what] / cpu[floor.what], "at most 1.25 times the plain loop"),
            Goal.at_most(25, build, "at most 25 ms for a task's one DAG"),
        ],
        note="All ways make equal DAGs of the same operators, which is checked. The faster of dag-factory's two ways "
        "is compared; it builds all DAGs for each task, too. The floor is the loop that adds the trigger form after "
        "the tasks, as the provider does: Airflow checks and copies a form that is already there, which makes the "
        f"usual loop {cpu[loop.what] / cpu[floor.what]:.1f} times as slow, and its DAGs slower to serialise.",
    )


@contextmanager
def _shelf() -> Iterator[tuple[Path, list[Way]]]:
    """Lay out the same DAGs in all ways."""
    with tempfile.TemporaryDirectory(prefix="p3-") as folder:
        home = Path(folder)
        write_accounts(home / "dags" / "accounts", ACCOUNTS, archive_after_transfer=True)
        our_file = Path(shutil.copy(_ROOT / "dags" / "debitoor_sync.py", home / "dags"))
        shutil.copy(_ROOT / "dags" / ".airflowignore", home / "dags")
        accounts = [name_of(number) for number in range(ACCOUNTS)]
        ours, env = Build().python, Build().env
        described = fresh.run(ours, _HERE / "p3_described.py", f"debitoor__{accounts[0]}", home=home, **env)
        dag_factory.write_one_file(home / "all.yaml", accounts, described)
        dag_factory.write_files(home / "each", accounts, described)
        loop = env | {"DAGS": str(ACCOUNTS), "DESCRIBED": json.dumps(described)}
        task = env | {"_AIRFLOW_PARSING_CONTEXT_DAG_ID": f"debitoor__{accounts[ACCOUNTS // 2]}"}
        peer_file = _HERE / "peers" / "dag_factory_dags.py"
        (home / "peer").mkdir()
        (home / "peer" / "priorities.py").write_text(_PRIORITIES)
        peer = env | {"AIRFLOW__CORE__PLUGINS_FOLDER": str(home / "peer")}
        yield (
            home,
            [
                Way("this provider", ours, our_file, env),
                Way("usual loop", ours, _HERE / "p3_loop.py", loop),
                Way("plain loop (the floor)", ours, _HERE / "p3_loop.py", loop | {"FORM_LAST": "1"}),
                Way("dag-factory, one file", peers.python(), peer_file, peer | {"YAML": str(home / "all.yaml")}),
                Way("dag-factory, a file each", peers.python(), peer_file, peer | {"YAML": str(home / "each")}),
                Way(
                    "one DAG at task start, modules loaded", ours, our_file, task, 1, ("debitoor_provider.dag_factory",)
                ),
                Way("one DAG at task start, with the imports", ours, our_file, task, 1),
            ],
        )


def _of_build(build: Build, home: Path) -> Way:
    """Return the way of another build of the provider, whose DAGs may have become others."""
    folder = home / "other"
    folder.mkdir()
    (folder / "accounts").symlink_to(home / "dags" / "accounts")
    file = Path(shutil.copy(build.root / "dags" / "debitoor_sync.py", folder))
    return Way(build.name, build.python, file, build.env)


def _check_equal(ways: list[Way]) -> None:
    """Refuse to compare DAGs that differ.

    :raises RuntimeError: naming the way that makes others
    """
    (expected,) = ways[0].samples[0]["shapes"]
    for way in ways:
        if way.samples[0]["shapes"] != [expected]:
            raise RuntimeError(f"{way.what} makes other DAGs:\n{way.samples[0]['shapes'][:2]}\nthan\n{expected}")
