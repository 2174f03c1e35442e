"""What has to be there before Airflow starts: databases, tables, pool, first user and roles. Harmless when repeated."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url


class Users(Protocol):
    """What is used of the security manager of the FAB provider."""

    def get_all_users(self) -> list[Any]: ...
    def find_role(self, name: str) -> Any: ...
    def add_user(self, username: str, first_name: str, last_name: str, email: str, role: Any, password: str) -> Any: ...
    def create_permission(self, action_name: str, resource_name: str) -> Any: ...
    def add_permission_to_role(self, role: Any, permission: Any) -> None: ...


def secret(name: str) -> str:
    """Read a secret of this container."""
    return Path("/run/secrets", name).read_text().rstrip("\n")


def database(server: URL, wanted: URL) -> None:
    """Make a database and the role that owns it, or set the role's password when they are there."""
    role, name = sql.Identifier(str(wanted.username)), sql.Identifier(str(wanted.database))
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        is_known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [wanted.username]).fetchone()
        verb = sql.SQL("ALTER" if is_known else "CREATE")
        connection.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, role, sql.Literal(wanted.password)))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [wanted.database]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(name, role))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    print(f"The database {wanted.database} is there, and belongs to {wanted.username}.")


def airflow(*arguments: str, check: bool = True) -> bool:
    """Run an ``airflow`` command; return whether it succeeded."""
    done = subprocess.run(["airflow", *arguments], check=False)
    if done.returncode and check:
        sys.exit(f"airflow {' '.join(arguments)} failed.")
    return not done.returncode


def first_user(users: Users, name: str, password: str) -> bool:
    """Add an administrator if there is no user; return whether one was added."""
    if users.get_all_users():
        return False
    if not users.add_user(name, name, "", f"{name}@localhost", users.find_role("Admin"), password=password):
        sys.exit(f"The user {name} could not be added.")
    return True


def readers_of_pages(users: Users) -> None:
    """Let the stock roles open the pages of plugins, which is a right that Airflow's UI asks for first."""
    right = users.create_permission("can_read", "Plugins")
    for name in ("Viewer", "User"):
        if role := users.find_role(name):
            users.add_permission_to_role(role, right)


def make_users() -> None:
    """Make the first user and complete the stock roles, in the tables of the FAB provider."""
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    with get_application_builder() as builder:
        name = os.environ["ADMIN_USER"]
        is_new = first_user(builder.sm, name, secret("admin_password"))
        readers_of_pages(builder.sm)
    print(f"The user {name} can log in." if is_new else "There are users already; none was added.")


def main() -> None:
    if server := os.environ.get("POSTGRES_SERVER"):
        for wanted in ("airflow_database", "results_database", "ledger_database"):
            database(make_url(server).set(password=secret("postgres_password")), make_url(secret(wanted)))
    airflow("db", "migrate")  # the tables of the auth manager, too
    airflow("debitoor", "ledger", "upgrade")
    if not airflow("pools", "get", "debitoor", check=False):
        airflow("pools", "set", "debitoor", os.environ["POOL_SLOTS"], "Accounts that say pool: debitoor")

    if os.environ["AIRFLOW__CORE__AUTH_MANAGER"].endswith(".FabAuthManager"):
        make_users()


if __name__ == "__main__":
    main()
