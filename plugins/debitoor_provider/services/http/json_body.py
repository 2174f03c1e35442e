"""The body of a call that sends JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def json_body(fields: Mapping[str, Any]) -> bytes:
    """Return a JSON body."""
    return json.dumps(fields, ensure_ascii=False).encode()
