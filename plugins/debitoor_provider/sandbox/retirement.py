"""Paths that a service has retired, for one path or for all (the switch ``retired``)."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

from debitoor_provider.sandbox.http import ReceivedCall, Reply, gateway_page

if TYPE_CHECKING:
    from collections.abc import Callable

_SUCCESSOR = "http://successor.invalid"


def retired_reply(call: ReceivedCall, error: Callable[[int, str], Reply]) -> Reply | None:
    """Return the answer of a retired path, None if the path is in service.

    The services ask after the check of the key or token, so a refused token is answered as one.

    :param error: makes the service's own error answer from status and text
    """
    retired = call.company.switches.retired
    answer = next((retired[pattern] for pattern in retired if fnmatch.fnmatchcase(call.path, pattern)), None)
    match answer:
        case "not_found":
            return error(404, "Not found")
        case "forbidden":
            return gateway_page(403)
        case "gone":
            return error(410, "This version of the API has been shut down.")
        case "moved":
            return Reply(301, headers=[("location", _SUCCESSOR + call.path)])
    return None
