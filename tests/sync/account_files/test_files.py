from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from debitoor_provider.sync.account_files.files import (
    AccountFile,
    find_account,
    load_account_file,
    load_folder,
    parse_account,
)
from debitoor_provider.sync.account_files.yaml_source import BYTE_LIMIT
from debitoor_provider.sync.accounts.settings import ExportAccount, ImportAccount
from tests.sync.accounts.examples import EXPORT, IMPORT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def write(folder: Path, name: str, content: bytes = EXPORT) -> AccountFile:
    path = folder / name
    path.write_bytes(content)
    return load_account_file(path)


def problems_of(file: AccountFile) -> str:
    assert file.account is None
    return "\n".join(map(str, file.problems))


def test_the_examples_are_accounts(folder: Path) -> None:
    receipts, sales = write(folder, "acme-receipts.yaml"), write(folder, "acme-sales.yml", IMPORT)

    assert isinstance(receipts.account, ExportAccount)
    assert isinstance(sales.account, ImportAccount)
    assert (receipts.account_id, receipts.dag_id, receipts.problems) == ("acme-receipts", "debitoor__acme-receipts", ())
    assert load_folder(folder) == [receipts, sales]


def test_accounts_come_by_name_and_nothing_else_comes(folder: Path) -> None:
    for name in ("b.yaml", "a.yml", "C.YAML", ".hidden.yaml", "notes.txt", "d.yaml~"):
        write(folder, name)
    (folder / "sub.yaml").mkdir()
    os.mkfifo(folder / "pipe.yaml")

    assert [file.path.name for file in load_folder(folder)] == ["C.YAML", "a.yml", "b.yaml"]


def test_a_link_is_as_good_as_a_file(folder: Path) -> None:
    (folder / "..data").mkdir()
    write(folder / "..data", "acme.yaml")
    (folder / "acme.yaml").symlink_to(folder / "..data" / "acme.yaml")

    (file,) = load_folder(folder)

    assert file.account is not None


def test_a_link_into_nothing_is_a_problem(folder: Path) -> None:
    (folder / "acme.yaml").symlink_to(folder / "gone.yaml")

    (file,) = load_folder(folder)

    assert "acme.yaml: The file cannot be read (No such file" in problems_of(file)
    assert file.dag_id.startswith("debitoor__acme")


def test_no_folder_means_no_accounts(folder: Path) -> None:
    assert load_folder(folder / "gone") == []


def test_a_folder_that_cannot_be_listed_is_a_problem(folder: Path) -> None:
    path = folder / "accounts"
    path.write_text("")

    (file,) = load_folder(path)

    assert "accounts: The file cannot be read (Not a directory)." in problems_of(file)


def test_a_file_that_may_not_be_read_is_a_problem(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)

    assert "acme.yaml: The file cannot be read (Permission denied). Give Airflow's user" in problems_of(
        load_account_file(folder / "acme.yaml")
    )


def test_a_broken_file_keeps_its_dag_id(folder: Path) -> None:
    file = write(folder, "acme.yaml", b"type: [export\nname: Acme\n")

    assert file.dag_id == "debitoor__acme"
    assert problems_of(file).startswith("acme.yaml:2: The file is not valid YAML")


def test_every_problem_has_its_line_and_remedy(folder: Path) -> None:
    content = (
        EXPORT.replace(b"INCOMING_INVOICE", b"INVOICE").replace(b"daily", b"dayly").replace(b"{company}", b"{compny}")
    )

    lines = problems_of(write(folder, "acme.yaml", content)).splitlines()

    assert [line.split(": ")[:2] for line in lines] == [
        ["acme.yaml:4", "frequency"],
        ["acme.yaml:10", "filter.document_types[0]"],
        ["acme.yaml:15", "rename"],
    ]
    assert "'INVOICE' is not a document type. Use one of INCOMING_INVOICE, " in lines[1]
    assert lines[1].endswith(". Did you mean INCOMING_INVOICE?")
    assert "Did you mean {company}?" in lines[2]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            b"name: Acme\n",
            "acme.yaml:1: type: This field is missing. Start with the account's type: one of export, import.",
        ),
        (
            b"a: 1\ntype: exprt\n",
            "acme.yaml:2: type: 'exprt' is not an account type. Use one of export, import. Did you mean export?",
        ),
        (b"type: {a: b}\n", "acme.yaml:1: type: '{'a': 'b'}' is not an account type. Use one of export, import."),
        (b"", "acme.yaml: The file is empty. Start with the account's type, such as type: export."),
        (
            b"#" * (BYTE_LIMIT + 1),
            (
                "acme.yaml: The file is larger than 256 KiB. "
                "Check that it is an account file: those have about twenty lines."
            ),
        ),
    ],
)
def test_a_file_without_a_kind_has_one_problem(folder: Path, content: bytes, problem: str) -> None:
    assert problems_of(write(folder, "acme.yaml", content)) == problem


@pytest.mark.parametrize("stem", ["acme gmbh", "acme:1", "acme/".replace("/", "\n"), "a" * 241, "+", "\udcff"])
def test_a_name_that_cannot_be_a_dag_is_a_problem(folder: Path, stem: str) -> None:
    file = write(folder, f"{stem}.yaml")

    assert "Rename the file" in problems_of(file) or "Use at most 240 characters" in problems_of(file)
    assert re.fullmatch(r"debitoor__[A-Za-z0-9-]{1,80}", file.dag_id)
    assert "\n" not in problems_of(file)
    assert "\udcff" not in problems_of(file)


def test_names_that_cannot_be_a_dag_have_different_dag_ids(folder: Path) -> None:
    assert write(folder, "a b.yaml").dag_id != write(folder, "a+b.yaml").dag_id


def test_a_name_whose_accents_some_system_took_apart_is_the_same_account(folder: Path) -> None:
    (folder / "bu\u0308ro.yaml").write_bytes(EXPORT)
    (file,) = [file for file in load_folder(folder) if file.path.name.startswith("bu")]
    assert (file.account_id, file.dag_id, file.problems) == ("b\u00fcro", "debitoor__b\u00fcro", ())
    for written in ("b\u00fcro", "bu\u0308ro"):
        assert find_account(folder, written).path == file.path


@pytest.mark.parametrize(("one", "other"), [("acme.yaml", "acme.yml"), ("Acme.yaml", "acme.yaml")])
def test_two_files_of_one_account_are_a_problem_of_both(folder: Path, one: str, other: str) -> None:
    write(folder, one)
    write(folder, other)
    write(folder, "beta.yaml")

    first, second, third = load_folder(folder)

    assert (
        problems_of(first)
        == f"{one}: The account exists more than once, also as '{other}'. Rename or remove one of them."
    )
    assert (
        problems_of(second)
        == f"{other}: The account exists more than once, also as '{one}'. Rename or remove one of them."
    )
    assert first.dag_id == f"debitoor__{first.account_id}"
    assert len({first.dag_id, second.dag_id, third.dag_id}) == 3
    assert third.account is not None


def test_several_accounts_may_have_one_name(folder: Path) -> None:
    write(folder, "a.yaml")
    write(folder, "b.yaml")

    assert [file.account is not None for file in load_folder(folder)] == [True, True]


def test_a_text_can_be_checked_before_it_is_a_file() -> None:
    account, problems = parse_account(IMPORT, "new.yaml")

    assert isinstance(account, ImportAccount)
    assert problems == ()


def test_the_problems_of_a_wholly_wrong_file_are_cut_short() -> None:
    _, problems = parse_account(EXPORT + b"".join(b"wrong%d: 1\n" % number for number in range(10_000)), "acme.yaml")

    assert len(problems) == 51
    assert str(problems[-1]) == "acme.yaml: There are 9950 more problems."


def test_a_secret_in_the_file_is_not_repeated() -> None:
    content = EXPORT + b"api_key: hunter2-hunter2\n"
    content = content.replace(b"debitoor: debitoor_acme", b"debitoor: 'Bearer hunter2'")

    account, problems = parse_account(content, "acme.yaml")

    assert account is None
    assert [problem.field for problem in problems] == ["connections.debitoor", "api_key"]
    assert "hunter2" not in "".join(map(str, problems)) + repr(problems)
