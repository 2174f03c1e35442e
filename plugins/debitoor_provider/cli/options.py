"""Options and arguments that several commands have, and what those that are numbers accept."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from functools import partial

from airflow.cli.cli_config import ARG_VERBOSE, Arg

_LAST_PORT = 65535
_LONGEST_SHOWN = 60


def _whole(text: str, *, least: int) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise _not_understood("option_not_a_count", value=repr(text), least=least)
    return int(text)


def port(text: str) -> int:
    """Read a port.

    :raises ArgumentTypeError: when it is none
    """
    if not text.isascii() or not text.isdigit() or int(text) > _LAST_PORT:
        raise _not_understood("option_not_a_port", value=repr(text), last=_LAST_PORT)
    return int(text)


def address(text: str) -> str:
    """Read the address of a server.

    :raises ArgumentTypeError: when it is none
    """
    from urllib.parse import urlsplit

    try:
        is_one = urlsplit(text).scheme in {"http", "https"} and bool(urlsplit(text).hostname)
    except ValueError:
        is_one = False
    if not is_one:
        raise _not_understood("option_not_an_address", value=repr(text[:_LONGEST_SHOWN]))
    return text


def _not_understood(code: str, **params: object) -> ArgumentTypeError:
    from debitoor_provider.cli.language import reader_of_words
    from debitoor_provider.messages import Message, written_for

    with written_for(reader_of_words(sys.argv)):
        return ArgumentTypeError(Message(code, **params).text())


at_least_one = partial(_whole, least=1)
none_or_more = partial(_whole, least=0)
ACCOUNT = Arg(("account",), help="Id of the account: its file's name without .yaml")
_FORMATS = ("table", "json", "yaml", "plain")
_OUTPUT = Arg(("-o", "--output"), choices=_FORMATS, default="table", help="How to print (default: table)")
LANGUAGE = Arg(("--language",), help="Language of reasons and remedies: en, fr, de or da (default: that of LANG)")
CONNECTIONS = Arg(
    ("--connections",),
    action="store_true",
    help="Also try both connections of each account, and ask the services for what its settings name",
)
LIMIT = Arg(("--limit",), type=at_least_one, default=100, help="At most so many documents (default: 100)")
FROM = Arg(("--from",), dest="period_from", default="", help="First document date, YYYY-MM-DD")
TO = Arg(("--to",), dest="period_to", default="", help="Last document date, YYYY-MM-DD")
REASON = Arg(("--reason",), default="", help="Why, for the document's history")
IDS = Arg(("documents",), nargs="+", metavar="DOCUMENT", help="Ids at the source, as the list shows them")
ALL = (_OUTPUT, ARG_VERBOSE)
