"""Folders of account files in other DAG bundles, as found in the DAGs that Airflow has read."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from airflow.models.dag import DagModel
from airflow.utils.session import create_session

from debitoor_provider.configuration import accounts_folder
from debitoor_provider.messages import Message
from debitoor_provider.runs.dag_files import checked, in_two_bundles
from debitoor_provider.sync.account_files.files import AccountFile
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.sync.accounts.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_KEPT_SECONDS = 10


class BundledFolder(NamedTuple):
    """A folder of account files in another bundle.

    :param path: where Airflow's DAG processor keeps it
    :param bundle: name of the bundle
    :param dag_ids: of its accounts
    """

    path: Path
    bundle: str
    dag_ids: tuple[str, ...]


class _FoundFolders:
    """The folders as they were found last."""

    def __init__(self) -> None:
        self.found_at = float("-inf")
        self.folders: list[BundledFolder] = []
        self.lock = threading.Lock()


_kept = _FoundFolders()


def bundled_folders() -> list[BundledFolder]:
    """Return the folders of other bundles; none where one folder for all is configured. Kept for a few seconds."""
    with _kept.lock:
        if time.monotonic() - _kept.found_at > _KEPT_SECONDS:
            _kept.folders = _find()
            _kept.found_at = time.monotonic()
        return _kept.folders


def accounts_of(folder: BundledFolder, files: Iterable[AccountFile]) -> list[AccountFile]:
    """Return the accounts of a bundle's folder; where that is not accessible, only what their DAG ids show.

    :param files: of the folder, as far as they can be read here
    """
    by_dag = {file.dag_id: file for file in files}
    found = []
    for dag_id in folder.dag_ids:
        file = by_dag.get(dag_id)
        if file is None:
            account_id = dag_id.removeprefix(DAG_ID_PREFIX)
            path = folder.path / f"{account_id}.yaml"
            code = "account_file_gone" if folder.path.parent.is_dir() else "account_file_out_of_reach"
            message = Message(code, bundle=folder.bundle, path=path)
            file = AccountFile(path, account_id, dag_id, None, (Problem(path.name, None, None, "", message),))
        found.append(replace(file, bundle=folder.bundle))
    return found


def merged(here: Iterable[AccountFile], load: Callable[[Path], Iterable[AccountFile]]) -> list[AccountFile]:
    """Return the accounts of the configured folder and of other bundles.

    An account that two of them have, or that another DAG file has as well, has that problem.

    :param here: the accounts of the configured folder
    :param load: reads another folder
    """
    found = {file.dag_id or str(file.path): file for file in here}
    for folder in bundled_folders():
        files = list(load(folder.path))
        others = {file.dag_id: replace(file, bundle=folder.bundle) for file in files if file.dag_id in found}
        others |= {file.dag_id: file for file in accounts_of(folder, files)}
        for dag_id, other in others.items():
            found[dag_id] = _twice(found[dag_id], other) if dag_id in found else other
    return checked(found.values())


def _twice(file: AccountFile, other: AccountFile) -> AccountFile:
    return replace(file, problems=(*file.problems, in_two_bundles(file.path, [f"{other.path} ({other.bundle})"])))


def is_of_account() -> sa.ColumnElement[bool]:
    """Return the condition for the DAGs of accounts; the ``_`` of their prefix stands for itself alone."""
    return DagModel.dag_id.startswith(DAG_ID_PREFIX, autoescape=True)


def forget() -> None:
    """Look again the next time."""
    _kept.found_at = float("-inf")


def _find() -> list[BundledFolder]:
    here = accounts_folder()
    dags: dict[tuple[Path, str], list[str]] = {}
    known = sa.select(DagModel.dag_id, DagModel.bundle_name, DagModel.fileloc).where(
        is_of_account(), DagModel.is_stale.is_(False)
    )
    with create_session() as session:
        for dag_id, bundle, fileloc in session.execute(known):
            folder = accounts_folder(fileloc or None)
            if folder != here:
                dags.setdefault((folder, bundle), []).append(dag_id)
    return [BundledFolder(path, bundle, tuple(sorted(ids))) for (path, bundle), ids in sorted(dags.items())]
