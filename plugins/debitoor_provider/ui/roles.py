"""Roles that do not get to see the page, where the auth manager can tell.

Airflow's UI shows the page of a plugin only to who may read plugins. Of the roles that come with the FAB provider,
*Viewer* and *User* may not: with them, people get a page that is not found (seen with FAB 3.10.2 and Airflow 3.3.2).
"""

from __future__ import annotations

import sqlalchemy as sa
from airflow.api_fastapi.app import get_auth_manager
from airflow.utils.session import create_session

from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX

_FAB = "airflow.providers.fab."
_READ, _DAGS, _ONE_DAG, _PLUGINS = "can_read", "DAGs", f"DAG:{DAG_ID_PREFIX}", "Plugins"


def roles_without_page() -> list[str]:
    """Return the roles whose people see accounts but not the page; none where rights are not given by roles of FAB."""
    if not any(base.__module__.startswith(_FAB) for base in type(get_auth_manager()).__mro__):
        return []
    # FAB's own list is read in a session that nobody ends outside its own views.
    from airflow.providers.fab.auth_manager.models import Action, Permission, Resource, Role

    named = sa.select(Role.name, Resource.name).join(Role.permissions).join(Permission.action).join(Permission.resource)
    with create_session() as session:
        readable = set(session.execute(named.where(Action.name == _READ)).tuples())
    see = {role for role, what in readable if what == _DAGS or what.startswith(_ONE_DAG)}
    return sorted(role for role in see if (role, _PLUGINS) not in readable)
