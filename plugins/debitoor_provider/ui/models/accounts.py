"""Accounts as the API returns them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from debitoor_provider.sync.accounts.finding import Finding
from debitoor_provider.sync.accounts.problems import Problem
from debitoor_provider.sync.ledger import Stop
from debitoor_provider.ui.account_states import AccountState
from debitoor_provider.ui.models.common import Moment, Text

AccountOrder = Literal[
    "name", "-name", "last_run", "-last_run", "attention", "-attention", "moved", "-moved", "next_run", "-next_run"
]
"""What the list of accounts is sorted by; ``-`` is the other way round."""


class AccountRights(BaseModel):
    """What the user may do with an account."""

    run: bool
    stop: bool
    approve: bool
    edit: bool
    delete: bool


class ProblemModel(BaseModel):
    """One thing to correct in an account file."""

    line: int | None
    column: int | None
    field: Text = Field(description="Path of the field; empty when it concerns the whole file")
    message: Text
    remedy: Text

    @classmethod
    def of(cls, problem: Problem) -> ProblemModel:
        """Return a problem as the API shows it."""
        return cls(
            line=problem.line,
            column=problem.column,
            field=problem.field,
            message=problem.message.text(),
            remedy=problem.message.remedy(),
        )

    @classmethod
    def of_finding(cls, found: Finding) -> ProblemModel:
        """Return what was found about a setting, wherever it stands."""
        message = found.message
        return cls(line=None, column=None, field=found.field, message=message.text(), remedy=message.remedy())


class LastRunModel(BaseModel):
    """The run of an account that was made last."""

    dag_run_id: str
    state: str = Field(description="Airflow's state of the run: queued, running, success, failed")
    kind: str = Field(description="scheduled, manual or backfill")
    started_at: Moment | None
    finished_at: Moment | None
    moved: int
    error: Text
    service: str = Field(description="The service whose answer made it fail; empty if none did")


class ProgressModel(BaseModel):
    """Progress of the current run."""

    done: int
    total: int
    dag_run_id: str


class StopModel(BaseModel):
    """A limit that stopped a run, and that was not allowed to be exceeded."""

    id: int
    limit: str = Field(description="The setting, such as new_documents")
    number: int = Field(description="What the run would have reached")
    message: Text

    @classmethod
    def of(cls, stop: Stop) -> StopModel:
        """Return a stop as the API shows it."""
        return cls(id=stop.id, limit=stop.limit_name, number=stop.number, message=stop.message.text())


class AccountRow(BaseModel):
    """One account at a glance."""

    id: str
    dag_id: str
    name: Text
    fileless: bool = Field(description="Whether a hand-written DAG moves its documents, without an account file")
    direction: str | None = Field(description="Not known while the file is broken")
    direction_title: str = Field(description="From where to where, e.g. GetMyInvoices → Debitoor; empty if not known")
    companies: list[Text] = Field(description="The only companies it takes, or the one its documents are assigned to")
    frequency: Text | None
    at: str | None = Field(default=None, description="Time of day, HH:MM; null for midnight or another frequency")
    days: list[str] = Field(
        default=[], description="Days of the week on which it runs, of a weekly one that names them"
    )
    timezone: Text | None
    note: Text
    state: AccountState
    advice: Text = Field(description="One sentence: what to do; empty when there is nothing to be done")
    advice_code: str = Field(description="The same for a translation; empty when the sentence is the run's own")
    refusing: str | None = Field(
        default=None,
        description="The service that has to be reconnected, by its name in the settings; null if none has to be",
    )
    paused: bool | None = Field(description="Not known before Airflow has read the file")
    known: bool = Field(description="Whether Airflow has read the file")
    last_run: LastRunModel | None
    next_run: Moment | None
    moved: int
    to_do: int
    waiting: int
    attention: int
    progress: ProgressModel | None
    chart: list[int] = Field(description="Documents moved on each of the last 30 days (UTC), oldest first")
    problems: list[ProblemModel]
    wrong: list[ProblemModel] = Field(
        description="What was found wrong with a paused account when its file was saved or a start was refused"
    )
    stops: list[StopModel] = Field(
        description="Limits that stopped the last run and may be exceeded once if allowed, in its approval if it waits"
    )
    rights: AccountRights


class AccountList(BaseModel):
    """A page of the list of accounts."""

    total: int = Field(description="How many match")
    states: dict[AccountState, int] = Field(description="How many match in each state, whatever states are chosen")
    directions: dict[str, str] = Field(description="The titles of all directions, by their names")
    accounts: list[AccountRow]


class AccountDetail(AccountRow):
    """One account with its file."""

    file: Text = Field(description="Name of the file in the accounts folder; empty when there is none")
    settings: dict[str, Any] | None = Field(description="As in the file; null while the file is broken, or without one")
    yaml: Text = Field(description="The text of the file")
    version: str | None = Field(description="Changes with the file; to be given back when it is saved or removed")
