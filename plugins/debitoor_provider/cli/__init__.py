"""``airflow debitoor …``: what the command line offers. Read at every Airflow command, so it imports nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.cli.cli_config import ARG_VERBOSE, ActionCommand, Arg, CLICommand, GroupCommand, lazy_load_command

if TYPE_CHECKING:
    from collections.abc import Callable


def _lazy(path: str) -> Callable[..., Any]:
    return lazy_load_command(f"debitoor_provider.cli.{path}")


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


_at_least_one.__name__ = "number from 1"  # as argparse names it in its error

_ACCOUNT = Arg(("account",), help="Id of the account: its file's name without .yaml")
_OUTPUT = Arg(("-o", "--output"), choices=("table", "json"), default="table", help="How to print (default: table)")
_LIMIT = Arg(("--limit",), type=_at_least_one, default=100, help="At most so many documents (default: 100)")
_FROM = Arg(("--from",), dest="period_from", default="", help="First document date, YYYY-MM-DD")
_TO = Arg(("--to",), dest="period_to", default="", help="Last document date, YYYY-MM-DD")
_REASON = Arg(("--reason",), default="", help="Why, for the document's history")
_IDS = Arg(("documents",), nargs="+", metavar="DOCUMENT", help="Ids at the source, as the list shows them")
_ALL = (_OUTPUT, ARG_VERBOSE)


_ACCOUNTS = (
    ActionCommand("list", "List the accounts and how they stand", _lazy("accounts.list_accounts"), _ALL),
    ActionCommand(
        "validate",
        "Check account files; exit code 1 when one has to be corrected",
        _lazy("accounts.validate"),
        (
            Arg(("files",), nargs="*", metavar="FILE", help="Account files (default: all of the accounts folder)"),
            Arg(("--connections",), action="store_true", help="Also try both connections of each account"),
            *_ALL,
        ),
    ),
    ActionCommand(
        "health",
        "Tell monitoring how the accounts are: exit code 0 well, 1 needs attention or is late, 2 critical",
        _lazy("health.health"),
        (
            Arg(("accounts",), nargs="*", metavar="ACCOUNT", help="Ids of accounts (default: all)"),
            Arg(
                ("--late",),
                type=_at_least_one,
                default=60,
                metavar="MINUTES",
                help="Minutes after its time by which a scheduled run has to have gone through (default: 60)",
            ),
            *_ALL,
        ),
    ),
    ActionCommand("schema", "Print the JSON Schema of account files", _lazy("accounts.schema"), (ARG_VERBOSE,)),
    ActionCommand(
        "preview",
        "Show what a run would do; nothing is moved",
        _lazy("accounts.preview"),
        (
            _ACCOUNT,
            _FROM,
            _TO,
            _LIMIT,
            *_ALL,
        ),
    ),
)

_DOCUMENTS = (
    ActionCommand(
        "list",
        "List documents and what became of them",
        _lazy("documents.list_documents"),
        (
            Arg(("--account",), help="Only of this account"),
            Arg(("--state",), action="append", help="Only in this state; may be given several times"),
            Arg(("--attention",), action="store_true", help="Only what needs attention: held and rejected"),
            Arg(("--text",), help="Found in id, number, company, names or amount"),
            _FROM,
            _TO,
            _LIMIT,
            *_ALL,
        ),
    ),
    ActionCommand(
        "retry",
        "Try held, rejected or ignored documents again in the next run",
        _lazy("documents.retry"),
        (
            _ACCOUNT,
            _IDS,
            _REASON,
            Arg(
                ("--again",),
                action="store_true",
                help="For moved documents: send them once more, because somebody deleted them at the target",
            ),
            *_ALL,
        ),
    ),
    ActionCommand("ignore", "Never send these documents", _lazy("documents.ignore"), (_ACCOUNT, _IDS, _REASON, *_ALL)),
    ActionCommand(
        "mark-moved",
        "Take your word that the target has these documents",
        _lazy("documents.mark_moved"),
        (_ACCOUNT, _IDS, _REASON, *_ALL),
    ),
    ActionCommand(
        "history",
        "Show everything that happened to a document",
        _lazy("documents.history"),
        (_ACCOUNT, Arg(("document",), help="Id at the source"), *_ALL),
    ),
)

_LEDGER = (
    ActionCommand("upgrade", "Bring the ledger's tables up to date", _lazy("ledger.upgrade"), (ARG_VERBOSE,)),
    ActionCommand(
        "rebuild",
        "Restore what the ledger knows of an account from what the target has",
        _lazy("ledger.rebuild"),
        (_ACCOUNT, *_ALL),
    ),
    ActionCommand(
        "recount",
        "Count all documents and correct the figures of the accounts; exit code 2 if any differed",
        _lazy("ledger.recount"),
        _ALL,
    ),
)


def get_debitoor_cli_commands() -> list[CLICommand]:
    """Offer the commands to Airflow (see ``cli`` in :mod:`debitoor_provider.get_provider_info`)."""
    return [
        GroupCommand(
            name="debitoor",
            help="Exchange documents between GetMyInvoices and Debitoor",
            subcommands=(
                GroupCommand(name="accounts", help="Sync accounts and their files", subcommands=_ACCOUNTS),
                GroupCommand(name="documents", help="Documents and what became of them", subcommands=_DOCUMENTS),
                GroupCommand(name="ledger", help="The memory of the exchange", subcommands=_LEDGER),
            ),
        )
    ]
