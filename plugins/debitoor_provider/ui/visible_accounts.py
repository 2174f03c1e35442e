"""What a user may see of the documents of all accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.runs.account_files import fileless
from debitoor_provider.ui.access import Right, no_account, require, visible
from debitoor_provider.ui.folder import account_files, is_fileless
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.overview import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Set

    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser

    from debitoor_provider.sync.account_files.files import AccountFile


class Accounts(NamedTuple):
    """Accounts that a user may see: those with a file, and those whose documents a DAG moves without one.

    :param files: of all accounts, by the account's id on the page
    :param ids: of those that the user may see
    :param others: that have documents, and that the user may not see or that nothing moves any more
    :param is_all: whether the user may see every account
    """

    files: Mapping[str, AccountFile]
    ids: Set[str]
    others: Set[str]
    is_all: bool = False

    def filters(self) -> dict[str, Any]:
        """Name them or the others to the ledger, whichever are fewer.

        To a user who may not see every account, only theirs: an account that comes while the answer is written is
        not among the others.
        """
        few = len(self.ids) < len(self.others)
        return {"except_accounts": set(self.others)} if self.is_all and not few else {"accounts": set(self.ids)}

    def name(self, account_id: str) -> str:
        """Return what people call one of them; without a file that is its id."""
        file = self.files.get(account_id)
        return name_of(file) if file else account_id


def accounts_of(user: BaseUser, account: str | None = None, *, ran: Iterable[str] = ()) -> Accounts:
    """Return the accounts that a user may see.

    :param account: only this one
    :param ran: accounts that have runs, with documents or without
    :raises RequestRefused: when there is none of this id, or the user may not see it
    """
    files = account_files()
    known = opened_ledger().figures.accounts()
    if account is not None:
        require(user, Right.SEE, account)
        if account not in files and not is_fileless(account):
            raise no_account(user, account)
        return Accounts(files, {account}, known - {account})
    every = files.keys() | fileless(known | set(ran), files, opened_ledger())
    mine = visible(user, every)
    return Accounts(files, mine, known - mine, is_all=mine == every)
