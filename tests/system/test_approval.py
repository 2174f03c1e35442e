"""A person approves or refuses a large plan in Airflow, and a run that waits for too long makes its account late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.sync.ledger import Ledger, State
from demo.accounts import connections, slug
from demo.airflow import LocalAirflow
from tests.services.scripted import Reply, ScriptedService
from tests.system.test_exchange import receive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

pytestmark = [pytest.mark.system, pytest.mark.takes(220)]

HOOK = "/hooks/late"
ACCOUNT = """\
type: export
name: {name}
debitoor_id: {email}
frequency: {frequency}
connections: {{getmyinvoices: getmyinvoices_{slug}, debitoor: debitoor_{slug}}}
limits: {{new_documents: 2, exceeded: approval}}
notify: {{connection: hook, language: fr}}
"""


@dataclass
class Stage:
    """An Airflow with an account that is started by hand, and one that runs every minute and is paused."""

    airflow: LocalAirflow
    webhook: ScriptedService
    large: CompanyAdmin
    late: CompanyAdmin

    @property
    def ledger(self) -> Ledger:
        return Ledger.open(f"sqlite:///{self.airflow.home / 'debitoor_ledger.db'}")

    def asked(self, account: str, run_id: str) -> dict[str, Any]:
        """Wait until the run waits for a person; return what Airflow's view shows."""
        task = f"/dags/debitoor__{account}/dagRuns/{run_id}/taskInstances/approval"
        self.airflow.until(lambda: self.airflow.call("GET", task)["state"] == "awaiting_input", "to ask", 180)
        return self.airflow.call("GET", f"{task}/-1/hitlDetails")

    def answer(self, account: str, run_id: str, option: str) -> str:
        """Answer as Airflow's view does; return the name of who did."""
        place = f"/dags/debitoor__{account}/dagRuns/{run_id}/taskInstances/approval/-1/hitlDetails"
        answered = self.airflow.call("PATCH", place, {"chosen_options": [option], "params_input": {}})
        return str(answered["responded_by"]["name"])

    def end(self, account: str, run_id: str) -> dict[str, Any]:
        """Wait for the end of a run; return its state and those of its tasks."""
        dag_id = f"debitoor__{account}"

        def found() -> dict[str, Any]:
            return next(run for run in self.airflow.runs(dag_id) if run["dag_run_id"] == run_id)

        self.airflow.until(lambda: found()["state"] in {"success", "failed"}, f"to end {run_id}", 180)
        return {"state": found()["state"], "tasks": self.airflow.tasks(dag_id, run_id)}

    def answers(self, account: str, run_id: str) -> list[str]:
        run = self.ledger.runs.get(f"debitoor__{account}/{run_id}")
        assert run is not None
        return [answer.text() for answer in run.answers]

    def notifications(self) -> list[dict[str, Any]]:
        return [call.json for call in self.webhook.calls("POST", HOOK)]


@pytest.fixture(scope="module")
def stage(sandbox: SandboxAdmin, tmp_path_factory: pytest.TempPathFactory, metadata_database: str) -> Iterator[Stage]:
    home: Path = tmp_path_factory.mktemp("airflow")
    webhook = ScriptedService()
    webhook.on("POST", HOOK, Reply({}))
    companies = [sandbox.create_company("Large GmbH", limits=None), sandbox.create_company("Late GmbH", limits=None)]
    (home / "accounts").mkdir()
    for company, stem, frequency in zip(companies, ("large", "late"), ("manual", '"* * * * *"'), strict=True):
        known = {"name": company.name, "email": company.debitoor_email, "slug": slug(company), "frequency": frequency}
        (home / "accounts" / f"{stem}.yaml").write_text(ACCOUNT.format(**known))
    known_connections = connections(sandbox, companies) | {"hook": {"conn_type": "http", "host": webhook.url + HOOK}}
    local = LocalAirflow(home / "home", home / "accounts", known_connections, database=metadata_database)
    try:
        with local.running() as airflow:
            airflow.until(lambda: {"debitoor__large", "debitoor__late"} <= airflow.dag_ids(), "to find them", 120)
            airflow.unpause("debitoor__large")
            yield Stage(airflow, webhook, *companies)
    finally:
        webhook.stop()


def test_an_approved_plan_moves_and_the_ledger_knows_who_approved_it(stage: Stage) -> None:
    for number in range(3):
        receive(stage.large, number)
    run_id = stage.airflow.trigger("debitoor__large")
    shown = stage.asked("large", run_id)
    assert shown["subject"] == "Large GmbH\u00a0: 3 documents attendent une approbation"
    assert "leurs montants totalisent 357,00" in shown["body"]
    assert shown["body"].count("Lieferant GmbH") == 3
    assert shown["options"] == ["Approuver", "Refuser"]
    assert stage.large.expenses() == []
    assert [notification["subject"] for notification in stage.notifications()] == [shown["subject"]]
    by = stage.answer("large", run_id, "Approuver")
    ended = stage.end("large", run_id)
    assert set(ended["tasks"].values()) == {"success"}
    assert ended["state"] == "success"
    assert len(stage.large.expenses()) == 3
    assert stage.answers("large", run_id) == [f"Approved by {by}: 3 (limits.new_documents)."]


def test_a_refused_plan_moves_nothing_and_the_next_run_is_free(stage: Stage) -> None:
    before = len(stage.large.expenses())
    for number in range(10, 13):
        receive(stage.large, number)
    run_id = stage.airflow.trigger("debitoor__large")
    stage.asked("large", run_id)
    by = stage.answer("large", run_id, "Refuser")
    assert stage.end("large", run_id)["state"] == "success"
    assert len(stage.large.expenses()) == before
    assert stage.answers("large", run_id) == [f"Refused by {by}: 3 documents are held."]
    held = stage.ledger.documents.entries("large", states=[State.HELD])
    assert {entry.reason_code for entry in held} == {"plan_refused"}
    assert len(held) == 3
    receive(stage.large, 20)  # within the limit: nobody is asked
    run_id = stage.airflow.trigger("debitoor__large")
    ended = stage.end("large", run_id)
    assert set(ended["tasks"].values()) == {"success"}
    assert len(stage.large.expenses()) == before + 1


def test_a_run_that_misses_its_deadline_makes_the_account_late_and_its_people_know(stage: Stage) -> None:
    for number in range(30, 33):
        receive(stage.late, number)
    before = len(stage.notifications())
    stage.airflow.unpause("debitoor__late")
    stage.airflow.until(lambda: stage.airflow.runs("debitoor__late"), "to begin", 120)
    (run,) = stage.airflow.runs("debitoor__late")
    run_id = str(run["dag_run_id"])
    stage.asked("late", run_id)  # without an answer

    def late() -> list[dict[str, Any]]:
        return [notification for notification in stage.notifications()[before:] if notification.get("failure")]

    stage.airflow.until(late, "to be late", 300)
    (notification,) = late()
    assert notification["subject"] == "Late GmbH\u00a0: La synchronisation est en retard."
    assert notification["failure"]["code"] == "sync_never"
    done = stage.airflow.command("debitoor", "accounts", "health", "late", check=False)
    assert (done.returncode, done.stdout.startswith("late: warning: approval: ")) == (1, True)
    stage.answer("late", run_id, "Approuver")
    assert stage.end("late", run_id)["state"] == "success"
    stage.airflow.until(
        lambda: any(notification.get("works_again") for notification in stage.notifications()), "to tell it works", 120
    )
    assert len(stage.late.expenses()) == 3
