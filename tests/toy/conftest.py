"""The toy direction's one row in the table, and a company whose documents go into a folder."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.directions import DIRECTIONS, DirectionRow
from tests.cli.conftest import cli
from tests.toy.settings import FolderAccount
from tests.ui.conftest import accounts, airflow, dag_models, ledger, page

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["accounts", "airflow", "cli", "dag_models", "ledger", "page"]

ROW = DirectionRow(
    settings=FolderAccount,
    implementation="tests.toy.direction:FolderDirection",
    hooks={
        "getmyinvoices": "debitoor_provider.hooks.getmyinvoices:GetMyInvoicesHook",
        "folder": "tests.toy.hook:FolderHook",
    },
    source="getmyinvoices",
    source_title="GetMyInvoices",
    target_title="Folder",
    task_id="file",
    operator="debitoor_provider.operators.transfer:TransferOperator",
    renames=True,
    archives=True,
    source_id=re.compile("[0-9]{1,18}"),
    source_id_example="4711",
)


@pytest.fixture(autouse=True)
def row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enter the toy direction into the table, for one test."""
    monkeypatch.setitem(DIRECTIONS, "folder", ROW)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the company's folder, with Airflow's connection to it."""
    path = tmp_path / "books"
    path.mkdir()
    monkeypatch.setenv("AIRFLOW_CONN_FOLDER", json.dumps({"conn_type": "folder", "host": str(path)}))
    return path


@pytest.fixture
def settings(acme: object, folder: Path) -> dict[str, object]:
    """Return settings of a toy account of the company."""
    return {
        "type": "folder",
        "name": "Acme, filed",
        "connections": {"getmyinvoices": "gmi", "folder": "folder"},
        "frequency": "manual",
        "rename": "{company}_{document_number}",
        "tag": "books",
        "archive_after_transfer": True,
    }


@pytest.fixture
def filed(settings: dict[str, object], tmp_path: Path) -> Callable[..., str]:
    """Write the account file ``filed``; return the account's id."""

    def write(**changes: object) -> str:
        (tmp_path / "accounts" / "filed.yaml").write_text(json.dumps(settings | changes))
        return "filed"

    return write
