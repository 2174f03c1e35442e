"""The account files of all DAG bundles: the configured folder's, and those that Airflow found elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from debitoor_provider.configuration import accounts_folder
from debitoor_provider.runs.bundles import merged
from debitoor_provider.sync.account_files.files import AccountFile, find_account, load_folder

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from debitoor_provider.sync.ledger import Ledger


def account_files() -> list[AccountFile]:
    """Return all account files, in the order of their ids."""
    here = load_folder(accounts_folder())
    try:
        files = merged(here, load_folder)
    except SQLAlchemyError:  # Airflow's database cannot be asked for the folders of other bundles
        files = here
    return sorted(files, key=lambda file: file.account_id)


def account_file(account_id: str) -> AccountFile:
    """Return one account file; a missing one is a problem like any other."""
    found = next((file for file in account_files() if file.account_id == account_id), None)
    return found or find_account(accounts_folder(), account_id)


def fileless(account_ids: Iterable[str], files: Container[str], ledger: Ledger) -> set[str]:
    """Return those of some accounts whose documents a hand-written DAG moves, without an account file.

    :param files: the ids of the accounts that have a file
    """
    without = {account_id for account_id in account_ids if account_id not in files}
    return ledger.runs.elsewhere(without) if without else set()
