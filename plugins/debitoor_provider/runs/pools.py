"""Airflow's pools, where its database is within reach: in its own processes and commands, not in tasks."""

from __future__ import annotations


def missing_pool(name: str) -> bool:
    """Return whether Airflow has no pool of a name, so that tasks in it wait for ever.

    ``False`` also when Airflow's database cannot be asked.
    """
    import sqlalchemy as sa
    from airflow.models.pool import Pool
    from airflow.utils.session import create_session

    try:
        with create_session() as session:
            return session.scalar(sa.select(Pool.id).where(Pool.pool == name)) is None
    except sa.exc.SQLAlchemyError:
        return False
