"""``airflow debitoor documents correct``."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airflow.utils.cli import suppress_logs_and_warning

from debitoor_provider.cli.console import actor, opened_ledger, settings_of, show
from debitoor_provider.cli.documents import LEAST, named, row_of, state_reason
from debitoor_provider.cli.stderr import wrong
from debitoor_provider.messages import LOG, Message, current_reader
from debitoor_provider.runs.account_files import account_files, fileless
from debitoor_provider.runs.corrections import recorded_gross, unsettled
from debitoor_provider.runs.jobs import job_of
from debitoor_provider.runs.windows import to_day
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.services.http import reading
from debitoor_provider.services.http.reading import is_ambiguous, plain_number
from debitoor_provider.sync.accounts.sections import Period
from debitoor_provider.sync.accounts.values import quoted
from debitoor_provider.sync.corrections import problems_of, to_corrections, typed_number
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.ledger import IllegalTransition, read_choices

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable
    from decimal import Decimal

_COMMA = re.compile(r"(?<=\d),(?=\d+\s*%?$)", re.ASCII)


@suppress_logs_and_warning
def correct(args: Namespace) -> None:
    """Plan a document with facts that are stated in place of its record."""
    given = _given(args)
    with opened_ledger() as ledger:
        args.documents = [args.document]
        entry = named(args, ledger)[0]
        stated = to_corrections(given if args.withdraw else {**read_choices(entry.corrections), **given})
        allowed = DIRECTIONS[entry.direction].correctable(entry)
        if not allowed or not stated.texts().keys() <= {*allowed}:
            raise SystemExit(Message("correct_not_now", document=entry.source_id, reason=state_reason(entry)).text())
        files = {file.account_id for file in account_files()}
        settings = None if fileless([entry.account], files, ledger) else settings_of(entry.account)
        period = settings.period if settings else Period()
        today = datetime.now(UTC).date()
        if problems := problems_of(stated, recorded_gross(entry), period.start, period.end, today=today):
            raise wrong(*problems)
        if settings:  # without a file it is not known by which settings the document would be drafted
            with job_of(entry.account, settings, ledger, run_id="correct") as job:
                left = unsettled(job, entry, stated)
            if left:
                raise wrong(Message("correction_not_enough"), left)
        try:
            changed = ledger.documents.correct([entry], stated.words(), actor(), args.reason, detail=stated.as_json())
        except IllegalTransition:  # a run was faster
            raise SystemExit(Message(f"unchanged_{entry.state}", document=entry.source_id).text()) from None
        show(args, [row_of(one) for one in changed], least=("account", *LEAST))


def _given(args: Namespace) -> dict[str, str]:
    """Return what the command states, as words.

    :raises SystemExit: when it states nothing, or a value does not have its form
    """
    words = {
        "currency": (args.currency or "").upper(),
        "exchange_rate": _exchange_rate(args.exchange_rate or ""),
        "supply": args.supply,
    }
    try:
        day = to_day("--date", args.date or "")
        stated = {"date": day and day.isoformat(), "tax": ",".join(map(_tax, args.tax or [])), **words}
        given = {name: value for name, value in stated.items() if value}
        to_corrections(given)
    except Misconfigured as error:
        raise wrong(error.message) from None
    except ValueError as error:
        raise wrong(str(error)) from None
    if bool(given) == args.withdraw:
        raise wrong(Message("correct_nothing_stated"))
    return given


def _tax(part: str) -> str:
    """Return a rate, and its gross amount if it has one, as the ledger keeps them.

    :raises ValueError: when it is neither
    """
    rate, colon, gross = part.partition(":")
    if not colon and _own_form(reading.rate)(rate) is None:
        raise ValueError(str(Message("correct_not_a_tax", value=quoted(part), form="RATE[:GROSS]")))
    return colon.join([_number(rate, reading.rate), *([_number(gross, reading.amount)] if colon else [])])


def _number(text: str, read: Callable[[str], Decimal | None]) -> str:
    found = typed_number(text, _own_form(read))
    if isinstance(found, Message):
        raise ValueError(str(found))  # noqa: TRY004  what a person typed
    return f"{found:f}"


def _own_form(read: Callable[[str], Decimal | None]) -> Callable[[str], Decimal | None]:
    """Return a reader that does not take a comma for the decimal mark where the language has a point."""
    if current_reader().language != LOG.language:
        return read
    return lambda text: None if _COMMA.search(text) else read(text)


def _exchange_rate(number: str) -> str:
    """Return a number with a decimal point, where the reader writes a comma; ``1,234`` may mean thousands and stays."""
    if current_reader().language == LOG.language or is_ambiguous(number):
        return number
    pointed = _COMMA.sub(".", number)
    return number if plain_number(pointed) is None else pointed
