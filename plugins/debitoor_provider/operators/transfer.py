"""Documents from the source to the target, as an Airflow task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, AssetAlias

from debitoor_provider.links.records import SourceRecordLink, TargetRecordLink
from debitoor_provider.operators.base import SyncOperator

if TYPE_CHECKING:
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
            self._announce()

    def step(self, job: Job, context: Context) -> dict[str, Any]:
        """Name what has no name yet, move, and count."""
        from debitoor_provider.runs.announcement import announcement
        from debitoor_provider.runs.record_pages import newest_record_urls
        from debitoor_provider.sync.steps.rename import rename
        from debitoor_provider.sync.steps.transfer import transfer

        rename(job)
        transfer(job)
        summary = job.ledger.runs.counts(job.run_id)
        self.log.info("Moved: %s", summary)
        if summary.get("moved"):
            moved = announcement(job, summary)
            context["outlet_events"][self._announce()].add(Asset(asset_name(self.account)), extra=moved)
            if self.lineage:
                self.lineage.facts = moved
            self.record_urls = newest_record_urls(job)
        return summary

    def _announce(self) -> AssetAlias:
        """Make the account's asset an outlet of the task, unless it is."""
        alias = AssetAlias(asset_name(self.account))
        if alias not in self.outlets:
            self.outlets = [*self.outlets, alias]
        return alias


def asset_name(account: str) -> str:
    """Return the name of the asset that has an event when documents of an account were moved."""
    return f"debitoor__{account}"
