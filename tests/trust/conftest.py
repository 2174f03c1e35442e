from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from tests.sync.conftest import clock, sandbox, stage_of
from tests.sync.stage import Clock, Stage, pdf
from tests.trust.common.canaries import canaries, pytest_runtest_makereport
from tests.trust.common.cases import LARGE, Case
from tests.trust.common.referee import Referee
from tests.trust.common.worker import Run, Workers, dag_of, warm_up

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "acme",
    "canaries",
    "clock",
    "pytest_runtest_makereport",
    "referee_of",
    "sandbox",
    "stage_of",
]

_WARM: set[str] = set()  # the directions whose runs this process has in memory


@pytest.fixture
def acme(stage_of: Callable[..., Stage]) -> Stage:
    """Return a German company that books in EUR, without documents."""
    return stage_of()


@pytest.fixture
def referee_of() -> Callable[[Stage], Referee]:
    """Return the referee of a company."""
    return lambda stage: Referee(stage.sandbox, stage.company)


@pytest.fixture
def account_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Write the account file of a company, with Airflow's connections to it; return the account's id."""
    folder = tmp_path / "accounts"
    folder.mkdir()
    monkeypatch.setenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", str(folder))
    monkeypatch.setenv("AIRFLOW__DEBITOOR__PACING_URL", "memory://")

    def write(stage: Stage, direction: str = "export", ledger: str = "", account: str = "", **settings: object) -> str:
        company, sandbox, extra = stage.company, stage.sandbox, {"allow_http": True}
        gmi = {"conn_type": "getmyinvoices", "host": sandbox.gmi_url, "login": company.gmi_account_id}
        gmi |= {"password": company.gmi_api_key, "extra": extra}
        books = {"conn_type": "debitoor", "host": sandbox.debitoor_url, "password": company.debitoor_token}
        monkeypatch.setenv(f"AIRFLOW_CONN_GMI_{company.id}", json.dumps(gmi))
        monkeypatch.setenv(f"AIRFLOW_CONN_DEBITOOR_{company.id}", json.dumps({**books, "extra": extra}))
        monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", ledger or f"sqlite:///{stage.ledger_file}")
        described = {
            "type": direction,
            "name": company.name,
            "debitoor_id": company.debitoor_email,
            "connections": {"getmyinvoices": f"gmi_{company.id}", "debitoor": f"debitoor_{company.id}"},
            "frequency": "daily",
            **settings,
        }
        account = account or stage.account_id
        (folder / f"{account}.yaml").write_text(json.dumps(described))
        return account

    return write


@pytest.fixture
def new_case(stage_of: Callable[..., Stage], account_file: Callable[..., str]) -> Callable[..., Case]:
    """Make companies with documents, each with an account file and a ledger of its own."""
    numbers = itertools.count(1)

    def make(direction: Literal["export", "import"], small: int = 2, *, parallel: int, ledger: str = "") -> Case:
        number = next(numbers)
        if direction not in _WARM:
            _WARM.add(direction)
            warm_up(Run(make(direction, parallel=parallel).dag, "warm_up"))
        stage = stage_of(f"Company {number}", account_id=f"case{number}")
        if direction == "export":
            settings = {"archive_after_transfer": True, "rename": "{company}_{document_number}"}
            wanted = [*stage.documents(small), stage.document(pdf(LARGE))]
        else:
            settings = {"defaults": {"tags": ["sales"], "company": "Acme", "create_company": True}}
            kinds = itertools.islice(itertools.cycle(("invoice", "creditNote")), small)
            wanted = [stage.company.add_invoice(kind=kind, date="2026-03-01")["id"] for kind in kinds]
        account = account_file(stage, direction, ledger, parallel=parallel, **settings)
        return Case(stage, direction, dag_of(account), wanted, parallel, ledger or f"sqlite:///{stage.ledger_file}")

    return make


@pytest.fixture
def workers(clock: Clock) -> Workers:
    """Execute runs in processes of their own."""
    return Workers(clock)
