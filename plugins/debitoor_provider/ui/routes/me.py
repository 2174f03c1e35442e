"""Who is asking, and what the page can do for that person."""

from __future__ import annotations

from airflow.api_fastapi.core_api.security import GetUserDep  # noqa: TC002
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from debitoor_provider.ui import assets
from debitoor_provider.ui.access import ANY_USER, Right, may, may_connect
from debitoor_provider.ui.folder import is_writable

router = APIRouter(tags=["User"])


class MyRights(BaseModel):
    """Rights that belong to no account yet."""

    create: bool = Field(description="Whether the user may add accounts")
    connect: bool = Field(description="Whether the user may add connections")


class Me(BaseModel):
    """The user, and what is possible here."""

    name: str
    rights: MyRights
    writable: bool = Field(description="Whether account files can be written; otherwise they are shown to be committed")
    languages: list[str]


@router.get("/me", dependencies=[Depends(ANY_USER)])
def read_me(user: GetUserDep) -> Me:
    """Return the user's name and rights."""
    return Me(
        name=user.get_name(),
        rights=MyRights(create=may(user, Right.EDIT, ""), connect=may_connect(user, "")),
        writable=is_writable(),
        languages=sorted(path.stem for path in (assets.FOLDER / "words").glob("*.json")),
    )
