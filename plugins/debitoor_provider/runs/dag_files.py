"""The DAG files that make accounts' DAGs, in any DAG bundle, as far as this machine has the bundles."""

from __future__ import annotations

import ast
import logging
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cachetools import TTLCache, cached

from debitoor_provider.configuration import accounts_folder
from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.sync.account_files.files import account_paths
from debitoor_provider.sync.accounts.problems import Problem
from debitoor_provider.sync.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from debitoor_provider.sync.account_files.files import AccountFile

_log = logging.getLogger(__name__)

_FACTORY = "sync_dags"
_IN_TWO = "account_file_in_two_bundles"


class DagFile(NamedTuple):
    """A DAG file that calls ``sync_dags``.

    :param bundle: name of its bundle
    :param folder: where it looks for account files
    """

    bundle: str
    path: Path
    folder: Path


class Duplicates:
    """The accounts that other DAG files have, in any bundle.

    Airflow has one DAG of an id, and takes that of the file which it has read last: of an account with two files, it
    would run now the one, now the other.

    :param folder: of the account files that are read here
    """

    def __init__(self, folder: Path) -> None:
        here = folder.resolve()
        self._folder = folder
        self._others: dict[str, dict[Path, str]] = {}
        for file in dag_files(here):
            if file.folder.resolve() != here:
                for path in _accounts_in(file.folder) or ():
                    self._others.setdefault(fold(path.stem), {})[path.resolve()] = file.bundle

    def checked(self, file: AccountFile) -> AccountFile:
        """Return an account as it is, or with the problem that another DAG file has it as well."""
        if not self._others:  # as nearly always
            return file
        known = any(problem.message.code == _IN_TWO for problem in file.problems)
        problem = None if known else self.problem_of(file.account_id, file.path)
        return replace(file, problems=(*file.problems, problem)) if problem else file

    def problem_of(self, account_id: str, path: Path | None = None) -> Problem | None:
        """Return the problem of an account that another DAG file has as well.

        :param path: of its file here
        """
        here = path or self._folder / f"{account_id}.yaml"
        found = self._others.get(fold(account_id), {})
        others = [f"{other} ({bundle})" for other, bundle in sorted(found.items()) if other != here.resolve()]
        return in_two_bundles(here, others) if others else None


def in_two_bundles(path: Path, others: list[str]) -> Problem:
    """Return the problem of an account file if there are others for the same account."""
    return Problem(path.name, None, None, "", Message(_IN_TWO, path=path, others=others))


def checked(files: Iterable[AccountFile]) -> list[AccountFile]:
    """Return accounts of any folders, those of which another DAG file has as well with that problem."""
    by_folder: dict[str, Duplicates] = {}
    found = []
    for file in files:
        folder = str(file.path).rpartition(os.sep)[0]  # quicker than a path of its own for each of thousands
        if folder not in by_folder:
            by_folder[folder] = Duplicates(file.path.parent)
        found.append(by_folder[folder].checked(file))
    return found


def require_single(account_id: str, folder: Path) -> None:
    """Refuse an account that another DAG file has as well.

    :param folder: of the account file that is read here
    :raises Misconfigured: naming the files
    """
    if problem := Duplicates(folder).problem_of(account_id):
        raise Misconfigured(problem.message, operation="read_account_file")


_kept: TTLCache[Any, list[DagFile]] = TTLCache(maxsize=64, ttl=30)
"""What was found last, for each version that was looked at; for as long as the DAG processor rests, by its default."""


@cached(_kept, condition=threading.Condition())
def dag_files(here: Path | None = None) -> list[DagFile]:
    """Return the DAG files that call ``sync_dags``, where the call names their folder. Kept for some seconds.

    :param here: a folder in the version of a bundle that counts instead of its newest one
    """
    return list(_look(here))


def folders_without_accounts() -> list[Message]:
    """Return what is to be said of DAG files whose accounts folder is missing or has no account file."""
    found = {}
    for file in dag_files():
        if _accounts_in(file.folder) == []:
            code = "accounts_folder_empty" if file.folder.is_dir() else "accounts_folder_missing"
            found[file.path] = Message(code, bundle=file.bundle, file=file.path, folder=file.folder)
    return list(found.values())


def forget() -> None:
    """Look again the next time."""
    _kept.clear()


def _accounts_in(folder: Path) -> list[Path] | None:
    """Return the account files of a folder; ``None`` when it cannot be looked into."""
    try:
        return account_paths(folder)
    except OSError:
        return None


def _look(here: Path | None) -> Iterator[DagFile]:
    """Look through the bundles; what is wrong with one of them is Airflow's to complain about."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager

    try:
        for bundle in DagBundlesManager().get_all_dag_bundles():
            root, versions = bundle.path.resolve(), bundle.versions_dir.resolve()
            if here and here.is_relative_to(versions) and here != versions:
                root = versions / here.relative_to(versions).parts[0]
            for path, folder in _find(root):
                yield DagFile(bundle.name, path, folder)
    except Exception as error:  # noqa: BLE001  a bundle of others takes no account away
        _log.warning("The DAG bundles cannot be looked through: %s", error)


def _find(root: Path) -> Iterator[tuple[Path, Path]]:
    from airflow.utils.file import list_py_file_paths

    for name in sorted(list_py_file_paths(root, safe_mode=False)):
        path = Path(name)
        if path.suffix == ".py" and (folder := _folder_of(path)):
            yield path, folder


def _folder_of(path: Path) -> Path | None:
    """Return where a DAG file looks for account files; ``None`` when it is none of ours, or when that is not plain."""
    try:
        content = path.read_bytes()
        if _FACTORY.encode() not in content or b"debitoor_provider" not in content:
            return None
        nodes = ast.walk(ast.parse(content))
    except (OSError, SyntaxError, ValueError):
        return None
    calls = [node for node in nodes if isinstance(node, ast.Call) and _name_of(node.func) == _FACTORY]
    return next(filter(None, (_folder_given(call, path) for call in calls)), None)


def _folder_given(call: ast.Call, path: Path) -> Path | None:
    given: dict[str | None, ast.expr] = {keyword.arg: keyword.value for keyword in call.keywords}
    folder = next(iter(call.args), given.get("folder"))
    if folder is not None:
        if isinstance(folder, ast.Call) and _name_of(folder.func) == "Path" and len(folder.args) == 1:
            folder = folder.args[0]
        text = folder.value if isinstance(folder, ast.Constant) else None
        return Path(text) if isinstance(text, str) and Path(text).is_absolute() else None
    if "beside" not in given:
        return accounts_folder()
    return accounts_folder(path) if _name_of(given["beside"]) == "__file__" else None


def _name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
