"""Runs and watermarks as the ledger has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from debitoor_provider.messages import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from debitoor_provider.sync.ledger.states import DirectionName

RecordedKind = Literal["scheduled", "manual", "backfill", "dry_run"]
DRY_RUN: RecordedKind = "dry_run"


class Verdict(StrEnum):
    """What the report of a run says of it."""

    SUCCESS = "success"
    REJECTED = "rejected"  # a document was newly rejected
    FAILED = "failed"  # a step failed
    STOPPED = "stopped"  # a step failed, and will until a person has corrected something


WENT_THROUGH = (Verdict.SUCCESS, Verdict.REJECTED)
"""The verdicts of runs that did all they had to; what was rejected is in the list of what needs attention."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of an account.

    :param id: ``<dag id>/<run id>``, with ``#<account>`` in a DAG that is not the account's own
    :param window: the requested window: dates as ISO text, document ids
    :param counts: by outcome; those left out by reason
    :param verdict: one of :class:`Verdict`; empty while it runs
    :param message: why it failed, and what a person can do about it
    """

    id: str
    account: str
    direction: DirectionName
    kind: RecordedKind
    window: Mapping[str, Any] = field(default_factory=dict)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    counts: Mapping[str, Any] = field(default_factory=dict)
    verdict: str = ""
    message: Message | None = None

    @property
    def error(self) -> str:
        """Why it failed; empty when it did not."""
        return self.message.text() if self.message else ""

    @property
    def remedy(self) -> str:
        """What a person can do about it."""
        return self.message.remedy() if self.message else ""

    @property
    def service(self) -> str:
        """The service whose answer made it fail; empty when it was none."""
        return _service_in(self.message.as_json()) if self.message else ""

    @property
    def codes(self) -> frozenset[str]:
        """The codes of why it failed, from the outermost message to the reason."""
        return frozenset(_codes_in(self.message.as_json())) if self.message else frozenset()

    @property
    def warnings(self) -> tuple[Message, ...]:
        """What a user should look into although the run continued."""
        return tuple(Message.from_json(stored) for stored in self.window.get("warnings", ()))

    @property
    def answers(self) -> tuple[Message, ...]:
        """What people answered when the run asked whether it may exceed a limit, and who did."""
        return tuple(Message.from_json(stored) for stored in self.window.get("answers", ()))


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far an account's source was asked.

    :param listed_at: everything changed until then is in the ledger; ``None``: never asked
    :param full_listed_at: when the whole period was listed last
    :param settings_fingerprint: the settings with which that was done: other settings need a full listing
    """

    account: str
    direction: DirectionName
    listed_at: datetime | None = None
    full_listed_at: datetime | None = None
    settings_fingerprint: str = ""


def _codes_in(stored: Mapping[str, Any]) -> Iterator[str]:
    """Return the codes of a message and of those inside it."""
    yield stored["code"]
    for value in stored.get("params", {}).values():
        if isinstance(value, dict) and "code" in value:
            yield from _codes_in(value)


def _service_in(stored: Mapping[str, Any]) -> str:
    """Return the service that a message, or one inside it, names."""
    params = stored.get("params", {})
    nested = (_service_in(value) for value in params.values() if isinstance(value, dict))
    return str(params.get("service") or next(filter(None, nested), ""))
