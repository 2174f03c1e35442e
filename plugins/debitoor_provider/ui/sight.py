"""What a user may see of the documents of all accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.ui.access import Right, no_account, require, visible
from debitoor_provider.ui.folder import account_files
from debitoor_provider.ui.ledger import opened_ledger

if TYPE_CHECKING:
    from collections.abc import Mapping, Set

    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser

    from debitoor_provider.sync.accounts.files import AccountFile


class Accounts(NamedTuple):
    """Accounts that a user may see.

    :param files: of all accounts, by the account's id on the page
    :param ids: of those that the user may see
    """

    files: Mapping[str, AccountFile]
    ids: Set[str]

    def filters(self) -> dict[str, Any]:
        """Name them or the others to the ledger, whichever are fewer: most users may see nearly all."""
        others = opened_ledger().figures.accounts() - self.ids
        return {"accounts": set(self.ids)} if len(self.ids) < len(others) else {"except_accounts": others}


def accounts_of(user: BaseUser, account: str | None = None) -> Accounts:
    """Return the accounts that a user may see.

    :param account: only this one
    :raises Refused: when there is none of this id, or the user may not see it
    """
    files = account_files()
    if account is None:
        return Accounts(files, visible(user, files))
    require(user, Right.SEE, account)
    if account not in files:
        raise no_account(user, account)
    return Accounts(files, files.keys() & {account})
