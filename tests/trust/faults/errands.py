"""The runs of an account that make, all together, every call of the product; which ones is read from the log."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from debitoor_provider.services.errors import ServiceError
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.sync.window import manual
from tests.sync.stage import Clock, Stage, pdf

if TYPE_CHECKING:
    from pathlib import Path

    from debitoor_provider.sandbox.client import SandboxAdmin

Trouble = tuple[str, str, Mapping[str, Any]]  # effect, operation, options
_LARGE = 1_100_000  # bytes; a file of this size is streamed, a smaller one comes with the detail call
_NOTHING = {"totalCount": 0, "maxPages": 0, "records": []}
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Errand:
    """One kind of run.

    :param settings: of the account
    :param troubles: what else goes wrong, so that the run makes calls that it does not make otherwise
    :param like: the errand that makes the same calls but for those
    :param again: a call that this errand makes once more, besides those of ``like``
    :param first: which of these calls is the first of its own
    :param has_account_id: whether the connection to GetMyInvoices has the account's id
    :param is_chosen: whether a person chose the documents by their ids
    """

    way: Literal["export", "import"]
    settings: Mapping[str, Any] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()
    like: str = ""
    again: str = ""
    first: int = 1
    has_account_id: bool = True
    is_chosen: bool = False


_EXPORT = {"archive_after_transfer": True, "filter": {"approved_only": True}}
_IMPORT = {"defaults": {"tags": ["debitoor"], "company": "Acme Sales", "create_company": True}}

ERRANDS: Mapping[str, Errand] = {
    "export": Errand("export", _EXPORT),
    "export, key alone": Errand("export", _EXPORT, like="export", has_account_id=False),
    "export, chosen": Errand("export", _EXPORT, like="export", again="gmi.documents.get", is_chosen=True),
    "export, silent books": Errand(
        "export",
        _EXPORT,
        (("status", "debitoor.environment", {"status": 200, "body": {"id": "5eb1", "currency": "EUR"}}),),
        like="export",
    ),
    "export, lost answer": Errand(
        "export",
        _EXPORT,
        (("cut_after", "debitoor.expenses.create", {"times": 1}),),
        like="export",
        again="debitoor.expenses.list",
        first=3,  # after the two before the expense is booked
    ),
    "import": Errand("import", _IMPORT),
    "import, lost answer": Errand(
        "import", _IMPORT, (("cut_after_without_tags", "gmi.documents.create", {"times": 1}),), like="import"
    ),
    "import, nameless duplicate": Errand(
        "import",
        _IMPORT,
        (("status", "gmi.documents.create", {"status": 422, "code": 127, "when": "after", "times": 1}),),
        like="import",
    ),
    "import, found by its bytes": Errand(
        "import",
        _IMPORT,
        (
            ("cut_after_without_tags", "gmi.documents.create", {"times": 1}),
            ("status", "gmi.documents.list", {"status": 200, "body": _NOTHING}),
        ),
        like="import",
    ),
}


class Player:
    """An account on its errand: tries as Airflow does, and keeps account of the waits.

    :param documents: how many of each sort
    :param options: of both clients
    """

    def __init__(
        self,
        errand: Errand,
        sandbox: SandboxAdmin,
        folder: Path,
        empty_ledger: Path,
        *,
        documents: int = 1,
        parallel: int = 1,
        **options: Any,
    ) -> None:
        sandbox.set_clock()
        self.errand, self.sandbox = errand, sandbox
        here = folder / str(next(_numbers))
        here.mkdir()
        company = sandbox.create_company("Acme GmbH", limits=None)
        self.stage = Stage(sandbox, company, here, empty_ledger, Clock(sandbox))
        self.waits: list[tuple[int, float]] = []
        """How long was waited after which number of the log, by the clients or between two tries."""
        self.stage.naps = _Naps(self._note)
        self.connect(**options)
        make = self.stage.exports if errand.way == "export" else self.stage.imports
        self.account: Any = make(**{**errand.settings, "parallel": parallel})
        self.ids = self._arrive(documents)
        self.since = sandbox.last_seq()
        self._planned, self._chosen = False, errand.is_chosen

    def connect(self, **options: Any) -> None:
        """Log in again, as each task does."""
        stage, key = self.stage, self.stage.company.gmi_api_key
        stage.gmi.close()
        stage.debitoor.close()
        stage.connect(**options)
        if not self.errand.has_account_id:
            common = {"allow_http": True, "proxy": "", "backoff": stage.gmi.transport._backoff, **options}
            stage.gmi.close()
            stage.gmi = GetMyInvoicesClient(api_key=key, base_url=self.sandbox.gmi_url, **common)

    def trouble(self) -> None:
        """Let the errand's own troubles begin."""
        for effect, operation, options in self.errand.troubles:
            self.stage.fault(effect, operation, **options)

    def play(self) -> ServiceError | None:
        """Run, or continue where the last try failed; return its error."""
        try:
            self._try()
        except ServiceError as error:
            return error
        return None

    def run(self) -> ServiceError | None:
        """Execute another run, as scheduled."""
        self._planned = self._chosen = False
        return self.play()

    def wait(self, seconds: float) -> None:
        """Move all clocks forward."""
        self.stage.clock.pass_by(seconds=seconds)
        self._note(seconds)

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls so far, as the services saw them."""
        return self.sandbox.calls(since=self.since, company=self.stage.company)

    def close(self) -> None:
        self.stage.close()

    def _try(self) -> None:
        stage, account = self.stage, self.account
        if not self._planned:
            window = manual(None, None, tuple(self.ids)) if self._chosen else None
            (stage.plan if self.errand.way == "export" else stage.plan_import)(account, window)
            self._planned = True
        (stage.finish if self.errand.way == "export" else stage.finish_import)(account)

    def _arrive(self, count: int) -> list[str]:
        company, stage = self.stage.company, self.stage
        if self.errand.way == "export":
            released = {"workflow": {"is_completed": True}}
            small = [stage.document(**released) for _ in range(count)]
            return [*small, *(stage.document(pdf(_LARGE), **released) for _ in range(count))]
        line = {"description": "Work", "quantity": "1", "unit_net_price": "100.00", "tax_rate": "19"}
        return [
            company.add_invoice(kind=kind, date="2026-01-31", number=f"{kind}-{number}", lines=[line], content=pdf())[
                "id"
            ]
            for kind in ("invoice", "creditNote")
            for number in range(count)
        ]

    def _note(self, seconds: float) -> None:
        self.waits.append((self.sandbox.last_seq(), seconds))


class _Naps(list[float]):
    """The waits of the clients, none of which is waited."""

    def __init__(self, note: Any) -> None:
        super().__init__()
        self._note = note

    def append(self, seconds: float) -> None:
        super().append(seconds)
        self._note(seconds)


def calls_of(player: Player) -> Counter[str]:
    """Execute an errand; return which calls it makes and how often."""
    player.trouble()
    for _ in range(3):
        if player.play() is None:
            break
        player.wait(120)
    player.sandbox.clear_faults()
    return Counter(row["operation"] for row in player.calls())
