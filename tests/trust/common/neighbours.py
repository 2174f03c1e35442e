"""Accounts that run side by side in one process, as threads, and failures of some of them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import DownstreamTasksSkipped
from airflow.sdk.execution_time.context import OutletEventAccessors

from tests.airflow_context import TaskInstance
from tests.trust.common.worker import tasks_of

if TYPE_CHECKING:
    from airflow.sdk import DAG

    from tests.trust.common.account_at_work import AccountAtWork


@dataclass
class Result:
    """What a run of an account left with Airflow.

    :param errors: why each task failed that did
    :param xcoms: what its tasks returned and pushed
    :param events: the asset events, as they would be stored
    """

    errors: dict[str, Exception] = field(default_factory=dict)
    xcoms: list[Any] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)

    def __str__(self) -> str:
        return json.dumps([list(map(str, self.errors.values())), self.xcoms, self.events], default=str)


def run(dag: DAG, run_id: str) -> Result:
    """Execute the tasks of a DAG one after the other, as Airflow would in a run without retries."""
    result = Result()
    states: dict[str, str] = {}
    for task_id in tasks_of(dag):
        if task_id != "report" and set(states.values()) & {"failed", "skipped"}:
            continue
        ti = TaskInstance(states=states)
        events = OutletEventAccessors()
        context: Any = {
            "dag": dag,
            "dag_run": SimpleNamespace(dag_id=dag.dag_id, run_id=run_id, run_type="scheduled"),
            "ti": ti,
            "params": {},
            "outlet_events": events,
            "data_interval_start": None,
            "data_interval_end": None,
        }
        task = dag.get_task(task_id)
        try:
            task.render_template_fields(context)
            result.xcoms.append(task.execute(context))
            states[task_id] = "success"
        except DownstreamTasksSkipped:
            states[task_id] = "skipped"
        except Exception as error:  # noqa: BLE001 - as Airflow does
            result.errors[task_id] = error
            states[task_id] = "failed"
        result.xcoms.append(ti.pushed)
        result.events += [(str(key), event.extra, event.asset_alias_events) for key, event in events.items()]
    return result


@dataclass(frozen=True)
class Trouble:
    """A failure of one account.

    :param begin: lets it begin
    :param end: ends it
    """

    begin: Callable[[AccountAtWork, pytest.MonkeyPatch], object]
    end: Callable[[AccountAtWork], object]


def down(pattern: str, **details: Any) -> Trouble:
    """Let calls of one company fail."""
    fault = {"status": 500, **details}
    return Trouble(
        lambda exchange, _: exchange.stage.fault("status", pattern, **fault),
        lambda exchange: exchange.stage.sandbox.clear_faults(),
    )


def hostile_documents(exchange: AccountAtWork, _: pytest.MonkeyPatch) -> None:
    """Add documents that cannot be moved to those that can."""
    stage = exchange.stage
    stage.document(b"")
    stage.document(b"<html>Bad Gateway</html>")
    stage.document(tax_rates=["19", "7", "0"])
    exchange.arrive(
        supplier="{{ conn.debitoor.password }}/../../\u202e\x00", document_number="'; DROP TABLE x; --" * 50
    )  # odd, but in order
    stage.document(gross_amount="0.00", net_amount="0.00", tax_rates=[])


def take_token_of(other: Callable[[], AccountAtWork]) -> Callable[[AccountAtWork, pytest.MonkeyPatch], None]:
    """Return a trouble: a person mixes up two tokens."""

    def mix_up(exchange: AccountAtWork, patches: pytest.MonkeyPatch) -> None:
        name = f"AIRFLOW_CONN_DEBITOOR_{exchange.stage.company.id}"
        patches.setenv(
            name, json.dumps({**json.loads(os.environ[name]), "password": other().stage.company.debitoor_token})
        )

    return mix_up


TROUBLES: dict[str, Trouble] = {
    "token revoked": Trouble(
        lambda exchange, _: exchange.stage.company.revoke_token(),
        lambda exchange: (exchange.stage.company.new_token(), exchange.stage.connect()),
    ),
    "key blocked": Trouble(
        lambda exchange, _: exchange.stage.company.block_key(), lambda exchange: exchange.stage.company.unblock_key()
    ),
    "quota used up": Trouble(
        lambda exchange, _: exchange.stage.company.limit(gmi_per_day=0),
        lambda exchange: exchange.stage.company.lift_limits(),
    ),
    "GetMyInvoices down": down("gmi.*"),
    "Debitoor down": down("debitoor.*"),
    "nothing is booked": down("debitoor.expenses.create", status=503),
    "no connection": Trouble(
        lambda exchange, patches: patches.delenv(f"AIRFLOW_CONN_GMI_{exchange.stage.company.id}"), lambda _: None
    ),
    "hostile documents": Trouble(hostile_documents, lambda _: None),
}
