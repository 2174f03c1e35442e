"""The account files of all DAG bundles: the configured folder's, and those that Airflow found elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from debitoor_provider.configuration import accounts_folder
from debitoor_provider.runs.bundles import accounts_of, bundled_folders
from debitoor_provider.sync.accounts.files import AccountFile, find_account, load_folder

if TYPE_CHECKING:
    from debitoor_provider.runs.bundles import BundledFolder


def account_files() -> list[AccountFile]:
    """Return all account files, in the order of their ids; of two bundles with one id, the configured folder's."""
    files = {file.account_id: file for folder in _bundles() for file in accounts_of(folder, load_folder(folder.path))}
    files |= {file.account_id: file for file in load_folder(accounts_folder())}
    return [files[account_id] for account_id in sorted(files)]


def account_file(account_id: str) -> AccountFile:
    """Return one account file; a missing one is a problem like any other."""
    file = find_account(accounts_folder(), account_id)
    if file.dag_id:
        return file
    for folder in _bundles():
        for other in accounts_of(folder, load_folder(folder.path)):
            if other.account_id == account_id:
                return other
    return file


def _bundles() -> list[BundledFolder]:
    """Return the folders of other bundles; none while Airflow's database cannot be asked."""
    try:
        return bundled_folders()
    except SQLAlchemyError:
        return []
