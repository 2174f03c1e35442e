"""Answers that a browser saves as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import Iterator


def as_csv(name: str, lines: Iterator[str]) -> StreamingResponse:
    """Send a table, bit by bit."""
    return StreamingResponse(lines, headers=attachment(name), media_type="text/csv; charset=utf-8")


def attachment(name: str) -> dict[str, str]:
    """Return headers that save a response as a file, never shown as a page, whatever characters its name has."""
    safe = quote(name.encode("utf-8", "replace"), safe="")
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{safe}", "X-Content-Type-Options": "nosniff"}
