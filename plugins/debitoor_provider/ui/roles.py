"""Roles that cannot see the page, if the auth manager has roles.

Airflow's UI shows the page of a plugin only to users who may read plugins. Of the roles that come with the FAB
provider, *Viewer* and *User* may not: their users get a 404 (seen with FAB 3.10.2 and Airflow 3.3.2).
"""

from __future__ import annotations

import sqlalchemy as sa
from airflow.api_fastapi.app import get_auth_manager
from airflow.utils.session import create_session

from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX

_FAB = "airflow.providers.fab."
_READ, _DAGS, _ONE_DAG, _PLUGINS = "can_read", "DAGs", f"DAG:{DAG_ID_PREFIX}", "Plugins"


def roles_without_page() -> list[str]:
    """Return the roles whose users see accounts but not the page; none without the roles of FAB."""
    if not any(base.__module__.startswith(_FAB) for base in type(get_auth_manager()).__mro__):
        return []
    # FAB reads its own list of roles in a session that is closed only after requests to its own views.
    from airflow.providers.fab.auth_manager.models import Action, Permission, Resource, Role

    named = sa.select(Role.name, Resource.name).join(Role.permissions).join(Permission.action).join(Permission.resource)
    with create_session() as session:
        readable = set(session.execute(named.where(Action.name == _READ)).tuples())
    see = {role for role, what in readable if what == _DAGS or what.startswith(_ONE_DAG)}
    return sorted(role for role in see if (role, _PLUGINS) not in readable)
