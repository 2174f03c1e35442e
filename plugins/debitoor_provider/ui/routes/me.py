"""Who is asking, and what the page can do for that person."""

from __future__ import annotations

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from debitoor_provider.configuration import accounts_folder
from debitoor_provider.ui import assets, connections
from debitoor_provider.ui.access import ANY_USER, Right, may, may_connect
from debitoor_provider.ui.folder import is_writable
from debitoor_provider.ui.models.common import Text
from debitoor_provider.ui.roles import roles_without_page
from debitoor_provider.ui.strict import StrictRoute

router = APIRouter(tags=["User"], route_class=StrictRoute)


class MyRights(BaseModel):
    """Rights that belong to no account yet."""

    create: bool = Field(description="Whether the user may add accounts, and edit connections for them")
    connect: bool = Field(description="Whether the user may add connections")


class Me(BaseModel):
    """The user, and what is possible here."""

    name: str
    rights: MyRights
    writable: bool = Field(description="Whether account files can be written; otherwise they are shown to be committed")
    folder: Text | None = Field(description="Where account files are looked for; null for those who may not add any")
    languages: list[str]
    roles_without_page: list[Text] = Field(
        description="Roles whose users cannot see the page; empty for users who may not add connections"
    )


@router.get("/me", dependencies=[Depends(ANY_USER)])
def read_me(user: GetUserDep) -> Me:
    """Return the user's name and rights."""
    may_edit, is_connecting = may(user, Right.EDIT, ""), may_connect(user, "", "POST")
    may_create = may_edit and (is_connecting or connections.may_choose(user))
    return Me(
        name=user.get_name(),
        rights=MyRights(create=may_create, connect=is_connecting),
        writable=is_writable(),
        folder=str(accounts_folder()) if may_create else None,
        languages=sorted(path.stem for path in (assets.FOLDER / "words").glob("*.json")),
        roles_without_page=roles_without_page() if is_connecting else [],
    )
