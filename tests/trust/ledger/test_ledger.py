"""The ledger's database fails, is lost, comes back old, is upgraded: nothing is sent twice, and nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.services.errors import RetryError
from debitoor_provider.sync.ledger import Ledger, LedgerOutdated, LedgerTooNew, LedgerUnavailable, State
from debitoor_provider.sync.ledger.database import engine, schema
from tests.postgresql import Cluster, cluster, new_database
from tests.sync.ledger.database import upgrades
from tests.sync.ledger.samples import in_state
from tests.trust.common.account_at_work import WAYS, AccountAtWork, Way
from tests.trust.ledger.losses import EDITS, edit
from tests.trust.ledger.outages import (
    Outage,
    crashed,
    full,
    locked,
    moved_away,
    not_permitted,
    nothing_can_be_written,
    small_disk,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.sync.stage import Stage
    from tests.trust.common.canaries import Canaries
    from tests.trust.common.tally import Tally

pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")

FILE_TROUBLES: dict[str, Callable[[Stage], dict[str, Any]]] = {
    "locked": lambda stage: {"trouble": partial(locked, stage.ledger_file)},
    "not to be written": lambda _: {"trouble": nothing_can_be_written},
    "not permitted": lambda stage: {"trouble": partial(not_permitted, stage)},
    "moved away and back": lambda stage: {"trouble": partial(moved_away, stage, for_good=False)},
    "its disk taken away and back": lambda stage: {
        "trouble": partial(moved_away, stage, for_good=False, reconnecting=True)
    },
    "lost": lambda stage: {"trouble": partial(moved_away, stage, for_good=True, reconnecting=True)},
    "its answer lost": lambda _: {"answer_is_lost": True},
}
SERVER_TROUBLES: dict[str, Callable[[Cluster], dict[str, Any]]] = {
    "down": lambda server: {"trouble": partial(crashed, server)},
    "restarted": lambda server: {"trouble": partial(restarted, server)},
    "its answer lost": lambda _: {"answer_is_lost": True},
}


@contextmanager
def restarted(server: Cluster) -> Iterator[None]:
    """Restart the server: it is back at once, its connections are not."""
    with crashed(server):
        pass
    yield


def exchange_of(stage: Stage, way: Way) -> AccountAtWork:
    """Return an account that moves one document after the other, so that each step has its number."""
    archive = {"archive_after_transfer": True} if way == "export" else {}
    return AccountAtWork(stage, way, parallel=1, **archive)


def struck(
    tally: Tally, exchange: AccountAtWork, case: str, step: int, trouble: dict[str, Any], ledgers: Any = None
) -> bool:
    """Let a run meet a trouble at one of its steps and see that all is well afterwards; ``False``: it has no such step.

    :param case: what is tried, in words
    """
    exchange.arrive(2)
    with pytest.MonkeyPatch.context() as patches:
        outage = Outage(patches, at=step, **trouble)
        try:
            error = exchange.try_to_run()
        finally:
            came_to_it = outage.struck
            outage.end()
    if came_to_it:
        tally.case()
        if error and not isinstance(error, (LedgerUnavailable, RetryError)):
            tally.add("wrong", f"{case}: {error!r}")
        exchange.settle(tally, case)
        exchange.judge(tally, case, ledgers=ledgers)
        if exchange.account.type == "export" and exchange.stage.archived() != set(exchange.arrived):
            tally.add("unclean", f"{case}: not all is archived")
    return came_to_it


@pytest.mark.parametrize("kind", FILE_TROUBLES)
@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_fails_at_any_step_loses_and_doubles_nothing(
    stage_of: Callable[..., Stage],
    sample: Callable[[int, int], int],
    tally: Tally,
    monkeypatch: pytest.MonkeyPatch,
    way: Way,
    kind: str,
) -> None:
    monkeypatch.setattr(engine, "LOCK_WAIT", 0.05)
    stride = sample(4, 1)
    step = list(FILE_TROUBLES).index(kind) % stride + 1  # the kinds take turns with the steps
    while True:
        stage = stage_of(account_id=f"{kind}, step {step}")
        case = f"{way}, ledger {kind} at step {step}"
        if not struck(tally, exchange_of(stage, way), case, step, FILE_TROUBLES[kind](stage)):
            break
        step += stride
    assert step > 15


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Start a PostgreSQL server for these tests alone."""
    with cluster(tmp_path_factory.mktemp("postgresql") / "log") as server:
        yield server


@pytest.mark.parametrize("kind", SERVER_TROUBLES)
@pytest.mark.parametrize("way", WAYS)
def test_a_server_that_fails_at_any_step_loses_and_doubles_nothing(
    stage_of: Callable[..., Stage],
    sample: Callable[[int, int], int],
    tally: Tally,
    server: Cluster,
    canaries: Canaries,
    way: Way,
    kind: str,
) -> None:
    canaries.add(server.url.password, "the password of the database")
    stride = sample(6, 1)
    step = list(SERVER_TROUBLES).index(kind) % stride + 1
    for url in new_database(server.url):
        while True:
            stage = stage_of(account_id=f"{kind}, step {step}")
            stage.ledger = Ledger.open(url, now=stage.clock)
            case = f"{way}, PostgreSQL {kind} at step {step}"
            if not struck(tally, exchange_of(stage, way), case, step, SERVER_TROUBLES[kind](server), [url]):
                break
            step += stride
        stage.ledger.close()
    assert step > 15


@pytest.mark.parametrize("way", WAYS)
def test_a_full_disk_is_named_and_the_run_continues_when_there_is_room(
    stage_of: Callable[..., Stage], tally: Tally, tmp_path: Path, way: Way
) -> None:
    stage = stage_of()
    exchange = exchange_of(stage, way)
    exchange.arrive(20)
    with small_disk(tmp_path / "disk") as disk:
        stage.ledger.close()
        stage.folder = disk
        stage.open_ledger("ledger")
        with full(disk, room=200_000):
            error = exchange.try_to_run()
        tally.case()
        if not (isinstance(error, LedgerUnavailable) and "the disk is full" in str(error)):
            tally.add("wrong", repr(error))
        if not stage.ledger.documents.count():
            tally.add("wrong", "the disk was full from the first")
        exchange.settle(tally, "full disk")
        exchange.judge(tally, "full disk")
        stage.ledger.close()


@pytest.mark.parametrize("archive", [False, True], ids=["kept", "archived"])
@pytest.mark.parametrize("edited", EDITS)
@pytest.mark.parametrize("loss", ["rebuilt", "empty", "yesterday's"])
@pytest.mark.parametrize("way", WAYS)
def test_a_lost_ledger_sends_nothing_twice_and_an_old_one_neither(
    stage_of: Callable[..., Stage], tally: Tally, way: Way, loss: str, edited: str, archive: bool
) -> None:
    exchange = AccountAtWork(stage_of(), way, **({"archive_after_transfer": archive} if way == "export" else {}))
    stage = exchange.stage
    later = {("document_date" if way == "export" else "date"): "2026-02-10"}
    long_ago = exchange.arrive() + exchange.arrive(**later)
    exchange.run()
    stage.clock.pass_by(hours=6)
    stage.back_up_ledger("yesterday's")
    stage.clock.pass_by(hours=6)
    since = exchange.arrive() + exchange.arrive(**later)
    exchange.run()
    stage.clock.pass_by(hours=6)
    take_back = [edit(exchange, id_, **EDITS[edited]) for id_ in (long_ago[0], since[0])]
    stage.open_ledger(loss)  # a new one, unless it was copied before
    if loss == "rebuilt":
        stage.rebuild() if way == "export" else stage.rebuild_import()
    exchange.arrive(**later)
    case = f"{way}, {loss} ledger, edited meanwhile: {edited}"
    tally.case()
    exchange.settle(tally, case)
    for undo in take_back:  # so that the referee may compare
        undo()
    exchange.judge(tally, case)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'upgraded.db'}"
    else:
        yield from new_database(request.getfixturevalue("server").url)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> upgrades.Rows:
    """Return the rows of a ledger with a document in each state."""
    url = f"sqlite:///{tmp_path_factory.mktemp('filled') / 'ledger.db'}"
    ledger = Ledger.open(url)
    for number, state in enumerate(State, 1):
        in_state(ledger, state, number)
    ledger.close()
    return upgrades.rows(url)


@pytest.mark.parametrize("version", ["", *upgrades.versions()])
def test_an_upgrade_that_is_killed_at_any_point_leaves_the_ledger_whole(
    sample: Callable[[int, int], int],
    tally: Tally,
    empty_url: str,
    filled: upgrades.Rows,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
) -> None:
    """From each version, and from a database without tables, to the one after the newest."""
    if version:
        with monkeypatch.context() as patches:
            patches.setattr(schema, "SCRIPTS", upgrades.scripts(tmp_path, version))
            patches.setattr(schema, "HEAD", version)
            Ledger.open(empty_url).close()
        upgrades.fill(empty_url, filled)
    location, stride = upgrades.scripts(tmp_path, upgrades.NEXT), sample(2 if version else 6, 1)
    command = [sys.executable, "-m", upgrades.__name__, empty_url, location, upgrades.NEXT, str(stride)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert not done.returncode, done.stderr
    *killed, last = map(json.loads, done.stdout.splitlines())
    tally.case(len(killed) + 1)
    for line in killed:
        if not line["killed"] or line["version"] not in (version or None, upgrades.NEXT):
            tally.add("wrong", f"from {version or 'nothing'}: {line}")
    if last["killed"] or last["version"] != upgrades.NEXT:
        tally.add("wrong", f"from {version or 'nothing'}: {last}")
    for line in (*killed, last):
        for what in line["lost"]:
            tally.add("lost", f"from {version or 'nothing'}, point {line['point']}: {what}")
    assert len(killed) > 2


@pytest.mark.parametrize("way", WAYS)
def test_a_ledger_of_another_version_moves_nothing_until_it_is_upgraded_and_then_nothing_twice(
    stage_of: Callable[..., Stage], tally: Tally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    exchange = exchange_of(stage_of(), way)
    stage, before = exchange.stage, exchange.arrive(2)
    exchange.run()
    exchange.arrive(2)
    stage.ledger.close()
    url = f"sqlite:///{stage.ledger_file}"
    with monkeypatch.context() as newer:
        newer.setattr(schema, "SCRIPTS", upgrades.scripts(tmp_path, upgrades.NEXT))
        newer.setattr(schema, "HEAD", upgrades.NEXT)
        with pytest.raises(LedgerOutdated, match="Run: airflow debitoor ledger upgrade"):
            Ledger.open(url)
        Ledger(url).upgrade()
        Ledger(url).close()
    with pytest.raises(LedgerTooNew, match=f"has version {upgrades.NEXT}.*Update airflow-provider-debitoor"):
        Ledger.open(url)
    exchange.judge(tally, "while refused", wanted=before)
    monkeypatch.setattr(schema, "HEAD", upgrades.NEXT)  # as after the update
    stage.open_ledger("ledger")
    tally.case(3)
    exchange.settle(tally, "upgraded")
    exchange.judge(tally, "upgraded")
