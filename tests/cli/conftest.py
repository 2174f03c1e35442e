from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.configuration import ledger_url
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
def ledger(acme: object) -> Iterator[Ledger]:
    opened = Ledger.open(ledger_url())
    yield opened
    opened.close()


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
