from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.sync.conftest import clock, empty_ledger, sandbox, stage_of
from tests.trust.referee import Referee
from tests.trust.worker import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.stage import Clock, Stage

__all__ = ["acme", "clock", "empty_ledger", "referee_of", "sandbox", "stage_of"]


@pytest.fixture
def acme(stage_of: Callable[..., Stage]) -> Stage:
    """A German company that books in EUR, without documents."""
    return stage_of()


@pytest.fixture
def referee_of() -> Callable[[Stage], Referee]:
    """Gives the referee of a company."""
    return lambda stage: Referee(stage.sandbox, stage.company)


@pytest.fixture
def account_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Writes the account file of a company, with Airflow's connections to it; gives the account's id."""
    folder = tmp_path / "accounts"
    folder.mkdir()
    monkeypatch.setenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", str(folder))
    monkeypatch.setenv("AIRFLOW__DEBITOOR__PACING_URL", "memory://")

    def write(stage: Stage, direction: str = "export", **settings: object) -> str:
        company, sandbox, extra = stage.company, stage.sandbox, {"allow_http": True}
        gmi = {"conn_type": "getmyinvoices", "host": sandbox.gmi_url, "login": company.gmi_account_id}
        gmi |= {"password": company.gmi_api_key, "extra": extra}
        books = {"conn_type": "debitoor", "host": sandbox.debitoor_url, "password": company.debitoor_token}
        monkeypatch.setenv(f"AIRFLOW_CONN_GMI_{company.id}", json.dumps(gmi))
        monkeypatch.setenv(f"AIRFLOW_CONN_DEBITOOR_{company.id}", json.dumps({**books, "extra": extra}))
        monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", f"sqlite:///{stage.ledger_file}")
        described = {
            "type": direction,
            "name": company.name,
            "debitoor_id": company.debitoor_email,
            "connections": {"getmyinvoices": f"gmi_{company.id}", "debitoor": f"debitoor_{company.id}"},
            "frequency": "daily",
            **settings,
        }
        (folder / f"{stage.account_id}.yaml").write_text(json.dumps(described))
        return stage.account_id

    return write


@pytest.fixture
def workers(clock: Clock) -> Workers:
    """Executes runs in processes of their own."""
    return Workers(clock)
