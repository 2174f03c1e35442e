"""Accounts folders in which nothing was found."""

from __future__ import annotations

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends
from pydantic import BaseModel

from debitoor_provider.configuration import accounts_folder
from debitoor_provider.runs.dag_files import folders_without_accounts
from debitoor_provider.ui.access import ANY_USER, Right, may
from debitoor_provider.ui.models.common import Text
from debitoor_provider.ui.strict import StrictRoute

router = APIRouter(tags=["Accounts"], route_class=StrictRoute)


class FolderProblem(BaseModel):
    """A DAG file whose accounts folder is missing or empty."""

    message: Text
    remedy: Text


@router.get("/folders/problems", dependencies=[Depends(ANY_USER)])
def list_folder_problems(user: GetUserDep) -> list[FolderProblem]:
    """List the DAG files that found no account file, for those who may add accounts; for others it is empty.

    The folder that the page itself writes account files into may be empty: the page asks for the first account.
    """
    if not may(user, Right.EDIT, ""):
        return []
    own = str(accounts_folder())
    problems = [found for found in folders_without_accounts() if found.params["folder"] != own]
    return [FolderProblem(message=found.text(), remedy=found.remedy()) for found in problems]
