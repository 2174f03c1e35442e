"""The floor: a DAG file with a plain loop that makes the accounts' DAGs, and reads and checks nothing.

``DAGS`` says how many, ``FORM`` is the trigger form in JSON. With ``FORM_LAST`` each DAG gets it after its tasks, as
the provider does it.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta

import pendulum
from airflow.sdk import DAG, CronDataIntervalTimetable, Param

from debitoor_provider.operators.archive import DebitoorArchiveOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.rename import DebitoorRenameOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.operators.retry_policy import ServiceRetryPolicy

_FORM = json.loads(os.environ["FORM"])
_FORM_LAST = "FORM_LAST" in os.environ

for _number in range(int(os.environ["DAGS"])):
    _account = f"account-{_number:04}"
    _form = {name: Param(**given) for name, given in _FORM.items()}
    with DAG(
        f"debitoor__{_account}",
        description=_account,
        doc_md=f"**GetMyInvoices → Debitoor**, daily\n\n    {_account}\n",
        schedule=CronDataIntervalTimetable("0 0 * * *", timezone="Europe/Berlin"),
        start_date=pendulum.datetime(2020, 1, 1),
        catchup=False,
        max_active_runs=1,
        tags=["debitoor", "export", "daily", _account],
        params=None if _FORM_LAST else _form,
        default_args={
            "retries": 3,
            "retry_delay": timedelta(minutes=2),
            "retry_policy": ServiceRetryPolicy(),
            "weight_rule": "debitoor_provider.operators.priority.DueFirst",
            "max_active_tis_per_dag": 1,
        },
    ) as _dag:
        (
            DebitoorPlanOperator(
                task_id="plan",
                account=_account,
                period_from="{{ params.get('from') or '' }}",
                period_to="{{ params.get('to') or '' }}",
                document_ids="{{ (params.get('document_ids') or []) | join(',') }}",
                preview="{{ params.get('dry_run') or '' }}",
            )
            >> DebitoorRenameOperator(task_id="rename", account=_account)
            >> DebitoorExportOperator(task_id="export", account=_account)
            >> DebitoorArchiveOperator(task_id="archive", account=_account)
            >> DebitoorReportOperator(task_id="report", account=_account, trigger_rule="all_done")
        )
    if _FORM_LAST:
        _dag.params.update(_form)
    globals()[_dag.dag_id] = _dag
