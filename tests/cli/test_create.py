from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debitoor_provider.configuration import accounts_folder

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = """\
type: export
name: "$(company)"
debitoor_id: $(email)
connections: {getmyinvoices: gmi, debitoor: debitoor}
"""


@pytest.fixture
def words(cli, tmp_path: Path):
    """Return the command for a template and a table of two accounts."""
    (tmp_path / "group.yaml").write_text(TEMPLATE)
    (tmp_path / "values.csv").write_text("account,company,email\nnorth,North,n@acme.example\nsouth,S,s@acme.example\n")
    return ["accounts", "create", "--template", str(tmp_path / "group.yaml"), "--values", str(tmp_path / "values.csv")]


def test_each_row_is_an_account_that_validates(cli, words):
    done = cli(*words, "-o", "json")
    assert [row["account"] for row in done.rows] == ["north", "south"]
    files = [str(accounts_folder() / f"{name}.yaml") for name in ("north", "south")]
    assert [row["file"] for row in done.rows] == files
    assert cli("accounts", "validate", *files).code == 0


def test_a_dry_run_writes_nothing(cli, words, tmp_path):
    done = cli(*words, "--folder", str(tmp_path / "elsewhere"), "--dry-run")
    assert (done.code, "nothing was written" in done.err) == (0, True)
    assert not (tmp_path / "elsewhere").exists()


def test_a_row_that_is_wrong_keeps_all_from_being_written(cli, words, tmp_path):
    (tmp_path / "values.csv").write_text("account,company,email\nnorth,North,n@acme.example\nsouth,S,nobody\n")
    done = cli(*words)
    assert (done.code, done.err.strip()) == (1, "Nothing was written.")
    assert (
        f"{tmp_path / 'values.csv'}:3: email: 'nobody' is neither an e-mail address nor the id of an account"
        in done.out
    )
    assert not (accounts_folder() / "north.yaml").exists()


def test_a_second_time_nothing_is_overwritten(cli, words):
    cli(*words)
    done = cli(*words)
    assert done.code == 1
    assert "values.csv:2: account: There is an account 'north' already" in done.out


def test_a_file_that_is_not_there_is_named(cli, words):
    assert cli(*words[:-1], "/nowhere.csv").sentence == "/nowhere.csv: No such file or directory."


@pytest.mark.parametrize("mode", [[], ["--dry-run"]], ids=["real", "dry run"])
class TestNames:
    """What the accounts name is looked for by a dry run and by a real one, as ``validate`` does."""

    def test_a_connection_that_airflow_does_not_have(self, cli, words, tmp_path, mode):
        (tmp_path / "group.yaml").write_text(TEMPLATE.replace("gmi,", "$(key),"))
        (tmp_path / "values.csv").write_text("account,company,email,key\nnorth,N,n@acme.example,gni\n")
        done = cli(*words, *mode)
        place = f"warning: {tmp_path / 'values.csv'}:2: key: "
        assert (done.code, done.err.startswith(place), "gni" in done.err) == (0, True, True), done.err
        assert (accounts_folder() / "north.yaml").exists() == (mode == [])

    def test_a_tag_that_getmyinvoices_does_not_have(self, cli, acme, words, tmp_path, mode):
        template = f"type: export\nname: a\ndebitoor_id: {acme.debitoor_email}\n"
        template += "connections: {getmyinvoices: gmi, debitoor: debitoor}\nfilter: {tags: {any: [$(tag)]}}\n"
        (tmp_path / "group.yaml").write_text(template)
        (tmp_path / "values.csv").write_text("account,tag\nnorth,bokos\n")
        assert "bokos" not in cli(*words, *mode, "--folder", str(tmp_path / "a")).err
        done = cli(*words, *mode, "--folder", str(tmp_path / "b"), "--connections")
        assert f"{tmp_path / 'values.csv'}:2: tag: GetMyInvoices has no tag 'bokos'" in done.err
