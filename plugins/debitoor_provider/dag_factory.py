"""Account files become DAGs: one each, even for an invalid file.

This module is loaded with the DAG file in every task process, so it imports no HTTP client, no ledger and no hook.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import pendulum
from airflow.sdk import (  # type: ignore[attr-defined]  # not in its stub
    DAG,
    AsyncCallback,
    CronDataIntervalTimetable,
    DeadlineAlert,
    Param,
    chain,
    get_parsing_context,
)

from debitoor_provider.configuration import accounts_folder, dag_defaults, small_run
from debitoor_provider.messages import Message
from debitoor_provider.operators.archive import DebitoorArchiveOperator
from debitoor_provider.operators.broken_account import BrokenAccountOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.rename import DebitoorRenameOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.policies.deadline import RunMade
from debitoor_provider.runs.dag_files import Duplicates
from debitoor_provider.sync.account_files.files import AccountFile, failure, find_account, load_folder
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.sync.accounts.late import shortest_interval
from debitoor_provider.sync.accounts.problems import Problem
from debitoor_provider.sync.directions import row_of

if TYPE_CHECKING:
    from debitoor_provider.operators.base import SyncOperator
    from debitoor_provider.sync.accounts.settings import Account

_log = logging.getLogger(__name__)

_APPROVAL = "debitoor_provider.operators.approval:DebitoorApprovalOperator"  # few accounts pay for its import
_TELL_WHEN_LATE = "debitoor_provider.triggers.late.tell_when_late"
_TAG = "debitoor"
_BROKEN = "account_file"
"""The task of an account that cannot run."""
_TAG_LIMIT = 100
_START = pendulum.datetime(1980, 1, 1)
"""Fixed, so that a DAG reads the same at every parse; catchup is off.

It is before any document: a run that is triggered with an earlier logical date is green at once, without its tasks.
"""


class Configured(NamedTuple):
    """What Airflow's configuration says about the DAGs of all accounts, read once for a folder.

    :param small_run: up to how many documents the plan's task moves itself
    :param of_dags: arguments of each DAG
    """

    small_run: int
    of_dags: dict[str, Any]

    @classmethod
    def read(cls) -> Self:
        """Read the configuration."""
        return cls(small_run(), dag_defaults())


class AccountDag(DAG):
    """The DAG of an account, which can be tried with ``airflow dags test`` although it has a deadline."""

    def __hash__(self) -> int:
        """Hash the id alone: Airflow's hash describes the schedule, and is needed for each arrow between two tasks."""
        return hash(self.dag_id)

    def test(self, *args: Any, **kwargs: Any) -> Any:
        """Run without the deadline: Airflow 3.3 looks for its row in the database by something that is no id."""
        self.deadline = None
        return super().test(*args, **kwargs)


def sync_dags(folder: Path | str | None = None, *, beside: Path | str | None = None) -> dict[str, DAG]:
    """Build the DAGs of all account files in a folder; in a task process only the one that is needed.

    :param folder: contains ``<account>.yaml`` files; by default ``[debitoor] accounts_folder``
    :param beside: the DAG file, ``__file__``: where no folder is configured, the one next to it counts, in whatever
        bundle and version the DAG file is read
    :return: DAGs by id, ready for ``globals().update``
    """
    folder = Path(folder) if folder else accounts_folder(beside)
    context = get_parsing_context()
    wanted = context.dag_id
    if wanted and wanted.startswith(DAG_ID_PREFIX):
        file = find_account(folder, wanted.removeprefix(DAG_ID_PREFIX))
        if file.dag_id == wanted:
            # The step that plans looks for other files of the account itself: the other steps need not.
            return {wanted: build_dag(_as_processed(folder, file) if context.task_id == _BROKEN else file)}
    found = load_folder(folder)
    if not found:
        _log.warning("There are no account files in %s, so there are no DAGs.", folder)
        return {}
    duplicates, configured = Duplicates(folder), Configured.read()
    return {file.dag_id: build_dag(duplicates.checked(file), configured) for file in found}


def _as_processed(folder: Path, file: AccountFile) -> AccountFile:
    """Return an account with a problem, since the DAG processor found one."""
    file = Duplicates(folder).checked(file)
    if file.problems:
        return file
    message = Message("account_file_well_here", path=file.path)
    return replace(file, problems=(Problem(file.path.name, None, None, "", message),))


def build_dag(file: AccountFile, configured: Configured | None = None) -> DAG:
    """Build the DAG of one account file; a file with problems becomes a DAG that shows them and runs nothing.

    :param file: as :func:`~debitoor_provider.sync.account_files.files.load_folder` read it
    :param configured: what Airflow's configuration says; by default it is read
    """
    dag, _ = try_build(file, configured)
    return dag


def try_build(file: AccountFile, configured: Configured | None = None) -> tuple[DAG, AccountFile]:
    """Build the DAG of one account file, and return the file with the problem that building it met, if any."""
    if file.account and not file.problems:
        try:
            return _sync_dag(file, file.account, configured or Configured.read()), file
        except Exception as error:  # noqa: BLE001  whatever it is, the other accounts have their DAGs
            file = replace(file, account=None, problems=(failure(file.path, error),))
    return _broken_dag(file), file


def _sync_dag(file: AccountFile, account: Account, configured: Configured) -> DAG:
    row, cron, folder = row_of(account), account.cron, str(file.path.parent)
    common: dict[str, Any] = {"account": file.account_id, "settings": account}
    with AccountDag(
        file.dag_id,
        description=account.name,
        doc_md=_describe(account),
        schedule=CronDataIntervalTimetable(cron, timezone=account.timezone) if cron else None,
        start_date=_START,
        catchup=False,
        max_active_runs=1,
        **configured.of_dags,
        deadline=_deadline(file, account),
        tags=[_TAG, *map(_tag, (account.type, account.schedule, account.name))],
        default_args={
            "retries": account.retries,
            "retry_delay": timedelta(minutes=2),
            "weight_rule": "debitoor_provider.policies.priority.DueFirst",  # by name: only a scheduler needs it
            "max_active_tis_per_dag": 1,  # a backfill has its own limit of runs: its tasks wait for each other here
            **({"pool": account.pool} if account.pool else {}),
        },
    ) as dag:
        plan = DebitoorPlanOperator(
            task_id="plan",
            **common,
            period_from="{{ params.get('from') or '' }}",
            period_to="{{ params.get('to') or '' }}",
            document_ids="{{ (params.get('document_ids') or []) | join(',') }}",
            preview="{{ params.get('dry_run') or '' }}",
            start_from_trigger=bool(cron),
            folder=folder,
            carries_out=configured.small_run,
        )
        # After a failure too, but not after a plan with nothing to do, which has reported already.
        report = DebitoorReportOperator(task_id="report", **common, trigger_rule="none_skipped")
        way: list[SyncOperator] = [plan]
        if account.limits.exceeded == "approval":
            # A backfill's plan and a due one may both wait, each for an answer of its own. An answer within seconds may
            # take a second try, see the operator.
            tries = {"retries": max(1, account.retries), "retry_delay": timedelta(seconds=15)}
            way.append(resolve_name(_APPROVAL)(task_id="approval", **common, **tries, max_active_tis_per_dag=None))
        if row.renames:
            way.append(DebitoorRenameOperator(task_id="rename", **common))
        way.append(resolve_name(row.operator)(task_id=row.task_id, **common))
        if account.archives:
            way.append(DebitoorArchiveOperator(task_id="archive", **common))
        way.append(report)
        # Each step hangs on the plan itself, too: so the scheduler skips all at once where there is nothing to do, and
        # need not visit the run once for each.
        plan >> way[1:]
        chain(*way[1:])
    # Last, because Airflow copies the form into each task made after it, and checks its defaults for each DAG anew: two
    # thirds of the time of a parse. A run's values are checked when it is triggered and when a task begins.
    dag.params.update(_trigger_form())
    return dag


def _deadline(file: AccountFile, account: Account) -> DeadlineAlert | None:
    """Return when to check whether the account is late because a run is not done; none for *manual*.

    That is one interval after the run was made: another one lies between it and the end of the run before. By the run's
    logical date each run of a backfill would be late at once.
    """
    interval = shortest_interval(account)
    if interval is None:
        return None
    callback = AsyncCallback(_TELL_WHEN_LATE, {"account": file.account_id, "folder": str(file.path.parent)})
    return DeadlineAlert(name="late", reference=RunMade(), interval=interval, callback=callback)


def _broken_dag(file: AccountFile) -> DAG:
    from airflow.sdk.log import redact  # type: ignore[attr-defined]  # documented, but not in its __all__

    problems = [str(redact(str(problem))) for problem in file.problems]
    with DAG(
        file.dag_id,
        description=f"Broken account file: {problems[0]}"[:500],
        doc_md=_markdown(["**This account does not run: its file has to be corrected.**", *map(_literally, problems)]),
        schedule=None,
        start_date=_START,
        tags=[_TAG, "broken"],
    ) as dag:
        BrokenAccountOperator(task_id=_BROKEN, problems=problems)
    return dag


def _tag(text: str) -> str:
    """Return a text as a tag, which Airflow limits."""
    return text if len(text) <= _TAG_LIMIT else f"{text[: _TAG_LIMIT - 1]}…"


def _trigger_form() -> dict[str, Param]:
    return {
        "from": Param(
            None, type=["null", "string"], format="date", title="From", description="First document date; empty: open"
        ),
        "to": Param(
            None, type=["null", "string"], format="date", title="To", description="Last document date; empty: open"
        ),
        "document_ids": Param(
            None,
            type=["null", "array"],
            # Without a type of its own, so that Airflow's form still has a line for each.
            items={"anyOf": [{"type": "string"}, {"type": "integer"}]},
            title="Documents",
            description="Only these documents, by their ids at the source, one on each line; empty: all",
        ),
        "dry_run": Param(
            False,
            type="boolean",
            title="Dry run",
            description="Show names, figures and targets; move nothing",
        ),
    }


def _describe(account: Account) -> str:
    lines = [f"**{row_of(account).title}**, {account.schedule}", _literally(account.name)]
    if account.note:
        lines.append(_literally(account.note))
    return _markdown(lines)


def _markdown(paragraphs: list[str]) -> str:
    """Join paragraphs; the last line is ended, because Airflow opens what ends in .md as a file."""
    return "\n\n".join(paragraphs) + "\n"


def _literally(text: str) -> str:
    """Show a person's text as it is: an indented block is never markup."""
    return "\n".join(f"    {line}" for line in text.splitlines())
