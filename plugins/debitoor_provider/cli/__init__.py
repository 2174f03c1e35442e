"""``airflow debitoor …``: what the command line offers. Read at every Airflow command, so it imports nothing heavy."""

from __future__ import annotations

import sys
from functools import wraps
from gettext import gettext
from typing import TYPE_CHECKING, Any

from airflow.cli.cli_config import ARG_VERBOSE, ActionCommand, Arg, CLICommand, GroupCommand, lazy_load_command

from debitoor_provider.cli.options import (
    ACCOUNT,
    ALL,
    FROM,
    IDS,
    LANGUAGE,
    LIMIT,
    REASON,
    TO,
    address,
    at_least_one,
    none_or_more,
    port,
)
from debitoor_provider.cli.parsers import Commands

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

_NAME = "debitoor"
_ENDS = "Exit codes: 0 done; 1 not done, or not all of it, and the last lines say what to do; 2 wrong command line."
_ENDS_OF_VALIDATE = "Exit codes: 0 all files are well; 1 something has to be corrected; 2 wrong command line."
_ENDS_OF_CHECK = "Exit codes: 0 the same; 1 they differ; 2 could not be checked, or wrong command line."
_ENDS_OF_HEALTH = "Exit codes: 0 well; 1 needs attention or is late; 2 critical, or wrong command line."


def _command(name: str, text: str, path: str, args: tuple[Arg, ...], ends: str = _ENDS) -> ActionCommand:
    return ActionCommand(name, text, _lazy(path), (*args, LANGUAGE), epilog=ends)


def _lazy(path: str) -> Callable[..., Any]:
    command = lazy_load_command(f"debitoor_provider.cli.{path}")

    @wraps(command)
    def in_a_language(args: Namespace) -> Any:
        from debitoor_provider.cli.language import reader_of
        from debitoor_provider.messages import written_for

        with written_for(reader_of(args)):
            return command(args)

    return in_a_language


_ACCOUNTS = (
    _command("list", "List the accounts and how they stand", "accounts.list_accounts", ALL),
    _command(
        "validate",
        "Check account files; exit code 1 when one has to be corrected",
        "accounts.validate",
        (
            Arg(("files",), nargs="*", metavar="FILE", help="Account files (default: all of the accounts folder)"),
            Arg(("--connections",), action="store_true", help="Also try both connections of each account"),
            *ALL,
        ),
        _ENDS_OF_VALIDATE,
    ),
    _command(
        "health",
        "Tell monitoring how the accounts are: exit code 0 well, 1 needs attention or is late, 2 critical",
        "health.health",
        (
            Arg(("accounts",), nargs="*", metavar="ACCOUNT", help="Ids of accounts (default: all)"),
            Arg(
                ("--late",),
                type=at_least_one,
                metavar="MINUTES",
                help="Minutes after its time by which a scheduled run has to have gone through (default: an account is "
                "late two of its intervals after its last run)",
            ),
            *ALL,
        ),
        _ENDS_OF_HEALTH,
    ),
    _command(
        "create",
        "Make account files from a template and a table: one for each row, all of them or none",
        "create.create",
        (
            Arg(("--template",), required=True, metavar="FILE", help="Account file with placeholders: $(company)"),
            Arg(
                ("--values",),
                required=True,
                metavar="FILE.csv",
                help="Table whose header names the placeholders; its column account has the accounts' ids",
            ),
            Arg(("--folder",), help="Where the files are written (default: the accounts folder)"),
            Arg(("--dry-run",), action="store_true", help="Check everything and write nothing"),
            *ALL,
        ),
    ),
    _command("schema", "Print the JSON Schema of account files", "accounts.schema", (ARG_VERBOSE,)),
    _command(
        "preview",
        "Show what a run would do; nothing is moved",
        "accounts.preview",
        (
            ACCOUNT,
            FROM,
            TO,
            LIMIT,
            *ALL,
        ),
    ),
    _command(
        "allow",
        "Let the next run exceed, once, the limit that stopped the last one",
        "accounts.allow",
        (ACCOUNT, REASON, *ALL),
    ),
)

_DOCUMENTS = (
    _command(
        "list",
        "List documents and what became of them",
        "documents.list_documents",
        (
            Arg(("account",), nargs="?", help="Only of this account: its id"),
            Arg(("--account",), dest="account_option", help="The same"),
            Arg(("--state",), action="append", help="Only in this state; may be given several times"),
            Arg(("--attention",), action="store_true", help="Only what needs attention: held and rejected"),
            Arg(("--text",), help="Found in id, number, company, names or amount"),
            Arg(("--mark",), help="Only with this mark, nearest_split, possible_duplicate or unbooked, or held for it"),
            Arg(("--invoice",), help="Only with such an e-invoice, e.g. proven, contradicts or none"),
            FROM,
            TO,
            LIMIT,
            *ALL,
        ),
    ),
    _command(
        "retry",
        "Try held, rejected or ignored documents again in the next run",
        "documents.retry",
        (
            ACCOUNT,
            IDS,
            REASON,
            Arg(
                ("--again",),
                action="store_true",
                help="For moved documents: send them once more, because somebody deleted them at the target",
            ),
            *ALL,
        ),
    ),
    _command(
        "book",
        "Book documents with the figures of the e-invoice or of the record, where they contradict each other",
        "documents.book",
        (
            ACCOUNT,
            IDS,
            Arg(("--figures",), choices=("invoice", "record"), required=True, help="Whose figures"),
            REASON,
            *ALL,
        ),
    ),
    _command(
        "correct",
        "State what a document's record lacks or has wrong, for this document alone; it goes with the next run",
        "corrections.correct",
        (
            ACCOUNT,
            Arg(("document",), help="Id at the source"),
            Arg(("--date",), help="Document date, YYYY-MM-DD"),
            Arg(("--currency",), help="Currency of its amounts, e.g. EUR"),
            Arg(
                ("--tax",),
                action="append",
                metavar="RATE[:GROSS]",
                help="Tax rate in percent; with several, each with its gross amount: --tax 19:119.00 --tax 7:10.70",
            ),
            Arg(
                ("--exchange-rate",),
                help="Worth of one unit of the document's currency in the currency of the books",
            ),
            Arg(
                ("--supply",),
                choices=("domestic", "eu", "outside"),
                help="Domestic, from another EU country (reverse charge), or from outside the EU",
            ),
            Arg(("--withdraw",), action="store_true", help="Withdraw all that was stated: the record counts again"),
            REASON,
            *ALL,
        ),
    ),
    _command(
        "distinct",
        "Say that possible duplicates are documents of their own; held ones go with the next run",
        "documents.distinct",
        (ACCOUNT, IDS, REASON, *ALL),
    ),
    _command("ignore", "Never send these documents", "documents.ignore", (ACCOUNT, IDS, REASON, *ALL)),
    _command(
        "mark-moved",
        "Take your word that the target has these documents",
        "documents.mark_moved",
        (ACCOUNT, IDS, REASON, *ALL),
    ),
    _command(
        "history",
        "Show everything that happened to a document",
        "history.history",
        (ACCOUNT, Arg(("document",), help="Id at the source"), *ALL),
    ),
)

_LEDGER = (
    _command("upgrade", "Bring the ledger's tables up to date", "ledger.upgrade", (ARG_VERBOSE,)),
    _command(
        "rebuild",
        "Restore what the ledger knows of an account from what the target has",
        "ledger.rebuild",
        (ACCOUNT, *ALL),
    ),
    _command(
        "recount",
        "Count all documents and correct the figures of the accounts; exit code 2 if any differed",
        "ledger.recount",
        ALL,
        "Exit codes: 0 all figures are right; 1 not done; 2 some differed and were corrected, or wrong command line.",
    ),
)

_CHECK = _command(
    "check",
    "Compare what source, target and ledger of an account have for a period; nothing is written",
    "check.check",
    (
        ACCOUNT,
        FROM,
        TO,
        Arg(("--all",), action="store_true", help="Show all documents, not only those that differ"),
        Arg(("--repair",), action="store_true", help="Send what is missing, after showing it and asking"),
        Arg(("--yes",), action="store_true", help="Do not ask before sending"),
        LIMIT,
        Arg(
            ("-o", "--output"),
            choices=("table", "json", "yaml", "csv", "csv-sums"),
            default="table",
            help="How to print: csv has all documents, csv-sums the sums (default: table)",
        ),
        ARG_VERBOSE,
    ),
    _ENDS_OF_CHECK,
)

_INIT = _command(
    "init",
    "Write the DAG file, account files to begin with and their schema, and say what to do next",
    "init.init",
    (
        Arg(("folder",), nargs="?", help="Folder of the DAG file (default: Airflow's DAGs folder)"),
        Arg(
            ("--sandbox",),
            type=address,
            metavar="URL",
            help="Address of a running sandbox: accounts of its companies, and Airflow's connections to them",
        ),
        ARG_VERBOSE,
    ),
)

_SANDBOX = _command(
    "sandbox",
    "Start both services as a local server to try everything on, until Ctrl-C",
    "sandbox.sandbox",
    (
        Arg(("--port",), type=port, help="Port, 0 selects a free one (default: 8090)"),
        Arg(("--data",), metavar="DIR", help="Folder of its data (default: a temporary one)"),
        Arg(("--company",), action="append", default=[], metavar="NAME", help="A company by name, repeatable"),
        Arg(("--companies",), type=at_least_one, metavar="N", help="Create companies until there are N"),
        Arg(("--documents",), type=none_or_more, metavar="N", help="Documents of each new company"),
        Arg(("--invoices",), type=none_or_more, metavar="N", help="Sales documents of each new company"),
        Arg(
            ("options",),
            nargs="*",
            metavar="-- OPTION",
            help="Further options of python -m debitoor_provider.sandbox, after --",
        ),
        ARG_VERBOSE,
    ),
)


def _no_command(_: Namespace) -> None:
    """Stand where Airflow wants a function: a command has to be named."""


_ALL_COMMANDS = (
    _INIT,
    _SANDBOX,
    _CHECK,
    GroupCommand(name="accounts", help="Sync accounts and their files", subcommands=_ACCOUNTS),
    GroupCommand(name="documents", help="Documents and what became of them", subcommands=_DOCUMENTS),
    GroupCommand(name="ledger", help="The memory of the exchange", subcommands=_LEDGER),
)


def get_debitoor_cli_commands() -> list[CLICommand]:
    """Offer the commands to Airflow (see ``cli`` in :mod:`debitoor_provider.get_provider_info`)."""
    if sys.argv[1:2] == [_NAME]:
        from debitoor_provider.cli.language import translate_argparse

        translate_argparse(sys.argv)
    text = gettext("Exchange documents between GetMyInvoices and Debitoor")
    return [ActionCommand(_NAME, text, _no_command, (Commands(_ALL_COMMANDS),))]
