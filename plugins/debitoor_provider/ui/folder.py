"""The account files as the page shows them: read again only when they have changed."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from dataclasses import dataclass, field
from operator import is_
from typing import TYPE_CHECKING, NamedTuple

from debitoor_provider.configuration import accounts_folder
from debitoor_provider.runs.account_files import fileless
from debitoor_provider.runs.bundles import merged
from debitoor_provider.sync.account_files.files import AccountFile, load_account_file, load_folder
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.refusals import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from debitoor_provider.sync.accounts.settings import Account

_Stamp = tuple[int, int, int, int]

_SETTLED = 2_000_000_000
"""Nanoseconds after which a change of a file can be seen by its times; two quick ones may have the same."""


@dataclass
class _Folder:
    """One folder, and what was read of it.

    :param stamps: of all that lies there; the accounts are as they were while these are the same
    :param read: each file with the stamp that it had
    """

    path: Path
    stamps: dict[str, _Stamp] | None = None
    accounts: dict[str, AccountFile] = field(default_factory=dict)
    read: dict[str, tuple[_Stamp, AccountFile]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def load(self) -> dict[str, AccountFile]:
        with self.lock:
            now = time.time_ns()
            stamps = _stamps(self.path)
            if stamps != self.stamps:
                files = load_folder(self.path, lambda path: self._load_file(path, stamps.get(path.name)))
                self.accounts = {id_of(file): file for file in files}
                self.read = {name: known for name, known in self.read.items() if name in stamps}
                is_settled = all(now - max(stamp[:2]) > _SETTLED for stamp in stamps.values())
                self.stamps = stamps if is_settled else None
            return self.accounts

    def _load_file(self, path: Path, stamp: _Stamp | None) -> AccountFile:
        known = self.read.get(path.name)
        if known and known[0] == stamp:
            return known[1]
        file = load_account_file(path)
        if stamp and time.time_ns() - max(stamp[:2]) > _SETTLED:
            self.read[path.name] = (stamp, file)
        return file


class _Merged(NamedTuple):
    """The account files of all folders.

    :param by_id: by the account's id on the page, in its order
    """

    files: list[AccountFile]
    by_id: Mapping[str, AccountFile]


_folders: dict[Path, _Folder] = {}
_merged = _Merged([], {})


def account_files() -> Mapping[str, AccountFile]:
    """Return all account files by the account's id on the page, in its order; the same object while none changes."""
    global _merged
    files = merged(_loaded(accounts_folder()).values(), lambda path: _loaded(path).values())
    known = _merged
    if len(files) != len(known.files) or not all(map(is_, files, known.files)):
        known = _merged = _Merged(files, dict(sorted((id_of(file), file) for file in files)))
    return known.by_id


def has_account_file(account_id: str) -> bool:
    """Return whether there is an account file of an id: one look, if it was there before."""
    folder = _folders.get(accounts_folder())
    known = folder.accounts.get(account_id) if folder else None
    return (known is not None and known.path.exists()) or account_id in account_files()


def is_fileless(account_id: str) -> bool:
    """Return whether an account has no file, and a hand-written DAG moves its documents."""
    return not has_account_file(account_id) and bool(fileless([account_id], (), opened_ledger()))


def _loaded(path: Path) -> dict[str, AccountFile]:
    return _folders.setdefault(path, _Folder(path)).load()


def account_file(account_id: str) -> AccountFile:
    """Return one account file.

    :raises RequestRefused: 404 when there is none, 409 when the account needs none
    """
    file = account_files().get(account_id)
    if file is None:
        if is_fileless(account_id):
            raise RequestRefused("account_without_file", status=409, account=account_id)
        raise RequestRefused("account_not_found", status=404, account=account_id, hint=None)
    return file


def settings_of(account_id: str) -> Account:
    """Return the settings of an account.

    :raises RequestRefused: 404 when there is none, 409 while its file is broken, or when the account needs none
    """
    file = account_file(account_id)
    if file.account is None or file.problems:
        raise RequestRefused("account_to_be_corrected", status=409)
    return file.account


def id_of(file: AccountFile) -> str:
    """Return the id of an account on the page: its DAG id without the prefix, which is unique and fits into an address.

    That is the file's stem, unless the stem cannot be part of a DAG id or another file has it.
    """
    return file.dag_id.removeprefix(DAG_ID_PREFIX)


def version_of(content: bytes) -> str:
    """Return a short text that changes with the content of a file."""
    return hashlib.sha256(content).hexdigest()


def is_writable() -> bool:
    """Return whether account files can be written here; a folder that is not there yet can be made."""
    path = accounts_folder()
    while not path.exists() and path != path.parent:
        path = path.parent
    return os.access(path, os.W_OK | os.X_OK)


def _stamps(path: Path) -> dict[str, _Stamp]:
    """Return when each entry of a folder was changed last; whatever cannot be looked at counts as changed."""
    stamps = {}
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                try:
                    seen = entry.stat()
                except OSError:
                    stamps[entry.name] = (time.time_ns(), 0, 0, 0)
                else:
                    stamps[entry.name] = (seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino)
    except OSError:
        return {"": (time.time_ns(), 0, 0, 0)}
    return stamps
