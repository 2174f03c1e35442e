"""What a failure below HTTP means, above all: whether anything was sent."""

from __future__ import annotations

from ssl import SSLCertVerificationError
from typing import TYPE_CHECKING

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    InvalidHeader,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import (
    BadAnswer,
    Misconfigured,
    NotSent,
    ServiceError,
    TooSlow,
    Unavailable,
)
from debitoor_provider.services.http.time_limit import TimeLimitExceeded

if TYPE_CHECKING:
    from collections.abc import Iterator


def meaning(fault: requests.RequestException) -> ServiceError:
    """Return what a failure below HTTP means, above all: whether anything was sent."""
    reason = _reason(fault)
    causes = list(_causes(fault))
    if any(isinstance(cause, SSLCertVerificationError) for cause in causes):
        return Misconfigured(Message("certificate_not_verified"))
    if isinstance(reason, NameResolutionError):
        return NotSent(Message("host_unknown"))
    if isinstance(reason, NewConnectionError):
        return NotSent(Message("connection_refused"))
    if isinstance(reason, ConnectTimeoutError) or isinstance(fault, requests.ConnectTimeout):
        return NotSent(Message("connect_timed_out"))
    if any(isinstance(cause, TimeLimitExceeded) for cause in causes):
        return TooSlow(Message("time_limit_exceeded"))
    if any(isinstance(cause, requests.Timeout | ReadTimeoutError) for cause in causes):
        return Unavailable(Message("answer_timed_out"))
    if isinstance(fault, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return Unavailable(Message("connection_broken"))
    if isinstance(fault, requests.exceptions.ContentDecodingError):
        return BadAnswer(Message("answer_not_decoded"))
    if any(isinstance(cause, InvalidHeader) for cause in causes):  # of the answer, such as two lengths
        return BadAnswer(Message("answer_head_contradicts_itself"))
    return Misconfigured(Message("request_not_made"))


def _reason(fault: BaseException) -> BaseException | None:
    """Return the cause inside urllib3's wrappers, through a proxy's error too."""
    inner = fault.args[0] if fault.args else None
    reason = getattr(inner, "reason", inner)
    original = getattr(reason, "original_error", None)
    found = original or reason
    return found if isinstance(found, BaseException) else None


def _causes(fault: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that it was made from, by ``from``, as an argument or as urllib3 keeps it."""
    found: list[BaseException] = [fault]
    for error in found:
        yield error
        kept = (getattr(error, name, None) for name in ("reason", "original_error"))
        parts = (error.__cause__, error.__context__, *kept, *error.args)
        found += [part for part in parts if isinstance(part, BaseException) and part not in found]
