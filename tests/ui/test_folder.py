"""The account files as the page shows them."""

from __future__ import annotations

import os
import time

import pytest

from debitoor_provider.sync.account_files import files


def test_a_broken_file_is_a_row_with_what_to_correct(rows, accounts):
    (accounts / "acme.yaml").write_text("type: export\nname: Acme\ndebitoor_id: nobody\n")
    row = rows()["acme"]
    assert (row["state"], row["name"], row["direction"]) == ("broken", "acme.yaml", None)
    assert row["advice_code"] == "broken"
    assert row["advice"] == f"{row['problems'][0]['message']} {row['problems'][0]['remedy']}"
    assert {problem["field"] for problem in row["problems"]} == {"debitoor_id", "connections"}
    assert [problem["line"] for problem in row["problems"] if problem["field"] == "debitoor_id"] == [3]


@pytest.mark.parametrize("name", ["<b>&'\"\n.yaml", "a b.yaml", "a%2f..yaml", os.fsdecode(b"\xff.yaml"), "é.yaml"])
def test_a_file_of_any_name_is_a_row_that_leads_to_the_account(page, accounts, name):
    (accounts / name).write_text("nothing")
    client = page()
    (row,) = client.get("api/accounts").json()["accounts"]
    assert row["state"] == "broken"
    found = client.get(f"api/accounts/{row['id']}").json()
    assert (found["id"], found["dag_id"]) == (row["id"], f"debitoor__{row['id']}")


def test_two_files_of_one_account_are_two_rows(page, account_file, accounts):
    path = account_file()
    (accounts / "acme.yml").write_text(path.read_text())
    client = page()
    found = client.get("api/accounts").json()["accounts"]
    ids = {row["id"] for row in found}
    assert [row["state"] for row in found] == ["broken", "broken"]
    assert "acme" in ids
    assert len(ids) == 2
    assert {client.get(f"api/accounts/{id_}").json()["file"] for id_ in ids} == {"acme.yaml", "acme.yml"}


def test_a_changed_file_is_read_again_and_the_others_are_not(rows, account_file, monkeypatch):
    for stem in ("acme", "other"):
        os.utime(account_file(stem), (time.time() - 60,) * 2)
    read: list[str] = []
    load = files.load_account_file
    monkeypatch.setattr(
        "debitoor_provider.ui.folder.load_account_file", lambda path: read.append(path.stem) or load(path)
    )
    monkeypatch.setattr("debitoor_provider.ui.folder._SETTLED", 0)
    rows()
    rows()
    assert read == ["acme", "other"]
    account_file("acme", name="Acme & Co")
    assert rows()["acme"]["name"] == "Acme & Co"
    assert read == ["acme", "other", "acme"]


def test_a_quick_second_change_is_seen(rows, account_file):
    for name in ("One", "Two"):  # of the same length, in the same moment
        path = account_file(name=name)
        os.utime(path, (1_900_000_000, 1_900_000_000))
        assert rows()["acme"]["name"] == name


def test_an_account_without_a_file_is_not_listed(rows, account_file):
    path = account_file()
    assert rows().keys() == {"acme"}
    path.unlink()
    assert rows() == {}


def test_no_folder_means_no_accounts(rows, accounts):
    accounts.rmdir()
    assert rows() == {}
