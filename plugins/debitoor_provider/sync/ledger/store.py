"""The ledger as everybody uses it: one object, one short transaction for each call.

On SQLite, steps that several threads take at the same time share one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.ledger import leases, names, planning, progress, runs, schema
from debitoor_provider.sync.ledger.decisions import Decisions
from debitoor_provider.sync.ledger.errors import IllegalTransition
from debitoor_provider.sync.ledger.rebuild import rebuild
from debitoor_provider.sync.ledger.records import NO_REASON, require_key
from debitoor_provider.sync.ledger.states import DUE, Direction, Kind, State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime, timedelta

    from sqlalchemy.engine import Connection

    from debitoor_provider.sync.ledger.engine import Database
    from debitoor_provider.sync.ledger.records import (
        Entry,
        FoundDocument,
        Naming,
        PlannedDocument,
        PlanResult,
        RebuildResult,
        Run,
    )


class Ledger(Decisions):
    """The memory of the exchange (design section 5). Open it with :meth:`open`.

    May be used by many threads, by many processes, and after a fork. Every method raises
    :class:`~debitoor_provider.sync.ledger.errors.LedgerUnavailable` when the database cannot be used just now. The
    steps of a run need an entry that came from :meth:`claim`; they raise ``IllegalTransition`` or ``LeaseLost`` without
    having written anything.
    """

    def upgrade(self) -> None:
        """Bring the tables to the version of this code."""
        schema.upgrade(self._database)

    # Runs

    def start_run(self, run: Run) -> None:
        """Enter a run; one that is known begins anew."""
        with self._database.write() as connection:
            runs.start(connection, run, self._time())

    def finish_run(self, run_id: str, *, counts: Mapping[str, Any], verdict: str, error: str = "") -> None:
        """Enter what a run came to.

        :raises LedgerError: for a run that was not started
        """
        with self._database.write() as connection:
            runs.finish(connection, run_id, self._time(), counts=counts, verdict=verdict, error=error)

    def note_error(self, run_id: str, error: str, remedy: str = "", verdict: str = "") -> None:
        """Enter why a step of a run failed, for the run's report.

        :param remedy: what a person can do about it
        :param verdict: what the run comes to if the step stays failed, when that is known already
        """
        with self._database.write() as connection:
            runs.note_error(connection, run_id, error, remedy, verdict)

    def reset_watermark(self, account: str, direction: Direction) -> None:
        """Forget how far the source was asked: the next run lists everything."""
        with self._database.write() as connection:
            runs.reset_watermark(connection, account, direction)

    # Planning

    def plan(
        self,
        account: str,
        direction: Direction,
        run_id: str,
        plan: Iterable[PlannedDocument],
        *,
        watermark: datetime | None = None,
        full: bool = False,
        gone: Iterable[str] = (),
        settings_fingerprint: str = "",
        dry_run: bool = False,
    ) -> PlanResult:
        """Enter a complete plan and move the watermark, both or neither.

        :param plan: of a document that is in it twice, the first counts
        :param watermark: the source was asked up to then; ``None`` leaves the mark (backfills, manual runs)
        :param full: the plan lists all that the account's settings let through; what it lacks has gone
        :param gone: source ids known to have left the source or the filter
        :param settings_fingerprint: of the account's settings; when they change, what needs attention comes back
        :param dry_run: write nothing, only tell what would happen
        """
        require_key("account", account)
        at = self._time()
        head = planning.Plan(account, direction, run_id, settings_fingerprint, at)
        with self._database.read() if dry_run else self._database.write() as connection:
            if not dry_run:
                runs.lock_watermark(connection, account, direction)
            result = planning.plan(connection, head, plan, write=not dry_run)
            listed = result.outcomes
            gone = [source_id for source_id in gone if source_id not in listed]
            left = planning.leave(connection, head, gone=gone, listed=listed if full else None, write=not dry_run)
            if not dry_run:
                runs.move_watermark(
                    connection,
                    account,
                    direction,
                    listed_at=watermark,
                    full_listed_at=(watermark or at) if full else None,
                    settings_fingerprint=settings_fingerprint,
                )
        return replace(result, gone=left)

    def name(self, entry: Entry, name: str) -> Entry | None:
        """Give a planned document its file name; ``None`` when another one of the account has it: try the next.

        A document that has a name keeps it: the name that counts is the one of the entry that comes back.

        :raises IllegalTransition: when the document is not planned any more
        """
        naming = self.name_many([(entry, name)])
        if naming.named:
            return naming.named[0]
        if naming.taken:
            return None
        raise IllegalTransition(f"Document {entry.source_id} is not planned any more; only a planned one is named.")

    def name_many(self, pairs: Iterable[tuple[Entry, str]], *, run_id: str | None = None) -> Naming:
        """Give many planned documents of one account their file names, where those are free."""
        with self._database.write() as connection:
            return names.name_all(connection, list(pairs), at=self._time(), run_id=run_id)

    # Leases

    def claim(
        self,
        entries: Iterable[Entry],
        owner: str,
        ttl: timedelta,
        *,
        run_id: str = "",
        states: Collection[State] = DUE,
    ) -> list[Entry]:
        """Lease documents; return those that were free and still are in one of the states, read afresh.

        :param owner: unique for each attempt of each task, e.g. ``<dag>/<run>/<task>/<try>``
        :param ttl: how long the lease holds without :meth:`extend`
        :param run_id: the run for which the steps are taken; default the owner
        """
        with self._database.write() as connection:
            return leases.claim(
                connection,
                entries,
                owner=owner,
                run_id=run_id or owner,
                ttl=ttl,
                states=states,
                clock_ms=self._lease_clock(connection),
            )

    def extend(self, owner: str, ttl: timedelta) -> int:
        """Let all leases of an owner hold for ``ttl`` from now; return how many there are."""
        with self._database.write() as connection:
            return leases.extend(connection, owner, ttl, self._lease_clock(connection))

    def release(self, owner: str, entries: Iterable[Entry] | None = None) -> int:
        """Give back an owner's leases, of these entries or all; return how many."""
        keys = None if entries is None else {entry.exchange_key for entry in entries}
        with self._database.write() as connection:
            return leases.release(connection, owner, keys)

    # The steps of a run

    def intend(self, entry: Entry, run_id: str = "", detail: Mapping[str, Any] | None = None) -> Entry:
        """Write down that the document is about to be sent. Before the first foreign write, and again before another.

        :raises EntryChanged: when the document was planned anew since it was claimed
        """
        return self._advance(Kind.INTENT, entry, NO_REASON, detail, run_id)

    def file_uploaded(
        self,
        entry: Entry,
        file_id: str,
        *,
        sha256: str | None = None,
        size: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> Entry:
        """Write down that the target has the file, which is not used yet. ``size`` in bytes."""
        values = {"file_id": file_id, "file_sha256": sha256, "file_bytes": size}
        return self._advance(Kind.FILE_UPLOADED, entry, values, detail)

    def unclear(self, entry: Entry, why: str, *, detail: Mapping[str, Any] | None = None) -> Entry:
        """Write down that nobody knows whether it was sent: it stays *sending*, to be settled by looking."""
        return self._advance(Kind.UNCLEAR, entry, {"reason": why}, detail)

    def postpone(self, entry: Entry, why: str, *, detail: Mapping[str, Any] | None = None) -> Entry:
        """Write down that it is known not to have been sent, and may be later."""
        return self._advance(Kind.POSTPONED, entry, {"reason": why}, detail)

    def moved(
        self,
        entry: Entry,
        target_id: str,
        *,
        sha256: str | None = None,
        size: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> Entry:
        """Write down that the target has it, verified: sent, or found there before it was sent."""
        values = {**NO_REASON, "target_id": target_id, "file_id": None, "moved_at": self._time()}
        file = {"file_sha256": sha256, "file_bytes": size}
        known = {name: value for name, value in file.items() if value is not None}
        return self._advance(Kind.MOVED, entry, values | known, detail)

    def hold(
        self, entry: Entry, code: str, reason: str, mend: str = "", *, detail: Mapping[str, Any] | None = None
    ) -> Entry:
        """A rule wants a person's decision. ``reason`` in plain words; ``mend`` says what helps."""
        return self._advance(Kind.HELD, entry, {"reason_code": code, "reason": reason, "mend": mend}, detail)

    def reject(
        self, entry: Entry, code: str, reason: str, mend: str = "", *, detail: Mapping[str, Any] | None = None
    ) -> Entry:
        """The document cannot go as it is. ``reason`` in plain words; ``mend`` says what helps."""
        return self._advance(Kind.REJECTED, entry, {"reason_code": code, "reason": reason, "mend": mend}, detail)

    def wait(
        self, entry: Entry, code: str, reason: str, mend: str = "", *, detail: Mapping[str, Any] | None = None
    ) -> Entry:
        """The document may come in later by itself. Only before it was sent."""
        values = {"reason_code": code, "reason": reason, "mend": mend, "asked_at": self._time()}
        return self._advance(Kind.WAITS, entry, values, detail)

    def archived(self, entries: Iterable[Entry], run_id: str) -> list[Entry]:
        """Write down that moved documents are archived at the source; return them. Needs no lease.

        :raises IllegalTransition: when none of them is moved or archived
        """
        at = self._time()
        values = {**NO_REASON, "archived_at": at, "moved_by": run_id}
        with self._database.write() as connection:
            return progress.advance_all(connection, Kind.ARCHIVED, entries, values, at=at, run_id=run_id)

    def not_archived(self, entry: Entry, run_id: str, reason: str, mend: str = "") -> Entry:
        """Write down that the source refuses to archive a moved document."""
        values = {"reason_code": str(Kind.NOT_ARCHIVED), "reason": reason, "mend": mend}
        return self._advance(Kind.NOT_ARCHIVED, entry, values, None, run_id)

    # What the target has

    def rebuild(self, account: str, direction: Direction, found: Iterable[FoundDocument]) -> RebuildResult:
        """Set to moved whatever the target has, and add what the ledger does not know."""
        require_key("account", account)
        with self._database.write() as connection:
            return rebuild(connection, account, direction, found, at=self._time())

    # Helpers

    def _advance(
        self,
        kind: Kind,
        entry: Entry,
        values: Mapping[str, Any],
        detail: Mapping[str, Any] | None,
        run_id: str = "",
    ) -> Entry:
        database, at = self._database, self._time()
        clock = None if self._uses_database_clock(database) else _ms(at)

        def step(connection: Connection) -> Entry:
            return progress.advance(
                connection, kind, entry, values, at=at, clock_ms=clock, run_id=run_id or entry.run_id, detail=detail
            )

        return database.step(step)

    def _uses_database_clock(self, database: Database) -> bool:
        return self._now is None and not database.is_sqlite

    def _lease_clock(self, connection: Connection) -> int:
        if self._uses_database_clock(self._database):
            return leases.time_ms(connection)
        return _ms(self._time())


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
