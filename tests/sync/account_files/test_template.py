"""One template and a table become account files."""

from __future__ import annotations

import csv
import errno
import os
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.sync.account_files.files import parse_account
from debitoor_provider.sync.account_files.template import MadeAccount, RowProblem, Table, make, write_all
from debitoor_provider.sync.account_files.yaml_source import read

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = """\
# of the group
type: export
name: "$(company), receipts"  # as in the contract
debitoor_id: $(email)
retries: $(retries)
connections: {getmyinvoices: gmi_$(key), debitoor: "debitoor_$(key)"}
filter:
  tags: {any: [books, $(tag)]}
rename: "{document_date}"
"""
HEADER = "account,company,email,key,tag,retries\n"
ROW = "acme,Acme,books@acme.example,acme,,\n"


def made(rows: str, template: str = TEMPLATE, known: tuple[str, ...] = ()) -> list[MadeAccount]:
    accounts, problems = make(template, Table.read(HEADER + rows), known)
    assert problems == []
    return accounts


def wrong(table: str, template: str = TEMPLATE, known: tuple[str, ...] = ()) -> list[tuple[int | None, str, str]]:
    _, problems = make(template, Table.read(table), known)
    return [(problem.line, problem.column, problem.message.code) for problem in problems]


def data(account: MadeAccount) -> dict[str, Any]:
    return read(account.text.encode()).data


def test_each_row_becomes_a_valid_account_file_with_the_comments_of_the_template():
    first, second = made(ROW + 'other,"B, C",b@acme.example,b,0815,5\n')
    assert (first.account_id, second.account_id, second.line) == ("acme", "other", 3)
    assert first.text.startswith("# of the group\n")
    assert "# as in the contract" in second.text
    account, problems = parse_account(second.text.encode(), "other.yaml")
    assert problems == ()
    assert account is not None
    assert (account.name, account.retries, account.connection_of("debitoor")) == ("B, C, receipts", 5, "debitoor_b")
    assert data(second)["filter"]["tags"]["any"] == ["books", "0815"]


def test_an_empty_cell_leaves_its_field_or_item_out():
    (account,) = made(ROW)
    assert "retries" not in data(account)
    assert data(account)["filter"]["tags"]["any"] == ["books"]


def test_a_placeholder_alone_has_the_type_of_its_cell_and_text_in_quotation_marks():
    template = TEMPLATE.replace(", $(tag)", "") + 'archive_after_transfer: $(tag)\ncategory: "$(retries)"\n'
    (account,) = made("acme,Acme,books@acme.example,acme,true,7\n", template)
    found = data(account)
    assert (found["archive_after_transfer"], found["retries"], found["category"]) == (True, 7, "7")


def test_a_doubled_sign_is_no_placeholder():
    (account,) = made(ROW, TEMPLATE.replace("{document_date}", "$$(x) {document_date}"))
    assert data(account)["rename"] == "$(x) {document_date}"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda text: text.strip() == text))
def test_whatever_a_cell_holds_it_is_a_value_and_never_yaml(cell: str):
    table = Table(["account", "company", "email", "key", "tag", "retries"], [(2, {})])
    cells = {"account": "acme", "company": cell, "email": cell, "key": cell, "tag": cell, "retries": ""}
    accounts, _ = make(TEMPLATE, Table(table.columns, [(2, cells)]), ())
    found = data(accounts[0])
    assert list(found) == ["type", "name", "debitoor_id", "connections", "filter", "rename"]
    assert found["name"] == f"{cell}, receipts"
    assert found["connections"] == {"getmyinvoices": f"gmi_{cell}", "debitoor": f"debitoor_{cell}"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_of_every_spreadsheet_are_read(delimiter: str):
    text = "\ufeff" + delimiter.join(["account", "name"]) + "\r\n" + delimiter.join(["a", '"x\ny"']) + "\r\n\r\n"
    assert Table.read(text) == Table(["account", "name"], [(3, {"account": "a", "name": "x\ny"})])


def test_a_table_that_breaks_off_in_quotation_marks_is_refused():
    with pytest.raises(csv.Error):
        Table.read('account\n"acme\n')


def test_what_is_wrong_in_a_row_names_line_and_column():
    rows = "a b,Acme,books,k,,\n" + "c,,books@acme.example,k,,many\n"
    assert wrong(HEADER + rows) == [
        (2, "account", "account_file_name"),
        (2, "email", "setting_debitoor_id"),
        (3, "retries", "setting_not_whole"),
    ]


def test_an_id_that_is_there_already_is_refused_in_whatever_case():
    assert wrong(HEADER + ROW, known=("ACME",)) == [(2, "account", "values_account_exists")]
    assert wrong(HEADER + ROW + ROW) == [(3, "account", "values_account_exists")]


def test_a_misspelt_column_is_named_with_the_one_that_was_meant():
    _, problems = make(TEMPLATE, Table.read(HEADER.replace("company", "compny") + ROW), ())
    (problem,) = problems
    assert (problem.line, problem.column) == (1, "company")
    assert "compny" in problem.message.remedy()


@pytest.mark.parametrize(
    ("table", "template", "expected"),
    [
        (HEADER, TEMPLATE, [(None, "", "values_empty")]),
        ("name\nx\n", "type: export", [(1, "account", "values_column_missing")]),
        ("account,a,a\nx,1,2\n", "type: export", [(1, "a", "values_column_twice")]),
        (HEADER + ROW, "[", [(None, "", "template_not_yaml")]),
        (HEADER + ROW, "just text", [(None, "", "template_not_yaml")]),
    ],
)
def test_what_concerns_the_whole_table(table: str, template: str, expected: list[RowProblem]):
    assert wrong(table, template) == expected


def test_files_are_written_all_or_none_and_none_is_overwritten(tmp_path: Path):
    folder = tmp_path / "accounts"
    accounts = [MadeAccount(2, "one", "1\n"), MadeAccount(3, "two", "2\n")]
    folder.mkdir()
    (folder / "two.yaml").write_text("mine")
    with pytest.raises(FileExistsError):
        write_all(folder, accounts)
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"two.yaml": "mine"}
    (folder / "two.yaml").unlink()
    assert [path.name for path in write_all(folder, accounts)] == ["one.yaml", "two.yaml"]


@pytest.mark.parametrize(("text", "error"), [("\ud800", UnicodeEncodeError), ("2\n", KeyboardInterrupt)])
def test_no_file_stays_whatever_goes_wrong_with_one(tmp_path: Path, text: str, error: type[BaseException]) -> None:
    def interrupted() -> Iterator[MadeAccount]:
        yield MadeAccount(2, "one", "1\n")
        yield MadeAccount(3, "two", text)
        raise KeyboardInterrupt

    with pytest.raises(error):
        write_all(tmp_path, interrupted())
    assert list(tmp_path.iterdir()) == []


def test_a_reader_finds_whole_files_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    flush = os.fsync

    def look(file: int) -> None:
        seen.append([path.read_text() for path in tmp_path.glob("[!.]*.yaml")])
        flush(file)

    monkeypatch.setattr(os, "fsync", look)
    write_all(tmp_path, [MadeAccount(2, "one", "1\n"), MadeAccount(3, "two", "2\n")])
    assert seen == [[], ["1\n"]]


@pytest.mark.parametrize("is_there", [False, True])
def test_a_file_system_without_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    if is_there:
        (tmp_path / "one.yaml").write_text("mine")
    with pytest.raises(FileExistsError) if is_there else nullcontext():
        write_all(tmp_path, [MadeAccount(2, "one", "1\n")])
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"one.yaml": "mine" if is_there else "1\n"}


@pytest.mark.parametrize("id_", ["../evil", "deep/acme", ""])
def test_an_id_never_leads_out_of_the_folder(id_: str) -> None:
    assert wrong(HEADER + ROW.replace("acme,", f"{id_},", 1))[0] == (2, "account", "account_file_name")


@pytest.mark.parametrize("row", ["acme,Acme,books@acme.example\n", "acme,Acme, Inc,books@acme.example,acme,,\n"])
def test_a_row_with_other_numbers_of_cells_is_named(row: str) -> None:
    assert (2, "", "values_row_uneven") in wrong(HEADER + row)
