"""The plan step: ask the source what is new, choose by the account's settings, enter what is to be moved."""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from heapq import merge
from typing import TYPE_CHECKING, Any, Generic

from debitoor_provider.messages import Message
from debitoor_provider.services.record_file import RecordFile, RecordFileMapping
from debitoor_provider.services.steady_clock import steady_seconds
from debitoor_provider.sync.batches import WHOLE, chunks
from debitoor_provider.sync.ledger import ATTENTION, Outcome, Pending, PlannedDocument, Run
from debitoor_provider.sync.steps.direction import Record
from debitoor_provider.sync.steps.entering import enter
from debitoor_provider.sync.steps.left_out import LeftOut, before_reading
from debitoor_provider.sync.steps.source_time import WITHOUT_CLOCK, warnings_of
from debitoor_provider.sync.window import CLOCK_TOLERANCE, Window, incremental

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from debitoor_provider.sync.ledger import Entry, Watermark
    from debitoor_provider.sync.steps.job import Job

log = logging.getLogger(__name__)

_RECHECKED = 50  # waiting documents that one run asks about: each costs a call


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has to do.

    :param window: what the source was asked for
    :param due: documents that this run is to move
    :param new: how many of the listed documents were not known
    :param done: how many of the listed documents are at the target already
    :param waiting: how many may come in later
    :param left_out: how many were left out, by reason code
    :param warnings: what a user should look into although the run continued
    :param accounts: how many accounts the source was asked for at once
    """

    window: Window
    due: Pending
    new: int = 0
    done: int = 0
    waiting: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    warnings: Sequence[Message] = ()
    accounts: int = 1


@dataclass(frozen=True, slots=True)
class Listing(Generic[Record]):
    """What a window holds, chosen by the account's settings.

    :param window: what the source was asked for
    :param began: when the listing began, in seconds of a clock that is never set
    :param chosen: each record with the reason why it is left out, if it is; the first of two with one id counts
    :param gone: ids that were asked for but do not exist any more
    :param accounts: how many accounts the source was asked for at once
    """

    window: Window
    began: float
    chosen: Iterator[tuple[Record, LeftOut | None]]
    gone: list[str]
    accounts: int = 1


def plan(job: Job, requested: Window | None = None) -> Plan:
    """Plan a run: one ledger row for each document to be moved; why the others are left out goes into the log.

    An incremental plan with nothing new costs one call.

    :param requested: a backfill's interval or a person's choice; ``None`` for what is new since the watermark
    """
    job.is_chosen = requested is not None
    window = choose_window(job, requested)
    job.ledger.runs.start(
        Run(job.run_id, job.account_id, job.direction.name, window.kind.value, window=window.as_json())
    )
    left_out: Counter[str] = Counter()
    left: list[str] = []
    with RecordFile[PlannedDocument]() as planned:
        with listing(job, requested) as listed:
            for record, reason in listed.chosen:
                document = job.direction.planned(record, reason)
                if reason is None or reason.waits:
                    planned.append(document)
                else:
                    left.append(document.source_id)
                if reason is not None:
                    left_out[reason.code] += 1
                    log.info("Document %s is left out: %s", document.source_id, reason.reason)
        return _enter(job, listed, planned, left_out, left)


def choose_window(job: Job, requested: Window | None, *, ask: bool = False) -> Window:
    """Return what a run asks for: what was requested, or what is new since the watermark; within the account's period.

    Settings that decide differently than those of the last full listing make everything be listed again, because a
    wider filter may take what was left out before. The time is that of the source's clock as soon as an answer has
    reported it.

    :param ask: make a call for the source's time where this machine's clock would have everything listed again
    """
    if requested is None:
        mark = job.ledger.runs.watermark(job.account_id, job.direction.name)
        unchanged = mark.settings_fingerprint == job.settings_fingerprint
        requested = _incremental(job, mark, unchanged=unchanged)
        if ask and requested.full and mark.full_listed_at and unchanged:
            job.direction.source_time(ask=True)
            requested = _incremental(job, mark, unchanged=unchanged)
    return requested.within(job.account.period.start, job.account.period.end)


def _incremental(job: Job, mark: Watermark, *, unchanged: bool) -> Window:
    return incremental(
        now=job.direction.source_time() or job.now(),
        listed_at=mark.listed_at,
        full_listed_at=mark.full_listed_at if unchanged else None,
        overlap=job.direction.overlap,
        kind=job.kind,
    )


@contextmanager
def listing(job: Job, requested: Window | None) -> Iterator[Listing[Any]]:
    """List what a run asks for and choose from it by the account's settings; valid until this is left.

    When only the answer reports a time by which everything is to be listed, everything is listed at once.

    :raises Misconfigured: when the source belongs to another company: its list must not move the watermark
    """
    job.direction.require_source()
    began = steady_seconds()
    window = choose_window(job, requested, ask=True)
    with ExitStack() as kept:

        def own() -> tuple[Iterable[Any], list[str]]:
            return job.direction.records(window, kept.enter_context(RecordFileMapping[Any, Any]()))

        answer = job.shared.answer(job.direction.list_request(window)) if job.shared else None
        records, gone = (answer.records, list[str]()) if answer else own()
        if not window.full and (now_known := choose_window(job, requested)).full:
            window, answer = now_known, None
            records, gone = own()
        accounts = 1
        if answer:
            began, accounts = min(began, answer.began), answer.accounts
            log.info("The source was asked once for %d accounts.", accounts)
        yield Listing(window, began, _chosen(job, window, records), gone, accounts)


def not_there(window: Window | None, found: Container[str]) -> Message | None:
    """Return which of the documents that a person named do not exist."""
    missing = [id_ for id_ in sorted(window.document_ids) if id_ not in found] if window else []
    return Message("documents_not_there", count=len(missing), documents=missing) if missing else None


def _chosen(job: Job, window: Window, records: Iterable[Record]) -> Iterator[tuple[Record, LeftOut | None]]:
    direction = job.direction
    again, resting = _waiting(job)
    for some in chunks(records, WHOLE):
        selected = [(direction.id_of(record), record, direction.select(record)) for record in some]
        decided = _decided(job, selected)
        for id_, record, left_out in selected:
            if entry := decided.get(id_):
                corrected = direction.corrected(record, entry.decisions)
                left_out = direction.select(corrected, sent_again=entry.goes_although_archived)
            if not window.is_dated:  # a document without a date is in no interval
                left_out = before_reading(left_out)
            if left_out is None and id_ in resting:
                entry, waits = resting[id_]
                left_out = waits if direction.planned(record).fingerprint == entry.fingerprint else None
            yield record, left_out
    if window.updated_since is not None:
        for entry in again:
            yield direction.load(entry.snapshot), None
        for entry, waits in resting.values():
            if waits.message != entry.message:
                yield direction.load(entry.snapshot), waits


def _decided(job: Job, selected: Iterable[tuple[str, Any, LeftOut | None]]) -> Mapping[str, Entry]:
    """Return what the ledger has of documents that are left out, but may go because of what a person has decided."""
    direction = job.direction
    ids = [id_ for id_, record, reason in selected if reason and (reason.waits or direction.is_archived(record))]
    known = job.ledger.documents.known(job.account_id, direction.name, ids) if ids else {}
    return {id_: entry for id_, entry in known.items() if entry.corrections or entry.goes_although_archived}


def _waiting(job: Job) -> tuple[list[Entry], dict[str, tuple[Entry, LeftOut]]]:
    """Return the waiting documents to look at although no listing shows them, and those not to look at if one does.

    The first are those that have waited longest, e.g. for their approval; the others wait e.g. for an exchange rate,
    and come with the reason for which they still do.
    """
    again: list[Entry] = []
    resting: dict[str, tuple[Entry, LeftOut]] = {}
    waiting, direction = job.ledger.documents.waiting, job.direction
    asked = waiting(job.account_id, _RECHECKED, direction.asked) if direction.asked else ()
    others = waiting(job.account_id, codes=direction.rechecked) if direction.rechecked else ()
    for entry in merge(asked, others, key=_asked_first):  # the rest, any number, is left to the listing
        match direction.recheck(entry):
            case True if len(again) < _RECHECKED:
                again.append(entry)
            case LeftOut() as waits if entry.settings_fingerprint == job.settings_fingerprint:
                resting[entry.source_id] = entry, waits
    return again, resting


def _asked_first(entry: Entry) -> tuple[bool, datetime | None, int]:
    return entry.asked_at is not None, entry.asked_at, entry.id


def _enter(
    job: Job, listed: Listing[Any], planned: Iterable[PlannedDocument], left_out: Counter[str], left: Sequence[str]
) -> Plan:
    """Enter the plan and the watermark in one transaction, and return what the run has to do.

    :param left: ids of documents that are left out for good
    """
    window = listed.window
    # A person named them: what was held or rejected is to be tried again.
    named = job.ledger.documents.known(job.account_id, job.direction.name, window.document_ids).values()
    mark = job.ledger.runs.watermark(job.account_id, job.direction.name) if window.moves_watermark else None
    reported = job.direction.source_time()
    warnings = list(warnings_of(job, reported, mark))
    if missing := not_there(window, set(window.document_ids) - set(listed.gone)):
        warnings.append(missing)
    for warning in warnings:
        log.warning("%s", warning)
    noted = {"warnings": [warning.as_json() for warning in warnings]} if warnings else {}
    job.ledger.runs.note_window(job.run_id, window.as_json() | noted)
    now = reported or job.now() - WITHOUT_CLOCK
    result = enter(
        job,
        planned,
        watermark=now - timedelta(seconds=steady_seconds() - listed.began) if window.moves_watermark else None,
        not_after=(reported or job.now()) + CLOCK_TOLERANCE,
        full=window.full and window.moves_watermark,
        gone=[*listed.gone, *left],
        tried_again=[entry for entry in named if entry.state in ATTENTION],
    )
    counts = result.counts
    return Plan(
        window,
        due=job.due(),
        new=counts.get(Outcome.NEW, 0),
        done=counts.get(Outcome.DONE, 0),
        waiting=result.waiting,
        left_out=dict(left_out),
        warnings=warnings,
        accounts=listed.accounts,
    )
