"""How a test says what it found, without personal data: counts, statuses, names of fields and of headers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from debitoor_provider.services.errors import (
    BadAnswer,
    FileRefused,
    NotFound,
    NotSent,
    PathGone,
    PermissionMissing,
    RateLimited,
    Refused,
    ServiceError,
    StopError,
    WrongUserAgent,
)

T = TypeVar("T")

Seen = Callable[[str], None]
"""Records what a test saw, for the report."""

_ANSWERS = (BadAnswer, FileRefused, NotFound, PathGone, Refused, WrongUserAgent)
_CODE = re.compile(r"[A-Z]+(?:_[A-Z]+)+|[a-z]+(?:_[a-z]+)+")
_NAME = re.compile(r"[A-Za-z][A-Za-z_]{0,39}(?: [a-z]{1,20})?")


class Differs(Exception):
    """The service does otherwise than the contract says.

    :param sentence: what it does, without personal data
    """


class NotTried(Exception):
    """What the account has, or lets a key see, shows nothing about the row.

    :param reason: what would have to be there
    """


def expect(condition: object, otherwise: str) -> None:
    """Require what the contract assumes.

    :raises Differs: with the sentence ``otherwise``
    """
    if not condition:
        raise Differs(otherwise)


def need(value: T | None, reason: str) -> T:
    """Return what a test needs to find in the account.

    :raises NotTried: when it is not there
    """
    if not value:
        raise NotTried(reason)
    return value


def names(values: Iterable[object]) -> str:
    """Return names of the API's own (fields, types) as a list; anything that may be another text is left out."""
    return _listed(values, _NAME)


def codes(values: Iterable[object]) -> str:
    """Return values that look like a code of the API; a person may have entered any other."""
    return _listed(values, _CODE)


def _listed(values: Iterable[object], form: re.Pattern[str]) -> str:
    known = {str(value) if form.fullmatch(str(value)) else "(another text)" for value in values}
    return ", ".join(sorted(known)) or "none"


def sentence_of(error: ServiceError) -> str:
    """Return what a service's error says; none but :class:`PathGone` quotes what was asked."""
    return str(error.message)


def is_difference(error: ServiceError) -> bool:
    """Return whether an error is a response outside the contract, rather than an unreachable service."""
    return isinstance(error, _ANSWERS)


def ends_all(error: ServiceError) -> bool:
    """Return whether no further call to this service can succeed."""
    stops = isinstance(error, StopError) and not isinstance(error, PermissionMissing)
    return (stops or isinstance(error, NotSent | RateLimited)) and not is_difference(error)


def of_difference(error: ServiceError) -> str:
    """Return what the service answered instead of what the contract has."""
    # Its own sentence has the path, with an id in it.
    sentence = "the path is not there" if isinstance(error, PathGone) else sentence_of(error)
    code = f" and code {error.code}" if error.code else ""
    return f"answered with status {error.status}{code}: {sentence}" if error.status else sentence
