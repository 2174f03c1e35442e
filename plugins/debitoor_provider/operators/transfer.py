"""Documents from the source to the target, as an Airflow task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, AssetAlias

from debitoor_provider.links.records import SourceRecordLink, TargetRecordLink
from debitoor_provider.operators.base import SyncOperator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow.sdk import Context

    from debitoor_provider.sync.steps.direction import Side
    from debitoor_provider.sync.steps.job import Job


class TransferOperator(SyncOperator):
    """Move the documents that are planned and not moved yet, and announce them to other DAGs.

    When documents were moved, there is an event of the asset ``debitoor__<account>``, so that
    ``schedule=[Asset("debitoor__<account>")]`` starts a DAG after each sync that brought something. Its ``extra`` says
    what the run moved (see :func:`~debitoor_provider.runs.announcement.announcement`).
    """

    needs_plan = True
    reads = ("source",)
    writes = ("target",)
    operator_extra_links = (*SyncOperator.operator_extra_links, SourceRecordLink(), TargetRecordLink())

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.record_urls: dict[Side, str] = {}
        # So that Airflow's graph of assets shows it before the first event; a template is known only at run time.
        if isinstance(self.account, str) and "{" not in self.account:
            _outlet(self)

    def step(self, job: Job, context: Context) -> dict[str, Any]:
        """Name what has no name yet, move, count, and announce it."""
        summary = self.ahead(job, context)
        self.record_urls = announce(self, job, context, summary)
        return summary

    def ahead(self, job: Job, context: Context) -> dict[str, Any]:
        """Move the documents without announcing it: the task that ends with it does that."""
        from debitoor_provider.sync.steps.rename import rename
        from debitoor_provider.sync.steps.transfer import transfer

        rename(job)
        transfer(job)
        summary = job.ledger.runs.counts(job.run_id)
        self.log.info("Moved: %s", summary)
        return summary


def announce(task: SyncOperator, job: Job, context: Context, summary: Mapping[str, int]) -> dict[Side, str]:
    """Announce what a run moved, if anything, as an event of the account's asset, and to lineage.

    :param task: the task that moved it
    :param summary: documents by what happened to them in the run
    :return: the web addresses of the records of the document that was moved last
    """
    if not summary.get("moved"):
        return {}
    from debitoor_provider.runs.announcement import announcement
    from debitoor_provider.runs.record_pages import newest_record_urls

    moved = announcement(job, summary)
    context["outlet_events"][_outlet(task)].add(Asset(asset_name(job.account_id)), extra=moved)
    if task.lineage:
        task.lineage.facts = moved
    return newest_record_urls(job)


def _outlet(task: SyncOperator) -> AssetAlias:
    """Make the account's asset an outlet of a task, unless it is."""
    alias = AssetAlias(asset_name(task.account))
    if alias not in task.outlets:
        task.outlets = [*task.outlets, alias]
    return alias


def asset_name(account: str) -> str:
    """Return the name of the asset that has an event when documents of an account were moved."""
    return f"debitoor__{account}"
