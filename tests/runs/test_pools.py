from __future__ import annotations

import pytest
from airflow.models.pool import Pool
from airflow.utils.session import create_session

from tests.cli.conftest import cli, ledger, planned
from tests.ui.conftest import accounts, airflow, page

__all__ = ["accounts", "airflow", "cli", "ledger", "page", "planned"]


@pytest.fixture
def pool(airflow_database):
    """Return a pool named ``slow``."""
    with create_session() as session:
        session.add(Pool(pool="slow", slots=1, description="", include_deferred=False))
    yield "slow"
    with create_session() as session:
        session.query(Pool).filter(Pool.pool == "slow").delete()


def row(page) -> dict[str, str]:
    (found,) = page().get("api/accounts").json()["accounts"]
    return found


def test_a_missing_pool_is_reported_everywhere(cli, account, page):
    account(pool="nobody-made-this")
    checked = cli("accounts", "validate")
    assert checked.code == 1
    assert "acme.yaml: pool: Airflow has no pool nobody-made-this" in checked.out
    assert "Admin, Pools" in checked.out
    health = cli("accounts", "health")
    assert health.code == 2
    assert "acme: critical: no pool: Airflow has no pool nobody-made-this" in health.out
    found = row(page)
    assert (found["state"], found["advice_code"]) == ("stopped", "no_pool")
    assert "nobody-made-this" in found["advice"]


def test_a_pool_that_exists_is_accepted(cli, account, page, pool):
    account(pool=pool)
    assert cli("accounts", "validate").code == 0
    assert "no pool" not in cli("accounts", "health").out
    assert row(page)["state"] == "new"
