"""Connections for a process that is no task: from Airflow's database too, as its own commands read them."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTEXT: Final = "_AIRFLOW_PROCESS_CONTEXT"


@contextmanager
def connections_of_database() -> Iterator[None]:
    """Let hooks find connections in Airflow's database, after environment variables and secrets backends.

    ``airflow connections`` sets the same variable; without it a process that no supervisor has started sees those of
    the environment and of secrets backends alone. Inside a task this changes nothing: its supervisor comes first.
    """
    before = os.environ.get(_CONTEXT)
    os.environ[_CONTEXT] = "server"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_CONTEXT]
        else:
            os.environ[_CONTEXT] = before
