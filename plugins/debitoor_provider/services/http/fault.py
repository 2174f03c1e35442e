"""What a failure below HTTP means, above all: whether anything was sent."""

from __future__ import annotations

import requests
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from debitoor_provider.services.http.errors import BadAnswer, Misconfigured, NotSent, ServiceError, Unavailable


def meaning(fault: requests.RequestException) -> ServiceError:
    """Return what a failure below HTTP means, above all: whether anything was sent."""
    reason = _reason(fault)
    if isinstance(fault, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(fault):
        return Misconfigured(
            "The service's certificate could not be verified.",
            remedy="Check the base URL; a private certificate authority has to be known to the worker.",
        )
    if isinstance(reason, NameResolutionError):
        return NotSent("The service could not be reached: its host name is not known.")
    if isinstance(reason, NewConnectionError):
        return NotSent("The service could not be reached: the connection was refused.")
    if isinstance(reason, ConnectTimeoutError) or isinstance(fault, requests.ConnectTimeout):
        return NotSent("The service could not be reached: it did not answer in time.")
    if isinstance(fault, requests.Timeout) or "Read timed out" in str(fault):
        return Unavailable("The service did not answer in time.")
    if isinstance(fault, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return Unavailable("The connection to the service broke off.")
    if isinstance(fault, requests.exceptions.ContentDecodingError):
        return BadAnswer("The answer could not be decoded.")
    return Misconfigured("The request could not be made.", remedy="Check the connection's base URL and proxy.")


def _reason(fault: BaseException) -> BaseException | None:
    """Return the cause inside urllib3's wrappers, through a proxy's error too."""
    inner = fault.args[0] if fault.args else None
    reason = getattr(inner, "reason", inner)
    original = getattr(reason, "original_error", None)
    found = original or reason
    return found if isinstance(found, BaseException) else None
