"""What both services share: session, transport, retry, answers and errors."""

from __future__ import annotations
