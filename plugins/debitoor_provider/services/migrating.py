"""Migrations of our own tables by Alembic."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def migrate(connection: Connection, scripts: str) -> None:
    """Run the migrations that a database lacks, in the transaction of a connection.

    :param scripts: where they are, ``<package>:<folder>``; its ``env.py`` takes the connection from
        ``context.config.attributes``
    """
    from alembic import command  # only an upgrade pays for the import
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", scripts)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
