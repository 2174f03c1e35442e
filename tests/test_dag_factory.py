from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pendulum
import pytest
import time_machine
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, CronDataIntervalTimetable, Param
from airflow.sdk._shared.secrets_masker import reset_secrets_masker
from airflow.sdk.definitions.param import process_params
from airflow.sdk.exceptions import AirflowFailException, ParamValidationError
from airflow.sdk.log import mask_secret
from airflow.serialization.serialized_objects import DagSerialization
from airflow.timetables.base import TimeRestriction
from airflow.timetables.interval import CronDataIntervalTimetable as CoreTimetable
from airflow.utils.file import list_py_file_paths
from hypothesis import HealthCheck, given, settings

from debitoor_provider import dag_factory
from debitoor_provider.configuration import dag_defaults
from debitoor_provider.dag_factory import build_dag, sync_dags
from debitoor_provider.policies.retry import ServiceRetryPolicy
from debitoor_provider.runs.form import FORM
from debitoor_provider.sync.account_files import files
from debitoor_provider.sync.account_files.files import load_account_file
from debitoor_provider.sync.account_files.writing import write
from debitoor_provider.sync.accounts.clock_changes import clock_changes
from debitoor_provider.sync.accounts.schedule import next_runs
from debitoor_provider.sync.accounts.settings import digest
from tests.sync.accounts.strategies import ACCOUNTS

if TYPE_CHECKING:
    from airflow.sdk import DAG

    from debitoor_provider.sync.accounts.settings import Account

ROOT = Path(__file__).parent.parent
EXPORT = """\
type: export
name: Acme GmbH, receipts
debitoor_id: books@acme.example
connections: {getmyinvoices: gmi_acme, debitoor: debitoor_acme}
"""
IMPORT = """\
type: import
name: Acme GmbH, sales
debitoor_id: books@acme.example
frequency: every 4 hours
connections: {getmyinvoices: gmi_acme, debitoor: debitoor_acme}
"""


@pytest.fixture(autouse=True)
def forget_secrets_of_other_tests() -> None:
    """Forget masked secrets: Airflow masks each secret that a process has seen, wherever its text occurs."""
    reset_secrets_masker()


def dag_of(folder: Path, text: str | bytes, stem: str = "acme") -> DAG:
    path = folder / f"{stem}.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return build_dag(load_account_file(path))


def steps(dag: DAG) -> list[str]:
    """Return the tasks in their order, which is a chain whose links all hang on the first one too."""
    chain = [task.task_id for task in dag.topological_sort()]
    for before, name in pairwise(chain):
        assert dag.get_task(name).upstream_task_ids == {chain[0], before}
    return chain


def serialised(dags: dict[str, DAG]) -> bytes:
    from airflow.serialization.serialized_objects import DagSerialization

    return json.dumps([DagSerialization.to_dict(dag) for dag in dags.values()]).encode()


class TestDeclared:
    def test_one_dag_for_each_account(self, tmp_path):
        dag_of(tmp_path, EXPORT, "acme-receipts")
        dag_of(tmp_path, IMPORT, "acme-sales")
        assert list(sync_dags(tmp_path)) == ["debitoor__acme-receipts", "debitoor__acme-sales"]

    def test_no_folder_means_no_dags(self, tmp_path):
        assert sync_dags(tmp_path / "none") == {}

    def test_direction_company_and_frequency_are_tags(self, tmp_path):
        assert dag_of(tmp_path, IMPORT).tags == {"debitoor", "import", "every 4 hours", "Acme GmbH, sales"}

    def test_a_long_name_makes_a_tag_that_airflow_takes(self, tmp_path):
        dag = dag_of(tmp_path, EXPORT.replace("Acme GmbH, receipts", "ß" * 200))
        assert max(map(len, dag.tags)) == 100

    @pytest.mark.parametrize(
        ("frequency", "cron"),
        [
            ("hourly", "0 * * * *"),
            ("daily", "0 0 * * *"),
            ("monthly", "0 0 1 * *"),
            ("30 6 * * 1-5", "30 6 * * 1-5"),
        ],
    )
    def test_the_schedule_has_data_intervals_in_the_accounts_time_zone(self, tmp_path, frequency, cron):
        dag = dag_of(tmp_path, f"{EXPORT}frequency: {frequency}\ntimezone: America/New_York\n")
        assert isinstance(dag.timetable, CronDataIntervalTimetable)
        assert (dag.timetable.expression, str(dag.timetable.timezone)) == (cron, "America/New_York")

    def test_a_manual_account_has_no_schedule(self, tmp_path):
        assert dag_of(tmp_path, EXPORT + "frequency: manual\n").schedule is None

    def test_there_is_no_catchup_and_runs_wait_for_each_other(self, tmp_path):
        dag = dag_of(tmp_path, EXPORT)
        assert (dag.catchup, dag.max_active_runs) == (False, 1)
        assert {task.max_active_tis_per_dag for task in dag.tasks} == {1}  # a backfill has its own limit of runs

    def test_an_export(self, tmp_path):
        assert steps(dag_of(tmp_path, EXPORT)) == ["plan", "rename", "export", "report"]

    def test_an_account_whose_large_plans_are_approved(self, tmp_path):
        text = EXPORT + "limits: {new_documents: 50, exceeded: approval}\n"
        assert steps(dag_of(tmp_path, text)) == ["plan", "approval", "rename", "export", "report"]
        assert "approval" not in steps(dag_of(tmp_path, EXPORT + "limits: {new_documents: 50}\n", "b"))

    def test_an_export_that_archives(self, tmp_path):
        dag = dag_of(tmp_path, EXPORT + "archive_after_transfer: true\n")
        assert steps(dag) == ["plan", "rename", "export", "archive", "report"]

    def test_an_import(self, tmp_path):
        assert steps(dag_of(tmp_path, IMPORT)) == ["plan", "import", "report"]

    def test_the_report_runs_unless_there_was_nothing_to_do(self, tmp_path):
        dag = dag_of(tmp_path, EXPORT)
        assert {task.task_id: task.trigger_rule for task in dag.tasks} == {
            "plan": "all_success",
            "rename": "all_success",
            "export": "all_success",
            "report": "none_skipped",
        }

    def test_retries_and_pool_are_the_accounts(self, tmp_path):
        dag = dag_of(tmp_path, EXPORT + "retries: 7\npool: gmi\n")
        assert {(task.retries, task.pool) for task in dag.tasks} == {(7, "gmi")}
        assert all(isinstance(task.retry_policy, ServiceRetryPolicy) for task in dag.tasks)
        assert {task.retry_delay for task in dag.tasks} == {timedelta(minutes=2)}

    def test_without_a_pool_it_is_airflows(self, tmp_path):
        assert {task.pool for task in dag_of(tmp_path, EXPORT).tasks} == {"default_pool"}

    def test_the_trigger_form(self, tmp_path):
        form = dag_of(tmp_path, EXPORT).params
        assert tuple(form) == FORM
        assert form.validate() == {"from": None, "to": None, "document_ids": None, "dry_run": False}
        assert {name: form.get_param(name).schema["type"] for name in form} == {
            "from": ["null", "string"],
            "to": ["null", "string"],
            "document_ids": ["null", "array"],
            "dry_run": "boolean",
        }

    def test_what_the_trigger_form_is_given_reaches_the_steps(self, tmp_path):
        dag = dag_of(tmp_path, EXPORT)
        for task in dag.tasks:
            given = process_params(dag, task, {"from": "2026-01-01", "dry_run": True}, suppress_exception=False)
            assert given == {"from": "2026-01-01", "to": None, "document_ids": None, "dry_run": True}
            with pytest.raises(ParamValidationError):
                process_params(dag, task, {"document_ids": "7"}, suppress_exception=False)

    def test_documents_may_be_named_by_texts_and_whole_numbers(self, tmp_path):
        param: Param = dag_of(tmp_path, EXPORT).params.get_param("document_ids")
        assert param.resolve(["4711", 4712]) == ["4711", 4712]
        assert "type" not in param.schema["items"]  # of which Airflow's form would make a field for JSON

    def test_accounts_share_no_trigger_form(self, tmp_path):
        first, second = dag_of(tmp_path, EXPORT, "a"), dag_of(tmp_path, EXPORT, "b")
        process_params(first, first.tasks[0], {"from": "2026-01-01"}, suppress_exception=False)
        assert second.params["from"] is None

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("from", "31.01.2026"),
            ("to", "2026-02-30"),
            ("document_ids", "7"),
            ("document_ids", [True]),
            ("document_ids", [[7]]),
            ("dry_run", "no"),
            ("dry_run", None),
        ],
    )
    def test_the_trigger_form_refuses_what_it_cannot_use(self, tmp_path, field, value):
        param: Param = dag_of(tmp_path, EXPORT).params.get_param(field)
        with pytest.raises(ValueError, match=r"validation|is not"):
            param.resolve(value)


class TestHostileText:
    NOTE = "</pre><script>alert(1)</script>\n\n# Big\n{{ var.value.x }} {% raw %}\n![x](http://evil.example/x.png)"

    def test_name_and_note_are_shown_as_they_are(self, tmp_path):
        dag = dag_of(tmp_path, f"{EXPORT}note: {json.dumps(self.NOTE)}\n".replace("Acme GmbH", "<b>*Acme*</b>"))
        blocks = [line for line in dag.doc_md.splitlines() if line and not line.startswith("    ")]
        assert blocks == ["**GetMyInvoices → Debitoor**, daily"]
        for line in self.NOTE.splitlines():
            assert f"    {line}" in dag.doc_md.splitlines()

    def test_a_note_is_not_taken_for_the_name_of_a_file(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        note = f"see {'x' * 300} in README.md"
        assert note in dag_of(tmp_path, f"{EXPORT}note: {note}\n").doc_md

    def test_a_broken_file_with_a_hostile_value_is_shown_literally(self, tmp_path):
        dag = dag_of(tmp_path, f"{EXPORT}timezone: {json.dumps('<img src=x> [a](b) read.md')}\n")
        shown = [line for line in dag.doc_md.splitlines() if "<img" in line]
        assert shown
        assert all(line.startswith("    ") for line in shown)

    def test_two_parses_serialise_to_the_same_bytes(self, tmp_path):
        dag_of(tmp_path, EXPORT + "archive_after_transfer: true\npool: p\n", "a")
        dag_of(tmp_path, f"{IMPORT}note: {json.dumps(self.NOTE)}\n", "b")
        dag_of(tmp_path, b"\xff\xfe\x00", "c")
        dag_of(tmp_path, EXPORT, "wörld")
        dag_of(tmp_path, EXPORT, "not a dag id; rm -rf")
        first = serialised(sync_dags(tmp_path))
        assert serialised(sync_dags(tmp_path)) == first
        assert b"document" in first


BROKEN = {
    "unreadable-yaml": ("type: export\nname: [", "not YAML|YAML|bracket"),
    "unknown-field": (EXPORT + "renname: x\n", "renname"),
    "bad-cron": (EXPORT + "frequency: 61 * * * *\n", "frequency"),
    "duplicate-key": (EXPORT + "name: Again\n", "name"),
    "wrong-type": (EXPORT + "parallel: many\n", "parallel"),
    "bad-timezone": (EXPORT + "timezone: Europe/Berlyn\n", "Europe/Berlin"),
    "bad-template": (EXPORT + "rename: '{compny}'\n", "company"),
    "from-after-to": (EXPORT + "period: {from: 2026-02-01, to: 2026-01-01}\n", "period"),
    "not-utf8": (b"type: export\nname: M\xfcller\n", "UTF-8"),
    "empty": ("", "empty|type"),
    "no-mapping": ("- export\n", "field|mapping"),
    "no-such-type": (EXPORT.replace("export", "exprot"), "export"),
    "bad file name": (EXPORT, "name"),
    "no-email": (EXPORT.replace("books@acme.example", "books"), "debitoor_id"),
    "a-key-for-a-connection": (EXPORT.replace("gmi_acme", "k y"), "connection"),
}


@pytest.fixture(scope="module")
def dags(tmp_path_factory) -> dict[str, DAG]:
    """Return the DAGs of a folder with one good account among many broken ones."""
    folder = tmp_path_factory.mktemp("accounts")
    for stem, (text, _) in BROKEN.items():
        (folder / f"{stem}.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    (folder / "good.yaml").write_text(EXPORT)
    (folder / "twice.yaml").write_text(EXPORT)
    (folder / "Twice.yml").write_text(EXPORT)
    (folder / "nowhere.yaml").symlink_to(folder / "missing")
    return sync_dags(folder)


class TestBrokenFiles:
    def test_the_others_are_built(self, dags):
        assert steps(dags["debitoor__good"]) == ["plan", "rename", "export", "report"]

    def test_each_file_has_its_dag(self, dags):
        assert len(dags) == len(BROKEN) + 4
        assert {f"debitoor__{stem}" for stem in BROKEN if " " not in stem} <= set(dags)

    @pytest.mark.parametrize("stem", BROKEN)
    def test_what_is_wrong_is_seen_wherever_one_looks(self, dags, stem):
        (dag,) = [dag for id_, dag in dags.items() if id_.startswith(f"debitoor__{stem.replace(' ', '-')}")]
        assert "broken" in dag.tags
        assert dag.schedule is None
        assert f"{stem}.yaml" in dag.doc_md
        assert dag.description.startswith(f"Broken account file: {stem}.yaml")
        (task,) = dag.tasks
        with pytest.raises(AirflowFailException, match=BROKEN[stem][1]):
            task.execute({})

    def test_duplicate_accounts_are_both_disabled(self, dags):
        twice = [dag for id_, dag in dags.items() if id_.lower().startswith("debitoor__twice")]
        assert len(twice) == 2
        assert all("broken" in dag.tags and "twice" in dag.doc_md for dag in twice)

    def test_a_dangling_link_is_reported(self, dags):
        (dag,) = [dag for id_, dag in dags.items() if "nowhere" in id_]
        assert "cannot be read" in dag.description

    def test_they_serialise(self, dags):
        assert serialised(dags)


class TestInATaskProcess:
    @pytest.fixture
    def folder(self, tmp_path) -> Path:
        for number in range(20):
            dag_of(tmp_path, EXPORT, f"acme-{number}")
        dag_of(tmp_path, EXPORT, "bad name")
        return tmp_path

    def test_only_the_dag_of_the_task_is_built(self, folder, monkeypatch):
        monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", "debitoor__acme-7")
        assert list(sync_dags(folder)) == ["debitoor__acme-7"]

    def test_a_file_whose_name_cannot_be_an_id_is_found_too(self, folder, monkeypatch):
        (broken,) = [id_ for id_ in sync_dags(folder) if "bad-name" in id_]
        monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", broken)
        assert broken in sync_dags(folder)

    def test_loading_the_dags_imports_nothing_heavy(self, folder):
        loaded = newly_loaded(
            f"import debitoor_provider.dag_factory as f; assert len(f.sync_dags({str(folder)!r})) == 21"
        )
        assert "debitoor_provider.operators.export" in loaded
        assert not {name for name in loaded if name.startswith(("airflow.providers", "debitoor_provider.hooks"))}
        assert not {name for name in loaded if name.endswith(".models") or name.startswith(LEDGER)}
        heavy = {"requests", "sqlalchemy", "alembic", "pyrate_limiter", "rich", "tenacity", "urllib3"}
        assert not heavy & {name.partition(".")[0] for name in loaded}

    def test_an_operator_in_a_custom_dag_loads_no_settings(self):
        loaded = newly_loaded("import debitoor_provider.operators.export")
        assert "debitoor_provider.operators.transfer" in loaded
        assert not {name for name in loaded if name.startswith(("pydantic", SETTINGS, LEDGER))}


SETTINGS = "debitoor_provider.sync.accounts.settings"
LEDGER = "debitoor_provider.sync.ledger"


def newly_loaded(code: str) -> set[str]:
    """Return the modules that code loads beyond those that every DAG file needs, in a separate process."""
    code = (
        "import sys; from airflow.sdk import DAG, BaseOperator, RetryPolicy; before = set(sys.modules);"
        f"{code}; print(*{{*sys.modules}} - before)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


class TestAsAirflowReadsIt:
    @pytest.fixture
    def bag(self, tmp_path, monkeypatch):
        (tmp_path / "accounts").mkdir()
        for example in (ROOT / "dags" / "accounts").glob("*.example"):
            (tmp_path / "accounts" / example.stem).write_bytes(example.read_bytes())
        dag_of(tmp_path / "accounts", "type: [", "broken")
        (tmp_path / "debitoor_sync.py").write_bytes((ROOT / "dags" / "debitoor_sync.py").read_bytes())
        monkeypatch.setenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", str(tmp_path / "accounts"))
        return DagBag(str(tmp_path))

    def test_the_dag_file_is_taken_for_one_and_loads_without_a_word(self, bag):
        assert bag.import_errors == {}
        assert bag.captured_warnings == {}
        assert set(bag.dags) == {"debitoor__acme-receipts", "debitoor__acme-sales", "debitoor__broken"}

    def test_the_examples_work_as_they_are(self, bag):
        assert steps(bag.dags["debitoor__acme-receipts"]) == ["plan", "rename", "export", "archive", "report"]
        assert steps(bag.dags["debitoor__acme-sales"]) == ["plan", "import", "report"]

    def test_airflow_serialises_and_restores_them(self, bag):
        from airflow.serialization.serialized_objects import DagSerialization

        assert bag.dags
        for dag in bag.dags.values():
            restored = DagSerialization.from_dict(DagSerialization.to_dict(dag))
            assert (restored.dag_id, restored.tags, restored.doc_md) == (dag.dag_id, dag.tags, dag.doc_md)

    def test_the_serialised_dag_holds_neither_settings_nor_a_secret(self, bag):
        text = serialised(bag.dags).decode()
        assert "books@acme.example" not in text
        assert "getmyinvoices_acme" not in text


class TestAirflowsConfiguration:
    """What Airflow would look up for each DAG is read once for all."""

    def test_the_arguments_are_those_that_airflow_takes_itself(self, tmp_path):
        mine, plain = dag_of(tmp_path, IMPORT), DAG("plain", schedule=None)
        assert dag_defaults()
        for name, value in dag_defaults().items():
            assert getattr(mine, name) == getattr(plain, name) == value

    def test_a_changed_configuration_counts_for_the_next_parse(self, tmp_path, monkeypatch):
        dag_of(tmp_path, IMPORT)
        monkeypatch.setenv("AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG", "3")
        (dag,) = sync_dags(tmp_path).values()
        assert dag.max_active_tasks == 3

    @pytest.mark.filterwarnings("ignore:GitWildMatchPattern:DeprecationWarning")  # used by Airflow itself
    def test_airflow_does_not_open_account_files_in_search_of_dag_files(self, tmp_path):
        (tmp_path / "accounts").mkdir()
        (tmp_path / "accounts" / "acme.py").touch()
        for name in ("debitoor_sync.py", ".airflowignore"):
            (tmp_path / name).write_bytes((ROOT / "dags" / name).read_bytes())
        assert list_py_file_paths(tmp_path) == [str(tmp_path / "debitoor_sync.py")]


class TestInAnyBundle:
    """Account files are next to the DAG file, in whatever bundle that is."""

    @pytest.fixture
    def bundle(self, tmp_path, monkeypatch) -> Path:
        monkeypatch.setenv("AIRFLOW__CORE__DAGS_FOLDER", str(tmp_path / "dags"))
        (tmp_path / "bundle" / "team").mkdir(parents=True)
        (tmp_path / "bundle" / "team" / "debitoor_sync.py").write_bytes(
            (ROOT / "dags" / "debitoor_sync.py").read_bytes()
        )
        return tmp_path / "bundle"

    def read(self, bundle: Path) -> DagBag:
        bag = DagBag(str(bundle), bundle_path=bundle, bundle_name="team")
        assert bag.import_errors == {}
        return bag

    def test_they_become_dags_that_the_triggerer_finds_too(self, bundle):
        folder = bundle / "team" / "accounts"
        folder.mkdir()
        dag_of(folder, IMPORT)
        (dag,) = self.read(bundle).dags.values()
        kwargs = dag.task_dict["plan"].start_trigger_args.trigger_kwargs
        assert (dag.dag_id, kwargs["folder"]) == ("debitoor__acme", str(folder))
        assert kwargs["digest"] == digest(load_account_file(folder / "acme.yaml").account)

    def test_a_configured_folder_counts_for_all_bundles(self, bundle, tmp_path, monkeypatch):
        (bundle / "team" / "accounts").mkdir()
        dag_of(bundle / "team" / "accounts", IMPORT, "beside")
        (tmp_path / "central").mkdir()
        dag_of(tmp_path / "central", IMPORT, "central")
        monkeypatch.setenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", str(tmp_path / "central"))
        assert set(self.read(bundle).dags) == {"debitoor__central"}

    @pytest.mark.parametrize("is_there", [True, False])
    def test_a_folder_without_account_files_is_logged(self, bundle, caplog, is_there):
        folder = bundle / "team" / "accounts"
        if is_there:
            folder.mkdir()
        assert self.read(bundle).dags == {}
        assert f"There are no account files in {folder}, so there are no DAGs." in caplog.text


class TestSchedules:
    """Airflow starts runs when the account's next runs are said to be, and no schedule makes it fail."""

    EXPRESSIONS = [
        "0 * * * *",
        "*/20 * * * *",
        "0 0 * * *",
        "0 */4 * * *",
        "30 2 * * *",
        "15,45 2 * * *",
        "*/30 0-4 * * *",
        "0 0,1,2,3,4 * * *",
        "10-20/5 1-3 * * *",
        "0 22-2 * * *",
        "0 6-20 * * 1-5",
        "*/7 1-4 * * 1",
        "0 6 */2 * 1",
    ]
    ZONES = ["Europe/Berlin", "America/New_York", "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe", "UTC"]

    @pytest.mark.parametrize("zone", ZONES)
    @pytest.mark.parametrize("expression", EXPRESSIONS)
    def test_the_next_runs_are_those_that_airflow_starts(self, tmp_path, expression, zone):
        account = account_of(tmp_path, f"{EXPORT}frequency: '{expression}'\ntimezone: {zone}\n")
        if account is None:
            assert zone == "Australia/Lord_Howe"
            assert expression.endswith(" * * * *")
            return
        today = datetime(2026, 11, 29, tzinfo=UTC)
        changes = [change.moment for change in clock_changes(zone, today.date())]
        for moment in [today, *changes]:
            start = moment - timedelta(hours=5)
            runs = [time.astimezone(UTC) for time in next_runs(account, 14, start)]
            assert runs == started_by_airflow(account, 14, start)


RESTRICTION = TimeRestriction(earliest=pendulum.datetime(2020, 1, 1), latest=None, catchup=False)


def started_by_airflow(account: Account, count: int, after: datetime) -> list[datetime]:
    """Run Airflow's own timetable as its scheduler does, from one run to the next."""
    timetable = CoreTimetable(account.cron, account.timezone)
    now, last, found = pendulum.instance(after), None, []
    while len(found) < count:
        with time_machine.travel(now, tick=False):
            info = timetable.next_dagrun_info(last_automated_data_interval=last, restriction=RESTRICTION)
        last, now = info.data_interval, max(now, info.run_after.add(seconds=1))
        if info.run_after > after:
            found.append(info.run_after)
    return found


def account_of(folder: Path, text: str) -> Account | None:
    path = folder / "acme.yaml"
    path.write_text(text)
    return load_account_file(path).account


class TestWhateverAnAccountHolds:
    LONG = (
        "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36 6 * * *"
    )

    def test_a_cron_expression_of_over_a_hundred_characters_takes_nothing_away(self, tmp_path):
        assert len(self.LONG) > 100
        dag_of(tmp_path, f"{EXPORT}frequency: {self.LONG}\n", "long")
        dag_of(tmp_path, EXPORT, "other")
        dags = sync_dags(tmp_path)
        assert set(dags) == {"debitoor__long", "debitoor__other"}
        assert dags["debitoor__long"].timetable.expression == self.LONG
        assert "broken" not in dags["debitoor__long"].tags
        assert max(map(len, dags["debitoor__long"].tags)) == 100

    @pytest.mark.parametrize(
        "error", [ValueError("bad {tag}\nline two"), RecursionError(), KeyError("x"), OSError(5, "E")]
    )
    def test_an_account_whose_dag_cannot_be_built_is_reported_and_the_others_stay(self, tmp_path, monkeypatch, error):
        dag_of(tmp_path, EXPORT.replace("receipts", "bad"), "bad")
        dag_of(tmp_path, EXPORT, "good")
        describe = dag_factory._describe

        def fails(account):
            if "bad" in account.name:
                raise error
            return describe(account)

        monkeypatch.setattr(dag_factory, "_describe", fails)
        dags = sync_dags(tmp_path)
        assert steps(dags["debitoor__good"]) == ["plan", "rename", "export", "report"]
        broken = dags["debitoor__bad"]
        assert (broken.schedule, broken.task_ids, "broken" in broken.tags) == (None, ["account_file"], True)
        assert f"bad.yaml: No DAG can be built from the account: {type(error).__name__}" in broken.doc_md
        assert "Undo the last change of the file" in broken.doc_md

    def test_the_error_of_a_dag_that_cannot_be_built_shows_no_secret(self, tmp_path, monkeypatch):
        mask_secret("hunter2-hunter2")

        def fails(account):
            raise RuntimeError("the key is hunter2-hunter2")

        monkeypatch.setattr(dag_factory, "_describe", fails)
        dag = dag_of(tmp_path, EXPORT)
        assert "RuntimeError: the key is ***" in dag.doc_md
        assert "hunter2" not in serialised({"": dag}).decode() + str(dag.tasks[0].problems)

    def test_a_file_that_cannot_be_read_for_any_reason_takes_nothing_away(self, tmp_path, monkeypatch):
        dag_of(tmp_path, EXPORT, "good")
        dag_of(tmp_path, EXPORT, "odd")
        parse = files.parse_account

        def fails(content, name):
            if name == "odd.yaml":
                raise RecursionError("too deep")
            return parse(content, name)

        monkeypatch.setattr(files, "parse_account", fails)
        dags = sync_dags(tmp_path)
        assert steps(dags["debitoor__good"]) == ["plan", "rename", "export", "report"]
        assert "RecursionError: too deep" in dags["debitoor__odd"].doc_md

    def test_any_valid_settings_become_a_dag_that_airflow_can_keep_and_schedule(self, tmp_path, sample):
        """10,000 with ``--soak``."""
        built = 0

        @settings(
            max_examples=sample(60, 10_000),
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(ACCOUNTS)
        def build(account: dict[str, Any]) -> None:
            nonlocal built
            path = tmp_path / "acme.yaml"
            path.write_text(write(account), "utf-8")
            file = load_account_file(path)
            if file.account is None:
                assert {problem.field for problem in file.problems} <= {"frequency", "timezone"}, file.problems
                return
            dag = build_dag(file)
            assert "broken" not in dag.tags, dag.doc_md
            restored = DagSerialization.from_dict(DagSerialization.to_dict(dag))
            assert max(map(len, restored.tags)) <= 100
            assert len(restored.timetable.description or "") <= 1000
            if file.account.cron:
                for change in clock_changes(file.account.timezone, datetime(2026, 11, 29, tzinfo=UTC).date())[:2]:
                    for minutes in (-90, -1, 1, 29, 31, 61, 600, 1500):
                        with time_machine.travel(change.moment + timedelta(minutes=minutes), tick=False):
                            info = restored.timetable.next_dagrun_info(
                                last_automated_data_interval=None, restriction=RESTRICTION
                            )
                            assert info
            built += 1

        build()
        assert built > sample(30, 5_000)
