"""What the services report to be wrong with an account is saved only as a paused draft."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from airflow.dag_processing.collection import DagModelOperation
from airflow.models.dag import DagModel
from airflow.models.dagbundle import DagBundleModel
from airflow.serialization.serialized_objects import LazyDeserializedDAG
from airflow.utils.session import create_session

from debitoor_provider.dag_factory import build_dag
from debitoor_provider.sync.account_files.files import load_account_file
from debitoor_provider.ui import saving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from airflow.models.log import Log
    from httpx import Response
    from starlette.testclient import TestClient

    from debitoor_provider.sandbox.client import CompanyAdmin
    from debitoor_provider.sync.ledger import Ledger

DAG_ID = "debitoor__new"


@pytest.fixture(autouse=True)
def bundle(airflow: None) -> None:
    with create_session() as session:
        session.add(DagBundleModel(name="dags-folder"))


@pytest.fixture
def put(page: Callable[..., TestClient], acme: CompanyAdmin) -> Callable[..., Response]:
    """Save settings of the company's export, with changes."""

    def save(account_id: str = "new", *, version: str | None = None, paused: bool = False, **changes: Any) -> Response:
        settings = {
            "type": "export",
            "name": "Acme",
            "debitoor_id": acme.debitoor_email,
            "connections": {"getmyinvoices": "gmi", "debitoor": "debitoor"},
        } | changes
        body = {"settings": settings, "version": version} | ({"paused": True} if paused else {})
        return page().put(f"/api/accounts/{account_id}", json=body)

    return save


def is_paused(dag_id: str = DAG_ID) -> bool | None:
    with create_session() as session:
        row = session.get(DagModel, dag_id)
        return row.is_paused if row else None


def fields(answer: Response, name: str = "problems") -> list[str]:
    return [problem["field"] for problem in answer.json()[name]]


WRONG = [
    ({"debitoor_id": "another@company.example"}, "debitoor_id", "another@company.example"),
    ({"filter": {"companies": {"include": ["Papper Ltd"]}}}, "filter.companies.include", "Did you mean Paper Ltd?"),
    ({"filter": {"tags": {"none": ["privat"]}}}, "filter.tags.none", "privat"),
    ({"category": "nothing.known"}, "category", "nothing.known"),
    ({"connections": {"getmyinvoices": "gone", "debitoor": "debitoor"}}, "connections.getmyinvoices", "gone"),
    ({"pool": "nowhere"}, "pool", "nowhere"),
]


class TestANewAccount:
    @pytest.mark.parametrize(("changes", "field", "said"), WRONG, ids=[field for _, field, _ in WRONG])
    def test_that_is_known_to_be_wrong_is_only_saved_paused(
        self,
        put: Callable[..., Response],
        receipt: Callable[..., int],
        accounts: Path,
        audit_log: Callable[[], list[Log]],
        changes: dict[str, Any],
        field: str,
        said: str,
    ):
        receipt(supplier="Paper Ltd")
        refused = put(**changes)
        assert (refused.status_code, fields(refused)) == (409, [field])
        (problem,) = refused.json()["problems"]
        assert said in problem["message"] + problem["remedy"]
        assert (list(accounts.iterdir()), is_paused(), audit_log()) == ([], None, [])
        saved = put(**changes, paused=True)
        assert (saved.status_code, saved.json()["written"], fields(saved, "wrong")) == (200, True, [field])
        assert is_paused() is True
        (entry,) = audit_log()
        assert json.loads(str(entry.extra))["paused"] is True

    def test_stays_paused_when_airflow_reads_its_file(
        self, put: Callable[..., Response], accounts: Path, monkeypatch: pytest.MonkeyPatch
    ):
        """Even where Airflow is configured to start new DAGs."""
        put(debitoor_id="another@company.example", paused=True)
        dag = LazyDeserializedDAG.from_dag(build_dag(load_account_file(accounts / "new.yaml")))
        reading = DagModelOperation({DAG_ID: dag}, "dags-folder", None)
        with create_session() as session:
            monkeypatch.setattr(DagModel.__table__.c.is_paused.default, "arg", False)
            reading.update_dags(reading.add_dags(session=session), 0.1, session=session)
        with create_session() as session:
            row = session.get_one(DagModel, DAG_ID)
            assert (row.is_paused, row.is_stale, row.bundle_name) == (True, False, "dags-folder")

    def test_with_a_refused_key(self, put: Callable[..., Response], acme: CompanyAdmin):
        acme.block_key()
        assert fields(put()) == ["connections.getmyinvoices"]
        acme.revoke_token()
        assert fields(put()) == ["connections.getmyinvoices", "connections.debitoor"]

    def test_that_is_right_is_not_paused(self, put: Callable[..., Response]):
        answer = put(paused=True).json()
        assert (answer["written"], answer.keys() & {"wrong", "unclear"}, is_paused()) == (True, set(), None)

    def test_whose_service_does_not_answer_is_not_known_to_be_wrong(
        self, put: Callable[..., Response], monkeypatch: pytest.MonkeyPatch
    ):
        known = json.loads(os.environ["AIRFLOW_CONN_GMI"])
        monkeypatch.setenv("AIRFLOW_CONN_GMI", json.dumps(known | {"host": "http://127.0.0.1:9"}))
        answer = put()
        assert answer.status_code == 200, answer.text
        assert "GetMyInvoices" in answer.json()["unclear"]

    def test_stays_paused_when_another_save_of_it_is_refused(
        self, put: Callable[..., Response], monkeypatch: pytest.MonkeyPatch
    ):
        wrong: Any = {"debitoor_id": "another@company.example", "paused": True}
        version = put().json()["version"]
        with create_session() as session:
            session.add(DagModel(dag_id=DAG_ID, bundle_name="dags-folder", is_paused=False))
        really, theirs = saving.save, []

        def save(*given: Any, **more: Any) -> str:
            if not theirs:  # another user's is written while this one begins
                theirs.append(None)
                theirs.append(put(version=version, **wrong))
            return really(*given, **more)

        monkeypatch.setattr(saving, "save", save)
        assert put(version=version, note="mine", **wrong).status_code == 409
        assert theirs[1].status_code == 200
        assert is_paused() is True

    def test_is_not_saved_where_airflow_cannot_keep_it_paused(self, put: Callable[..., Response], accounts: Path):
        with create_session() as session:
            session.delete(session.get_one(DagBundleModel, "dags-folder"))
        assert put(debitoor_id="another@company.example", paused=True).status_code == 503
        assert list(accounts.iterdir()) == []

    def test_leaves_no_trace_in_airflow_when_it_was_not_written(
        self, put: Callable[..., Response], accounts: Path, monkeypatch: pytest.MonkeyPatch
    ):
        (accounts / "target.yaml").write_text("")
        (accounts / "new.yml").symlink_to(accounts / "nothing.yaml")
        answer = put(debitoor_id="another@company.example", paused=True)
        assert (answer.status_code, is_paused()) == (409, None)


class TestAPausedDraft:
    WRONG: ClassVar[dict[str, Any]] = {"filter": {"companies": {"include": ["Papper Ltd"]}}}

    @pytest.fixture
    def version(self, put: Callable[..., Response], receipt: Callable[..., int]) -> str:
        receipt(supplier="Paper Ltd")
        version: str = put(debitoor_id="another@company.example", paused=True, **self.WRONG).json()["version"]
        return version

    def test_is_not_right_before_all_of_it_is(self, put: Callable[..., Response], version: str):
        refused = put(version=version, **self.WRONG)
        assert (refused.status_code, fields(refused)) == (409, ["filter.companies.include"])
        assert fields(put(version=version, paused=True, **self.WRONG), "wrong") == ["filter.companies.include"]
        assert is_paused() is True

    def test_is_not_to_be_started_with_a_name_that_does_not_exist(
        self, put: Callable[..., Response], page: Callable[..., TestClient], version: str
    ):
        version = put(version=version, paused=True, **self.WRONG).json()["version"]
        asked = page().get("/api/accounts/new/wrong")
        assert fields(asked, "wrong") == ["filter.companies.include"]
        assert "Paper Ltd" in asked.json()["wrong"][0]["remedy"]
        put(version=version, filter={"companies": {"include": ["Paper Ltd"]}})
        assert page().get("/api/accounts/new/wrong").json() == {"wrong": [], "unclear": ""}


class TestItsReason:
    """What a paused draft says in the list, and on its page."""

    @pytest.fixture
    def row(self, page: Callable[..., TestClient], dag_models: Callable[..., None]) -> Callable[[], dict[str, Any]]:
        def read() -> dict[str, Any]:
            with create_session() as session:  # as Airflow does once it has read the file
                session.get_one(DagModel, DAG_ID).is_stale = False
            (found,) = page().get("/api/accounts").json()["accounts"]
            assert page().get("/api/accounts/new").json().items() >= found.items()
            return dict(found)

        return read

    def test_is_shown_with_its_remedy_until_it_is_right(
        self, put: Callable[..., Response], row: Callable[[], dict[str, Any]]
    ):
        version = put(debitoor_id="another@company.example", paused=True).json()["version"]
        shown = row()
        assert (shown["state"], shown["advice_code"]) == ("paused", "wrong")
        (wrong,) = shown["wrong"]
        assert (wrong["field"], "another@company.example" in wrong["message"]) == ("debitoor_id", True)
        assert shown["advice"] == f"{wrong['message']} {wrong['remedy']}"
        put(version=version)
        assert (row()["wrong"], row()["advice_code"]) == ([], "resume")

    def test_is_shown_whole_although_one_of_it_would_stop_any_run(
        self, put: Callable[..., Response], row: Callable[[], dict[str, Any]]
    ):
        put(pool="nowhere", debitoor_id="another@company.example", paused=True)
        shown = row()
        assert (shown["state"], shown["advice_code"]) == ("paused", "wrong")
        assert {one["field"] for one in shown["wrong"]} == {"pool", "debitoor_id"}

    def test_goes_when_the_file_is_another_one(
        self, put: Callable[..., Response], row: Callable[[], dict[str, Any]], accounts: Path
    ):
        put(pool="nowhere", paused=True)
        assert [one["field"] for one in row()["wrong"]] == ["pool"]
        file = accounts / "new.yaml"
        file.write_text(file.read_text().replace("pool: nowhere", "note: corrected by hand"))
        assert row()["wrong"] == []

    def test_is_found_again_and_gone_when_it_is_asked_for(
        self,
        put: Callable[..., Response],
        page: Callable[..., TestClient],
        row: Callable[[], dict[str, Any]],
        receipt: Callable[..., int],
        acme: CompanyAdmin,
    ):
        put(filter={"tags": {"any": ["later"]}}, paused=True)
        assert [one["field"] for one in row()["wrong"]] == ["filter.tags.any"]
        receipt(tags=["later"])
        assert page().get("/api/accounts/new/wrong").json()["wrong"] == []  # as before it is resumed
        assert row()["wrong"] == []
        acme.block_key()
        page().get("/api/accounts/new/wrong")
        assert [one["field"] for one in row()["wrong"]] == ["connections.getmyinvoices"]

    def test_is_kept_while_it_cannot_be_asked_for(
        self,
        put: Callable[..., Response],
        page: Callable[..., TestClient],
        row: Callable[[], dict[str, Any]],
        monkeypatch: pytest.MonkeyPatch,
    ):
        put(filter={"tags": {"any": ["later"]}}, paused=True)
        known = json.loads(os.environ["AIRFLOW_CONN_GMI"])
        monkeypatch.setenv("AIRFLOW_CONN_GMI", json.dumps(known | {"host": "http://127.0.0.1:9"}))
        assert page().get("/api/accounts/new/wrong").json()["unclear"]
        assert [one["field"] for one in row()["wrong"]] == ["filter.tags.any"]

    def test_is_not_shown_of_an_account_that_runs(
        self, put: Callable[..., Response], row: Callable[[], dict[str, Any]]
    ):
        put(filter={"tags": {"any": ["later"]}}, paused=True)
        with create_session() as session:
            session.get_one(DagModel, DAG_ID).is_paused = False
        assert row()["wrong"] == []

    def test_is_forgotten_with_the_file(
        self, put: Callable[..., Response], page: Callable[..., TestClient], ledger: Ledger
    ):
        version = put(pool="nowhere", paused=True).json()["version"]
        assert list(ledger.wrong.all()) == ["new"]
        assert page().request("DELETE", "/api/accounts/new", json={"version": version}).json() == {"removed": True}
        assert ledger.wrong.all() == {}


class TestAnAccountThatRuns:
    @pytest.fixture
    def version(
        self, put: Callable[..., Response], dag_models: Callable[..., None], receipt: Callable[..., int]
    ) -> str:
        receipt(tags=["books"])
        dag_models("new")
        answer: str = put().json()["version"]
        return answer

    def test_is_paused_by_what_is_known_to_be_wrong(self, put: Callable[..., Response], version: str):
        wrong = {"filter": {"tags": {"any": ["boks"]}}}
        assert (put(version=version, **wrong).status_code, is_paused()) == (409, False)
        assert fields(put(version=version, paused=True, **wrong), "wrong") == ["filter.tags.any"]
        assert is_paused() is True

    def test_goes_on_when_its_file_could_not_be_written(self, put: Callable[..., Response], version: str):
        assert put(version="older", paused=True, pool="nowhere").status_code == 409
        assert is_paused() is False

    def test_may_keep_a_name_that_does_not_exist_any_more(
        self, put: Callable[..., Response], page: Callable[..., TestClient], version: str
    ):
        wrong = {"filter": {"tags": {"any": ["boks"]}}}
        version = put(version=version, paused=True, **wrong).json()["version"]
        assert put(version=version, note="still paused", **wrong).status_code == 409
        with create_session() as session:
            session.get_one(DagModel, DAG_ID).is_paused = False  # as Airflow's own view lets people do
        assert page().get("/api/accounts/new/wrong").json()["wrong"] == []
        assert put(version=version, note="read again", **wrong).status_code == 200

    def test_is_asked_about_before_it_is_started(
        self, put: Callable[..., Response], page: Callable[..., TestClient], version: str, acme: CompanyAdmin
    ):
        client = page()
        assert client.get("/api/accounts/new/wrong").json() == {"wrong": [], "unclear": ""}
        acme.block_key()
        answer = client.get("/api/accounts/new/wrong")
        assert fields(answer, "wrong") == ["connections.getmyinvoices"]
        assert answer.json()["wrong"][0]["line"] is not None
        assert page("viewer").get("/api/accounts/new/wrong").status_code == 403

    def test_with_a_broken_file_is_not_asked_about(self, page: Callable[..., TestClient], accounts: Path):
        (accounts / "broken.yaml").write_text("type: [")
        assert page().get("/api/accounts/broken/wrong").json() == {"wrong": [], "unclear": ""}
