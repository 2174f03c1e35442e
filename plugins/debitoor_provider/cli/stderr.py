"""What commands write to standard error, where it does not disturb other programs: hints and refusals."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from debitoor_provider.messages import Message

_WRONG_COMMAND_LINE = 2
"""The exit code that argparse has for it, too."""


def hint(text: Message | str) -> None:
    """Print a line."""
    print(text, file=sys.stderr)  # noqa: T201  as argparse does


def wrong(*problems: Message | str) -> SystemExit:
    """Say what is wrong with a command line, and return its end."""
    for problem in problems:
        hint(problem)
    return SystemExit(_WRONG_COMMAND_LINE)
