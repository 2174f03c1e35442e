"""A network that delivers twice, cuts, drips, half-closes or is late: nothing is lost, and nothing twice in silence."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import pytest

from debitoor_provider.services.errors import RetryError
from tests.sync.stage import Stage
from tests.trust.common.doubles import named_twice, records_of
from tests.trust.common.referee import Referee
from tests.trust.doubled.proxy import KINDS, LATE, Kind, Mischief, Proxy, proxied

if TYPE_CHECKING:
    from debitoor_provider.sandbox.client import SandboxAdmin
    from debitoor_provider.sync.accounts.settings import Account
    from tests.trust.common.tally import Tally

Way = Literal["export", "import"]
_TRIES = 5
_TIMEOUT = 1.0
"""Seconds to wait for a byte; shorter than :data:`LATE`."""


@pytest.fixture
def proxy(sandbox: SandboxAdmin) -> Iterator[Proxy]:
    with proxied(urlsplit(sandbox.gmi_url).port or 0) as proxy:
        yield proxy


class Line:
    """An account whose way to both services leads through the proxy.

    :param stage: its company; logged in again at the proxy
    """

    def __init__(self, stage: Stage, way: Way, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stage, self.way, self.proxy = stage, way, proxy
        port = str(urlsplit(stage.sandbox.gmi_url).port)
        for service in ("gmi_url", "debitoor_url"):
            address = getattr(stage.sandbox, service).replace(f":{port}", f":{proxy.port}")
            monkeypatch.setattr(stage.sandbox, service, address)
        stage.close()
        stage.open_ledger("ledger")
        stage.connect(read_timeout=_TIMEOUT, upload_timeout=_TIMEOUT)
        self.wanted: list[str] = []

    @property
    def account(self) -> Account:
        stage = self.stage
        return stage.exports(archive_after_transfer=True) if self.way == "export" else stage.imports()

    def add(self, count: int) -> None:
        """Let new documents arrive at the source."""
        if self.way == "export":
            self.wanted += self.stage.documents(count)
        else:
            self.wanted += [self.stage.company.add_invoice(date="2026-03-01")["id"] for _ in range(count)]

    def run(self) -> bool:
        """Try a run as often as Airflow does; return whether it succeeded."""
        stage = self.stage
        for number in range(_TRIES):
            try:
                if not number:
                    stage.plan(self.account)
                stage.finish(self.account)
            except RetryError:
                stage.clock.pass_by(minutes=2, seconds=5)
            else:
                return True
        return False

    def named_twice(self) -> set[str]:
        return named_twice(self.stage.company, self.stage.ledger, self.way)

    def judge(self, tally: Tally, case: str) -> None:
        """Run the referee, and record every duplicate that is not reported to a person."""
        stage, named = self.stage, self.named_twice()
        ids = {"exported" if self.way == "export" else "imported": self.wanted}
        found = Referee(stage.sandbox, stage.company).judge(**ids, again=named, ledgers=[stage.ledger_file])
        tally.add_all({kind: [f"{case}: {what}" for what in whats] for kind, whats in found.items()})
        tally.figure("doubled: documents twice in one run, held with all their records named", len(named))
        tally.case()


@pytest.fixture
def line_of(stage_of: Callable[..., Stage], proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Callable[[Way], Line]:
    """Make accounts behind the proxy."""
    return lambda way: Line(stage_of(), way, proxy, monkeypatch)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", ["export", "import"])
def test_whatever_the_network_does_nothing_is_lost_and_nothing_twice_in_silence(
    way: Way, kind: Kind, line_of: Callable[[Way], Line], tally: Tally, sample: Callable[[int, int], int]
) -> None:
    for seed in range(sample(2, 40)):
        case = f"{kind}, {way}, seed {seed}"
        chance = random.Random(f"{kind}{seed}")
        line = line_of(way)
        line.add(4)
        mischief = line.proxy.mischief = Mischief(kind, seed % 2 == 0, chance.choice([0.3, 0.6]), chance)
        line.run()
        line.proxy.mischief = None
        line.proxy.settle()
        line.stage.clock.pass_by(hours=1)
        if not mischief.done:
            tally.add("wrong", f"{case}: no request was hit")
        if not line.run():
            tally.add("unclean", f"{case}: the run after the trouble failed")
        line.add(1)  # a run that has something to do reads the markers
        if not line.run():
            tally.add("unclean", f"{case}: the second run after the trouble failed")
        line.judge(tally, case)


def test_an_expense_that_is_delivered_twice_is_reported_by_the_run_that_made_it(line_of: Callable[[Way], Line]) -> None:
    line = line_of("export")
    line.add(2)
    line.proxy.mischief = Mischief("twice", True, 1, random.Random(1))
    assert line.run()
    there = records_of(line.stage.company, "export")
    assert {uid: len(records) for uid, records in there.items()} == dict.fromkeys(line.wanted, 2)
    assert line.named_twice() == set(line.wanted)
    assert line.stage.archived() == set()


def test_an_upload_delivered_twice_is_stored_once(line_of: Callable[[Way], Line]) -> None:
    line = line_of("import")
    line.add(2)
    line.proxy.mischief = Mischief("twice, second answer", True, 1, random.Random(1))
    assert line.run()
    assert {len(records) for records in records_of(line.stage.company, "import").values()} == {1}
    assert line.stage.states("import") == dict.fromkeys(line.wanted, "moved")


def test_an_answer_that_is_late_is_not_waited_for(line_of: Callable[[Way], Line]) -> None:
    assert LATE > _TIMEOUT
    line = line_of("import")
    line.add(1)
    line.proxy.mischief = Mischief("answer late", False, 1, random.Random(1))
    with pytest.raises(RetryError, match="did not answer in time"):
        line.stage.plan(line.account)
