"""One account's runs while a clock is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from debitoor_provider.services.errors import RetryError
from debitoor_provider.sync.steps.transfer import LEASE
from tests.sync.stage import Stage
from tests.trust.common.referee import Findings, Referee

if TYPE_CHECKING:
    from debitoor_provider.messages import Message

Direction = Literal["export", "import"]
Whose = Literal["ours", "source"]
Reach = Literal["once", "always"]

SKEWS = [
    sign * timedelta(seconds=seconds)
    for seconds in (5, 45, 600, 3_600, 12_600, 93_600, 691_200, 31_622_400)  # from seconds to more than a leap year
    for sign in (1, -1)
]
MOMENTS = {
    "a plain day": datetime(2026, 6, 17, 10, 0, tzinfo=UTC),
    "before the clocks go forward": datetime(2027, 3, 28, 0, 15, tzinfo=UTC),
    "before the clocks go back": datetime(2026, 10, 24, 23, 30, tzinfo=UTC),
    "between the doubled hours": datetime(2026, 10, 25, 0, 45, tzinfo=UTC),
    "new year": datetime(2026, 12, 31, 22, 30, tzinfo=UTC),
    "29 February": datetime(2028, 2, 29, 22, 30, tzinfo=UTC),
}
_SERVICE = {"export": "gmi", "import": "debitoor"}


class AccountWithClocks:
    """An account at work while a clock may be wrong.

    :param moment: the time in truth, when it begins
    """

    def __init__(self, stage: Stage, direction: Direction, moment: datetime) -> None:
        self._stage, self._direction = stage, direction
        self.arrived: list[str] = []
        stage.sandbox.set_clock(moment)
        self._begun = moment - datetime.now(UTC)
        self.set_right()

    def set_wrong(self, whose: Whose, by: timedelta) -> None:
        """Let our clock be wrong from now on, or that of the source."""
        if whose == "ours":
            self._stage.clock.passed = self._begun + by
        else:
            self._stage.sandbox.shift_clock(_SERVICE[self._direction], by.total_seconds())

    def set_right(self) -> None:
        """Let both clocks be right from now on."""
        self._stage.clock.passed = self._begun
        for service in ("gmi", "debitoor"):
            self._stage.sandbox.shift_clock(service, 0)

    def pass_by(self, span: timedelta) -> None:
        """Let time pass, by both clocks."""
        self._begun += span
        self._stage.clock.pass_by(seconds=span.total_seconds())

    def arrive(self) -> str:
        """Let a document arrive at the source; return its id."""
        stage = self._stage
        uid = stage.document() if self._direction == "export" else str(stage.company.add_invoice()["id"])
        self.arrived.append(uid)
        return uid

    def run(self) -> list[Message]:
        """Run, and try again as Airflow does; return the warnings of the run."""
        stage = self._stage
        account = stage.exports() if self._direction == "export" else stage.imports()
        plan = stage.plan(account)
        try:
            stage.finish(account)
        except RetryError:
            self.pass_by(timedelta(minutes=2, seconds=5))
            stage.finish(account)
        return list(plan.warnings)

    def run_that_is_killed(self) -> None:
        """Plan, claim and announce what is due, and end there: leases and intents stay as they are."""
        stage = self._stage
        account = stage.exports() if self._direction == "export" else stage.imports()
        stage.plan(account)
        stage.name(account)
        claimed = stage.ledger.leases.claim(stage.due(account), "a killed worker", LEASE, run_id=stage.run_id)
        for entry in claimed:
            stage.ledger.steps.intend(entry)

    def judge(self) -> Findings:
        """Let the referee judge whether everything that has arrived is at the target, once."""
        stage = self._stage
        referee = Referee(stage.sandbox, stage.company)
        wanted = {"exported" if self._direction == "export" else "imported": self.arrived}
        return referee.judge(**wanted, ledgers=[stage.ledger_file])
