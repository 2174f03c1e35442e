"""Every kind of fault at every call that a run makes: nothing lost, nothing twice, and told in words that help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.trust.cells import MODES, Cell
from tests.trust.errands import ERRANDS, Player, calls_of
from tests.trust.faultkinds import KINDS, READ_TIMEOUT

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sandbox.client import SandboxAdmin
    from tests.trust.tally import Tally

_IMPATIENT = {"read_timeout": READ_TIMEOUT, "upload_timeout": READ_TIMEOUT}


@pytest.fixture(scope="session")
def calls(
    sandbox: SandboxAdmin, empty_ledger: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Counter[str]]:
    """What each errand calls, from the log of real runs."""
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
        for mode in MODES:
            cell = Cell(kind, errand, operation, mode, first)
            if sample(mode == "always", 1) and KINDS[kind].concerns(operation):
                for parallel, documents in [(1, 1), (8, 4)][: sample(1, 2)]:
                    cell.play(player_of(errand, documents=documents, parallel=parallel, **options), tally)


def _own_calls(errand: str, calls: dict[str, Counter[str]]) -> list[tuple[str, int]]:
    """The calls that an errand is there for, each with the number of the first that is meant."""
    this = ERRANDS[errand]
    known = calls[this.like] if this.like else {}
    own = [(operation, 1) for operation in sorted(calls[errand].keys() - known)]
    if this.again:
        own.append((this.again, 1 if this.is_chosen else known[this.again] + 1))
    return own
