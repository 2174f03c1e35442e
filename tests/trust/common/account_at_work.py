"""An account of either direction at work: the same words for export and import."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Literal

from debitoor_provider.services.errors import RetryError, StopError
from debitoor_provider.sync.ledger import DUE, LedgerUnavailable
from tests.trust.common.referee import Referee

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.sync.stage import Stage
    from tests.trust.common.tally import Tally

Way = Literal["export", "import"]
WAYS: tuple[Way, ...] = ("export", "import")
_numbers = itertools.count(1)


class AccountAtWork:
    """One account of a company.

    :param settings: of the account file
    """

    def __init__(self, stage: Stage, way: Way, **settings: Any) -> None:
        self.stage, self.way = stage, way
        self.account: Any = stage.exports(**settings) if way == "export" else stage.imports(**settings)
        self.arrived: list[str] = []

    def arrive(self, count: int = 1, **fields: Any) -> list[str]:
        """Let documents arrive at the source, over 119.00 EUR each; return their ids."""
        make = self.stage.document if self.way == "export" else self._invoice
        new = [make(**fields) for _ in range(count)]
        self.arrived += new
        return new

    def run(self) -> None:
        """Execute a whole run."""
        if self.way == "export":
            self.stage.export(self.account)
        else:
            self.stage.import_(self.account)

    def try_to_run(self) -> Exception | None:
        """Execute a run; return its error if runs may end with it, and raise any other."""
        try:
            self.run()
        except (RetryError, StopError, LedgerUnavailable) as error:
            return error
        return None

    def settle(self, tally: Tally, case: str) -> None:
        """Check that the account is clean at the latest two runs after a failure has ended."""
        error: object = None
        for _ in range(2):
            self.stage.clock.pass_by(minutes=5)  # as Airflow waits between two attempts, or longer
            error = self.try_to_run()
            if error is None and not self.left():
                return
        tally.add("unclean", f"{case}: {error or self.stage.states(self.way)}")

    def left(self) -> list[str]:
        """Return the ids of the documents that are not finished."""
        entries = self.stage.ledger.documents.entries(self.stage.account_id, self.way, states=DUE)
        if getattr(self.account, "archive_after_transfer", False):
            entries += self.stage.ledger.documents.to_archive(self.stage.account_id)
        return [entry.source_id for entry in entries]

    def judge(self, tally: Tally, case: str, *, wanted: Collection[str] | None = None, ledgers: Any = None) -> None:
        """Run the referee; record its findings together with the case."""
        wanted = self.arrived if wanted is None else wanted
        ledgers = [self.stage.ledger_file] if ledgers is None else ledgers
        both = {"exported": wanted} if self.way == "export" else {"imported": wanted}
        findings = Referee(self.stage.sandbox, self.stage.company).judge(**both, ledgers=ledgers)
        tally.add_all({kind: [f"{case}: {what}" for what in whats] for kind, whats in findings.items()})

    def _invoice(self, **fields: Any) -> str:
        line = {"description": "Work", "quantity": "1", "unit_net_price": "100.00", "tax_rate": "19"}
        usual = {"date": "2026-01-31", "customer_name": "Kunde AG", "number": f"S-{next(_numbers)}", "lines": [line]}
        return str(self.stage.company.add_invoice(**{**usual, **fields})["id"])
