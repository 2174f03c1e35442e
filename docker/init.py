"""What has to be there before Airflow starts: databases, tables, pool and first user. Harmless when repeated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url


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


def first_user(users: str, file: Path) -> None:
    """Set the password of the first user; other users keep theirs."""
    name = users.partition(",")[0].partition(":")[0]
    passwords = json.loads(file.read_text() or "{}") if file.exists() else {}
    new = file.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(passwords | {name: secret("admin_password")}) + "\n")
    new.replace(file)
    print(f"The user {name} can log in.")


def main() -> None:
    if server := os.environ.get("POSTGRES_SERVER"):
        for wanted in ("airflow_database", "ledger_database"):
            database(make_url(server).set(password=secret("postgres_password")), make_url(secret(wanted)))
    airflow("db", "migrate")
    airflow("debitoor", "ledger", "upgrade")
    if not airflow("pools", "get", "debitoor", check=False):
        airflow("pools", "set", "debitoor", os.environ["POOL_SLOTS"], "Accounts that say pool: debitoor")
    first_user(
        os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"],
        Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]),
    )


if __name__ == "__main__":
    main()
