"""A company with documents that are to go, set up for runs in worker processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from debitoor_provider.sync.ledger import Ledger
from tests.trust.common.doubles import named_twice
from tests.trust.common.referee import Findings, Referee

if TYPE_CHECKING:
    from airflow.sdk import DAG

    from tests.sync.stage import Stage

LARGE = 1_200_000
"""Bytes: above what comes with the detail call, so that the file is streamed."""


@dataclass(frozen=True)
class Case:
    """One account of one company, with a ledger of its own.

    :param wanted: ids of the documents that have to be at the target at the end, and no others
    :param parallel: documents at once
    :param ledger: its URL
    """

    stage: Stage
    direction: Literal["export", "import"]
    dag: DAG
    wanted: list[str]
    parallel: int
    ledger: str

    def judge(self) -> Findings:
        """Let the referee judge; what is there twice and held with all its records named is not silent."""
        referee, ledgers, named = Referee(self.stage.sandbox, self.stage.company), [self.ledger], self.named_twice()
        if self.direction == "export":
            return referee.judge(exported=self.wanted, again=named, ledgers=ledgers)
        return referee.judge(imported=self.wanted, again=named, ledgers=ledgers)

    def named_twice(self) -> set[str]:
        """Return the documents that are there twice and that a person can see to be."""
        ledger = Ledger(self.ledger)
        try:
            return named_twice(self.stage.company, ledger, self.direction)
        finally:
            ledger.close()
