"""What the tests share: a home of Airflow, settled before its first import, and a company with both services."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.hooks.kept import KEPT
from debitoor_provider.sandbox.server import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

pytest_plugins = [
    "tests.services.scripted",  # first: others import it
    "tests.airflow_context",
    "tests.empty_ledger",
    "tests.moved_document",
    "tests.notified",
    "tests.postgresql",
    "tests.redis_server",
    "tests.trust.common.tally",
]

_NUMBERS = itertools.count(1)

_HOME = Path(tempfile.mkdtemp(prefix="airflow-home-"))

os.environ |= {
    "AIRFLOW_HOME": str(_HOME),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    "AIRFLOW__CORE__DAGS_FOLDER": str(_HOME / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(_HOME / "plugins"),
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_HOME / 'airflow.db'}",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    "LC_ALL": "C.UTF-8",  # commands write in the language of the terminal
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that nothing is waited for at the end.

    Each file is run by one process: its tests share an Airflow.
    """
    items.sort(key=_seconds, reverse=True)


def _seconds(item: pytest.Item) -> int:
    marker = item.get_closest_marker("takes")
    return marker.args[0] if marker else 0


@pytest.fixture(scope="session", autouse=True)
def airflow_home() -> Iterator[Path]:
    """Return Airflow's home during the tests."""
    (_HOME / "dags").mkdir()
    yield _HOME
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def airflow_database(airflow_home: Path) -> Path:
    """Create Airflow's own database with its tables once."""
    command = [sys.executable, "-m", "airflow", "db", "migrate"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return airflow_home / "airflow.db"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxAdmin]:
    """Start both services in a separate process."""
    with running() as admin:
        yield admin


@pytest.fixture
def ledger_file(empty_ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let ``[debitoor] ledger_conn`` be an empty ledger; return its file."""
    shutil.copyfile(empty_ledger, file := tmp_path / "ledger.db")
    monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", f"sqlite:///{file}")
    return file


@pytest.fixture
def acme(
    sandbox: SandboxAdmin, ledger_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[CompanyAdmin]:
    """Return a company of the sandbox, with Airflow's connections to it (``gmi``, ``debitoor``) and an empty ledger."""
    company = sandbox.create_company("Acme GmbH", limits=None)
    plain = {"allow_http": True}
    connections = {
        "gmi": {
            "conn_type": "getmyinvoices",
            "host": sandbox.gmi_url,
            "login": company.gmi_account_id,
            "password": company.gmi_api_key,
            "extra": plain,
        },
        "debitoor": {
            "conn_type": "debitoor",
            "host": sandbox.debitoor_url,
            "password": company.debitoor_token,
            "extra": plain,
        },
    }
    for name, connection in connections.items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(connection))
    (tmp_path / "accounts").mkdir(exist_ok=True)
    monkeypatch.setenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", str(tmp_path / "accounts"))
    monkeypatch.setenv("AIRFLOW__DEBITOOR__PACING_URL", "memory://")
    KEPT.forget("gmi", "debitoor")  # those of another test's company
    yield company
    sandbox.clear_faults()


@pytest.fixture
def account(acme: CompanyAdmin, tmp_path: Path) -> Callable[..., str]:
    """Write account files of the company; return their ids."""

    def write(direction: str = "export", stem: str = "acme", **settings: object) -> str:
        described = {
            "type": direction,
            "name": "Acme",
            "debitoor_id": acme.debitoor_email,
            "connections": {"getmyinvoices": "gmi", "debitoor": "debitoor"},
            "frequency": "manual",
            **settings,
        }
        (tmp_path / "accounts" / f"{stem}.yaml").write_text(json.dumps(described))
        return stem

    return write


@pytest.fixture
def receipt(acme: CompanyAdmin) -> Callable[..., int]:
    """Let receipts arrive in GetMyInvoices; return their uids."""

    def arrive(**fields: object) -> int:
        number = next(_NUMBERS)
        known = {
            "document_number": f"R-{number}",
            "document_date": "2026-03-01",
            "document_type": "RECEIPT",
            "supplier": "Paper Ltd",
            "net_amount": "100.00",
            "gross_amount": "119.00",
            "tax_rates": ["19"],
            "currency": "EUR",
        }
        content = b"%%PDF-1.4\n%% file %d\n%%%%EOF\n" % number
        return acme.add_document(content, f"scan{number}.pdf", **known | fields)

    return arrive
