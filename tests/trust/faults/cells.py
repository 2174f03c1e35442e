"""One fault at one call: how runs end while it lasts, with which messages, and whether all is well afterwards."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from airflow.sdk import RetryAction

from debitoor_provider.policies.retry import ServiceRetryPolicy
from debitoor_provider.services.errors import RejectError, ServiceError, StopError
from debitoor_provider.sync.ledger import ATTENTION, DUE, EventKind, State
from tests.trust.common.referee import Referee
from tests.trust.faults.faultkinds import KINDS, Class, sort_of
from tests.trust.faults.refusing import Refusing

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sync.ledger import Entry
    from tests.trust.common.tally import Tally
    from tests.trust.faults.errands import Player

Mode = Literal["always", "once", "every second"]
MODES: dict[Mode, dict[str, Any]] = {"always": {}, "once": {"times": 1}, "every second": {"every": 2}}
_TRIES = 2  # of a task, while the fault lasts
_RUNS = 2  # afterwards
_JARGON = re.compile(
    r"Traceback|\w+(Error|Exception)\b|\b[A-Z][a-z]+[A-Z][a-z]+\(|urllib|HTTP|[Ee]rrno|[{}<>]|\bNone\b|\b0x"
)


@dataclass(frozen=True)
class Cell:
    """A fault at a call.

    :param first: number of the first of the errand's calls that may be hit
    """

    kind: str
    errand: str
    operation: str
    mode: Mode = "always"
    first: int = 1

    def __str__(self) -> str:
        return f"{self.kind} at {self.operation} ({self.errand}, {self.mode})"

    def play(self, player: Player, tally: Tally) -> None:
        """Let the fault come and go, and note whatever must not be."""
        kind = KINDS[self.kind]
        player.trouble()
        hits = self._begin(player)
        became = self._while_it_lasts(player, hits, tally)
        count = hits()
        player.sandbox.clear_faults()
        player.connect()
        expected = kind.becomes(sort_of(self.errand, self.operation))
        if not count and self.mode != "every second":  # there may be no second call
            tally.add("wrong", f"{self}: no call was hit")
        elif became != expected and not (self.mode != "always" and became in ("through", None)):
            tally.add("wrong", f"{self}: {became} instead of {expected}")
        self._afterwards(player, tally)
        if kind.retry_after and player.account.parallel == 1:
            for what in hurried(player, kind.retry_after):
                tally.add("hurried", f"{self}: {what}")
        tally.case()

    def _begin(self, player: Player) -> Callable[[], int]:
        """Put the fault in force; return a function that counts the calls it hit."""
        kind, stage = KINDS[self.kind], player.stage
        if self.kind == "page drift":
            stage.company.switch(max_limit=1)
            stage.gmi._page_size = 1
        if kind.effect == "refused":
            adapter = Refusing(self.operation, self._is_hit)
            client = stage.gmi if self.operation.startswith("gmi.") else stage.debitoor
            client.session.mount("http://", adapter)
            return lambda: adapter.applied
        options = {**kind.options, **MODES[self.mode], "between": (self.first, 10**6)}
        number = stage.fault(kind.effect, self.operation, **options)
        return lambda: next(int(fault["applied"]) for fault in player.sandbox.faults() if fault["id"] == number)

    def _is_hit(self, number: int) -> bool:
        if self.mode == "once":
            return number == self.first
        return number >= self.first and (self.mode == "always" or number % 2 == 0)

    def _while_it_lasts(self, player: Player, hits: Callable[[], int], tally: Tally) -> Class | None:
        """Try as Airflow does; return the outcome of the first try that was hit."""
        became: Class | None = None
        for _ in range(_TRIES):
            error = player.play()
            after = _becomes(error, player)
            if became is None and hits():
                became = after
            for what in _not_understood(error, player):
                tally.add("wrong", f"{self}: {what}")
            for what in _secrets(error, player):
                tally.add("secrets", f"{self}: {what}")
            if error is None or after == "stop":
                break
            player.wait(_delay(error))
        return became

    def _afterwards(self, player: Player, tally: Tally) -> None:
        """Check that the account is clean at the latest two runs later, once a person has handled open documents."""
        stage, way = player.stage, player.errand.way
        refused = stage.ledger.documents.entries(stage.account_id, way, states={State.REJECTED}, order="listed")
        if again := [entry for entry in refused if entry.reason_code != "no_date"]:
            stage.ledger.documents.retry(again, actor="user:keeper")
        error: object = None
        for _ in range(_RUNS):
            player.wait(300)
            error = player.run()
            if error is None and not _left(player):
                break
        else:
            tally.add("unclean", f"{self}: {error or stage.states(way)}")
        referee = Referee(player.sandbox, stage.company)
        if way == "export":
            found = referee.judge(exported=player.ids, ledgers=[stage.folder / "ledger.db"])
        else:
            company = stage.company
            wanted = [row["id"] for row in (*company.invoices(), *company.credit_notes())]
            found = referee.judge(imported=wanted, ledgers=[stage.folder / "ledger.db"])
        for what, whats in found.items():
            for one in whats:
                tally.add(what, f"{self}: {one}")
        for what in self._not_finished(player):
            tally.add("unclean", f"{self}: {what}")

    def _not_finished(self, player: Player) -> list[str]:
        """Return what a document lacks apart from its copy, unless the service itself refused it."""
        company, sort = player.stage.company, sort_of(self.errand, self.operation)
        if KINDS[self.kind].becomes(sort) in ("reject", "through") and sort in ("archive", "tags", "look", "repair"):
            return []
        if player.errand.way == "export":
            return [f"document {uid} is not archived" for uid in set(player.ids) - player.stage.archived()]
        return [
            f"{row['filename']} has no tags"
            for row in company.documents()
            if "[Debitoor " in row["note"] and row["tags"] != ["debitoor"]
        ]


def _becomes(error: ServiceError | None, player: Player) -> Class:
    if error is not None:
        decision = ServiceRetryPolicy().evaluate(error, 1, 3)
        return "stop" if decision.action is RetryAction.FAIL else "retry"
    return "reject" if _refused(player) else "through"


def _delay(error: ServiceError) -> float:
    asked = ServiceRetryPolicy().evaluate(error, 1, 3).retry_delay
    return asked.total_seconds() if asked else 120


def _refused(player: Player) -> list[Entry]:
    stage = player.stage
    entries = stage.ledger.documents.entries(stage.account_id, player.errand.way, order="listed")
    return [
        entry
        for entry in entries
        if (entry.state in ATTENTION and entry.reason_code != "no_date") or entry.reason_code == EventKind.NOT_ARCHIVED
    ]


def _left(player: Player) -> list[Entry]:
    stage, way = player.stage, player.errand.way
    left = list(stage.ledger.documents.entries(stage.account_id, way, states=DUE, order="listed"))
    return [*left, *(stage.ledger.documents.to_archive(stage.account_id) if way == "export" else ())]


def _messages(error: ServiceError | None, player: Player) -> list[str]:
    messages = [f"{entry.reason} {entry.remedy}".strip() for entry in _refused(player)]
    return [str(error), *messages] if error is not None else messages


def _not_understood(error: ServiceError | None, player: Player) -> list[str]:
    """Return what a bookkeeper would not understand or would miss in the messages."""
    wrong = [f"jargon {found[0]!r} in: {text}" for text in _messages(error, player) if (found := _JARGON.search(text))]
    wrong += [f"too short: {text}" for text in _messages(error, player) if len(re.findall(r"[A-Za-z]{2,}", text)) < 5]
    if error is not None:
        if not (error.service and error.operation and str(error).startswith(f"{error.heading}: ")):
            wrong.append(f"neither service nor operation in: {error}")
        if isinstance(error, StopError | RejectError) and not error.remedy:
            wrong.append(f"no remedy in: {error}")
    wrong += [f"no remedy for: {entry.reason}" for entry in _refused(player) if not entry.remedy]
    return wrong


def _secrets(error: ServiceError | None, player: Player) -> list[str]:
    company = player.stage.company
    text = " ".join(_messages(error, player))
    return [f"a secret in: {text}" for secret in (company.gmi_api_key, str(company.debitoor_token)) if secret in text]


def hurried(player: Player, asked: float) -> list[str]:
    """Return the calls that began before the requested wait was over; for one document at a time.

    Two looks at the target go side by side: the second one may be on its way while the first is refused.
    """
    rows, early = player.calls(), []
    for service in ("gmi", "debitoor"):
        own = [row for row in rows if row["service"] == service]
        for place, limited in enumerate(own):
            later = own[place + 1 :]
            if not _is_limited(limited):
                continue
            if later and _was_beside(limited, later[0]):
                later = later[1:]
            for following in later[:1]:
                numbers = range(limited["seq"], following["seq"])
                waited = sum(seconds for number, seconds in player.waits if number in numbers)
                if waited < asked - 1:  # a date has full seconds
                    early.append(f"{following['operation']} after {waited:.0f} of {asked:.0f} s")
    return early


def _was_beside(limited: Any, following: Any) -> bool:
    """Return whether a call may be the other look, which was on its way when the first was refused."""
    is_look = following["operation"] == limited["operation"] and following["query"] != limited["query"]
    return is_look and _is_limited(following)


def _is_limited(row: Any) -> bool:
    return (row["fault"] or "").startswith("rate_limited")
