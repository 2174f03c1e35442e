"""Runs as the API returns them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from debitoor_provider.sync.ledger import Run
from debitoor_provider.ui.models.common import Moment, RunRef, Text


class RunModel(BaseModel):
    """One run of an account, as the ledger records it."""

    account: str
    account_name: Text
    dag_id: str
    dag_run_id: str
    kind: str = Field(description="scheduled, manual, backfill or dry_run")
    started_at: Moment | None
    finished_at: Moment | None
    seconds: float | None
    counts: dict[str, Any] = Field(
        description="Documents by what happened to them; e_invoices has them by the outcome of their e-invoice"
    )
    verdict: str = Field(description="success, rejected, failed or stopped; ended without a report; empty: running")
    error: Text
    remedy: Text
    warnings: list[Text] = Field(description="What to look into although the run went on, such as a wrong clock")
    answers: list[Text] = Field(description="Who approved or refused that the run exceeds a limit")
    window: dict[str, Any] = Field(description="The requested window: from, to, document_ids")

    @classmethod
    def of(cls, run: Run, account_name: str) -> RunModel:
        """Return the model of a run of the ledger."""
        ref = RunRef.of(run.id, run.account)
        took = run.finished_at - run.started_at if run.finished_at and run.started_at else None
        return cls(
            account=run.account,
            account_name=account_name,
            dag_id=ref.dag_id if ref else "",
            dag_run_id=ref.dag_run_id if ref else run.id,
            kind=run.kind,
            started_at=run.started_at,
            finished_at=run.finished_at,
            seconds=took.total_seconds() if took else None,
            counts=dict(run.counts),
            verdict=run.verdict,
            error=run.error,
            remedy=run.remedy,
            warnings=[f"{warning.text()} {warning.remedy()}".strip() for warning in run.warnings],
            answers=[answer.text() for answer in run.answers],
            window={name: value for name, value in run.window.items() if name not in {"warnings", "answers"}},
        )


class RunList(BaseModel):
    """The last runs, newest first."""

    runs: list[RunModel]
