"""The commands know the accounts of every DAG bundle."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from airflow.models.dag import DagModel
from airflow.models.dagbundle import DagBundleModel
from airflow.utils.session import create_session

from debitoor_provider.runs import bundles, dag_files

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = """\
type: export
name: Acme of the team
debitoor_id: books@acme.example
frequency: manual
connections: {getmyinvoices: gmi, debitoor: debitoor}
"""


@pytest.fixture
def team(cli: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder of account files of a bundle, in which Airflow has found the DAG of one account."""
    monkeypatch.setenv("AIRFLOW__CORE__DAGS_FOLDER", str(tmp_path / "dags"))
    monkeypatch.delenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", raising=False)
    folder = tmp_path / "team" / "accounts"
    folder.mkdir(parents=True)
    with create_session() as session:
        session.add(DagBundleModel(name="team"))
        session.flush()
        session.add(
            DagModel(
                dag_id="debitoor__team-acme", bundle_name="team", fileloc=str(folder.parent / "sync.py"), is_stale=False
            )
        )
    bundles.forget()
    yield folder
    with create_session() as session:
        session.query(DagModel).filter_by(bundle_name="team").delete()
        session.query(DagBundleModel).filter_by(name="team").delete()
    bundles.forget()


def test_an_account_of_another_bundle_is_listed_checked_and_judged(cli, team):
    (team / "team-acme.yaml").write_text(TEXT)
    (row,) = cli("accounts", "list", "-o", "json").rows
    assert (row["account"], row["name"], row["state"]) == ("team-acme", "Acme of the team", "new")
    assert "team-acme.yaml: OK" in cli("accounts", "validate").out
    assert cli("accounts", "health").out.startswith("team-acme: well")
    assert cli("accounts", "health", "team-acme").code == 0


def test_settings_are_found_in_whatever_bundle(cli, team):
    (team / "team-acme.yaml").write_text(TEXT + "frequence: daily\n")
    assert "frequence" in cli("accounts", "preview", "team-acme").sentence


def test_a_folder_that_this_machine_does_not_have_is_named(cli, team):
    (row,) = cli("accounts", "list", "-o", "json").rows
    assert (row["account"], row["state"]) == ("team-acme", "broken")
    assert "team" in row["why"]


def test_a_mistyped_account_is_named_with_that_of_the_bundle(cli, team):
    (team / "team-acme.yaml").write_text(TEXT)
    assert cli("documents", "list", "--account", "team-acm").sentence.endswith("Did you mean team-acme?")


def test_an_account_that_two_bundles_have_is_a_problem_of_it(cli, team, tmp_path):
    """Airflow has one DAG of an id, and the tasks of one run may read the files of both."""
    (team / "team-acme.yaml").write_text(TEXT)
    here = tmp_path / "dags" / "accounts"
    here.mkdir(parents=True)
    (here / "team-acme.yaml").write_text(TEXT)
    done = cli("accounts", "validate")
    assert done.code == 1
    assert f"it is read from {here / 'team-acme.yaml'} and is also {team / 'team-acme.yaml'} (team)" in done.out
    assert cli("accounts", "health").code == 2


def test_a_file_that_is_gone_is_not_called_out_of_reach(cli, team):
    (row,) = cli("accounts", "list", "-o", "json").rows
    assert (row["state"], "is not there" in row["why"]) == ("broken", True)
    team.rmdir()
    bundles.forget()
    (row,) = cli("accounts", "list", "-o", "json").rows
    assert "is not there" in row["why"]


def test_a_pool_that_is_missing_is_said_by_the_list(cli, team):
    (team / "team-acme.yaml").write_text(TEXT + "pool: nobody-made-this\n")
    (row,) = cli("accounts", "list", "-o", "json").rows
    assert (row["state"], "nobody-made-this" in row["why"]) == ("stopped", True)


@pytest.fixture
def bare(cli, tmp_path, monkeypatch):
    """Configure one bundle whose DAG file has no accounts folder next to it; return that folder."""
    monkeypatch.delenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", raising=False)
    monkeypatch.setenv("AIRFLOW__CORE__DAGS_FOLDER", str(tmp_path / "dags"))
    folder = tmp_path / "bare"
    folder.mkdir()
    shutil.copy(Path(__file__).parents[2] / "dags" / "debitoor_sync.py", folder)
    classpath = "airflow.dag_processing.bundles.local.LocalDagBundle"
    configured = [{"name": "bare", "classpath": classpath, "kwargs": {"path": str(folder)}}]
    monkeypatch.setenv("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST", json.dumps(configured))
    dag_files.forget()
    bundles.forget()
    yield folder / "accounts"
    dag_files.forget()
    bundles.forget()


def test_a_bundle_without_an_accounts_folder_is_said_by_validate_and_health(cli, bare):
    sentence = f"the DAG bundle bare makes no DAG: its accounts folder {bare} does not exist. Create the folder"
    validated, judged = cli("accounts", "validate"), cli("accounts", "health")
    assert (validated.code, sentence in validated.out) == (1, True)
    assert validated.out.startswith(f"{bare.parent / 'debitoor_sync.py'}: warning: ")
    assert (judged.code, sentence in judged.out) == (1, True)
    assert judged.out.startswith("warning: no accounts: ")


def test_an_empty_one_is_said_to_other_programs_too(cli, bare):
    bare.mkdir()
    (row,) = cli("accounts", "validate", "-o", "json").rows
    assert (row["result"], f"its accounts folder {bare} has no account file." in row["message"]) == ("warning", True)
    (row,) = cli("accounts", "health", "-o", "json").rows
    assert (row["account"], row["level"], row["state"]) == ("", "warning", "no accounts")


def test_single_files_and_accounts_get_no_warning_of_a_missing_folder(cli, bare, tmp_path):
    (tmp_path / "mine.yaml").write_text(TEXT)
    assert cli("accounts", "validate", str(tmp_path / "mine.yaml")).code == 0
    assert "no accounts" not in cli("accounts", "health", "mine").out
