"""The toy service: a folder in which each document is a file with a JSON record of the same name next to it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, BinaryIO, Self

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured, NotFound


class Folder:
    """The client of the service."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def check(self) -> None:
        """Make sure that the folder exists.

        :raises Misconfigured: when it does not
        """
        if not self.path.is_dir():
            message = Message("as_written", text=f"The folder {self.path} does not exist.", remedy="Create it.")
            raise Misconfigured(message, operation="check_account")

    def put(self, name: str, content: BinaryIO, record: dict[str, Any]) -> str:
        """File a document; return its id. The record comes last, so that a document with a record is complete."""
        with (self.path / name).open("wb") as file:
            shutil.copyfileobj(content, file)
        new = self.path / f"{name}.json.new"
        new.write_text(json.dumps(record))
        new.rename(self.path / f"{name}.json")
        return name

    def records(self) -> dict[str, dict[str, Any]]:
        """Return all records, by the id of their document here."""
        found = sorted(self.path.glob("*.json"))
        return {file.name.removesuffix(".json"): json.loads(file.read_text()) for file in found}

    def read(self, document: str, into: BinaryIO) -> None:
        """Write a document's file.

        :raises NotFound: when it is not there
        """
        try:
            into.write((self.path / document).read_bytes())
        except OSError:
            raise NotFound(Message("target_record_unknown")) from None

    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...
