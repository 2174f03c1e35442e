"""Who may do what: every route carries one rule, and every rule asks Airflow's auth manager.

Airflow itself protects no route of a plugin. A rule is a dependency of its route, so that a test can walk the routes
and find those without one.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import sqlalchemy as sa
from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import ConnectionDetails, DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep  # noqa: TC002  FastAPI reads it
from airflow.models.connection import Connection
from airflow.models.dag import DagModel
from airflow.sdk.configuration import conf
from airflow.utils.session import create_session
from fastapi import Request  # noqa: TC002  FastAPI reads it

from debitoor_provider.messages import Message, current_reader
from debitoor_provider.runs.bundles import is_of_account
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.sync.text import nearest
from debitoor_provider.ui.folder import account_files, has_account_file, is_fileless
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.redaction import Redaction
from debitoor_provider.ui.refusals import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from airflow.api_fastapi.auth.managers.base_auth_manager import ResourceMethod
    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser


class Right(Enum):
    """What a person may do with an account; the value is how Airflow's auth manager is asked about its DAG."""

    SEE = ("GET", None)
    RUN = ("POST", DagAccessEntity.RUN)
    STOP = ("PUT", DagAccessEntity.RUN)
    APPROVE = ("PUT", DagAccessEntity.HITL_DETAIL)
    EDIT = ("PUT", None)
    DELETE = ("DELETE", None)


class AccessRule:
    """The rule of a route, as its dependency.

    :param right: on the account that the path names as ``account_id``; ``None``: on no account
    :param is_new: whether there need not be such an account yet
    :param connection: whether the connection that the path names as ``connection_id`` is to be edited
    :param adds: whether it is added where there is none

    With neither, any user of Airflow may ask, and the route answers for what that user may see.
    """

    def __init__(
        self, right: Right | None = None, *, is_new: bool = False, connection: bool = False, adds: bool = False
    ) -> None:
        self.right = right
        self.is_new = is_new
        self.connection = connection
        self.adds = adds

    def __call__(self, request: Request, user: GetUserDep) -> None:
        """Refuse who may not.

        :raises RequestRefused: 401 without a login, 403 without the right, 404 without the account
        """
        if isinstance(redaction := current_reader().redact, Redaction):
            redaction.by(lambda account_id: account_id in visible(user, [account_id]))
        if self.right:
            account_id = request.path_params["account_id"]
            require(user, self.right, account_id)
            if not self.is_new:
                require_account(user, account_id)
        if self.connection:
            require_connection(user, request.path_params["connection_id"], adds=self.adds)


ANY_USER = AccessRule()
SEE = AccessRule(Right.SEE)
RUN = AccessRule(Right.RUN)
EDIT = AccessRule(Right.EDIT)
ENTER = AccessRule(Right.EDIT, is_new=True)
DELETE = AccessRule(Right.DELETE)
TEST = AccessRule(connection=True)
CONNECT = AccessRule(connection=True, adds=True)


def may(user: BaseUser, right: Right, account_id: str) -> bool:
    """Return whether a user has a right on an account, whether its DAG is known to Airflow yet or not."""
    return rights(user, [account_id], [right])[account_id][right]


def rights(user: BaseUser, account_ids: Iterable[str], wanted: Iterable[Right]) -> dict[str, dict[Right, bool]]:
    """Return which rights a user has on each of many accounts."""
    dag_ids = {account_id: DAG_ID_PREFIX + account_id for account_id in account_ids}
    teams = _teams_of(dag_ids.values())
    manager, wanted = get_auth_manager(), list(wanted)
    return {
        account_id: {
            right: manager.is_authorized_dag(
                method=right.value[0],
                access_entity=right.value[1],
                details=DagDetails(id=dag_id, team_name=teams.get(dag_id)),
                user=user,
            )
            for right in wanted
        }
        for account_id, dag_id in dag_ids.items()
    }


def may_connect(user: BaseUser, connection_id: str, method: ResourceMethod = "PUT") -> bool:
    """Return whether a user may edit a connection.

    :param method: ``POST``: add it
    """
    team = Connection.get_team_name(connection_id) if _has_teams() else None
    details = ConnectionDetails(conn_id=connection_id, team_name=team)
    return get_auth_manager().is_authorized_connection(method=method, details=details, user=user)


def require(user: BaseUser, right: Right, account_id: str) -> None:
    """Refuse a user who lacks a right on an account.

    :raises RequestRefused: 403
    """
    if not may(user, right, account_id):
        raise RequestRefused(f"may_not_{right.name.lower()}", status=403, account=account_id)


def require_account(user: BaseUser, account_id: str) -> None:
    """Refuse the id of an unknown account: one without a file, without documents, and without a hand-written DAG.

    :raises RequestRefused: 404
    """
    if has_account_file(account_id) or account_id in opened_ledger().figures.accounts():
        return
    if not is_fileless(account_id):
        raise no_account(user, account_id)


def no_account(user: BaseUser, account_id: str) -> RequestRefused:
    """Return the refusal of an unknown id, with the nearest account that the user may see."""
    near = nearest(account_id, visible(user, account_files()))
    hint = Message("did_you_mean", value=near) if near else None
    return RequestRefused("account_not_found", status=404, account=account_id, hint=hint)


def require_connection(user: BaseUser, connection_id: str, *, adds: bool = False) -> None:
    """Refuse a user who may not edit a connection.

    :param adds: whether it is added where Airflow's table has none, which needs the right to do so
    :raises RequestRefused: 403
    """
    is_new = adds and not _has_connection(connection_id)
    if not may_connect(user, connection_id, "POST" if is_new else "PUT"):
        raise RequestRefused("may_not_connect", status=403, connection=connection_id)


def visible(user: BaseUser, account_ids: Iterable[str]) -> set[str]:
    """Choose the accounts that a user may see."""
    ids = set(account_ids)
    readable = get_auth_manager().get_authorized_dag_ids(user=user)
    mine = {id_ for id_ in ids if DAG_ID_PREFIX + id_ in readable}
    if mine == ids:
        return mine
    known = _dag_ids()
    new = rights(user, (id_ for id_ in ids - mine if DAG_ID_PREFIX + id_ not in known), [Right.SEE])
    return mine | {id_ for id_, allowed in new.items() if allowed[Right.SEE]}


def _has_connection(connection_id: str) -> bool:
    with create_session() as session:
        wanted = sa.select(Connection.conn_id).where(Connection.conn_id == connection_id)
        return session.scalar(wanted) is not None


def _dag_ids() -> set[str]:
    with create_session() as session:
        return set(session.scalars(sa.select(DagModel.dag_id).where(is_of_account())))


def _teams_of(dag_ids: Iterable[str]) -> dict[str, str | None]:
    """Return the teams of DAGs; a new account belongs to the team of the others, with which it shares its folder.

    Airflow's own question for one DAG remembers the answer, also that a DAG is not known yet.
    """
    if not _has_teams():
        return {}
    wanted = list(dag_ids)
    teams: dict[str, str | None] = DagModel.get_dag_id_to_team_name_mapping(wanted)
    if new := set(wanted) - _dag_ids():
        with create_session() as session:
            others = sa.select(DagModel.dag_id).where(is_of_account()).limit(1)
            other = session.scalar(others)
        team = DagModel.get_dag_id_to_team_name_mapping([other]).get(other) if other else None
        teams |= dict.fromkeys(new, team)
    return teams


def _has_teams() -> bool:
    return bool(conf.getboolean("core", "multi_team", fallback=False))
