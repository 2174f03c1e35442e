"""Save and remove the file of an account."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from debitoor_provider.messages import Message
from debitoor_provider.sync.account_files.files import placed
from debitoor_provider.sync.account_files.writing import slim
from debitoor_provider.sync.account_files.yaml_source import SourceError, read
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.ui import audit, entered_settings, known_wrong, pausing, saving, wrong_drafts
from debitoor_provider.ui.access import DELETE, EDIT, ENTER
from debitoor_provider.ui.folder import account_files
from debitoor_provider.ui.models.accounts import ProblemModel
from debitoor_provider.ui.models.entered_settings import KnownWrong, Removed, RemoveRequest, Saved, SaveRequest
from debitoor_provider.ui.refusals import RequestRefused
from debitoor_provider.ui.routes.entered_settings import not_valid
from debitoor_provider.ui.strict import StrictRoute

if TYPE_CHECKING:
    from pathlib import Path

router = APIRouter(prefix="/accounts/{account_id}", tags=["Accounts"], route_class=StrictRoute)


@router.put("", dependencies=[Depends(ENTER)], response_model=Saved, response_model_exclude_none=True)
def save_account(account_id: str, entered: SaveRequest, user: GetUserDep) -> Saved | JSONResponse:
    """Save an account; a new one appears in Airflow within half a minute, paused or not as Airflow is configured.

    What Airflow or the services report to be wrong with it is refused (409, with ``problems``), unless the account is
    to be paused by it.
    """
    file = account_files().get(account_id)
    if file:
        path = file.path
    else:
        if entered.version is not None:
            raise RequestRefused("account_removed_meanwhile", status=409)
        path = saving.path_of_new(account_id)
    named = {**entered_settings.connections_in(entered.settings), **entered_settings.sender_in(entered.settings)}
    entered_settings.require_connections(user, account_id, named)
    draft = entered_settings.judge(account_id, entered.settings)
    if draft.account is None:
        return not_valid(draft.problems)
    dag_id, before = DAG_ID_PREFIX + account_id, _data(path)
    found = known_wrong.examine(account_id, draft.account, file.account if file else None)
    wrong = [ProblemModel.of(problem) for problem in placed(found.wrong, draft.yaml.encode(), path.name)]
    if wrong and not entered.paused:
        shown = [problem.model_dump(mode="json") for problem in wrong]
        return JSONResponse({"detail": Message("account_known_wrong").text(), "problems": shown}, 409)
    known: dict[str, Any] = {"dag_id": dag_id, "wrong": wrong or None, "unclear": found.unclear or None}
    content = draft.yaml.encode("utf-8", "replace")
    try:
        version = saving.save(
            path,
            content,
            entered.version,
            bundle=file.bundle if file else "",
            meanwhile=pausing.paused(dag_id) if wrong else nullcontext(),
        )
    except saving.FolderReadOnly:
        wrong_drafts.remember(account_id, content, found)
        return Saved(written=False, yaml=draft.yaml, path=str(path) if file and file.bundle else path.name, **known)
    saving.ask_for_parsing()
    audit.note(
        user,
        "saved",
        account_id,
        file=path.name,
        is_new=entered.version is None,
        changed=_changed(before, slim(read(draft.yaml.encode()).data)),
        **({"paused": True} if wrong else {}),
    )
    wrong_drafts.remember(account_id, content, found)
    return Saved(written=True, version=version, **known)


@router.get("/wrong", dependencies=[Depends(EDIT)])
def read_wrong(account_id: str) -> KnownWrong:
    """Return what Airflow and the services report to be wrong with an account, so that it is not to be started."""
    file = account_files().get(account_id)
    if file is None or file.account is None:
        return KnownWrong(wrong=[], unclear="")
    try:
        content = file.path.read_bytes()
    except OSError:
        content = b""
    found = known_wrong.examine(account_id, file.account, file.account)
    wrong_drafts.remember(account_id, content, found)
    return KnownWrong(
        wrong=list(map(ProblemModel.of, placed(found.wrong, content, file.path.name))), unclear=found.unclear
    )


@router.delete("", dependencies=[Depends(DELETE)])
def remove_account(account_id: str, body: RemoveRequest, user: GetUserDep) -> Removed:
    """Remove an account's file. What was exchanged stays there, and in the ledger."""
    path = saving.path_to_remove(account_id)
    try:
        saving.remove(path, body.version)
    except saving.FolderReadOnly:
        return Removed(removed=False)
    saving.ask_for_parsing()
    audit.note(user, "removed", account_id, file=path.name)
    wrong_drafts.forget(account_id)
    return Removed(removed=True)


def _data(path: Path) -> dict[str, Any]:
    """Return the settings that stand in a file, as far as it can be read."""
    try:
        return slim(read(path.read_bytes()).data)
    except (OSError, SourceError):
        return {}


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Name the fields that differ."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
