"""The language that a command writes its reasons and remedies in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from debitoor_provider.messages import LOG, Reader, languages, preferred_language

if TYPE_CHECKING:
    from argparse import Namespace

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where POSIX keeps the language of messages, the first that is set."""


def reader_of(args: Namespace) -> Reader:
    """Return who reads: the language that the command names, else that of the terminal, else English.

    :raises SystemExit: for a language that there are no sentences in
    """
    if args.language:
        if args.language not in languages():
            raise SystemExit(f"There are no sentences in {args.language!r}; there are: {', '.join(languages())}.")
        return Reader(args.language)
    wanted = next((value for name in _VARIABLES if (value := os.environ.get(name))), "")
    language = preferred_language(wanted)
    return Reader(language) if language else LOG
