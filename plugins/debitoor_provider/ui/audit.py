"""Changes made on the page, written where Airflow keeps its own: the audit log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow.models.log import Log
from airflow.utils.session import create_session

from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser

PREFIX = "debitoor."
"""How the names of all events of the page begin."""


def note(user: BaseUser, event: str, account_id: str | None = None, **extra: object) -> None:
    """Write down what a user has changed.

    :param event: what was done, e.g. ``account_saved``
    :param account_id: the account concerned, whose DAG the entry is shown with
    :param extra: what else is worth knowing; never a secret, since every reader of the audit log sees it
    """
    name = user.get_name()
    entry = Log(
        event=PREFIX + event,
        owner=name,
        owner_display_name=name,
        extra=json.dumps(extra, default=str) if extra else None,
        dag_id=None if account_id is None else DAG_ID_PREFIX + account_id,
    )
    with create_session() as session:
        session.add(entry)


def actor(user: BaseUser) -> str:
    """Name a user in the history of a document, as the commands do."""
    return f"user:{user.get_name()}"
