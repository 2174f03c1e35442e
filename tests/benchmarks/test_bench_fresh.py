from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from benchmarks import fresh
from benchmarks.p3_parsing import Way, _check_equal
from benchmarks.shelf import name_of, write_accounts

ROOT = Path(__file__).parents[2]
PARSE = ROOT / "benchmarks" / "p3_parse.py"
LOOP = ROOT / "benchmarks" / "p3_loop.py"


def script(folder: Path, text: str) -> Path:
    path = folder / "script.py"
    path.write_text(text)
    return path


def test_the_last_line_of_a_script_is_its_result(tmp_path):
    path = script(tmp_path, "import json, sys; print('hello'); print(json.dumps({'said': sys.argv[1]}))")
    assert fresh.run(sys.executable, path, "this", home=tmp_path) == {"said": "this"}


def test_it_has_an_airflow_home_of_its_own_and_writes_bytecode_as_anywhere(tmp_path, monkeypatch):
    monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", "sqlite:///mine.db")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    path = script(tmp_path, "import json, os; print(json.dumps(dict(os.environ)))")
    found = fresh.run(sys.executable, path, home=tmp_path, FURTHER="yes")
    assert (found["AIRFLOW_HOME"], found["FURTHER"]) == (str(tmp_path), "yes")
    assert found["AIRFLOW__CORE__DAGS_FOLDER"] == str(tmp_path / "dags")
    assert not found.keys() & {"AIRFLOW__DEBITOOR__LEDGER_CONN", "PYTHONDONTWRITEBYTECODE"}


@pytest.mark.parametrize("text", ["raise SystemExit('it broke')", "import sys; sys.stderr.write('it broke')"])
def test_the_error_of_a_script_that_fails_or_prints_nothing_holds_its_stderr(tmp_path, text):
    with pytest.raises(RuntimeError, match="it broke"):
        fresh.run(sys.executable, script(tmp_path, text), home=tmp_path)


def test_dags_that_differ_are_not_compared(tmp_path):
    ours = Way("ours", tmp_path, tmp_path, {}, samples=[{"shapes": ["a"]}])
    _check_equal([ours, Way("theirs", tmp_path, tmp_path, {}, samples=[{"shapes": ["a"]}])])
    with pytest.raises(RuntimeError, match="theirs makes other DAGs"):
        _check_equal([ours, Way("theirs", tmp_path, tmp_path, {}, samples=[{"shapes": ["a", "b"]}])])


@pytest.mark.parametrize("env", [{}, {"FORM_LAST": "1"}])
def test_the_plain_loop_makes_the_dags_that_the_provider_makes(tmp_path, env):
    write_accounts(tmp_path / "dags" / "accounts", 3, archive_after_transfer=True)
    file = shutil.copy(ROOT / "dags" / "debitoor_sync.py", tmp_path / "dags")
    ours = fresh.run(sys.executable, PARSE, file, home=tmp_path)
    describe = ROOT / "benchmarks" / "p3_described.py"
    described = fresh.run(sys.executable, describe, f"debitoor__{name_of(0)}", home=tmp_path)
    env |= {"DAGS": "3", "DESCRIBED": json.dumps(described)}
    loop = fresh.run(sys.executable, PARSE, str(LOOP), home=tmp_path, **env)
    assert (ours["dags"], loop["dags"]) == (3, 3)
    assert len(ours["shapes"]) == 1
    assert loop["shapes"] == ours["shapes"]
