"""The language that a command writes its reasons and remedies in."""

from __future__ import annotations

import gettext
import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from debitoor_provider.cli.stderr import wrong
from debitoor_provider.messages import LOG, Message, Reader, languages, preferred_language, written_for

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where POSIX keeps the language of messages, the first that is set."""
_DOMAIN = "debitoor"
"""What :mod:`gettext` calls a catalogue: ``locale/<language>/LC_MESSAGES/debitoor.mo``."""


def reader_of(args: Namespace) -> Reader:
    """Return who reads: the language that the command names, else that of the terminal, else English.

    English keeps amounts and dates as programs read them, and so does every format but the table.

    :raises SystemExit: for a language that there are no sentences in
    """
    if args.language:
        if args.language not in languages():
            # Slow to import, and rarely needed.
            from debitoor_provider.sync.accounts.values import quoted

            with written_for(_reader_of_terminal()):
                raise wrong(Message("no_such_language", language=quoted(args.language), languages=languages()))
        reader = Reader(args.language)
    else:
        reader = _reader_of_terminal()
    return replace(reader, figures=reader.language != LOG.language and getattr(args, "output", "table") == "table")


def reader_of_words(words: Sequence[str]) -> Reader:
    """Return who reads what is wrong with the words of a command, which are not parsed yet."""
    named = [after for word, after in pairwise((*words, "")) if word == "--language"]
    named += [word.partition("=")[2] for word in words if word.startswith("--language=")]
    return Reader(named[-1]) if named and named[-1] in languages() else _reader_of_terminal()


def translate_argparse(words: Sequence[str]) -> None:
    """Let argparse speak the reader's language: it asks :mod:`gettext` for each of its texts.

    This is for the whole process, whose one purpose is this command.

    :param words: of the command line
    """
    gettext.bindtextdomain(_DOMAIN, str(Path(__file__).with_name("locale")))
    gettext.textdomain(_DOMAIN)
    os.environ["LANGUAGE"] = reader_of_words(words).language  # of which gettext takes the language


def _reader_of_terminal() -> Reader:
    wanted = next((value for name in _VARIABLES if (value := os.environ.get(name))), "")
    language = preferred_language(wanted)
    return Reader(language) if language else LOG
