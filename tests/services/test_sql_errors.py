from __future__ import annotations

import sqlite3

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from debitoor_provider.services.sql_errors import code_of

errors = pytest.importorskip("psycopg.errors", reason="no driver for PostgreSQL: pip install 'psycopg[binary]'")


def of_sqlalchemy(inner: Exception) -> OperationalError:
    return OperationalError("SELECT 1", {}, inner)


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        (errors.InvalidPassword("Passwort-Authentifizierung fehlgeschlagen"), "28P01"),
        (errors.TooManyConnections("désolé, trop de clients sont déjà connectés"), "53300"),
        (errors.LockNotAvailable("does not exist"), "55P03"),
    ],
)
def test_a_code_counts_in_whatever_language_the_server_writes(inner, code):
    assert code_of(of_sqlalchemy(inner)) == code_of(inner) == code


def test_sqlite_names_its_errors(tmp_path):
    (tmp_path / "letter.db").write_bytes(b"this is a letter to my aunt " * 100)
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'letter.db'}")
    with pytest.raises(sa.exc.DatabaseError) as caught, engine.connect() as connection:
        connection.exec_driver_sql("SELECT * FROM sqlite_master")
    assert code_of(caught.value) == "SQLITE_NOTADB"
    engine.dispose()


@pytest.mark.parametrize(
    "error", [ValueError("too many"), sqlite3.ProgrammingError("too many"), of_sqlalchemy(OSError())]
)
def test_what_has_no_code_has_none(error):
    assert code_of(error) == ""


def test_a_refused_connection_has_the_code_that_libpq_keeps_to_itself(postgresql_server):
    def refused(**changes: object) -> OperationalError:
        url = postgresql_server.set(drivername="postgresql+psycopg", **changes)
        with pytest.raises(OperationalError) as caught:
            sa.create_engine(url).connect()
        assert caught.value.orig.sqlstate is None, "psycopg passes it on now: read no texts any more"
        return caught.value

    assert code_of(refused(password="wrong")) == "28P01"
    assert code_of(refused(database="nowhere")) == "3D000"
    assert code_of(refused(port=9)) == "08006"
    assert code_of(refused(host="nowhere.invalid")) == "08006"
