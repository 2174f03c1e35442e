"""Write and remove account files: whole or not at all, never over another user's change, never outside the folder."""

from __future__ import annotations

import errno
import fcntl
import os
import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import sqlalchemy as sa
from airflow.models.dag import DagModel
from airflow.models.dagbag import DagPriorityParsingRequest
from airflow.utils.session import create_session
from sqlalchemy.exc import IntegrityError

from debitoor_provider.configuration import accounts_folder
from debitoor_provider.messages import reason_of
from debitoor_provider.runs.bundles import is_of_account
from debitoor_provider.sync.account_files.whole import replace_file
from debitoor_provider.sync.text import fold
from debitoor_provider.ui.folder import account_files, version_of
from debitoor_provider.ui.refusals import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

_NEW_ID = re.compile("[a-z0-9][a-z0-9_-]{0,99}")
_READ_ONLY = {errno.EACCES, errno.EPERM, errno.EROFS}


class FolderReadOnly(Exception):
    """The folder of the account files is managed elsewhere, such as by version control."""


def path_to_remove(account_id: str) -> Path:
    """Return the file of an account by its id on the page.

    :raises RequestRefused: 404 when there is none, 409 for a file of another bundle
    """
    file = account_files().get(account_id)
    if file is None:
        raise RequestRefused("account_not_found", status=404, account=account_id, hint=None)
    if file.bundle:
        raise RequestRefused("account_in_bundle", status=409, path=file.path, bundle=file.bundle)
    return file.path


def path_of_new(account_id: str) -> Path:
    """Return the file that a new account would have.

    :raises RequestRefused: 422 for an id that cannot be, 409 for one that is taken
    """
    if not _NEW_ID.fullmatch(account_id):
        raise RequestRefused("account_id_unusable", status=422)
    if any(fold(file.account_id) == fold(account_id) for file in account_files().values()):
        raise RequestRefused("account_exists", status=409, account=account_id)
    return accounts_folder() / f"{account_id}.yaml"


def save(
    path: Path, content: bytes, version: str | None, *, bundle: str = "", meanwhile: AbstractContextManager[None]
) -> str:
    """Write an account file.

    :param version: of the file that was edited; ``None``: there must not be one
    :param bundle: the DAG bundle that the file belongs to, if it is another one: nothing is written there
    :param meanwhile: is entered for the write, under the folder's lock and after the version was checked
    :return: the version of what was written
    :raises RequestRefused: 409 when another user has written it in the meantime
    :raises FolderReadOnly: when it cannot be written here
    """
    if bundle:
        _require_version(path, version)
        raise FolderReadOnly
    with _writing(path.parent):
        _require(path, version)
        with meanwhile:
            replace_file(path, content)
    return version_of(content)


def remove(path: Path, version: str) -> None:
    """Remove an account file; its DAG disappears automatically, and the ledger keeps the history.

    :raises RequestRefused: 409 when another user has written it in the meantime
    :raises FolderReadOnly: when it cannot be removed here
    """
    with _writing(path.parent):
        _require(path, version)
        path.unlink()


def ask_for_parsing() -> None:
    """Ask Airflow to read the file soon that the accounts' DAGs come from."""
    known = (
        sa.select(DagModel.bundle_name, DagModel.relative_fileloc)
        .where(is_of_account(), DagModel.is_stale.is_(False))
        .distinct()
    )
    with create_session() as session:
        places = [(bundle, file) for bundle, file in session.execute(known) if bundle and file]
    for bundle, file in places:
        with suppress(IntegrityError), create_session() as session:  # it was asked for already
            session.add(DagPriorityParsingRequest(bundle_name=bundle, relative_fileloc=file))


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Let one writer of the machine at a time into the folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            # Some network file systems have no locks for folders; the versions are compared anyway.
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
            with suppress(OSError):  # nor do all of them write folders out on request
                os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno in _READ_ONLY:
            raise FolderReadOnly from None
        raise RequestRefused("account_not_written", status=503, detail=reason_of(error)) from None


def _require(path: Path, version: str | None) -> None:
    """Check that the file is the one that was edited, and one that may be replaced."""
    if not path.is_symlink():
        _require_version(path, version)
    elif os.access(path.parent, os.W_OK | os.X_OK):
        raise RequestRefused("account_file_is_link", status=409, file=path.name)
    else:  # such as a ConfigMap, whose files are links
        _require_version(path, version)
        raise FolderReadOnly


def _require_version(path: Path, version: str | None) -> None:
    try:
        now: str | None = version_of(path.read_bytes())
    except FileNotFoundError:
        now = None
    if now == version:
        return
    if version is None:
        raise RequestRefused("account_exists", status=409, account=path.stem)
    raise RequestRefused("account_removed_meanwhile" if now is None else "account_changed_meanwhile", status=409)
