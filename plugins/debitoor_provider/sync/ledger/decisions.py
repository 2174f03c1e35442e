"""The half of the ledger in which a person decides. No decision is taken while the outcome of a send is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from debitoor_provider.sync.ledger import planning, progress
from debitoor_provider.sync.ledger.reader import LedgerReader
from debitoor_provider.sync.ledger.records import NO_REASON
from debitoor_provider.sync.ledger.states import Kind
from debitoor_provider.sync.ledger.tables import documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from debitoor_provider.sync.ledger.records import Entry


class Decisions(LedgerReader):
    """What a person may do to documents; each decision is in their history with the person's name and reason."""

    def retry(
        self, entries: Iterable[Entry], actor: str, reason: str = "", *, again: bool = False, anew: bool = False
    ) -> list[Entry]:
        """Plan documents again that need attention or were ignored; return them, without those that cannot.

        :param actor: ``user:<name>``
        :param again: send moved ones **again**, unless the target still has them
        :param anew: send moved ones again in any case, as a new record beside the one that the target may have
        :raises IllegalTransition: when none of them can
        """
        values: dict[str, Any] = {**NO_REASON, "attempts": 0}
        if not again and not anew:
            return self._act(Kind.RETRIED, entries, values, actor, {"reason": reason})
        # When it was archived is kept: it does not keep away what was archived because it had been sent.
        values |= {**planning.NO_TRACES, "moved_at": None}
        values["target_id"] = sa.func.coalesce(documents.c.target_id, "") if anew else None
        return self._act(Kind.SENT_AGAIN, entries, values, actor, {"reason": reason, "anew": anew})

    def ignore(self, entries: Iterable[Entry], actor: str, reason: str = "") -> list[Entry]:
        """Never send these documents; return them, without those that cannot be ignored.

        :raises IllegalTransition: when none of them can
        """
        values = {"target_name": None, "target_name_key": None}
        return self._act(Kind.IGNORED, entries, values, actor, {"reason": reason})

    def mark_moved(
        self, entries: Iterable[Entry], actor: str, reason: str = "", *, target_id: str | None = None
    ) -> list[Entry]:
        """Take a person's word that the target has these documents; return them, without those where it cannot be.

        :raises IllegalTransition: when none of them can
        """
        values = {**NO_REASON, "target_id": target_id, "file_id": None, "moved_at": self._time()}
        return self._act(Kind.MARKED_MOVED, entries, values, actor, {"reason": reason, "target_id": target_id})

    def _act(
        self, kind: Kind, entries: Iterable[Entry], values: Mapping[str, Any], actor: str, detail: Mapping[str, Any]
    ) -> list[Entry]:
        said = {name: value for name, value in detail.items() if value}
        with self._database.write() as connection:
            return progress.advance_all(connection, kind, entries, values, at=self._time(), actor=actor, detail=said)
