"""A source record as the ledger keeps it, and for how long it counts as the document as it is."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

if TYPE_CHECKING:
    from datetime import datetime

    from debitoor_provider.sync.ledger import Entry

_FRESH = timedelta(minutes=10)

Record = TypeVar("Record")


class Snapshots(Generic[Record]):
    """Records of one kind as text, and back.

    :param kind: the records' class, e.g. a dataclass
    """

    def __init__(self, kind: type[Record]) -> None:
        self._adapter: TypeAdapter[Record] = TypeAdapter(kind)

    def dump(self, record: Record) -> str:
        """Return a record as JSON; amounts are kept to the digit, dates in ISO form.

        Halves of surrogate pairs, as a careless service cuts them, become U+FFFD: no database stores them.
        """
        try:
            text: bytes = self._adapter.dump_json(record, exclude_defaults=True)
        except PydanticSerializationError:
            plain: Any = self._adapter.dump_python(record, mode="json", exclude_defaults=True)
            text = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")
        return text.decode(errors="replace")

    def load(self, text: str) -> Record:
        """Return the record that :meth:`dump` wrote."""
        return self._adapter.validate_json(text)


def is_fresh(entry: Entry, settings_fingerprint: str, now: datetime) -> bool:
    """Return whether an entry's record still counts as the document as it is now.

    A run that ended early leaves entries behind; until the next one, people edit documents and settings. So a run
    believes only what it has listed itself, whatever the clock says in the meantime.

    :param settings_fingerprint: of the account's settings
    """
    is_of_another_run = bool(entry.run_id) and entry.planned_by != entry.run_id
    if entry.asked_at is None or entry.settings_fingerprint != settings_fingerprint or is_of_another_run:
        return False
    return abs(now - entry.asked_at) <= _FRESH  # abs: the clocks of two workers may differ
