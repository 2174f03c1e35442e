"""What happens when a run is not done in time: the triggerer finds out whether its account is late, and tells people.

Airflow loads this module with every DAG file, to look at the callback; so it imports what it needs when it is called.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_log = logging.getLogger(__name__)


async def tell_when_late(account: str, folder: str, context: Mapping[str, Any]) -> str:
    """Wait until an account is late, unless a run of it finishes before; then notify its people, if it has any.

    Airflow's deadline passes for a run that failed too, and not always at the moment from which the account is late:
    it is a fixed time after the run was made, and intervals of a schedule differ. So the ledger decides.

    :param account: id of the sync account
    :param folder: folder of its file
    :param context: the run that was not done in time, and its deadline, as Airflow passes them
    :return: what was found
    """
    from debitoor_provider.runs.late import look

    run = context["dag_run"]
    while True:
        found = await asyncio.to_thread(look, account, folder, run)
        if found.until is None:
            _log.info("Account %s: %s", account, found.result)
            return found.result
        wait = (found.until - datetime.now(UTC)).total_seconds()
        await asyncio.sleep(max(1.0, wait))
