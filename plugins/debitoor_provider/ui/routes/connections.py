"""The connections to both services: see which there are, enter a key, try one."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from debitoor_provider.hooks.getmyinvoices import GetMyInvoicesHook
from debitoor_provider.services.errors import ServiceError
from debitoor_provider.sync.accounts.values import Timezone
from debitoor_provider.ui import audit, connections
from debitoor_provider.ui.access import ANY_USER, CONNECT, TEST
from debitoor_provider.ui.models.common import Text
from debitoor_provider.ui.strict import StrictRoute

router = APIRouter(tags=["Connections"], route_class=StrictRoute)

NewConnectionId = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,199}$")]
"""An id that stands in account files, addresses and environment variables alike."""


class ConnectionRow(BaseModel):
    """A connection that the user may edit."""

    id: str
    type: Literal["getmyinvoices", "debitoor"]
    email: Text = Field(default="", description="Of the Debitoor account that gave consent; empty when not known")
    tested: bool | None = Field(default=None, description="Whether it works; not known before it is tried")


class ConnectionList(BaseModel):
    """The connections to both services."""

    connections: list[ConnectionRow]


class GetMyInvoicesKey(BaseModel):
    """What a person enters to connect GetMyInvoices."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    api_key: Annotated[SecretStr, Field(min_length=1, max_length=500)]
    account_id: Annotated[str, Field(max_length=100)] | None = None
    timezone: Timezone | None = Field(default=None, description="Used if the service does not report the account's own")


class ConnectionTest(BaseModel):
    """The result of testing a connection."""

    works: bool
    sentence: str = Field(description="What the service said, or what is wrong, in plain words")
    connection_id: str


@router.get("/connections", dependencies=[Depends(ANY_USER)])
def list_connections(user: GetUserDep) -> ConnectionList:
    """List the connections to both services that the user may edit."""
    rows = [{"id": id_, "type": type_, "email": email} for id_, type_, email in connections.editable(user)]
    return ConnectionList(connections=[ConnectionRow.model_validate(row) for row in rows])


@router.put("/connections/{connection_id}/getmyinvoices", dependencies=[Depends(CONNECT)])
def connect_getmyinvoices(
    connection_id: NewConnectionId, entered: GetMyInvoicesKey, user: GetUserDep
) -> ConnectionTest:
    """Try an API key at once, and keep it if it works. The account's data at the service is filled in."""
    connection = connections.begin(connection_id, GetMyInvoicesHook.conn_type)
    connection.password = entered.api_key.get_secret_value().strip()
    connection.login = (entered.account_id or "").strip() or None
    connections.changed(connection, timezone=entered.timezone)
    try:
        with GetMyInvoicesHook.of(connection).client_without_retries() as client:
            account = client.account()
    except ServiceError as error:
        return ConnectionTest(works=False, sentence=str(error), connection_id=connection_id)
    connection.login = connection.login or account.account_id
    if _is_zone(account.timezone):
        connections.changed(connection, timezone=account.timezone)
    works, sentence = connections.try_out(connection)
    if works:
        connections.save(connection)
        audit.note(user, "connected", connection_id=connection_id, service="getmyinvoices")
    return ConnectionTest(works=works, sentence=sentence, connection_id=connection_id)


@router.post("/connections/{connection_id}/test", dependencies=[Depends(TEST)])
def test_connection(connection_id: str) -> ConnectionTest:
    """Test a connection as it is stored."""
    works, sentence = connections.try_out(connections.require(connection_id))
    return ConnectionTest(works=works, sentence=sentence, connection_id=connection_id)


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name).key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
