"""Account files, read and validated. What is wrong is returned as problems, never raised."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from debitoor_provider.messages import Message, reason_of
from debitoor_provider.sync.account_files.yaml_source import BYTE_LIMIT, ParsedFile, SourceError, read
from debitoor_provider.sync.accounts.finding import Finding
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX, is_account_id
from debitoor_provider.sync.accounts.problems import Problem, causes, explain, field_path
from debitoor_provider.sync.accounts.values import did_you_mean, plainly, quoted
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.text import fold, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from debitoor_provider.sync.accounts.settings import Account

_STEM_LIMIT = 250 - len(DAG_ID_PREFIX)  # Airflow's limit of a DAG id
_PROBLEM_LIMIT = 50  # more than a user corrects at once
_SUFFIXES = {".yaml", ".yml"}


@dataclass(frozen=True, slots=True)
class AccountFile:
    """One account file.

    :param path: its path
    :param account_id: the file's stem, with composed accents: some systems and archives decompose them in names
    :param dag_id: ``debitoor__<account_id>``; something unique close to it, when the stem cannot be part of a DAG id
    :param account: the settings; ``None`` when there are problems
    :param problems: what has to be corrected, by line
    :param bundle: name of the DAG bundle with the file, when that is not in the accounts folder
    """

    path: Path
    account_id: str
    dag_id: str
    account: Account | None
    problems: tuple[Problem, ...] = ()
    bundle: str = ""


def load_folder(folder: Path, load: Callable[[Path], AccountFile] | None = None) -> list[AccountFile]:
    """Read every account of a folder, by name.

    :param load: reads one file, for a caller that caches them
    """
    try:
        paths = account_paths(folder)
    except OSError as error:
        return [_unreadable(folder, error)]
    return _without_clashes([(load or load_account_file)(path) for path in paths])


def account_paths(folder: Path, account_id: str | None = None) -> list[Path]:
    """Return the account files of a folder, by name. Hidden files and folders are ignored; no folder means no accounts.

    :param account_id: only those whose stem is alike
    :raises OSError: when it cannot be looked into
    """
    alike = None if account_id is None else fold(account_id)
    try:
        paths = [path for path in folder.iterdir() if alike in (None, fold(path.stem))]
    except FileNotFoundError:
        return []
    return sorted(path for path in paths if _is_account_file(path))


def find_account(folder: Path, account_id: str) -> AccountFile:
    """Read one account of a folder without reading the others; a missing file is a problem like any other.

    :param account_id: the file's stem
    """
    try:
        alike = account_paths(folder, account_id)
    except OSError as error:
        return _unreadable(folder, error)
    files = _without_clashes([load_account_file(path) for path in alike])
    for file in files:
        if file.account_id == _composed(account_id):
            return file
    path = folder / f"{account_id}.yaml"
    return AccountFile(path, account_id, "", None, (_of_file(path, Message("account_file_missing")),))


def load_account_file(path: Path) -> AccountFile:
    """Read one account file."""
    problems = stem_problems(path)
    account_id = _composed(path.stem)
    dag_id = _substitute_dag_id(path.stem) if problems else DAG_ID_PREFIX + account_id
    try:
        with path.open("rb") as file:
            content = file.read(BYTE_LIMIT + 1)
    except OSError as error:
        return replace(_unreadable(path, error), dag_id=dag_id)
    try:
        account, found = parse_account(content, path.name)
    except Exception as error:  # noqa: BLE001  whatever it is, the other accounts of the folder are read
        account, found = None, (failure(path, error),)
    problems += found
    return AccountFile(path, account_id, dag_id, None if problems else account, problems)


def parse_account(content: bytes, file: str) -> tuple[Account | None, tuple[Problem, ...]]:
    """Read the content of an account file.

    :param file: the file's name, for the problems
    :return: the settings, or what is wrong with them
    """
    file = plainly(file)
    try:
        parsed = read(content)
    except SourceError as error:
        path = field_path(error.location)
        return None, (Problem(file, error.line, error.column, path, error.message),)
    kind = parsed.data.get("type")
    row = DIRECTIONS.get(kind) if isinstance(kind, str) else None
    if row is None:
        return None, (_unknown_type(kind, parsed, file),)
    try:
        return row.settings.model_validate(parsed.data), ()
    except ValidationError as error:
        return None, _problems(error, row.settings, parsed, file)


def account_warnings(account: Account, content: bytes, file: str) -> tuple[Problem, ...]:
    """Return what is valid in an account file, but may not be what is meant.

    :param content: of the file, as it was read
    :param file: the file's name
    """
    # Slow to import, and not needed to build a DAG.
    from debitoor_provider.sync.accounts.schedule import schedule_warnings
    from debitoor_provider.sync.home_rate import stated_rate_doubts

    found = [Finding("frequency", message) for message in schedule_warnings(account)]
    if account.most_archived is not None and not account.archives:
        found.append(Finding("limits.archived", Message("setting_of_no_effect", needs="archive_after_transfer")))
    found += stated_rate_doubts(account)
    return placed(found, content, file)


def placed(found: Iterable[Finding], content: bytes, file: str) -> tuple[Problem, ...]:
    """Return what was found about settings as problems of their file, with the lines.

    :param content: of the file, as it was read
    :param file: the file's name
    """
    parsed, name = read(content), plainly(file)
    return tuple(Problem(name, *parsed.place(tuple(one.field.split("."))), one.field, one.message) for one in found)


def _problems(error: ValidationError, model: type[Account], parsed: ParsedFile, file: str) -> tuple[Problem, ...]:
    others = [row.settings for row in DIRECTIONS.values() if row.settings is not model]
    details = sorted(causes(error), key=lambda detail: parsed.place(detail["loc"]))
    problems = []
    for detail in details[:_PROBLEM_LIMIT]:
        location = detail["loc"]
        message = explain(detail, model, others)
        problems.append(Problem(file, *parsed.place(location), field_path(location), message))
    if len(details) > _PROBLEM_LIMIT:
        more = Message("account_more_problems", count=len(details) - _PROBLEM_LIMIT)
        problems.append(Problem(file, None, None, "", more))
    return tuple(problems)


def _unknown_type(kind: Any, parsed: ParsedFile, file: str) -> Problem:
    types = list(DIRECTIONS)
    if "type" not in parsed.data:
        return Problem(file, 1, 1, "type", Message("account_type_missing", choices=types))
    message = Message("account_type_unknown", value=quoted(kind), choices=types, hint=did_you_mean(str(kind), types))
    return Problem(file, *parsed.place(("type",)), "type", message)


def failure(path: Path, error: Exception) -> Problem:
    """Return the problem of an account that fails where it should not: the error, without what surrounds it."""
    text = " ".join(str(error).split())
    detail = f"{type(error).__name__}: {shorten(text, 200)}" if text else type(error).__name__
    return _of_file(path, Message("account_failed", detail=detail))


def _is_account_file(path: Path) -> bool:
    if path.name.startswith(".") or path.suffix.lower() not in _SUFFIXES:
        return False
    return path.is_file() or (path.is_symlink() and not path.exists())  # a dangling link is a problem to report


def _unreadable(path: Path, error: OSError) -> AccountFile:
    code = "account_file_forbidden" if isinstance(error, PermissionError) else "account_file_unreadable"
    problem = _of_file(path, Message(code, detail=reason_of(error)))
    return AccountFile(path, path.stem, _substitute_dag_id(path.stem), None, (problem,))


def _of_file(path: Path, message: Message) -> Problem:
    return Problem(plainly(path.name), None, None, "", message)


def stem_problems(path: Path) -> tuple[Problem, ...]:
    """Return why a file's stem cannot be an account's id."""
    account_id = _composed(path.stem)
    if not is_account_id(account_id):
        return (_of_file(path, Message("account_file_name")),)
    if len(account_id) > _STEM_LIMIT:
        return (_of_file(path, Message("account_file_name_long", limit=_STEM_LIMIT)),)
    return ()


def _composed(stem: str) -> str:
    return unicodedata.normalize("NFC", stem)


def _substitute_dag_id(name: str) -> str:
    """Return a DAG id for a name that cannot be one: readable, and the same in every process."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", name)[:60].strip("-")
    digest = hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:8]
    return f"{DAG_ID_PREFIX}{readable}-{digest}"


def _without_clashes(files: list[AccountFile]) -> list[AccountFile]:
    """Reject accounts whose files would get the same DAG id; the first keeps the DAG id and its history."""
    alike: dict[str, list[AccountFile]] = defaultdict(list)
    for file in files:
        alike[fold(file.account_id)].append(file)
    groups = (alike[fold(file.account_id)] for file in files)
    return [_clashing(file, group) if len(group) > 1 else file for file, group in zip(files, groups, strict=True)]


def _clashing(file: AccountFile, group: list[AccountFile]) -> AccountFile:
    others = [quoted(other.path.name) for other in group if other is not file]
    problem = _of_file(file.path, Message("account_file_twice", others=others))
    dag_id = file.dag_id if file is group[0] else _substitute_dag_id(file.path.name)
    return replace(file, dag_id=dag_id, account=None, problems=(problem, *file.problems))
