"""How a command refuses what it was given."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from debitoor_provider.messages import Message

_WRONG_COMMAND_LINE = 2
"""The exit code that argparse has for it, too."""


def wrong(*problems: Message | str) -> SystemExit:
    """Say what is wrong with a command line, and return its end."""
    for problem in problems:
        print(problem, file=sys.stderr)  # noqa: T201  as argparse does
    return SystemExit(_WRONG_COMMAND_LINE)
