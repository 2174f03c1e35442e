"""What a run tells Airflow's own metrics (``[metrics]`` of its configuration); see ``docs/monitoring.md``.

Tags tell accounts and connections apart, as ``dag_id`` and ``task_id`` do in Airflow's metrics.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airflow.sdk.observability import stats

if TYPE_CHECKING:
    from collections.abc import Mapping

    from debitoor_provider.runs.exchange import Exchange

COUNTED = ("moved", "held", "rejected")
"""What a run's documents are counted by, as ``debitoor.documents.<name>``."""


def tell_run(exchange: Exchange, counts: Mapping[str, int]) -> None:
    """Tell what a run did, what needs attention now, and when the account was last brought up to date.

    :param counts: documents by what happened to them in this run
    """
    from debitoor_provider.sync.ledger import ATTENTION, LedgerError
    from debitoor_provider.sync.steps.report import WENT_THROUGH

    account = stats.normalize_name_for_stats(exchange.account_id, log_warning=False)  # StatsD takes ASCII only
    tags = {"account": account, "direction": exchange.account.type}
    for name in COUNTED:
        stats.incr(f"debitoor.documents.{name}", counts.get(name, 0), tags=tags)
    with suppress(LedgerError):  # the run's verdict does not depend on its metrics
        attention = sum(exchange.ledger.documents.count(account=exchange.account_id, states=ATTENTION).values())
        stats.gauge("debitoor.documents.attention", attention, tags=tags)
        last = exchange.ledger.runs.last_judged(exchange.account_id, WENT_THROUGH)
        if last and last.finished_at:
            since = datetime.now(UTC) - last.finished_at
            stats.gauge("debitoor.last_success.seconds_ago", max(0, round(since.total_seconds())), tags=tags)
            # Still says how long ago it was when no run comes any more to tell.
            stats.gauge("debitoor.last_success.timestamp", round(last.finished_at.timestamp()), tags=tags)
