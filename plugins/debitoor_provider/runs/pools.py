"""The pools of Airflow that accounts name: a task without its pool never starts, and no error reports it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from debitoor_provider.messages import Message

if TYPE_CHECKING:
    from collections.abc import Container

    from debitoor_provider.sync.accounts.settings import Account


def known_pools() -> set[str]:
    """Return the names of all pools; for the command line and the API server, which may read Airflow's database."""
    from airflow.models.pool import Pool
    from airflow.utils.session import create_session

    with create_session() as session:
        return set(session.scalars(sa.select(Pool.pool)))


def missing_pool(account: Account, pools: Container[str]) -> Message | None:
    """Return what is wrong when the pool of an account does not exist.

    :param pools: the names of all pools
    """
    if not account.pool or account.pool in pools:
        return None
    return Message("setting_pool_missing", name=account.pool)
