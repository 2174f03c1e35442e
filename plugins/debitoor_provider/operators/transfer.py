"""What export and import have in common as Airflow tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import Asset, AssetAlias

from debitoor_provider.operators.base import SyncOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from debitoor_provider.runs.exchange import Exchange
    from debitoor_provider.sync.ledger import Pending


class TransferOperator(SyncOperator):
    """Move the documents that are planned and not moved yet, and tell other DAGs about it.

    When documents were moved, an event of the asset ``debitoor__<account>`` says how many, so that
    ``schedule=[Asset("debitoor__<account>")]`` starts a DAG after each sync that brought something.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # So that Airflow's graph of assets shows it before the first event; a template is known only at run time.
        if isinstance(self.account, str) and "{" not in self.account:
            self._announce()

    def step(self, exchange: Exchange, context: Context) -> dict[str, Any]:
        """Name what has no name yet, move, and count."""
        from debitoor_provider.sync.steps.rename import rename

        rename(exchange.unnamed(context), account=exchange.account, ledger=exchange.ledger, run_id=exchange.run_id)
        self.transfer(exchange, exchange.due(context))
        summary = exchange.ledger.runs.counts(exchange.run_id)
        self.log.info("Moved: %s", summary)
        if summary.get("moved"):
            extra: dict[str, Any] = {"account": self.account, "run_id": exchange.run_id, "documents": summary["moved"]}
            context["outlet_events"][self._announce()].add(Asset(asset_name(self.account)), extra=extra)
        return summary

    def transfer(self, exchange: Exchange, pending: Pending) -> None:
        """Move the documents."""
        raise NotImplementedError

    def _announce(self) -> AssetAlias:
        """Make the account's asset an outlet of the task, unless it is."""
        alias = AssetAlias(asset_name(self.account))
        if alias not in self.outlets:
            self.outlets = [*self.outlets, alias]
        return alias


def asset_name(account: str) -> str:
    """Name the asset whose events tell that documents of an account were moved."""
    return f"debitoor__{account}"
