"""One account by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.accounts.files import AccountFile, load_folder
from debitoor_provider.sync.accounts.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path


def find_account(folder: Path, account_id: str) -> AccountFile:
    """Read the file of one account; a missing one is a problem like any other.

    :param folder: the accounts folder
    :param account_id: the file's stem
    """
    for file in load_folder(folder):
        if file.account_id == account_id:
            return file
    path = folder / f"{account_id}.yaml"
    mend = "Look at the accounts with: airflow debitoor accounts list"
    problem = Problem(path.name, None, None, "", "There is no such account file.", mend)
    return AccountFile(path, account_id, "", None, (problem,))
