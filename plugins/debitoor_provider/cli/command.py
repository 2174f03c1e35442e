"""A command in the reader's language, whose module is imported when it is called."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

from airflow.cli.cli_config import ActionCommand, Arg, lazy_load_command

from debitoor_provider.cli.options import LANGUAGE

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator

_ENDS = "Exit codes: 0 done; 1 not done, or not all of it, and the last lines say what to do; 2 wrong command line."
_CLOSED_PIPE = 141
"""What a shell reports of a command that the signal SIGPIPE ended."""


def command(name: str, text: str, path: str, args: tuple[Arg, ...], ends: str = _ENDS) -> ActionCommand:
    """Return a command.

    :param path: of its function, below ``debitoor_provider.cli``
    :param ends: what its exit codes mean
    """
    return ActionCommand(name, text, _lazy(path), (*args, LANGUAGE), epilog=ends)


def _lazy(path: str) -> Callable[..., Any]:
    called = lazy_load_command(f"debitoor_provider.cli.{path}")

    @wraps(called)
    def in_a_language(args: Namespace) -> Any:
        from debitoor_provider.cli.language import reader_of
        from debitoor_provider.messages import written_for

        with written_for(reader_of(args)), _until_closed():
            return called(args)

    return in_a_language


@contextmanager
def _until_closed() -> Iterator[None]:
    """End quietly once the reader of the output is gone, as ``head`` is after its last line.

    What is still buffered goes to the null device, because the interpreter writes it out at its end.
    """
    try:
        try:
            yield
        finally:
            if sys.stdout:  # none when the shell has closed it
                sys.stdout.flush()
    except BrokenPipeError:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
        raise SystemExit(_CLOSED_PIPE) from None
