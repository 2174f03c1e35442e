"""Which DAG files make accounts' DAGs, in whatever bundle, and what is wrong with their folders."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from airflow.dag_processing.dagbag import DagBag

from debitoor_provider.dag_factory import sync_dags
from debitoor_provider.runs import bundles, dag_files
from debitoor_provider.runs.dag_files import folders_without_accounts, require_single
from debitoor_provider.services.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DAG_FILE = Path(__file__).parents[2] / "dags" / "debitoor_sync.py"
LOCAL = "airflow.dag_processing.bundles.local.LocalDagBundle"
TEXT = """\
type: export
name: Acme
debitoor_id: books@acme.example
frequency: manual
connections: {getmyinvoices: gmi, debitoor: debitoor}
"""


@pytest.fixture
def bundle(airflow_database: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """Configure bundles one by one; each has our DAG file unless another text is given."""
    configured: list[dict[str, object]] = []
    monkeypatch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
    monkeypatch.delenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", raising=False)

    def make(name: str, text: str | None = None, *accounts: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        if text is None:
            shutil.copy(DAG_FILE, folder / "sync.py")
        else:
            (folder / "sync.py").write_text(text)
        for account in accounts:
            (folder / "accounts").mkdir(exist_ok=True)
            (folder / "accounts" / f"{account}.yaml").write_text(TEXT)
        configured.append({"name": name, "classpath": LOCAL, "kwargs": {"path": str(folder)}})
        monkeypatch.setenv("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST", json.dumps(configured))
        bundles.forget()
        dag_files.forget()
        return folder

    yield make
    bundles.forget()
    dag_files.forget()


def test_a_missing_and_an_empty_folder_are_said_with_bundle_and_path(bundle):
    one, two = bundle("one"), bundle("two")
    (two / "accounts").mkdir()
    missing, empty = map(str, folders_without_accounts())
    assert f"{one / 'sync.py'} of the DAG bundle one" in missing
    assert f"{one / 'accounts'} does not exist. Create the folder" in missing
    assert f"bundle two makes no DAG: its accounts folder {two / 'accounts'} has no account file. Put a file" in empty


@pytest.mark.parametrize(
    "text",
    [
        "from airflow.sdk import DAG\n",
        "from debitoor_provider.hooks.debitoor import DebitoorHook  # not sync_dags\n",
        "from debitoor_provider.dag_factory import sync_dags\nsync_dags(folder=wherever())\n",
        "from debitoor_provider.dag_factory import sync_dags(\n",
    ],
)
def test_bundles_that_have_nothing_to_do_with_accounts_are_left_alone(bundle, text):
    bundle("theirs", text)
    assert folders_without_accounts() == []


def test_a_folder_named_in_the_dag_file_counts(bundle, tmp_path):
    call = f"sync_dags(Path({str(tmp_path / 'elsewhere')!r}))"
    bundle("one", f"from debitoor_provider import dag_factory\nglobals().update(dag_factory.{call})\n")
    (found,) = folders_without_accounts()
    assert found.params["folder"] == str(tmp_path / "elsewhere")


def test_a_folder_with_an_account_is_well_even_a_broken_one(bundle):
    folder = bundle("one", None, "acme")
    (folder / "accounts" / "acme.yaml").write_text("{")
    assert folders_without_accounts() == []


def test_one_folder_for_all_is_looked_into_once_it_is_configured(bundle, tmp_path, monkeypatch):
    bundle("one")
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "acme.yaml").write_text(TEXT)
    monkeypatch.setenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", str(tmp_path / "all"))
    dag_files.forget()
    assert folders_without_accounts() == []


def test_the_dags_of_an_account_in_two_bundles_carry_both_files_and_run_nothing(bundle):
    one, two = bundle("one", None, "acme", "alone"), bundle("two", None, "ACME")
    first, second = (sync_dags(beside=folder / "sync.py") for folder in (one, two))
    assert [task.task_id for task in first["debitoor__acme"].tasks] == ["account_file"]
    assert [task.task_id for task in second["debitoor__ACME"].tasks] == ["account_file"]
    assert "plan" in {task.task_id for task in first["debitoor__alone"].tasks}
    (problem,) = first["debitoor__acme"].get_task("account_file").problems
    assert str(one / "accounts" / "acme.yaml") in problem
    assert f"{two / 'accounts' / 'ACME.yaml'} (two)" in problem


def test_two_folders_of_one_bundle_are_no_different(bundle):
    one = bundle("one", None, "acme")
    (one / "below").mkdir()
    shutil.copytree(one / "accounts", one / "below" / "accounts")
    shutil.copy(DAG_FILE, one / "below")
    dag_files.forget()
    with pytest.raises(Misconfigured, match="Keep one of these files"):
        require_single("acme", one / "accounts")


def test_a_plan_is_refused_until_one_of_the_files_is_gone(bundle):
    one, two = bundle("one", None, "acme"), bundle("two", None, "acme")
    for folder in (one, two):
        with pytest.raises(Misconfigured, match="none of them runs"):
            require_single("acme", folder / "accounts")
    (two / "accounts" / "acme.yaml").unlink()
    require_single("acme", one / "accounts")


def test_one_file_that_two_bundles_reach_is_one(bundle, tmp_path):
    one = bundle("one", None, "acme")
    (tmp_path / "two").symlink_to(one)
    bundle_of_link = {"name": "two", "classpath": LOCAL, "kwargs": {"path": str(tmp_path / "two")}}
    configured = [{"name": "one", "classpath": LOCAL, "kwargs": {"path": str(one)}}, bundle_of_link]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST", json.dumps(configured))
        dag_files.forget()
        require_single("acme", one / "accounts")


def test_the_version_that_a_worker_reads_is_not_another_bundle(bundle, tmp_path, monkeypatch):
    """A Git bundle has each version in a folder of its own, next to the newest one."""
    bundle("two")
    storage = tmp_path / "storage"
    monkeypatch.setenv("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH", str(storage))
    tracking, version = bundle("git", None, "acme"), storage / "git" / "versions" / "abc"
    shutil.copytree(tracking, version)
    dag_files.forget()
    require_single("acme", version / "accounts")


def test_a_run_whose_dag_was_broken_elsewhere_says_what_to_do(bundle, monkeypatch):
    one = bundle("one", None, "acme")
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", "debitoor__acme")
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_TASK_ID", "account_file")
    (dag,) = sync_dags(beside=one / "sync.py").values()
    (problem,) = dag.get_task("account_file").problems
    assert "airflow debitoor accounts validate" in problem
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_TASK_ID", "plan")
    (dag,) = sync_dags(beside=one / "sync.py").values()
    assert dag.has_task("plan")


def test_bundles_that_cannot_be_configured_take_no_account_away(bundle, monkeypatch):
    one = bundle("one", None, "acme")
    monkeypatch.setenv("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST", '[{"name": "one"}]')
    dag_files.forget()
    assert sync_dags(beside=one / "sync.py")["debitoor__acme"].has_task("plan")


def test_airflow_reads_such_dags_without_an_import_error(bundle):
    one = bundle("one", None, "acme")
    bundle("two", None, "acme")
    bag = DagBag(str(one), bundle_path=one, bundle_name="one")
    assert bag.import_errors == {}
    assert bag.dags["debitoor__acme"].description.startswith("Broken account file: acme.yaml: Two DAG files")
