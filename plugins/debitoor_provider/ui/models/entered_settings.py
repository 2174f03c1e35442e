"""Settings being entered, and their effects."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from debitoor_provider.ui.models.accounts import ProblemModel
from debitoor_provider.ui.models.common import Text
from debitoor_provider.ui.models.previews import PreviewRequest


class SettingsBody(BaseModel):
    """Settings as in an account file."""

    model_config = ConfigDict(extra="forbid")

    settings: dict[str, Any]


class SettingsPreviewRequest(SettingsBody, PreviewRequest):
    """Settings, and which documents to look at."""


class SaveRequest(SettingsBody):
    """Settings to be saved."""

    version: str | None = Field(description="Of the file that was edited; null when the account is new")
    paused: bool = Field(
        default=False, description="Whether to save what is known to be wrong; the account is paused by it"
    )


class Checked(BaseModel):
    """The file that the settings would become."""

    yaml: Text
    problems: list[ProblemModel]
    dag_id: str
    exists: bool = Field(description="Whether there is an account of this id")
    warnings: list[ProblemModel] = Field(description="What is valid, but may not be what is meant")
    next_runs: list[datetime] = Field(
        description="When the next scheduled runs start, in the account's time zone; empty while its frequency or zone "
        "is not valid, and for an account that only people start"
    )


class NameSample(BaseModel):
    """A real document with the name that it would get."""

    source_name: Text
    name: Text
    document_date: date | None
    company: Text


class NameSamples(BaseModel):
    """Names that the account's documents would get."""

    problem: ProblemModel | None = Field(description="What is wrong with the pattern")
    names: list[NameSample]


class RecordSample(BaseModel):
    """What the other service would receive for a real document."""

    source_name: Text
    description: Text
    lines: list[str]
    supplier: Text
    date: date | None
    category: Text
    marks: list[Text] = Field(default=[], description="What to know of it although it would go")
    reason: Text = Field(default="", description="Why it would not go, and what helps")


class Records(BaseModel):
    """Records that the account's documents would become."""

    records: list[RecordSample]


class SourceLists(BaseModel):
    """What there is to choose from in GetMyInvoices."""

    tags: list[Text]
    companies: list[Text]


class HomeRate(BaseModel):
    """The standard VAT rate where the books are kept."""

    country: str | None = Field(description="ISO code; null while it is not known")
    rate: Decimal | None = Field(description="In per cent, of today; null for a country outside the EU")
    doubts: list[ProblemModel] = Field(
        default=[], description="A warning if the country of the connection does not have the entered rate"
    )


class Saved(BaseModel):
    """The result of saving an account's file."""

    written: bool = Field(description="False when the folder is read-only: then the file is to be committed by hand")
    dag_id: str
    version: str | None = None
    yaml: Text | None = None
    path: Text | None = Field(
        default=None, description="Name of the file below the accounts folder; its whole path in another DAG bundle"
    )
    wrong: list[ProblemModel] | None = Field(
        default=None, description="What is known to be wrong; the account is paused by it"
    )
    unclear: Text | None = Field(default=None, description="Why not everything could be checked, if it was not")


class KnownWrong(BaseModel):
    """What is known to be wrong with an account."""

    wrong: list[ProblemModel]
    unclear: Text = Field(description="Why not everything could be checked; empty if it was")


class RemoveRequest(BaseModel):
    """Which file is to be removed."""

    model_config = ConfigDict(extra="forbid")

    version: str


class Removed(BaseModel):
    """Whether the file was removed; a read-only folder keeps it."""

    removed: bool
