"""How an account is: the state that the page shows, and what it depends on."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from debitoor_provider.sync.accounts.late import known_since, late_from, lateness
from debitoor_provider.sync.ledger import WENT_THROUGH, Verdict
from debitoor_provider.ui.airflow_state import FAILED

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from debitoor_provider.messages import Message
    from debitoor_provider.runs.airflow_names import AirflowNames
    from debitoor_provider.runs.postponed import Postponed
    from debitoor_provider.sync.account_files.files import AccountFile
    from debitoor_provider.sync.accounts.finding import Finding
    from debitoor_provider.sync.ledger import Counts, Run
    from debitoor_provider.ui.airflow_state import Dag, LastRun


class AccountState(StrEnum):
    """How an account is; when several hold, the first."""

    BROKEN = "broken"  # its file has to be corrected
    APPROVAL = "approval"  # its run waits until a person has approved or refused the plan
    POSTPONED = "postponed"  # a run of it waits for a time in the future, and keeps its scheduled runs from beginning
    RUNNING = "running"
    RECONNECT = "reconnect"  # a service does not let the connection in any more
    STOPPED = "stopped"  # a person has to correct something before any run can succeed
    FAILED = "failed"
    PAUSED = "paused"
    LATE = "late"  # no run has finished for two intervals; one that runs for so long is late, too
    ATTENTION = "attention"  # it runs, and a person has to decide about documents
    NEW = "new"  # never ran
    WELL = "well"


NEED_HELP = frozenset(
    {
        AccountState.BROKEN,
        AccountState.APPROVAL,
        AccountState.POSTPONED,
        AccountState.RECONNECT,
        AccountState.STOPPED,
        AccountState.FAILED,
        AccountState.LATE,
    }
)
"""A person has something to do, whatever documents there are."""
_KEPT_OUT = {
    "token_refused",
    "debitoor_not_permitted",
    "gmi_key_unknown",
    "gmi_key_blocked",
    "gmi_key_not_permitted",
    "gmi_account_cancelled",
    "secret_missing",
    "secret_unusable",
    "books_of_another_account",
    "connection_missing",
}
"""Codes of what a new key or a new consent puts right."""


class AccountFacts(NamedTuple):
    """What is known of an account.

    :param dag: ``None`` while Airflow has not read the file yet
    :param last_run: that has begun, or is about to: neither one that waits for a time in the future, nor one that a
        person ended while it did
    :param run: the ledger's record of the last run if that failed and the ledger knows it
    :param finished: when the run before the last one ended, if the last one is under way and the ledger knows it
    :param listed: the ledger's record of the last run that listed whatever was new, if the last run that the ledger
        knows was for a chosen period or chosen documents, and therefore tells nothing of all others
    :param is_waiting: whether the last run waits for a person's answer
    :param postponed: the run that waits for a time in the future
    :param wrong: what is known to be wrong with its file, while it is paused
    """

    file: AccountFile
    dag: Dag | None
    last_run: LastRun | None
    run: Run | None
    finished: datetime | None
    listed: Run | None
    is_waiting: bool
    postponed: Postponed | None
    counts: Counts
    wrong: tuple[Finding, ...]

    @property
    def failed(self) -> Run | None:
        """The ledger's record of the run that tells why the account does not run well, if the ledger knows it."""
        return self.run or (self.listed if self.listed and self.listed.verdict not in WENT_THROUGH else None)


class AccountJudgement(NamedTuple):
    """The state of an account.

    :param lacking: what the file names and does not exist, so that no run could begin or succeed
    :param late: since when no run has finished, if that is too long ago
    :param late_from: when it is late if no fact changes until then; ``None`` for never
    :param is_settled: whether it stays so until a fact changes, or the account is late; otherwise it also depends on
        what else exists in Airflow
    """

    state: AccountState
    lacking: Finding | None
    late: Message | None
    late_from: datetime | None
    is_settled: bool

    def holds(self, now: datetime) -> bool:
        """Return whether it is still so, if no fact has changed."""
        return self.is_settled and (self.late_from is not None and self.late_from <= now) == (self.late is not None)


def judged(facts: AccountFacts, names: Callable[[], AirflowNames], now: datetime) -> AccountJudgement:
    """Return the state of an account.

    :param names: reads what exists in Airflow
    """
    account = facts.file.account
    late_at, late = _late(facts, now)
    # Of a paused account that is known to be wrong, all that is wrong is shown, the pool included.
    lacking = next(names().unusable_pool(account), None) if account and account.pool and not facts.wrong else None
    if lacking:
        state = AccountState.STOPPED
    elif facts.is_waiting:
        state = AccountState.APPROVAL
    else:
        state = _state(facts, is_late=late is not None)
    is_new = account is not None and state is AccountState.NEW  # otherwise the last run says what is lacking
    if account and is_new:
        lacking = next(iter(names().needed_by(account)), None)
        if lacking:
            is_connection = lacking.field.startswith("connections.")
            state = AccountState.RECONNECT if is_connection else AccountState.STOPPED
    return AccountJudgement(state, lacking, late, late_at, is_settled=not is_new and not (account and account.pool))


def _late(facts: AccountFacts, now: datetime) -> tuple[datetime | None, Message | None]:
    """Return when an account is late, and since when if it is."""
    account, run = facts.file.account, facts.last_run
    if account is None or facts.dag is None or facts.dag.is_paused:
        return None, None
    ended = run.finished_at if run and run.is_over else facts.finished
    finished = facts.listed.finished_at if facts.listed else ended
    since = (run.started_at if run else None) or known_since(facts.file.path)
    return late_from(account, finished or since), lateness(account, finished, since, now)


def _state(facts: AccountFacts, *, is_late: bool) -> AccountState:
    file, last_run, run, is_paused = (
        facts.file,
        facts.last_run,
        facts.failed,
        facts.dag is not None and facts.dag.is_paused,
    )
    if file.account is None or file.problems:
        return AccountState.BROKEN
    if facts.postponed and not _runs_beside_it(facts):
        return AccountState.POSTPONED
    if last_run and (last_run.state == "running" or (last_run.state == "queued" and not is_paused)):
        return AccountState.LATE if is_late else AccountState.RUNNING
    # A run that only rejected documents is red in Airflow; here these documents count, which may be settled by now.
    has_failed = last_run is not None and (last_run.state == FAILED or run is not None)
    if has_failed and not (run and run.verdict == Verdict.REJECTED):
        if not run or run.verdict != Verdict.STOPPED:
            return AccountState.FAILED
        return AccountState.RECONNECT if run.codes & _KEPT_OUT else AccountState.STOPPED
    if is_paused:
        return AccountState.PAUSED
    if is_late:
        return AccountState.LATE
    if facts.counts.attention:
        return AccountState.ATTENTION
    return AccountState.WELL if last_run else AccountState.NEW


def _runs_beside_it(facts: AccountFacts) -> bool:
    """Return whether another run than the postponed one is under way: one without a logical date is not kept back."""
    run, postponed = facts.last_run, facts.postponed
    return bool(run and postponed and run.state == "running" and run.run_id != postponed.run_id)
