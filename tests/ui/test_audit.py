from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

from debitoor_provider.ui import audit

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.models.log import Log

ANNA = SimpleAuthManagerUser(username="anna", role="op")


def test_a_change_is_in_airflows_audit_log_with_the_users_name_and_the_accounts_dag(
    audit_log: Callable[[], list[Log]],
) -> None:
    audit.note(ANNA, "account_saved", "acme", file="acme.yaml")
    (entry,) = audit_log()
    assert (entry.event, entry.dag_id, entry.owner) == ("debitoor.account_saved", "debitoor__acme", "anna")
    assert json.loads(entry.extra or "") == {"file": "acme.yaml"}
    assert entry.dttm is not None


def test_a_change_of_no_account_names_no_dag(audit_log: Callable[[], list[Log]]) -> None:
    audit.note(ANNA, "connection_tested")
    (entry,) = audit_log()
    assert (entry.event, entry.dag_id, entry.extra) == ("debitoor.connection_tested", None, None)


def test_the_history_of_a_document_names_a_user_as_the_commands_do() -> None:
    assert audit.actor(ANNA) == "user:anna"
