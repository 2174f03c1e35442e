"""A step's job: the account, its ledger and the run from Airflow's context, and the services opened when needed."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from debitoor_provider.configuration import accounts_folder, ecb_rates, ledger_url
from debitoor_provider.messages import Message
from debitoor_provider.runs.windows import is_of_low_priority, kind_of
from debitoor_provider.services.errors import Misconfigured, ServiceError, StopError
from debitoor_provider.sync.account_files.files import find_account
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.sync.accounts.settings import digest
from debitoor_provider.sync.accounts.values import quoted
from debitoor_provider.sync.directions import row_of
from debitoor_provider.sync.ledger import RUN, Ledger
from debitoor_provider.sync.steps.job import Job
from debitoor_provider.sync.steps.report import refusal_met
from debitoor_provider.sync.window import RunKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow.sdk import Context

    from debitoor_provider.hooks.base import ServiceHook
    from debitoor_provider.sync.account_files.files import AccountFile
    from debitoor_provider.sync.accounts.settings import Account

    HookOf = Callable[[type[ServiceHook[Any]], str], ServiceHook[Any]]
    RefusalOf = Callable[[str], Message | None]


class Services:
    """The clients of an account's services, each opened on first use; a context manager that closes them.

    :param low_priority: leave a part of each allowance of calls to other runs
    :param hook_of: makes the hook of a connection
    :param refusal: returns why a service is not to be called, by its name
    """

    def __init__(
        self,
        account_id: str,
        account: Account,
        *,
        low_priority: bool = False,
        hook_of: HookOf | None = None,
        refusal: RefusalOf | None = None,
    ) -> None:
        self._account_id = account_id
        self._account = account
        self._low_priority = low_priority
        self._hook_of = hook_of or new_hook
        self._refusal = refusal
        self._clients: dict[str, Any] = {}
        self._open = ExitStack()

    def __call__(self, service: str) -> Any:
        """Return the client of a service.

        :raises Misconfigured: when its connection does not exist
        :raises StopError: when it is not to be called
        """
        if service not in self._clients:
            self._clients[service] = self._opened(service)
        return self._clients[service]

    def close(self) -> None:
        """Close all clients."""
        self._open.close()

    def _opened(self, service: str) -> Any:
        # Airflow's HTTP hook takes a quarter of a second to import, which steps without HTTP need not pay.
        from debitoor_provider.hooks.base import NoConnection

        hook = resolve_name(row_of(self._account).hooks[service])
        connection_id = self._account.connection_of(service)
        if self._refusal and (reason := self._refusal(hook.hook_name)):
            raise StopError(reason)
        try:
            opened = self._open.enter_context(self._hook_of(hook, connection_id))
            opened.low_priority = self._low_priority
            return opened.client
        except NoConnection:
            message = Message("connection_missing", account=self._account_id, connection=connection_id)
            raise Misconfigured(message, service=hook.hook_name, operation="open_account") from None
        except ServiceError as error:  # a connection that cannot be used knows no service
            error.service = error.service or hook.hook_name
            raise


def kept_hook(hook: type[ServiceHook[Any]], connection_id: str) -> ServiceHook[Any]:
    """Make a hook whose connection the process keeps for some minutes."""
    return hook.kept(connection_id)


def new_hook(hook: type[ServiceHook[Any]], connection_id: str) -> ServiceHook[Any]:
    """Make a hook in Airflow's own way."""
    return hook(connection_id)


@contextmanager
def open_job(
    account_id: str,
    settings: Account | None,
    context: Context,
    hook_of: HookOf | None = None,
    *,
    follows: bool = False,
) -> Iterator[Job]:
    """Open what a step of an Airflow run works with.

    :param hook_of: makes the hook of a connection, where Airflow's own way is not the right one
    :param follows: whether steps before it may have found that a service is not to be called
    :raises Misconfigured: when the account's settings cannot be used
    """
    account = account_of(account_id, settings)
    low_priority, ledger, run_id = (
        is_of_low_priority(context),
        Ledger.open(ledger_url()),
        run_id_of(context, account_id),
    )
    # On a later try something may have been corrected.
    heeds = follows and getattr(context["ti"], "try_number", 0) == 1
    with job_of(
        account_id,
        account,
        ledger,
        run_id=run_id,
        kind=kind_of(context),
        low_priority=low_priority,
        hook_of=hook_of,
        refusal=partial(refusal_met, ledger, run_id) if heeds else None,
    ) as job:
        yield job


@contextmanager
def job_of(
    account_id: str,
    account: Account,
    ledger: Ledger,
    *,
    run_id: str,
    kind: RunKind = RunKind.MANUAL,
    low_priority: bool = False,
    hook_of: HookOf | None = None,
    refusal: RefusalOf | None = None,
    actor: str = RUN,
) -> Iterator[Job]:
    """Open what a step works with, outside a run of Airflow too.

    :param run_id: the run's id in the ledger
    :param actor: the person who started it, as the history names a person
    :param hook_of: makes the hook of a connection, where Airflow's own way is not the right one
    :param refusal: returns why a service is not to be called, by its name
    """
    services = Services(account_id, account, low_priority=low_priority, hook_of=hook_of, refusal=refusal)
    try:
        direction = row_of(account).open(account, services, {"ecb_rates": ecb_rates()})
        yield Job(account_id, account, direction, ledger, run_id, kind, actor=actor)
    finally:
        services.close()


def account_of(account_id: str, settings: Account | None, folder: str = "") -> Account:
    """Return the settings of an account, from what an operator was given or from the account's file.

    :param folder: folder of the file; by default the configured one
    :raises Misconfigured: naming file, line, field and remedy of every problem
    """
    if settings is not None:
        return settings
    return usable(find_account(Path(folder) if folder else accounts_folder(), account_id))


def require_its_own(account_id: str, settings: Account, context: Context) -> None:
    """Refuse an account of another DAG that is given other settings than those of its file: both would decide.

    :raises Misconfigured: naming the file
    """
    if context["dag_run"].dag_id == DAG_ID_PREFIX + account_id:
        return
    file = find_account(accounts_folder(), account_id)
    has_file = file.path.is_file() and file.account_id == account_id
    if has_file and (file.account is None or digest(file.account) != digest(settings)):
        message = Message("argument_of_a_file", account=quoted(account_id), path=str(file.path), argument="account=")
        raise Misconfigured(message, operation="open_account")


def usable(file: AccountFile) -> Account:
    """Return the settings of an account file.

    :raises Misconfigured: naming file, line, field and remedy of every problem
    """
    if file.account is None or file.problems:
        problems = "\n".join(map(str, file.problems))
        raise Misconfigured(
            Message("account_unusable", account=file.account_id, problems=problems), operation="read_account_file"
        )
    return file.account


def run_id_of(context: Context, account_id: str) -> str:
    """Return a run's id in the ledger: ``<dag id>/<run id>``, and ``#<account>`` in a DAG that may serve several."""
    dag_run = context["dag_run"]
    is_its_own = dag_run.dag_id == DAG_ID_PREFIX + account_id
    return f"{dag_run.dag_id}/{dag_run.run_id}" + ("" if is_its_own else f"#{account_id}")
