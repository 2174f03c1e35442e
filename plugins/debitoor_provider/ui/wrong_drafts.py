"""What was found wrong with an account when it was saved or a start was refused; valid while its file is unchanged."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from debitoor_provider.sync.accounts.finding import Finding
from debitoor_provider.sync.ledger import LedgerError, WrongSettings
from debitoor_provider.ui.folder import version_of
from debitoor_provider.ui.ledger import opened_ledger

if TYPE_CHECKING:
    from debitoor_provider.sync.account_files.files import AccountFile
    from debitoor_provider.ui.known_wrong import SettingsExamination


log = logging.getLogger(__name__)


def remember(account_id: str, content: bytes, found: SettingsExamination) -> None:
    """Keep what was found wrong with an account's file, for its row and its page, until the file changes.

    If not everything could be checked and nothing was found, what was found before is kept.
    """
    if found.wrong or not found.unclear:
        wrong = [(one.field, one.message) for one in found.wrong]
        _keep(account_id, WrongSettings(version_of(content), wrong))


def forget(account_id: str) -> None:
    """Delete what is kept for an account whose file is removed."""
    _keep(account_id, WrongSettings("", ()))


def _keep(account_id: str, wrong: WrongSettings) -> None:
    """Keep it if the ledger can be used: the file is saved or removed already."""
    try:
        opened_ledger().wrong.keep(account_id, wrong)
    except LedgerError as error:
        log.warning("What is known to be wrong with %s is not kept: %s", account_id, error)


def still_wrong(file: AccountFile, known: WrongSettings | None) -> tuple[Finding, ...]:
    """Return what was found wrong with an account's file, if the file is unchanged.

    :param known: what is kept for the account
    """
    if known is None or file.account is None:
        return ()
    try:
        is_same = version_of(file.path.read_bytes()) == known.version
    except OSError:
        is_same = False
    return tuple(Finding(field, message) for field, message in known.found) if is_same else ()
