"""From a task's page in Airflow to the documents it worked on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from airflow.sdk import BaseOperatorLink
from airflow.sdk.configuration import conf

from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey

PAGE = "/plugin/synchronisation"
"""Where the page is, below Airflow's own address."""


class SynchronisationLink(BaseOperatorLink):
    """Leads to the account on the Synchronisation page; from the account's own DAG to the documents of the run."""

    name = "Synchronisation"

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return the address, for whatever account the operator has been rendered with."""
        account = str(getattr(operator, "account", "") or "")
        if not account:
            return ""
        base = urlsplit(conf.get("api", "base_url", fallback="") or "").path.rstrip("/")
        asked: dict[str, Any] = {"run": ti_key.run_id} if ti_key.dag_id == DAG_ID_PREFIX + account else {}
        query = f"?{urlencode(asked)}" if asked else ""
        return f"{base}{PAGE}/accounts/{quote(account, safe='')}/documents{query}"
