from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from airflow.models.dagrun import DagRun
from airflow.utils.session import create_session

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.models.log import Log
    from starlette.testclient import TestClient

    from debitoor_provider.sync.ledger import Ledger

ALLOW = "api/accounts/acme/limits/allow"


@pytest.fixture
def stopped(ledger: Ledger, account_file: Callable[..., object], dag_models: Callable[..., None]) -> None:
    """Stop the last run of an account by a limit."""
    account_file()
    dag_models("acme")
    run_id = "debitoor__acme/scheduled__1"
    message = Message("limit_new_documents", account="acme", number=500, most=100)
    ledger.runs.start(Run(run_id, "acme", "export", "scheduled"))
    ledger.runs.finish(run_id, counts={}, verdict="stopped", message=message)
    ledger.stops.ask("acme", "new_documents", 500, message, run_id=run_id, settings_fingerprint="f")
    with create_session() as session:
        session.add(DagRun(dag_id="debitoor__acme", run_id="scheduled__1", run_type="scheduled", state="failed"))


def stops_of(client: TestClient) -> list[dict[str, Any]]:
    (row,) = client.get("api/accounts").json()["accounts"]
    assert client.get("api/accounts/acme").json()["stops"] == row["stops"]
    found: list[dict[str, Any]] = row["stops"]
    return found


@pytest.mark.usefixtures("stopped")
class TestAllow:
    def test_an_account_shows_the_limit_that_stopped_it(self, page: Callable[..., TestClient]) -> None:
        [stop] = stops_of(page())
        assert (stop["limit"], stop["number"]) == ("new_documents", 500)
        assert stop["message"] == (
            "The run has 500 documents to move, and the account allows 100 in a run. None was moved."
        )

    def test_a_shown_stop_is_allowed_once_and_recorded_with_the_user(
        self, page: Callable[..., TestClient], ledger: Ledger, audit_log: Callable[[], list[Log]]
    ) -> None:
        client = page()
        ids = [stop["id"] for stop in stops_of(client)]
        answer = client.post(ALLOW, json={"ids": ids, "reason": "the first run"})
        assert (answer.status_code, answer.json()) == (200, {"allowed": 1})
        assert stops_of(client) == []
        (entry,) = audit_log()
        assert (entry.event, entry.dag_id) == ("debitoor.limit_allowed", "debitoor__acme")
        details = {"limit": "new_documents", "number": 500, "reason": "the first run"}
        assert json.loads(entry.extra or "") == details
        assert ledger.stops.use("acme", "new_documents", 500, "next")
        assert not ledger.stops.use("acme", "new_documents", 500, "the one after")

    def test_a_question_that_has_changed_since_is_not_answered(
        self, page: Callable[..., TestClient], ledger: Ledger, audit_log: Callable[[], list[Log]]
    ) -> None:
        client = page()
        ids = [stop["id"] + 1 for stop in stops_of(client)]
        answer = client.post(ALLOW, json={"ids": ids})
        assert answer.status_code == 409
        assert len(ledger.stops.pending(["acme"])) == 1
        assert audit_log() == []

    @pytest.mark.parametrize("wish", [{}, {"ids": []}, {"ids": [0]}, {"ids": [1], "all": True}])
    def test_an_invalid_action_is_refused(self, page: Callable[..., TestClient], wish: dict[str, Any]) -> None:
        assert page().post(ALLOW, json=wish).status_code == 422
