"""Account files: read, checked, and never the cause of an exception. What is wrong is told as problems."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.sync.accounts.problems import Problem, explain, field_path
from debitoor_provider.sync.accounts.source import BYTE_LIMIT, Source, SourceError, read
from debitoor_provider.sync.accounts.values import quoted
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.text import fold, nearest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from debitoor_provider.sync.accounts.settings import Account

_STEM_LIMIT = 250 - len(DAG_ID_PREFIX)  # Airflow's limit of a DAG id
_PROBLEM_LIMIT = 50  # more than anybody mends at once
_SUFFIXES = {".yaml", ".yml"}


@dataclass(frozen=True, slots=True)
class AccountFile:
    """One account file.

    :param path: where it is
    :param account_id: the file's stem
    :param dag_id: ``debitoor__<stem>``; something unique close to it, when the stem cannot be part of a DAG id
    :param account: the settings; ``None`` when there are problems
    :param problems: what has to be mended, by line
    """

    path: Path
    account_id: str
    dag_id: str
    account: Account | None
    problems: tuple[Problem, ...] = ()


def load_folder(folder: Path, load: Callable[[Path], AccountFile] | None = None) -> list[AccountFile]:
    """Read every account of a folder, by name; hidden files and folders are left alone. No folder means no accounts.

    :param load: reads one file, for a caller that remembers those it has read
    """
    try:
        paths = [path for path in folder.iterdir() if _is_account_file(path)]
    except FileNotFoundError:
        return []
    except OSError as error:
        return [_unreadable(folder, error)]
    return _without_clashes([(load or load_account_file)(path) for path in sorted(paths)])


def find_account(folder: Path, account_id: str) -> AccountFile:
    """Read one account of a folder without reading the others; a missing one is a problem like any other.

    :param account_id: the file's stem
    """
    try:
        alike = [path for path in folder.iterdir() if fold(path.stem) == fold(account_id) and _is_account_file(path)]
    except FileNotFoundError:
        alike = []
    except OSError as error:
        return _unreadable(folder, error)
    files = _without_clashes([load_account_file(path) for path in sorted(alike)])
    for file in files:
        if file.account_id == account_id:
            return file
    path = folder / f"{account_id}.yaml"
    mend = "See which there are with: airflow debitoor accounts list"
    return AccountFile(path, account_id, "", None, (_of_file(path, "There is no such account file.", mend),))


def load_account_file(path: Path) -> AccountFile:
    """Read one account file."""
    problems = _stem_problems(path)
    dag_id = _substitute_dag_id(path.stem) if problems else DAG_ID_PREFIX + path.stem
    try:
        with path.open("rb") as file:
            content = file.read(BYTE_LIMIT + 1)
    except OSError as error:
        return replace(_unreadable(path, error), dag_id=dag_id)
    account, found = parse_account(content, path.name)
    problems += found
    return AccountFile(path, path.stem, dag_id, None if problems else account, problems)


def parse_account(content: bytes, file: str) -> tuple[Account | None, tuple[Problem, ...]]:
    """Read the content of an account file.

    :param file: the file's name, for the problems
    :returns: the settings, or what is wrong with them
    """
    file = quoted(file)[1:-1]
    try:
        source = read(content)
    except SourceError as error:
        path = field_path(error.location)
        return None, (Problem(file, error.line, error.column, path, error.message, error.mend),)
    kind = source.data.get("type")
    row = DIRECTIONS.get(kind) if isinstance(kind, str) else None
    if row is None:
        return None, (_no_kind(kind, source, file),)
    try:
        return row.settings.model_validate(source.data), ()
    except ValidationError as error:
        return None, _problems(error, row.settings, source, file)


def _problems(error: ValidationError, model: type[Account], source: Source, file: str) -> tuple[Problem, ...]:
    others = [row.settings for row in DIRECTIONS.values() if row.settings is not model]
    details = sorted(error.errors(include_url=False), key=lambda detail: source.place(detail["loc"]))
    problems = []
    for detail in details[:_PROBLEM_LIMIT]:
        location = detail["loc"]
        message, mend = explain(detail, model, others)
        problems.append(Problem(file, *source.place(location), field_path(location), message, mend))
    if len(details) > _PROBLEM_LIMIT:
        problems.append(Problem(file, None, None, "", f"There are {len(details) - _PROBLEM_LIMIT} problems more.", ""))
    return tuple(problems)


def _no_kind(kind: Any, source: Source, file: str) -> Problem:
    if "type" not in source.data:
        return Problem(file, 1, 1, "type", "This field is missing.", "Begin with type: export or type: import.")
    near = nearest(str(kind), DIRECTIONS)
    hint = f"; did you mean {near}?" if near else "."
    mend = f"Use one of {', '.join(DIRECTIONS)}{hint}"
    return Problem(file, *source.place(("type",)), "type", f"{quoted(kind)} is not a type.", mend)


def _is_account_file(path: Path) -> bool:
    if path.name.startswith(".") or path.suffix.lower() not in _SUFFIXES:
        return False
    return path.is_file() or (path.is_symlink() and not path.exists())  # a link into nothing is worth a problem


def _unreadable(path: Path, error: OSError) -> AccountFile:
    reason = error.strerror or type(error).__name__
    mend = "Let the user of Airflow read it." if isinstance(error, PermissionError) else "Look at what it is."
    problem = _of_file(path, f"It cannot be read: {reason}.", mend)
    return AccountFile(path, path.stem, _substitute_dag_id(path.stem), None, (problem,))


def _of_file(path: Path, message: str, mend: str) -> Problem:
    return Problem(quoted(path.name)[1:-1], None, None, "", message, mend)


def _stem_problems(path: Path) -> tuple[Problem, ...]:
    if not re.fullmatch(r"[\w.-]+", path.stem):  # what Airflow allows in a DAG id
        mend = "Rename the file with letters, digits, _ . and - only."
        return (_of_file(path, "The file's name cannot be the name of a DAG.", mend),)
    if len(path.stem) > _STEM_LIMIT:
        return (_of_file(path, "The file's name is too long.", f"Use at most {_STEM_LIMIT} characters."),)
    return ()


def _substitute_dag_id(name: str) -> str:
    """Make a DAG id for a name that cannot be one: readable, and the same in every process."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", name)[:60].strip("-")
    digest = hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:8]
    return f"{DAG_ID_PREFIX}{readable}-{digest}"


def _without_clashes(files: list[AccountFile]) -> list[AccountFile]:
    """Refuse accounts whose files differ in nothing that a DAG id shows; the first keeps the DAG id and its history."""
    alike: dict[str, list[AccountFile]] = defaultdict(list)
    for file in files:
        alike[fold(file.account_id)].append(file)
    groups = (alike[fold(file.account_id)] for file in files)
    return [_clashing(file, group) if len(group) > 1 else file for file, group in zip(files, groups, strict=True)]


def _clashing(file: AccountFile, group: list[AccountFile]) -> AccountFile:
    others = ", ".join(quoted(other.path.name) for other in group if other is not file)
    problem = _of_file(file.path, f"The account is there twice, also as {others}.", "Rename or remove one.")
    dag_id = file.dag_id if file is group[0] else _substitute_dag_id(file.path.name)
    return replace(file, dag_id=dag_id, account=None, problems=(problem, *file.problems))
