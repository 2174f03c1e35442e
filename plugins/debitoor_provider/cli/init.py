"""``airflow debitoor init``: write what an exchange begins with, and say what to do next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.configuration import conf
from airflow.models.connection import Connection
from airflow.utils.cli import suppress_logs_and_warning
from airflow.utils.session import create_session
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from debitoor_provider.cli.companies import SandboxCompany, companies_at, connections_to, patterns_of, register
from debitoor_provider.cli.console import say
from debitoor_provider.cli.starter import (
    DAG_FILE,
    DAG_NAME,
    SCHEMA_NAME,
    account_ids,
    account_texts,
    connection_ids,
)
from debitoor_provider.configuration import accounts_folder
from debitoor_provider.messages import Message, reason_of
from debitoor_provider.services.http.origin import site
from debitoor_provider.sync.account_files.schema import json_schema
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

_ADD = "airflow connections add"
_EXAMPLE = "acme"
_CALLBACK = "/debitoor/oauth/callback"  # of the page
_SANDBOX = "http://127.0.0.1:8090"  # where it listens by default


@suppress_logs_and_warning
def init(args: Namespace) -> None:
    """Write the DAG file, account files and their schema; what exists stays as it is."""
    dags = Path(conf.get("core", "dags_folder"))
    dag_file = Path(args.folder or dags).expanduser().absolute() / DAG_NAME
    accounts = accounts_folder(beside=dag_file)
    address = (args.sandbox or "").rstrip("/")
    companies = _companies(address) if address else {}
    texts = _texts(companies)
    if companies:
        _connect(address, companies)
        register(address, companies.values(), _redirect_uri())
    _write(dag_file, DAG_FILE)
    for account, text in texts.items():
        _write(accounts / f"{account}.yaml", text)
    _write(accounts / SCHEMA_NAME, _schema())
    say("")
    if dag_file.parent.resolve() != dags.resolve():
        say(Message("start_elsewhere", folder=dag_file.parent, dags=dags))
    say(Message("start_next"))
    for number, (step, commands) in enumerate(_steps(next(iter(companies), "")), 1):
        say(f"{number}. {step}")
        for command in commands:
            say(f"   {command}")


def _companies(address: str) -> dict[str, SandboxCompany]:
    """Return the companies of a sandbox by a part of the ids of their accounts, another for each.

    :raises SystemExit: when there are none
    """
    companies: dict[str, SandboxCompany] = {}
    for company in companies_at(address):
        slug = company.slug
        companies[f"{slug}-{company.id}" if slug in companies else slug] = company
    if not companies:
        raise SystemExit(str(Message("sandbox_without_companies", address=address)))
    return companies


def _redirect_uri() -> str:
    """Return where Airflow takes consent; host and port are what it has to be registered with."""
    base = conf.get("api", "base_url", fallback="") or f"http://localhost:{conf.getint('api', 'port')}"
    return base.rstrip("/") + _CALLBACK


def _texts(companies: Mapping[str, SandboxCompany]) -> Mapping[str, str]:
    if not companies:
        return account_texts(_EXAMPLE, "Acme GmbH", "books@acme.example", frequency="manual", archive=False)
    texts: dict[str, str] = {}
    for slug, company in companies.items():
        texts |= account_texts(slug, company.name, company.debitoor_email, frequency="hourly", archive=True)
    return texts


def _schema() -> str:
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    """Write a new file.

    :raises SystemExit: naming the file, when that is impossible
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        code = _written(path, text)
    except OSError as error:
        raise SystemExit(str(Message("start_not_written", path=path, detail=reason_of(error)))) from None
    say(Message(code, path=path))


def _written(path: Path, text: str) -> str:
    """Write a file unless it exists; return the code of the outcome."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        is_old = path.name == SCHEMA_NAME and path.read_bytes() != text.encode()
        return "start_schema_old" if is_old else "start_kept"
    return "start_written"


def _connect(address: str, companies: Mapping[str, SandboxCompany]) -> None:
    """Enter the connections to a sandbox; one that leads elsewhere stays as it is.

    :raises SystemExit: when Airflow's database cannot be used
    """
    known = patterns_of(address, next(iter(companies.values())))
    for slug, company in companies.items():
        known |= connections_to(address, company, connection_ids(slug))
    try:
        with create_session() as session:
            done = {name: _connected(session, address, name, fields) for name, fields in sorted(known.items())}
    except SQLAlchemyError as error:
        reason = type(getattr(error, "orig", error)).__name__
        raise SystemExit(str(Message("start_no_database", detail=reason))) from None
    for name, code in done.items():
        say(Message(code, name=name))


def _connected(session: Session, address: str, name: str, fields: Mapping[str, Any]) -> str:
    """Make or renew a connection; return the code of the outcome."""
    row = session.scalar(select(Connection).where(Connection.conn_id == name))
    if row is not None and (row.conn_type, site(row.host or "")) != (fields["conn_type"], site(address)):
        return "start_connection_kept"
    code = "start_connection_renewed" if row else "start_connection_made"
    if row is None:
        row = Connection(conn_id=name, conn_type=fields["conn_type"])
        session.add(row)
    row.host, row.login = fields["host"], fields.get("login")
    row.set_password(fields.get("password"))
    row.set_extra(json.dumps(fields["extra"]))
    return code


def _steps(sandbox_slug: str) -> Iterator[tuple[Message, list[str]]]:
    """Return what to do next, each with its commands.

    :param sandbox_slug: of the first company of the sandbox; empty for the example
    """
    slug = sandbox_slug or _EXAMPLE
    accounts = account_ids(slug)
    if not sandbox_slug:
        ids = connection_ids(slug)
        yield (
            Message("start_step_connections"),
            [
                f"{_ADD} {ids['getmyinvoices']} --conn-type getmyinvoices --conn-login … --conn-password …",
                f"{_ADD} {ids['debitoor']} --conn-type debitoor --conn-password …",
            ],
        )
        yield Message("start_step_accounts"), []
    yield Message("start_step_validate"), ["airflow debitoor accounts validate --connections"]
    yield Message("start_step_preview"), [f"airflow debitoor accounts preview {accounts[0]}"]
    yield Message("start_step_run"), [f"airflow dags unpause {DAG_ID_PREFIX}{account}" for account in accounts]
    if not sandbox_slug:
        commands = [
            "airflow debitoor sandbox --documents 20 --invoices 5",
            f"airflow debitoor init --sandbox {_SANDBOX}",
        ]
        yield Message("start_step_sandbox"), commands
