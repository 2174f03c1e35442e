"""What ``airflow debitoor`` offers: each command with its arguments. Nothing heavy is imported before one is called."""

from __future__ import annotations

from airflow.cli.cli_config import ARG_VERBOSE, Arg, GroupCommand

from debitoor_provider.cli.command import command
from debitoor_provider.cli.options import (
    ACCOUNT,
    ALL,
    CONNECTIONS,
    FROM,
    IDS,
    LIMIT,
    REASON,
    TO,
    address,
    at_least_one,
    none_or_more,
    port,
)

_ENDS_OF_VALIDATE = "Exit codes: 0 all files are valid; 1 something has to be corrected; 2 wrong command line."
_ENDS_OF_CHECK = "Exit codes: 0 the same; 1 they differ; 2 could not be checked, or wrong command line."
_ENDS_OF_HEALTH = "Exit codes: 0 OK; 1 needs attention or is late; 2 critical, or wrong command line."

_ACCOUNTS = (
    command("list", "List the accounts with their state", "accounts.list_accounts", ALL),
    command(
        "validate",
        "Check account files; exit code 1 when one has to be corrected",
        "accounts.validate",
        (
            Arg(("files",), nargs="*", metavar="FILE", help="Account files (default: all of the accounts folder)"),
            CONNECTIONS,
            *ALL,
        ),
        _ENDS_OF_VALIDATE,
    ),
    command(
        "health",
        "Report the health of the accounts to monitoring: exit code 0 well, 1 needs attention or is late, 2 critical",
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
            CONNECTIONS,
            *ALL,
        ),
        _ENDS_OF_HEALTH,
    ),
    command(
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
            CONNECTIONS,
            *ALL,
        ),
    ),
    command("schema", "Print the JSON Schema of account files", "accounts.schema", (ARG_VERBOSE,)),
    command(
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
    command(
        "allow",
        "Let the next run exceed, once, the limit that stopped the last one",
        "accounts.allow",
        (ACCOUNT, REASON, *ALL),
    ),
)

_DOCUMENTS = (
    command(
        "list",
        "List documents and what became of them",
        "documents.list_documents",
        (
            Arg(("account",), nargs="?", help="Only of this account: its id"),
            Arg(("--account",), dest="account_option", help="The same"),
            Arg(("--state",), action="append", help="Only in this state; may be given several times"),
            Arg(("--attention",), action="store_true", help="Only what needs attention: held and rejected"),
            Arg(("--text",), help="Found in id, number, company, names or amount"),
            Arg(
                ("--mark",),
                help="Only with this mark, nearest_split, paid_before, possible_duplicate or unbooked, or held for it",
            ),
            Arg(("--invoice",), help="Only with such an e-invoice, e.g. proven, contradicts or none"),
            FROM,
            TO,
            LIMIT,
            *ALL,
        ),
    ),
    command(
        "retry",
        "Try held, rejected or ignored documents again in the next run",
        "documents.retry",
        (
            ACCOUNT,
            IDS,
            REASON,
            Arg(
                ("--if-missing",),
                action="store_true",
                help="For moved documents: send those once more that somebody deleted at the target",
            ),
            *ALL,
        ),
    ),
    command(
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
    command(
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
    command(
        "distinct",
        "Say that possible duplicates are documents of their own; held ones go with the next run",
        "documents.distinct",
        (ACCOUNT, IDS, REASON, *ALL),
    ),
    command("ignore", "Never send these documents", "documents.ignore", (ACCOUNT, IDS, REASON, *ALL)),
    command(
        "mark-moved",
        "Count these documents as moved: the target has them already",
        "documents.mark_moved",
        (ACCOUNT, IDS, REASON, *ALL),
    ),
    command(
        "history",
        "Show everything that happened to a document",
        "history.history",
        (ACCOUNT, Arg(("document",), help="Id at the source"), *ALL),
    ),
)

_LEDGER = (
    command("upgrade", "Bring the ledger's tables up to date", "ledger.upgrade", (ARG_VERBOSE,)),
    command(
        "rebuild",
        "Restore what the ledger knows of an account from what the target has",
        "ledger.rebuild",
        (ACCOUNT, *ALL),
    ),
    command(
        "recount",
        "Count all documents and correct the figures of the accounts; exit code 2 if any differed",
        "ledger.recount",
        ALL,
        "Exit codes: 0 all figures are right; 1 not done; 2 some differed and were corrected, or wrong command line.",
    ),
)

_CHECK = command(
    "check",
    "Compare what source, target and ledger of an account have for a period; neither service is changed",
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

_INIT = command(
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

_SANDBOX = command(
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


COMMANDS = (
    _INIT,
    _SANDBOX,
    _CHECK,
    GroupCommand(name="accounts", help="Sync accounts and their files", subcommands=_ACCOUNTS),
    GroupCommand(name="documents", help="Documents and what became of them", subcommands=_DOCUMENTS),
    GroupCommand(name="ledger", help="The ledger of the documents and of what was decided", subcommands=_LEDGER),
)
