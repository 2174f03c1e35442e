from __future__ import annotations

import os
import subprocess
import sys

import pytest

from debitoor_provider.cli import sandbox


@pytest.fixture
def started(monkeypatch) -> list[list[str]]:
    """Record the programs that this process would become."""
    programs: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, words: programs.append(words))
    return programs


def test_the_sandbox_takes_the_commands_place(cli, started):
    options = ["--port", "0", "--companies", "2", "--documents", "5", "--company", "A & B"]
    assert cli("sandbox", *options, "--", "--seed", "3", "--no-limits").code == 0
    options += ["--seed", "3", "--no-limits"]
    assert started == [[sys.executable, "-P", "-m", "debitoor_provider.sandbox", *options]]


def test_it_speaks_the_language_of_the_command(cli, started, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "")
    cli("sandbox", "--language", "fr")
    assert os.environ["LANGUAGE"] == "fr"


def test_an_empty_account_is_a_valid_wish(cli, started):
    assert cli("sandbox", "--documents", "0", "--invoices", "0").code == 0
    assert started[0][4:] == ["--documents", "0", "--invoices", "0"]


def test_its_own_defaults_hold(cli, started):
    cli("sandbox")
    assert started == [[sys.executable, "-P", "-m", "debitoor_provider.sandbox"]]


def test_what_is_not_installed_is_named_with_the_extra_that_brings_it(cli, started, monkeypatch):
    needed = ["requests>=2", "fastapi>=0.1; extra == 'sandbox'", "no-such-package; extra == 'sandbox'"]
    monkeypatch.setattr(sandbox, "requires", lambda _: [*needed, "another; extra == 'redis'"])
    sentence = cli("sandbox").sentence
    assert "not installed: no-such-package. " in sentence
    assert 'pip install "airflow-provider-debitoor[sandbox]"' in sentence
    assert started == []


@pytest.mark.parametrize("module", ["fastapi", "fpdf"])
def test_python_says_so_too(module):
    code = f"""
import runpy, sys
sys.modules[{module!r}] = None
sys.argv = ["sandbox", "--port", "0", "--companies", "1", "--documents", "1"]
runpy.run_module("debitoor_provider.sandbox", run_name="__main__")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith(f"The sandbox needs {module}, ")
    assert 'pip install "airflow-provider-debitoor[sandbox]"' in done.stderr
