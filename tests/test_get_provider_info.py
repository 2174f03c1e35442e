from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import debitoor_provider
from debitoor_provider import __version__
from debitoor_provider.get_provider_info import get_provider_info

PACKAGE = Path(debitoor_provider.__file__).parent
OPTIONS: dict[str, Any] = get_provider_info()["config"]["debitoor"]["options"]
TYPES = {described["connection-type"]: described for described in get_provider_info()["connection-types"]}


def test_airflow_s_own_schema_accepts_it():
    schema = json.loads(files("airflow").joinpath("provider_info.schema.json").read_text())
    jsonschema.validate(get_provider_info(), schema)


def test_every_module_it_names_can_be_imported():
    info = get_provider_info()
    modules = [
        module
        for kind in ("hooks", "operators", "sensors", "triggers")
        for entry in info[kind]
        for module in entry["python-modules"]
    ]
    for module in modules:
        __import__(module)


@pytest.mark.parametrize("kind", ["notifications", "extra-links"])
def test_every_class_that_it_names_is_there(kind):
    paths = get_provider_info()[kind]
    assert paths
    for path in paths:
        module, _, name = path.rpartition(".")
        assert isinstance(getattr(__import__(module, fromlist=[name]), name), type)


@pytest.mark.parametrize("kind", ["operators", "sensors", "triggers"])
def test_no_module_with_something_for_dags_is_left_out(kind):
    helpers = {"__init__", "base", "broken_account", "late", "looking", "threads", "together", "transfer", "whole_run"}
    there = {path.stem for path in (PACKAGE / kind).glob("*.py")} - helpers
    listed = {module for entry in get_provider_info()[kind] for module in entry["python-modules"]}
    assert listed == {f"debitoor_provider.{kind}.{name}" for name in there}


@pytest.mark.parametrize("conn_type", TYPES)
def test_the_hooks_match_their_description(conn_type):
    described = TYPES[conn_type]
    module, _, name = described["hook-class-name"].rpartition(".")
    hook = getattr(__import__(module, fromlist=[name]), name)
    assert (hook.conn_type, hook.hook_name) == (conn_type, described["hook-name"])


@pytest.mark.parametrize("conn_type", TYPES)
def test_fields_that_hold_secrets_are_masked_by_airflow(conn_type):
    from airflow.sdk._shared.secrets_masker import should_hide_value_for_key

    for name, field in TYPES[conn_type]["conn-fields"].items():
        assert should_hide_value_for_key(name) == (field["schema"].get("format") == "password")


@pytest.mark.parametrize("conn_type", TYPES)
def test_the_forms_defaults_are_valid_and_their_schemas_are_schemas(conn_type):
    for field in TYPES[conn_type]["conn-fields"].values():
        jsonschema.Draft7Validator.check_schema(field["schema"])
        jsonschema.validate(field["schema"].get("default"), field["schema"])


def test_the_options_are_those_of_the_package():
    assert set(OPTIONS) == {"ledger_conn", "accounts_folder", "pacing_url", "ecb_rates", "small_run", "turn_seconds"}
    assert {option["version_added"] for option in OPTIONS.values()} == {__version__}
    assert {name for name, option in OPTIONS.items() if option.get("sensitive")} == {"ledger_conn", "pacing_url"}


def test_the_documentation_says_where_each_option_is_configured():
    page = PACKAGE.parents[1] / "docs" / "operations.md"
    table = page.read_text().partition("## What you configure\n")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"`\[debitoor\] (\w+)`", table)) == sorted(OPTIONS)


def test_reading_it_imports_nothing_heavy():
    code = (
        "import sys, debitoor_provider.get_provider_info as info; info.get_provider_info();"
        "print(*sorted({module.partition('.')[0] for module in sys.modules}))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "debitoor_provider" in loaded
    assert not {"airflow", "requests", "pydantic", "sqlalchemy"} & set(loaded)


@pytest.fixture(scope="module")
def discovered(tmp_path_factory) -> dict[str, Any]:
    """Return what Airflow's own providers manager finds when the package is installed."""
    site = tmp_path_factory.mktemp("site")
    installed = site / f"airflow_provider_debitoor-{__version__}.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: airflow-provider-debitoor\nVersion: {__version__}\n"
    )
    (installed / "entry_points.txt").write_text(
        "[apache_airflow_provider]\nprovider_info = debitoor_provider.get_provider_info:get_provider_info\n"
    )
    code = (
        "import json; from airflow.providers_manager import ProvidersManager; manager = ProvidersManager();"
        "hooks = {ui.connection_type: ui.hook_name for ui in manager.iter_connection_type_hook_ui_metadata()};"
        "print(json.dumps({'version': manager.providers['airflow-provider-debitoor'].version, 'hooks': hooks,"
        "'options': list(dict(manager.provider_configs)['airflow-provider-debitoor']['debitoor']['options'])}))"
    )
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("home")),
        "PYTHONPATH": os.pathsep.join([str(site), *sys.path]),
    }
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_airflow_discovers_the_provider(discovered):
    assert discovered["version"] == __version__
    assert {name: discovered["hooks"].get(name) for name in TYPES} == {
        "getmyinvoices": "GetMyInvoices",
        "debitoor": "Debitoor",
    }
    assert discovered["options"] == [
        "ledger_conn",
        "accounts_folder",
        "pacing_url",
        "ecb_rates",
        "small_run",
        "turn_seconds",
    ]
