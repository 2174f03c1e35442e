"""From a task's page in Airflow to the documents it worked on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperatorLink

from debitoor_provider.runs.addresses import account_place, below_the_host
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey


class SynchronisationLink(BaseOperatorLink):
    """Leads to the account on the Synchronisation page; from the account's own DAG to the documents of the run."""

    name = "Synchronisation"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the address of the account that the operator was rendered with."""
        account = str(getattr(operator, "account", "") or "")
        if not account:
            return ""
        asked: dict[str, Any] = {"run": ti_key.run_id} if ti_key.dag_id == DAG_ID_PREFIX + account else {}
        return below_the_host(f"{account_place(account)}/documents", **asked)
