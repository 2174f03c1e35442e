"""A third service: all that it needs is its own files, a hook and one row of the table of directions.

The files: ``folder.py`` (the service), ``settings.py`` (its account files), ``direction.py`` and ``mover.py`` (the
direction), ``hook.py`` (Airflow's door) and the row in ``conftest.py``. Nothing of the package knows of them.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, DownstreamTasksSkipped

import debitoor_provider
from debitoor_provider.dag_factory import sync_dags
from debitoor_provider.operators.archive import DebitoorArchiveOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.runs.arguments import ArgumentError
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.ui import samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sandbox.client import CompanyAdmin
    from debitoor_provider.sync.ledger import Ledger

HERE = Path(__file__).parent
PACKAGE = Path(debitoor_provider.__file__).parent
NEEDED = {"direction.py", "folder.py", "hook.py", "mover.py", "settings.py"}
"""Besides its row of the table."""


@pytest.fixture
def sync(filed: Callable[..., str], context: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """Execute the tasks of the account's generated DAG, one after the other; return their results."""

    def run(**trigger: Any) -> dict[str, Any]:
        within, done = context(), {}
        for task in sync_dags()["debitoor__filed"].topological_sort():
            if task.task_id == "plan":
                task.period_from = task.period_to = task.document_ids = ""
                task.preview = trigger.get("dry_run", "")
            try:
                done[task.task_id] = task.execute(within)
            except (AirflowSkipException, DownstreamTasksSkipped):  # nothing to do
                break
            except AirflowFailException as failure:
                done[task.task_id] = str(failure)
        return done

    return run


MIGRATIONS = "sync/ledger/database/migrations/"
"""They know what earlier versions wrote."""


def test_the_package_knows_nothing_of_it() -> None:
    text = "".join(path.read_text() for path in PACKAGE.rglob("*.py"))
    assert not re.search("tests.toy|FolderAccount|FolderDirection", text)
    assert {path.name for path in HERE.glob("*.py")} - NEEDED == {"__init__.py", "conftest.py", "test_toy.py"}


def test_the_package_names_its_own_directions_in_the_table_and_their_modules_only() -> None:
    naming = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(r"""["'](export|import)["']|(Export|Import)Account""", path.read_text())
    }
    own = {path for path in naming if path.startswith(("example_dags/", "sync/export/", "sync/import_/", MIGRATIONS))}
    assert naming - own == {
        "get_provider_info.py",
        "operators/export.py",
        "operators/import_.py",
        "sync/accounts/settings.py",
        "sync/directions.py",
    }


def test_the_page_s_scripts_name_a_direction_only_in_the_form_that_adds_an_account() -> None:
    scripts = PACKAGE / "ui" / "static"
    texts = {path.relative_to(scripts).as_posix(): path.read_text() for path in scripts.rglob("*.js")}
    quoted = r"""["'`.](export|import)["'`]"""
    assert {name for name, text in texts.items() if re.search(quoted, text)} == set()
    assert {name for name, text in texts.items() if re.search(r"[{ ](export|import): ", text)} == {
        "wizard/draft.js", "wizard/settings.js",
    }  # fmt: skip


def test_a_run_files_names_and_archives_documents_once(
    filed: Callable[..., str], sync: Callable[..., Any], receipt: Callable[..., int], folder: Path, acme: CompanyAdmin
) -> None:
    filed()
    tagged = [receipt(tags=["books"], document_number="A 1"), receipt(tags=["books"], document_number="A 1")]
    waiting, other = receipt(), receipt(document_type="MISC")
    without = receipt(tags=["books"], gross_amount=None, net_amount=None)
    assert [task.task_id for task in sync_dags()["debitoor__filed"].topological_sort()] == [
        "plan", "rename", "file", "archive", "report",
    ]  # fmt: skip
    done = sync()
    assert done["file"] == {"moved": 2, "rejected": 1}
    assert done["archive"] == {"archived": 2}
    assert done["report"].startswith("1 document was rejected.")
    records = {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}
    assert {name: record["marker"] for name, record in records.items()} == {
        "Paper Ltd_A 1.pdf.json": str(tagged[0]),
        "Paper Ltd_A 1_2.pdf.json": str(tagged[1]),
    }
    assert {Decimal(record["gross"]) for record in records.values()} == {119}
    assert {uid: bool(acme.document(uid)["isArchived"]) for uid in (*tagged, waiting, other, without)} == {
        tagged[0]: True, tagged[1]: True, waiting: False, other: False, without: False,
    }  # fmt: skip
    before = sorted(folder.iterdir())
    sync()
    assert sorted(folder.iterdir()) == before


def test_a_preview_and_a_dry_run_show_what_a_run_does_and_write_nothing(
    filed: Callable[..., str],
    sync: Callable[..., Any],
    receipt: Callable[..., int],
    folder: Path,
    cli: Callable[..., Any],
    log: Callable[[], str],
    ledger: Ledger,
) -> None:
    filed()
    sent, without = receipt(tags=["books"]), receipt(tags=["books"], gross_amount=None, net_amount=None)
    waiting = receipt()
    rows = cli("accounts", "preview", "filed", "--output", "json").rows
    assert {row["source_id"]: row["outcome"] for row in rows} == {
        str(sent): "send", str(without): "rejected", str(waiting): "waiting",
    }  # fmt: skip
    sync(dry_run=True)
    assert rows[0]["target_name"] in log()
    assert list(folder.iterdir()) == []
    assert ledger.documents.entries("filed") == []


def test_a_lost_ledger_is_rebuilt_from_the_folder(
    filed: Callable[..., str],
    sync: Callable[..., Any],
    receipt: Callable[..., int],
    cli: Callable[..., Any],
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    filed(archive_after_transfer=False)
    uid = receipt(tags=["books"])
    sync()
    files = sorted(folder.iterdir())
    monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", f"sqlite:///{tmp_path / 'another.db'}")
    assert cli("ledger", "rebuild", "filed", "--output", "json").rows[0]["added"] == 1
    [row] = cli("documents", "list", "--account", "filed", "--output", "json").rows
    assert (row["document"], row["state"], row["gross"]) == (str(uid), "moved", "119.00")
    sync()
    assert sorted(folder.iterdir()) == files
    assert cli("documents", "history", "filed", str(uid)).code == 0


def test_a_check_compares_the_folder_with_the_source(
    filed: Callable[..., str],
    sync: Callable[..., Any],
    receipt: Callable[..., int],
    cli: Callable[..., Any],
    folder: Path,
) -> None:
    filed()
    first, second = receipt(tags=["books"]), receipt(tags=["books"])
    sync()
    assert cli("check", "filed").code == 0
    [one, other] = sorted(folder.glob("*.json"), key=lambda file: int(json.loads(file.read_text())["marker"]))
    one.write_text(one.read_text().replace('"gross": "119', '"gross": "118'))
    other.unlink()
    done = cli("check", "filed", "-o", "json")
    found: Any = done.rows
    assert {row["document"]: row["outcome"] for row in found["documents"]} == {
        str(first): "differs", str(second): "only here",
    }  # fmt: skip
    assert done.code == 1


def test_an_account_file_and_its_connections_are_checked(
    filed: Callable[..., str], cli: Callable[..., Any], folder: Path
) -> None:
    filed()
    assert cli("accounts", "validate", "--connections").code == 0
    folder.rmdir()
    result = cli("accounts", "validate", "--connections")
    assert result.code == 1
    assert "connections.folder" in result.out
    assert "does not exist" in result.out
    filed(period={"from": "2026-13-01"}, colour="red")
    result = cli("accounts", "validate")
    assert "period.from" in result.out
    assert "colour" in result.out
    assert '"folder"' in cli("accounts", "schema").out


def test_the_page_shows_the_account_its_documents_and_files(
    filed: Callable[..., str],
    sync: Callable[..., Any],
    receipt: Callable[..., int],
    page: Callable[..., Any],
    dag_models: Callable[..., None],
) -> None:
    filed()
    dag_models("filed")
    uid = receipt(tags=["books"], document_number="B 7")
    sync()
    client = page()
    [row] = client.get("/api/accounts", params={"direction": "folder"}).json()["accounts"]
    assert (row["id"], row["direction"], row["moved"]) == ("filed", "folder", 1)
    assert row["direction_title"] == "GetMyInvoices → Folder"
    [sums] = client.get("/api/accounts/filed/documents/sums").json()["sums"]
    assert sums["direction_title"] == "GetMyInvoices → Folder"
    exports = client.get("/api/accounts", params={"direction": "export"}).json()
    assert (exports["accounts"], exports["directions"]["folder"]) == ([], "GetMyInvoices → Folder")
    assert client.get("/api/accounts", params={"direction": "nowhere"}).status_code == 422
    assert client.get("/api/accounts/filed").json()["direction"] == "folder"
    assert "folder" in client.get("/api/choices").json()["types"]
    [document] = client.get("/api/accounts/filed/documents").json()["documents"]
    assert (document["source_id"], document["state"]) == (str(uid), "archived")
    detail = client.get(f"/api/accounts/filed/documents/{document['id']}").json()
    assert (detail["source_title"], detail["target_title"]) == ("GetMyInvoices", "Folder")
    for side in ("source", "target"):
        answer = client.get(f"/api/accounts/filed/documents/{document['id']}/file", params={"at": side})
        assert answer.status_code == 200, answer.text
        assert answer.content.startswith(b"%PDF")


def test_the_page_tries_settings_on_real_documents(
    settings: dict[str, Any], receipt: Callable[..., int], page: Callable[..., Any], folder: Path
) -> None:
    samples._answers.clear()
    receipt(tags=["books"], document_number="C 3")
    client = page()

    def ask(part: str, settings: dict[str, Any]) -> Any:
        answer = client.post(f"/api/accounts/filed/draft/{part}", json={"settings": settings})
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert ask("check", settings)["problems"] == []
    assert [problem["field"] for problem in ask("check", settings | {"rename": "{nothing}"})["problems"]] == ["rename"]
    assert [name["name"] for name in ask("names", settings)["names"]] == ["Paper Ltd_C 3.pdf"]
    unfinished = {name: value for name, value in settings.items() if name != "name"}
    assert [record["lines"] for record in ask("record", unfinished)["records"]] == [["119.00 EUR"]]
    preview = ask("preview", settings)
    assert [(row["outcome"], row["target_name"]) for row in preview["documents"]] == [("send", "Paper Ltd_C 3.pdf")]
    assert list(folder.iterdir()) == []


def test_operators_for_another_direction_refuse_the_account(
    filed: Callable[..., str], run: Callable[..., Any], sync: Callable[..., Any]
) -> None:
    with pytest.raises(Misconfigured, match="GetMyInvoices → Folder"):
        run(DebitoorExportOperator(task_id="export", account=filed()))
    assert run(DebitoorArchiveOperator(task_id="archive", account="filed")) == {"archived": 0}


def test_an_operator_for_each_source_with_an_archive_asks_which_one_it_is(settings: dict[str, Any]) -> None:
    del settings["type"]
    with pytest.raises(ArgumentError, match=r"type.*export, import, folder"):
        DebitoorArchiveOperator(task_id="archive", account="filed", settings=settings)
