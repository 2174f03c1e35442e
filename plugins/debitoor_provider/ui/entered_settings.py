"""Settings being entered: written as the file would be, checked, and bound to the right connections."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from debitoor_provider.runs.airflow_names import AirflowNames
from debitoor_provider.sync.account_files.files import account_warnings, parse_account, placed
from debitoor_provider.sync.account_files.writing import write
from debitoor_provider.sync.account_files.yaml_source import read
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.ui.access import require_connection
from debitoor_provider.ui.folder import account_files
from debitoor_provider.ui.refusals import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser

    from debitoor_provider.sync.accounts.problems import Problem
    from debitoor_provider.sync.accounts.settings import Account

RawSettings = dict[str, Any]
"""As in an account file, from JSON; neither complete nor right, until it was judged."""


@dataclass(frozen=True, slots=True)
class DraftAccount:
    """Settings as a file would have them.

    :param yaml: the file's text
    :param account: ``None`` when there are problems
    """

    yaml: str
    account: Account | None
    problems: tuple[Problem, ...]


def judge(account_id: str, settings: RawSettings) -> DraftAccount:
    """Write and read settings; a file that already exists keeps its comments, and what was not changed as it is.

    :raises RequestRefused: 422 for what no file could hold
    """
    file = account_files().get(account_id)
    before, name = "", f"{account_id}.yaml"
    if file:
        name = file.path.name
        try:
            before = file.path.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            before = ""
    return _judge(_as_in_file(settings, before, name), name, before)


def as_shown(account: Account) -> RawSettings:
    """Return what a file states, as the page gets it: names in capitals, defaults and lists as they are understood."""
    return account.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _as_in_file(settings: RawSettings, before: str, name: str) -> RawSettings:
    account = parse_account(before.encode(), name)[0] if before else None
    return _restored(settings, as_shown(account), read(before.encode()).data) if account else settings


def _restored(settings: RawSettings, shown: Mapping[str, Any], written: Mapping[str, Any]) -> RawSettings:
    """Return settings with the values that a file has for those that are still as they were shown."""

    def value_of(name: str, value: Any) -> Any:
        if name not in shown or name not in written:
            return value
        was, raw = shown[name], written[name]
        if value == was:
            return raw
        return _restored(value, was, raw) if all(isinstance(one, dict) for one in (value, was, raw)) else value

    return {name: value_of(name, value) for name, value in settings.items()}


def sample_account(settings: RawSettings) -> tuple[Account | None, tuple[Problem, ...]]:
    """Read as much of unfinished settings as there is: for a look at their effect on real documents.

    Fields that are wrong or not there yet count as not given.

    :return: the account, and what is wrong
    """
    given = settings.get("connections")
    stand_ins = _stand_ins(settings.get("type"))
    asked: RawSettings = {**stand_ins, **settings}
    asked["connections"] = stand_ins.get("connections", {}) | (given if isinstance(given, dict) else {})
    draft = _judge(asked, "draft.yaml")
    if draft.account or not draft.problems:
        return draft.account, ()
    wrong = {re.split(r"[.\[]", problem.field)[0] for problem in draft.problems}
    left: RawSettings = stand_ins | {name: value for name, value in asked.items() if name not in wrong}
    return _judge(left, "draft.yaml").account, draft.problems


def scheduled_account(draft: DraftAccount, settings: RawSettings) -> Account | None:
    """Return settings that may be unfinished, if their schedule is valid."""
    if any(problem.field in {"frequency", "at", "days", "timezone"} for problem in draft.problems):
        return None
    return draft.account or sample_account(settings)[0]


def warnings(draft: DraftAccount, account: Account | None) -> tuple[Problem, ...]:
    """Return what is valid in a draft, but may not be what is meant."""
    if account is None:
        return ()
    content, names = draft.yaml.encode("utf-8", "replace"), AirflowNames.read(suggests=False)
    found = [*names.unusable_pool(account), *names.unusable_files(account)]
    if draft.account:  # what it is written with, not a stand-in
        sender = names.unusable_sender(account)
        found += [*names.unusable_connections(account), *([sender] if sender else [])]
    return (*account_warnings(account, content, "draft.yaml"), *placed(found, content, "draft.yaml"))


def _stand_ins(kind: object) -> RawSettings:
    """Return examples for what a direction's settings cannot do without, and connections that do not exist."""
    row = DIRECTIONS.get(kind) if isinstance(kind, str) else None
    if row is None:
        return {}
    required = (
        (field.alias or name, field) for name, field in row.settings.model_fields.items() if field.is_required()
    )
    examples: RawSettings = {name: field.examples[0] for name, field in required if field.examples}
    return examples | {"connections": dict.fromkeys(row.hooks, "none")}


def require_connections(user: BaseUser, account_id: str, names: Mapping[str, Any]) -> None:
    """Refuse connections that the user may not edit, unless the account uses them already.

    :param names: by what they are for
    :raises RequestRefused: 403
    """
    file = account_files().get(account_id)
    account = file.account if file else None
    in_use = set(account.connections.model_dump().values()) if account else set()
    if account and account.notify:
        in_use.add(account.notify.connection)
    for name in names.values():
        if isinstance(name, str) and name not in in_use:
            require_connection(user, name)


def connections_in(settings: RawSettings) -> Mapping[str, Any]:
    """Return the ids of the services' connections that settings name."""
    given = settings.get("connections")
    return given if isinstance(given, dict) else {}


def sender_in(settings: RawSettings) -> Mapping[str, Any]:
    """Return the id of the connection by which people are to be notified, if settings name one."""
    given = settings.get("notify")
    return {"notify": given.get("connection")} if isinstance(given, dict) else {}


def _judge(settings: RawSettings, name: str, before: str = "") -> DraftAccount:
    try:
        text = write(settings, before)
    except ValueError:
        raise RequestRefused("settings_too_deep", status=422) from None
    account, problems = parse_account(text.encode("utf-8", "replace"), name)
    return DraftAccount(text, account, problems)
