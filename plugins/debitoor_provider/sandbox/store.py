"""The data of the sandbox: one SQLite file, and a folder with the bytes of files.

Writes are not synced to the disk: they survive a kill of the process, but not a crash of the machine.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS company (id INTEGER PRIMARY KEY AUTOINCREMENT, data TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS counterparty (
  uid INTEGER PRIMARY KEY AUTOINCREMENT, company INTEGER NOT NULL, name TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS counterparty_name ON counterparty (company, name);
CREATE TABLE IF NOT EXISTS tag (company INTEGER NOT NULL, folded TEXT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY (company, folded)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS document (
  uid INTEGER PRIMARY KEY AUTOINCREMENT, company INTEGER NOT NULL, sha256 TEXT NOT NULL, deleted TEXT,
  changed TEXT NOT NULL, data TEXT NOT NULL,
  type TEXT AS (data->>'documentType') STORED, number TEXT AS (data->>'documentNumber') STORED,
  date TEXT AS (data->>'documentDate') STORED, counterparty INTEGER AS (data->>'companyUid') STORED,
  archived INTEGER AS (data->>'isArchived') STORED, payment_status TEXT AS (data->>'paymentStatus') STORED,
  note TEXT AS (data->>'note') STORED, tags TEXT AS (data->>'tags') STORED);
CREATE INDEX IF NOT EXISTS document_changed ON document (company, changed);
CREATE INDEX IF NOT EXISTS document_content ON document (company, sha256);
CREATE INDEX IF NOT EXISTS document_newest ON document (company, uid);
CREATE TABLE IF NOT EXISTS attachment (
  uid INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL, sha256 TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS attachment_document ON attachment (document);

CREATE TABLE IF NOT EXISTS entity (
  id TEXT PRIMARY KEY, company INTEGER NOT NULL, kind TEXT NOT NULL, sha256 TEXT NOT NULL, data TEXT NOT NULL,
  date TEXT AS (data->>'date') STORED, created TEXT AS (data->>'createdDate') STORED,
  number INTEGER AS (CAST(data->>'number' AS INTEGER)) STORED,
  modified TEXT AS (data->>'lastModifiedDate') STORED, deleted TEXT AS (data->>'deletedDate') STORED) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entity_newest ON entity (company, kind, date DESC, created DESC, id DESC);
CREATE INDEX IF NOT EXISTS entity_number ON entity (company, kind, number);
CREATE INDEX IF NOT EXISTS entity_modified ON entity (company, kind, modified);
CREATE TABLE IF NOT EXISTS file (
  id TEXT PRIMARY KEY, company INTEGER NOT NULL, sha256 TEXT NOT NULL, data TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS oauth_code (
  code TEXT PRIMARY KEY, company INTEGER NOT NULL, redirect TEXT NOT NULL, expires REAL NOT NULL,
  used INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS content (
  sha256 TEXT PRIMARY KEY, md5 TEXT NOT NULL, sha1 TEXT NOT NULL, size INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fault (id INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL, seen INTEGER NOT NULL,
  applied INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS call (
  seq INTEGER PRIMARY KEY, time REAL, company INTEGER, service TEXT, operation TEXT, method TEXT, path TEXT,
  query TEXT, status INTEGER, request_bytes INTEGER, response_bytes INTEGER, fault TEXT, user_agent TEXT);
CREATE INDEX IF NOT EXISTS call_company ON call (company, seq);
CREATE TABLE IF NOT EXISTS effect (
  seq INTEGER PRIMARY KEY, call INTEGER, time REAL, company INTEGER, service TEXT, kind TEXT, object TEXT, id TEXT,
  details TEXT);
"""


class SandboxStore:
    """The data of the sandbox. Used only by the thread of the server's event loop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = folder / "files"
        self._files.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(
            folder / "sandbox.db", isolation_level=None, check_same_thread=False, cached_statements=512
        )
        self._db.create_function("fold", 1, folded, deterministic=True)
        self._db.create_function("normalize", 1, normalized, deterministic=True)
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "temp_store=MEMORY", "cache_size=-65536"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)
        self._in_transaction = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block in a transaction; an inner one joins the outer."""
        if self._in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        self._in_transaction = True
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        else:
            self._db.execute("COMMIT")
        finally:
            self._in_transaction = False

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo only this block of a transaction if it fails."""
        self._db.execute("SAVEPOINT inner")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK TO inner")
            raise
        finally:
            self._db.execute("RELEASE inner")

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        """Execute one statement."""
        return self._db.execute(sql, values)

    def row(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        row: tuple[Any, ...] | None = self._db.execute(sql, values).fetchone()
        return row

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return all rows."""
        return self._db.execute(sql, values).fetchall()

    def value(self, sql: str, *values: object) -> Any:
        """Return the first column of the first row, or None."""
        row = self.row(sql, *values)
        return row[0] if row else None

    def keep(self, content: bytes) -> str:
        """Store bytes, only once if they are given several times.

        :return: their SHA-256 in hex, the key of :meth:`content`
        """
        sha256 = hashlib.sha256(content).hexdigest()
        if self.value("SELECT 1 FROM content WHERE sha256 = ?", sha256) is None:
            path = self._path(sha256)
            path.parent.mkdir(exist_ok=True)
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(content)
            unfinished.replace(path)
            self.execute(
                "INSERT INTO content VALUES (?, ?, ?, ?)",
                sha256,
                hashlib.md5(content, usedforsecurity=False).hexdigest(),
                hashlib.sha1(content, usedforsecurity=False).hexdigest(),
                len(content),
            )
        return sha256

    def content(self, sha256: str) -> bytes:
        """Return the bytes stored under a hash."""
        return self._path(sha256).read_bytes()

    def empty(self) -> None:
        """Delete everything, ids included."""
        with self.transaction():
            tables = [name for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                self.execute(f'DELETE FROM "{table}"')
        shutil.rmtree(self._files)
        self._files.mkdir()

    def close(self) -> None:
        """Write the log back and close the file."""
        self._db.close()

    def _path(self, sha256: str) -> Path:
        return self._files / sha256[:2] / sha256


def folded(text: object) -> str:
    """Return the text without differences of case."""
    return str(text or "").casefold()


def normalized(text: object) -> str:
    """Return the text without differences of case, and composed: the same for all spellings of a letter."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", folded(text)).casefold())
