"""Accounts of a second DAG bundle."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from airflow.dag_processing.dagbag import DagBag
from airflow.models.dag import DagModel
from airflow.models.dagbundle import DagBundleModel
from airflow.models.serialized_dag import SerializedDagModel
from airflow.serialization.definitions.dag import SerializedDAG
from airflow.serialization.serialized_objects import DagSerialization, LazyDeserializedDAG
from airflow.utils.session import create_session

from debitoor_provider.runs import bundles, dag_files
from debitoor_provider.ui import known_wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.testclient import TestClient

DAG_FILE = Path(__file__).parents[2] / "dags" / "debitoor_sync.py"
TEXT = """\
type: export
name: Acme of the team
debitoor_id: books@acme.example
note: "{{ var.value.secret }}"
frequency: manual
connections: {getmyinvoices: gmi, debitoor: debitoor}
"""


@pytest.fixture
def team(tmp_path: Path, airflow: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a bundle of its own, with the DAG file in a folder below."""
    monkeypatch.setenv("AIRFLOW__CORE__DAGS_FOLDER", str(tmp_path / "dags"))
    monkeypatch.delenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER")
    bundles.forget()
    folder = tmp_path / "team" / "sync"
    (folder / "accounts").mkdir(parents=True)
    shutil.copy(DAG_FILE, folder)
    yield folder
    bundles.forget()


@pytest.fixture
def parsed(team: Path) -> Callable[..., None]:
    """Let Airflow read the bundle, as its DAG processor does."""

    def parse(name: str = "team") -> None:
        bag = DagBag(str(team), bundle_path=team.parent, bundle_name=name)
        assert bag.import_errors == {}
        dags = [LazyDeserializedDAG(data=DagSerialization.to_dict(dag)) for dag in bag.dags.values()]
        with create_session() as session:
            if session.get(DagBundleModel, name) is None:
                session.add(DagBundleModel(name=name))
                session.flush()
            SerializedDAG.bulk_write_to_db(name, None, dags, None, session=session)
            for dag in dags:
                SerializedDagModel.write_dag(dag, bundle_name=name, session=session, min_update_interval=0)
        bundles.forget()

    return parse


def rows(client: TestClient) -> dict[str, dict[str, object]]:
    return {row["id"]: row for row in client.get("api/accounts").json()["accounts"]}


def test_an_account_of_another_bundle_is_shown_with_its_settings(page, team, parsed):
    (team / "accounts" / "acme.yaml").write_text(TEXT)
    parsed()
    client = page()
    assert {id_: (row["name"], row["direction"]) for id_, row in rows(client).items()} == {
        "acme": ("Acme of the team", "export")
    }
    detail = client.get("api/accounts/acme").json()
    assert detail["settings"]["note"] == "{{ var.value.secret }}"
    assert (detail["file"], detail["yaml"]) == ("acme.yaml", TEXT)


def test_a_change_is_seen(page, team, parsed):
    (team / "accounts" / "acme.yaml").write_text(TEXT)
    parsed()
    assert rows(page())["acme"]["note"] == "{{ var.value.secret }}"
    (team / "accounts" / "acme.yaml").write_text(TEXT.replace("{{ var.value.secret }}", "changed"))
    assert rows(page())["acme"]["note"] == "changed"


def test_a_broken_one_is_shown_with_what_is_wrong(page, team, parsed):
    (team / "accounts" / "acme.yaml").write_text(TEXT.replace("manual", "dayly"))
    parsed()
    row = rows(page())["acme"]
    assert row["state"] == "broken"
    assert (row["problems"][0]["line"], row["problems"][0]["field"]) == (5, "frequency")


def test_one_whose_bundle_is_not_within_reach_is_shown_with_its_place(page, team, parsed):
    (team / "accounts" / "acme.yaml").write_text(TEXT)
    parsed()
    shutil.rmtree(team)
    (problem,) = rows(page())["acme"]["problems"]
    assert problem["message"] == (
        f"The account's file is {team}/accounts/acme.yaml in the DAG bundle team, which the page cannot read."
    )
    assert "Its DAG runs anyway." in problem["remedy"]


def test_its_documents_are_shown(page, team, parsed, ledger):
    (team / "accounts" / "acme.yaml").write_text(TEXT)
    parsed()
    answer = page().get("api/accounts/acme/documents")
    assert (answer.status_code, answer.json()["total"]) == (200, 0)


@pytest.fixture
def nothing_known_wrong(monkeypatch):
    monkeypatch.setattr(known_wrong, "examine", lambda *_: known_wrong.SettingsExamination([], ""))


def test_its_file_is_changed_where_it_is(page, team, parsed, nothing_known_wrong):
    (team / "accounts" / "acme.yaml").write_text(TEXT)
    parsed()
    client = page()
    settings = client.get("api/accounts/acme").json()["settings"]
    removed = client.request("DELETE", "api/accounts/acme", json={"version": "0"})
    sentence = f"The account's file is {team}/accounts/acme.yaml in the DAG bundle team."
    assert (removed.status_code, removed.json()["detail"]) == (409, sentence)
    change = {
        "settings": settings | {"name": "Acme of all"},
        "version": client.get("api/accounts/acme").json()["version"],
    }
    saved = client.put("api/accounts/acme", json=change).json()
    assert (saved["written"], saved["path"]) == (False, f"{team}/accounts/acme.yaml")
    assert saved["yaml"] == TEXT.replace("of the team", "of all")
    assert (team / "accounts" / "acme.yaml").read_text() == TEXT


def test_a_change_of_its_file_is_not_overlooked(page, team, parsed, nothing_known_wrong):
    (team / "accounts" / "acme.yaml").write_text(TEXT)
    parsed()
    client = page()
    settings = client.get("api/accounts/acme").json()["settings"]
    answer = client.put("api/accounts/acme", json={"settings": settings, "version": "0"})
    assert (answer.status_code, "Somebody else has changed" in answer.json()["detail"]) == (409, True)


def test_a_file_of_the_accounts_folder_comes_first(page, team, parsed, tmp_path):
    (team / "accounts" / "acme.yaml").write_text(TEXT)
    parsed()
    folder = tmp_path / "dags" / "accounts"
    folder.mkdir(parents=True)
    (folder / "acme.yaml").write_text(TEXT.replace("of the team", "at home"))
    (folder / "zeta.yaml").write_text(TEXT)
    assert {id_: row["name"] for id_, row in rows(page()).items()} == {
        "acme": "Acme at home",
        "zeta": "Acme of the team",
    }


def test_an_account_whose_dag_is_gone_is_not_shown(page, team, parsed):
    (team / "accounts" / "acme.yaml").write_text(TEXT)
    parsed()
    with create_session() as session:
        session.execute(sa.update(DagModel).values(is_stale=True))
    bundles.forget()
    assert rows(page()) == {}


def test_with_a_folder_for_all_bundles_there_are_no_others(page, team, parsed, accounts, monkeypatch):
    (team / "accounts" / "acme.yaml").write_text(TEXT)
    parsed()
    monkeypatch.setenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", str(accounts))
    bundles.forget()
    assert rows(page()) == {}


@pytest.fixture
def read_by_airflow(team, tmp_path, monkeypatch):
    """Configure the team's bundle in Airflow."""
    classpath = "airflow.dag_processing.bundles.local.LocalDagBundle"
    configured = [{"name": "team", "classpath": classpath, "kwargs": {"path": str(team.parent)}}]
    monkeypatch.setenv("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST", json.dumps(configured))
    dag_files.forget()
    yield
    dag_files.forget()


def test_a_bundle_whose_folder_is_empty_is_said_to_those_who_may_add_accounts(page, team, read_by_airflow):
    (problem,) = page("user").get("api/folders/problems", headers={"Accept-Language": "de"}).json()
    assert problem["message"] == (
        f"Die DAG-Datei {team}/debitoor_sync.py des DAG-Bundles team erzeugt keinen DAG: "
        f"Ihr Kontenordner {team}/accounts enthält keine Kontodatei."
    )
    assert problem["remedy"].startswith("Legen Sie eine Datei <Konto>.yaml in den Ordner")
    assert page("viewer").get("api/folders/problems").json() == []
    (team / "accounts" / "acme.yaml").write_text(TEXT)
    assert page("user").get("api/folders/problems").json() == []


def test_an_account_of_two_bundles_is_broken_before_airflow_has_read_the_other(page, team, read_by_airflow, tmp_path):
    here = tmp_path / "dags" / "accounts"
    here.mkdir(parents=True)
    for folder in (here, team / "accounts"):
        (folder / "acme.yaml").write_text(TEXT)
    row = rows(page())["acme"]
    assert row["state"] == "broken"
    assert f"{team}/accounts/acme.yaml (team)" in row["problems"][0]["message"]
