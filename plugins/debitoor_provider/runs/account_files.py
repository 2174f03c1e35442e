"""The account files of all DAG bundles: the configured folder's, and those that Airflow found elsewhere."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from debitoor_provider.configuration import accounts_folder
from debitoor_provider.runs.bundles import merged
from debitoor_provider.sync.account_files.files import AccountFile, find_account, load_folder


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
