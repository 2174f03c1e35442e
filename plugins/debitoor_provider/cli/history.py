"""``airflow debitoor documents history``."""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, Any

from airflow.utils.cli import suppress_logs_and_warning

from debitoor_provider.cli.console import opened_ledger, say, show
from debitoor_provider.cli.documents import named
from debitoor_provider.messages import labelled, localized, readable
from debitoor_provider.runs.check import MISSING
from debitoor_provider.runs.contradictions import rows_of, title, values_of
from debitoor_provider.runs.history import with_canonical_amounts
from debitoor_provider.runs.words import word
from debitoor_provider.sync.ledger import CHECK, RUN

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from debitoor_provider.sync.ledger import Event

_HIDDEN = frozenset({"target_time"})
"""What only a run needs."""
_WORDS = {"figures": "history.figures", "invoice": "invoice", "own_supply": "supply"}
"""The section of the page's words in which the values of a detail are found."""
_FORMS = {"date": "day", "own_date": "day", "own_exchange_rate": "number", "own_tax": "number", "rounding": "amount"}
"""How the values of a detail are written, see :func:`~debitoor_provider.messages.figures.shown_as`."""


@suppress_logs_and_warning
def history(args: Namespace) -> None:
    """Show everything that happened to a document, and both figures where its record and its e-invoice differ.

    Programs get the details as objects, in which messages are codes with their parameters. The last event, which led to
    the present state, has the figures in ``contradictions``; those of the other events are empty.
    """
    args.documents = [args.document]
    is_read = args.output not in {"json", "yaml"}
    with opened_ledger() as ledger:
        entry = named(args, ledger)[0]
        rows: list[dict[str, Any]] = [
            {
                "at": event.at.isoformat(timespec="seconds"),
                "what": str(event.kind),
                "state": str(event.to_state),
                "by": _by(event, is_read=is_read),
                "detail": _read(detail) if is_read else detail,
            }
            for event in ledger.documents.history(entry)
            for detail in [with_canonical_amounts(event.detail, entry)]
        ]
        if not is_read:
            compared = values_of(entry)
            rows = [row | {"contradictions": compared if row is rows[-1] else []} for row in rows]
        show(args, rows, least=("state", "by"))
        if args.output == "table" and (figures := rows_of(entry)):
            say(title())
            show(args, figures)


def _by(event: Event, *, is_read: bool) -> str:
    """Return by whom or by which run; programs get the name of a person as the ledger has it."""
    if event.actor == RUN:
        return event.run_id or ""
    if not is_read:
        return event.actor
    return word("history.byCheck", CHECK) if event.actor == CHECK else event.actor.removeprefix("user:")


def _read(detail: Mapping[str, Any]) -> str:
    """Return the details of an event, as the page shows them."""
    shown = {name: value for name, value in detail.items() if name not in _HIDDEN and value not in (None, "", False)}
    return " · ".join(_labelled(name, readable(value)) for name, value in shown.items())


def _labelled(name: str, value: Any) -> str:
    label = word(f"history.detail.{name}", name)
    if value is True:
        return label
    if name in {"why", "reason"}:
        return word("history.missing", MISSING) if value == MISSING else str(value)
    if isinstance(value, dict):
        return labelled(label, ", ".join(starmap(_amounts, value.items())))
    text = _text(value)
    if name in _FORMS:
        text = localized(text, _FORMS[name])
    return labelled(label, word(f"{_WORDS[name]}.{text}", text) if name in _WORDS else text)


def _amounts(name: str, value: Any) -> str:
    """Return the amounts of a tax rate, with their bounds where there are two."""
    parts = value if isinstance(value, list) else [value]
    amounts = " \N{EN DASH} ".join(localized(str(part), "amount") for part in parts)
    return labelled(localized(f"{name} %") if _is_number(name) else name, amounts)


def _text(value: Any) -> str:
    """Return a value as one text: amounts by tax rate with their rates, several with commas between them."""
    if isinstance(value, dict):
        parts = ((f"{name} %" if _is_number(name) else name, _text(part)) for name, part in value.items())
        return ", ".join(f"{name}: {part}" for name, part in parts)
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)


def _is_number(name: str) -> bool:
    return name.replace(".", "", 1).isdigit()
