from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from airflow.models.dagrun import DagRun
from airflow.utils.session import create_session

from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.sync.ledger import Ledger, PlannedDocument

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable, Iterator


@dataclass
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        read: list[dict[str, Any]] = json.loads(self.out)
        return read

    @property
    def sentence(self) -> str:
        """The one sentence with which a failed command ends."""
        assert self.code != 0
        assert self.out == ""
        assert "Traceback" not in self.err
        return self.err.strip()


@cache
def parser() -> ArgumentParser:
    from airflow.cli.cli_parser import get_parser

    return get_parser()


@pytest.fixture
def cli(
    airflow_database: object, acme: object, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Run ``airflow debitoor …`` in this process, through Airflow's own parser, on no terminal."""
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*words: str) -> Result:
        capsys.readouterr()
        try:
            args = parser().parse_args(["debitoor", *words])
            args.func(args)
            code: Any = 0
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        return Result(1 if isinstance(code, str) else code, out, f"{err}{code}" if isinstance(code, str) else err)

    return run


@pytest.fixture
def planned(ledger: Ledger) -> Callable[..., None]:
    """Enter documents into the ledger as a plan would, with the given names."""

    def enter(*source_ids: str, account: str = "acme", **fields: Any) -> None:
        ledger.plans.enter(
            account,
            "export",
            "run-1",
            [PlannedDocument(source_id=id_, exchange_key=f"k:{id_}", snapshot="{}", **fields) for id_ in source_ids],
        )

    return enter


@pytest.fixture
def ran(airflow_database: object) -> Iterator[Callable[..., str]]:
    """Enter runs of accounts into Airflow; return the ids under which the ledger has them."""
    now = datetime.now(UTC)

    def enter(account_id: str, state: str, **fields: Any) -> str:
        dag_id = DAG_ID_PREFIX + account_id
        run = DagRun(dag_id=dag_id, run_id="run", run_type="manual", state=state)
        for name, value in ({"start_date": now, "run_after": now} | fields).items():
            setattr(run, name, value)
        with create_session() as session:
            session.add(run)
        return f"{dag_id}/run"

    yield enter
    with create_session() as session:
        session.execute(sa.delete(DagRun))
