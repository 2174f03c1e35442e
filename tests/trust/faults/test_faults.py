"""Every kind of fault at every call that a run makes: nothing lost, nothing twice, and messages that help."""

from __future__ import annotations

import itertools
import zlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.services.http.retry import Backoff
from tests.trust.common.referee import Referee
from tests.trust.faults.cells import MODES, Cell, Mode
from tests.trust.faults.errands import ERRANDS, Player, calls_of
from tests.trust.faults.faultkinds import KINDS, READ_TIMEOUT

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from debitoor_provider.sandbox.client import SandboxAdmin
    from tests.trust.common.tally import Tally

_SAMPLE: dict[Mode, tuple[int, ...]] = {"always": (0, 1), "once": (2,), "every second": ()}
_IN_FLIGHT = timedelta(seconds=0.1)  # what had begun when the answer came
_IMPATIENT = {"read_timeout": READ_TIMEOUT, "upload_timeout": READ_TIMEOUT}


@pytest.fixture(scope="session")
def calls(
    sandbox: SandboxAdmin, empty_ledger: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Counter[str]]:
    """Return the calls of each errand, from the log of real runs."""
    folder, found = tmp_path_factory.mktemp("errands"), {}
    for name, errand in ERRANDS.items():
        player = Player(errand, sandbox, folder, empty_ledger)
        found[name] = calls_of(player)
        player.close()
    return found


@pytest.fixture
def player_of(sandbox: SandboxAdmin, empty_ledger: Path, tmp_path: Path) -> Iterator[Callable[..., Player]]:
    players: list[Player] = []

    def new(errand: str, **options: Any) -> Player:
        players.append(Player(ERRANDS[errand], sandbox, tmp_path, empty_ledger, **options))
        return players[-1]

    yield new
    for player in players:
        player.close()
    sandbox.clear_faults()
    sandbox.set_clock()


@pytest.mark.parametrize("errand", ERRANDS)
@pytest.mark.parametrize("kind", KINDS)
def test_any_fault_at_any_call(
    kind: str,
    errand: str,
    calls: dict[str, Counter[str]],
    player_of: Callable[..., Player],
    sample: Callable[[int, int], int],
    tally: Tally,
) -> None:
    options = _IMPATIENT if kind in ("too slow", "stalled") else {}
    for operation, first in _own_calls(errand, calls):
        if not KINDS[kind].concerns(operation):
            continue
        for mode in MODES:
            cell = Cell(kind, errand, operation, mode, first)
            for parallel, documents in [(1, 1), (8, 4)][: sample(int(_is_in_the_sample(cell)), 2)]:
                cell.play(player_of(errand, documents=documents, parallel=parallel, **options), tally)


def test_the_sample_has_every_kind_and_every_call(calls: dict[str, Counter[str]]) -> None:
    drawn = [
        (kind, operation)
        for kind, errand in itertools.product(KINDS, ERRANDS)
        for operation, _ in _own_calls(errand, calls)
        for mode in MODES
        if KINDS[kind].concerns(operation) and _is_in_the_sample(Cell(kind, errand, operation, mode))
    ]
    assert len(KINDS) >= 24
    assert {kind for kind, _ in drawn} == set(KINDS)
    assert {operation for _, operation in drawn} == {operation for errand in calls.values() for operation in errand}


def _is_in_the_sample(cell: Cell) -> bool:
    """Draw three cells of ten, most of them with a fault that lasts."""
    draw = zlib.crc32(f"{cell.kind}/{cell.errand}/{cell.operation}".encode()) % 10
    return draw in _SAMPLE[cell.mode]


def _own_calls(errand: str, calls: dict[str, Counter[str]]) -> list[tuple[str, int]]:
    """Return the calls that an errand is there for, each with the number of the first that is meant."""
    this = ERRANDS[errand]
    known = calls[this.like] if this.like else {}
    own = [(operation, 1) for operation in sorted(calls[errand].keys() - known)]
    if this.again:
        own.append((this.again, this.first))
    return own


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_no_thread_calls_a_service_that_asked_to_wait(
    form: str, player_of: Callable[..., Player], sandbox: SandboxAdmin, tally: Tally
) -> None:
    asked = 2
    player = player_of("export", documents=6, parallel=8, backoff=Backoff())  # which really waits
    stage = player.stage
    stage.fault("rate_limited", "gmi.documents.get", retry_after=asked, retry_after_form=form, between=(5, 5))
    assert player.play() is None
    own = [row for row in player.calls() if row["service"] == "gmi"]
    limited = next(row for row in own if row["fault"])
    since = datetime.fromisoformat(limited["time"])
    over = since + timedelta(seconds=asked if form == "seconds" else asked - 1)  # a date has full seconds
    for row in own:
        if since + _IN_FLIGHT < datetime.fromisoformat(row["time"]) < over - _IN_FLIGHT:
            tally.add("hurried", f"{row['operation']} at {row['time']}, though asked at {limited['time']} to wait")
    tally.add_all(Referee(sandbox, stage.company).judge(exported=player.ids, ledgers=[stage.folder / "ledger.db"]))
    tally.case()
