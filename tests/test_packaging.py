from __future__ import annotations

import json
import os
import pkgutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path, PurePosixPath
from sysconfig import get_path

import pytest

from debitoor_provider.sync.ledger.database.schema import HEAD

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "plugins" / "debitoor_provider"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel"]
    done = subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """Install the wheel into a place that has nothing else of this repository."""
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--no-deps", "--quiet", "--target", str(target), str(wheel)], check=True)
    return target


def run(installed: Path, *arguments: str, **environment: str) -> str:
    """Run Python with the wheel and its dependencies; ``-S`` leaves the editable installation out."""
    search = os.pathsep.join([str(installed), get_path("purelib"), get_path("platlib")])
    done = subprocess.run(
        [sys.executable, "-S", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=installed,
        env={**os.environ, "PYTHONPATH": search, "COLUMNS": "200", **environment},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as content:
        names = {PurePosixPath(name) for name in content.namelist()}
    assert {name.parts[0].partition("-")[0] for name in names} == {"debitoor_provider", "airflow_provider_debitoor"}
    shipped = {str(name) for name in names if name.parts[0] == "debitoor_provider"}
    sources = {path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert shipped == {path.relative_to(PACKAGE.parent).as_posix() for path in sources}
    assert "debitoor_provider/py.typed" in shipped
    assert "debitoor_provider/sync/ledger/database/migrations/versions/v0001_ledger.py" in shipped


def test_the_wheel_knows_nothing_of_the_machine_that_built_it(wheel):
    with zipfile.ZipFile(wheel) as content:
        assert not [name for name in content.namelist() if str(ROOT).encode() in content.read(name)]


def test_no_package_of_the_provider_is_missing_in_what_the_sandbox_may_not_import():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (forbidden,) = (
        set(c["forbidden_modules"]) for c in contracts if "debitoor_provider.sandbox" in c.get("source_modules", ())
    )
    siblings = {f"debitoor_provider.{info.name}" for info in pkgutil.iter_modules([str(PACKAGE)])}
    assert forbidden == {"airflow", *siblings} - {"debitoor_provider.sandbox"}


def test_airflow_finds_the_installed_provider_with_its_forms_and_commands(installed):
    code = """
import json, debitoor_provider
from airflow.cli.cli_parser import get_parser
from airflow.providers_manager import ProvidersManager
manager = ProvidersManager()
provider = manager.providers["airflow-provider-debitoor"]
print(json.dumps({
    "file": debitoor_provider.__file__,
    "version": provider.version,
    "fields": {kind["connection-type"]: list(kind["conn-fields"]) for kind in provider.data["connection-types"]},
    "hooks": {ui.connection_type: ui.hook_class_name for ui in manager.iter_connection_type_hook_ui_metadata()},
    "classes": {name: manager.hooks[name].hook_class_name for name in ("debitoor", "getmyinvoices")},
    "command": get_parser().parse_args(["debitoor", "accounts", "list"]).func.__name__,
}))
"""
    found = json.loads(run(installed, "-c", code).splitlines()[-1])
    assert Path(found["file"]).is_relative_to(installed)
    assert installed.joinpath(f"airflow_provider_debitoor-{found['version']}.dist-info").is_dir()
    assert {"calls_per_minute", "timezone", "allow_http"} <= set(found["fields"]["getmyinvoices"])
    assert {"email", "client_id", "client_secret"} <= set(found["fields"]["debitoor"])
    classes = {
        "debitoor": "debitoor_provider.hooks.debitoor.DebitoorHook",
        "getmyinvoices": "debitoor_provider.hooks.getmyinvoices.GetMyInvoicesHook",
    }
    assert found["classes"] == classes
    assert {name: found["hooks"][name] for name in classes} == classes
    assert found["command"] == "list_accounts"


@pytest.mark.parametrize(
    ("command", "rows"),
    [
        ("list", [{"package_name": "airflow-provider-debitoor"}]),
        ("hooks", [{"connection_type": "debitoor"}, {"connection_type": "getmyinvoices"}]),
    ],
)
def test_the_command_line_shows_it(installed, command, rows):
    shown = json.loads(run(installed, "-m", "airflow", "providers", command, "-o", "json"))
    for row in rows:
        assert [known for known in shown if row.items() <= known.items()]


def test_a_new_ledger_gets_its_tables_from_the_wheel(installed, tmp_path):
    code = "from debitoor_provider.sync.ledger import Ledger; import sys; print(Ledger.open(sys.argv[1]).revision)"
    assert run(installed, "-c", code, f"sqlite:///{tmp_path / 'ledger.db'}").strip() == HEAD


def test_airflow_does_not_execute_the_package_as_plugins(installed):
    code = """
import json, sys
before = set(sys.modules)
from airflow import plugins_manager
plugins_manager.ensure_plugins_loaded()
print(json.dumps({"errors": plugins_manager.get_import_errors(), "modules": sorted(set(sys.modules) - before)}))
"""
    found = json.loads(run(installed, "-c", code, AIRFLOW__CORE__PLUGINS_FOLDER=str(PACKAGE.parent)).splitlines()[-1])
    # The metadata of the editable installation is still in sight, so the plugin is found a second time.
    assert not [error for error in found["errors"].values() if "already registered" not in error]
    stems = {path.stem for path in PACKAGE.rglob("*.py")} - {"__init__"} - set(sys.stdlib_module_names)
    assert {"dag_factory", "tables"} <= stems
    assert not stems & set(found["modules"])
