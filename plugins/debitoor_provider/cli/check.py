"""``airflow debitoor check``: whether source and target are the same, for people, programs and the tax adviser.

Exit codes: 0 the same; 1 they differ; 2 could not be checked.
"""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING

from airflow.utils.cli import suppress_logs_and_warning

from debitoor_provider.cli.console import (
    actor,
    opened_ledger,
    period_of,
    print_fitting,
    settings_of,
    show_whole,
    terminal,
)
from debitoor_provider.cli.stderr import hint
from debitoor_provider.messages import Message
from debitoor_provider.runs.check import (
    counts_text,
    documents_csv,
    documents_table,
    plan_again,
    sums_csv,
    sums_table,
)
from debitoor_provider.runs.jobs import job_of
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.sync.check.check import check as checked
from debitoor_provider.sync.check.rows import DIFFERENCES

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator

    from debitoor_provider.runs.tables import RankedTable
    from debitoor_provider.sync.check.rows import Check, Row
    from debitoor_provider.sync.steps.job import Job

DIFFERS, NOT_CHECKED = 1, 2


@suppress_logs_and_warning
def check(args: Namespace) -> None:
    """Compare source, target and ledger of an account; with ``--repair`` send what is missing."""
    try:
        start, end = period_of(args)
        with opened_ledger() as ledger:
            account = settings_of(args.account)
            with (
                job_of(args.account, account, ledger, run_id="check", actor=actor()) as job,
                checked(job, start, end) as found,
            ):
                _show(args, found)
                differs = found.differs
                if args.repair:
                    _repair(args, job, found)
    except SystemExit as end_of_command:
        if isinstance(end_of_command.code, str):
            hint(end_of_command.code)
            raise SystemExit(NOT_CHECKED) from None
        raise
    if differs:
        raise SystemExit(DIFFERS)


def _show(args: Namespace, found: Check) -> None:
    rows = _wanted(args, found)
    if args.output in {"json", "yaml"}:
        show_whole(args, found.as_summary() | {"documents": [row.as_row() for row in rows]})
    elif args.output in {"csv", "csv-sums"}:
        for part in documents_csv(found.rows) if args.output == "csv" else sums_csv(found.sums):
            sys.stdout.write(part)
    else:
        console = terminal()
        if made := list(islice(rows, args.limit)):
            _print(documents_table(made))
        _print(sums_table(found.sums))
        console.print(counts_text(found))
        total = sum(found.counts[outcome] for outcome in (found.counts if args.all else DIFFERENCES))
        if total > args.limit:
            hint(Message("list_is_cut", limit=args.limit, total=total))


def _print(made: RankedTable) -> None:
    print_fitting(made, made.least)


def _wanted(args: Namespace, found: Check) -> Iterator[Row]:
    return iter(found.rows) if args.all else found.differences()


def _repair(args: Namespace, job: Job, found: Check) -> None:
    """Send what is missing, after a person has seen it and agreed."""
    missing = list(found.missing())
    if not missing:
        hint(Message("check_nothing_missing"))
        return
    _show_missing(missing)
    if not args.yes and not _agrees(len(missing)):
        hint(Message("check_nothing_sent"))
        return
    source_ids = plan_again(job, missing, actor())
    _trigger(DAG_ID_PREFIX + args.account, source_ids)
    hint(Message("check_run_sends", dag=DAG_ID_PREFIX + args.account, count=len(source_ids)))


def _show_missing(missing: Iterable[Row]) -> None:
    from rich.console import Console

    console = Console(stderr=True)
    console.print(Message("check_missing").text())
    console.print(documents_table(missing))


def _agrees(number: int) -> bool:
    hint(Message("check_ask", count=number))
    return sys.stdin.readline().strip().lower() in {"y", "yes", *Message("check_yes").text().split(", ")}


def _trigger(dag_id: str, source_ids: list[str]) -> None:
    """Start a run of the account's DAG that names the documents.

    :raises SystemExit: when Airflow does not start it
    """
    from airflow.api.client import get_current_api_client
    from airflow.exceptions import DagNotFound
    from airflow.sdk.exceptions import AirflowException

    try:
        get_current_api_client().trigger_dag(dag_id=dag_id, conf={"document_ids": source_ids})
    except DagNotFound:
        raise SystemExit(str(Message("check_dag_unknown", dag=dag_id))) from None
    except AirflowException as error:
        raise SystemExit(Message("check_not_started", detail=error).text()) from None
