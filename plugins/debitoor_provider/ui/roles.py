"""Roles that do not get to see the page, where the auth manager can tell.

Airflow's UI shows the page of a plugin only to who may read plugins. Of the roles that come with the FAB provider,
*Viewer* and *User* may not: with them, people get a page that is not found (seen with FAB 3.10.2 and Airflow 3.3.2).
"""

from __future__ import annotations

from typing import Any

from airflow.api_fastapi.app import get_auth_manager

_READ, _DAGS, _PLUGINS = "can_read", "DAGs", "Plugins"


def roles_without_page() -> list[str]:
    """Return the roles of people who may read DAGs but not plugins; none where rights are not given by roles of FAB."""
    security: Any = getattr(get_auth_manager(), "security_manager", None)
    if not hasattr(security, "get_all_roles"):
        return []
    found = []
    for role in security.get_all_roles():
        readable = {one.resource.name for one in role.permissions if one.action.name == _READ}
        if _DAGS in readable and _PLUGINS not in readable:
            found.append(role.name)
    return sorted(found)
