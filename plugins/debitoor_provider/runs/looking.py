"""What the sensors wait for, looked for once: on a worker or in the triggerer."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from debitoor_provider.configuration import accounts_folder, ledger_url
from debitoor_provider.hooks.getmyinvoices import GetMyInvoicesHook
from debitoor_provider.messages import Message
from debitoor_provider.runs.arguments import not_a_choice
from debitoor_provider.runs.windows import to_period
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.services.getmyinvoices.enums import Archived, DocumentType, PaymentStatus
from debitoor_provider.sync.account_files.files import find_account, load_folder
from debitoor_provider.sync.ledger import ATTENTION, DUE, WENT_THROUGH, Ledger, State
from debitoor_provider.sync.text import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from debitoor_provider.services.getmyinvoices.listing import DocumentFilters

_COMPANY = re.compile("-1|[0-9]{1,18}")
KINDS = {"attention": ATTENTION, "to_do": DUE, "waiting": frozenset({State.WAITING})}
"""The documents of an account that are not settled, by what has to happen to them."""


def find_documents(conn_id: str, wanted: Mapping[str, Any], at_least: int) -> list[int]:
    """Return the ids of existing documents, the first pages of them; none when they are fewer than wanted.

    :param conn_id: id of a connection of the type ``getmyinvoices``
    :param wanted: as :class:`~debitoor_provider.sensors.getmyinvoices.GetMyInvoicesDocumentSensor` has it
    :param at_least: how many documents are enough
    :raises ServiceError: when the service refuses or cannot be reached, or a filter cannot be used
    """
    filters = _filters(wanted)
    with GetMyInvoicesHook(conn_id) as hook:
        hook.low_priority = True  # whoever waits leaves a part of the allowance to those who work
        found: dict[int, None] = {}
        for page in hook.client.iter_documents(**filters):
            found |= {document.document_uid: None for document in page}
            if len(found) >= at_least:
                return list(found)
    return []


def find_clean(
    account: str, without: Sequence[str], period_from: str = "", period_to: str = "", synced_since: str = ""
) -> dict[str, int] | None:
    """Return how many documents an account has in each state if it is clean; ``None`` when it is not.

    :param account: id of the account
    :param without: the kinds of documents of :data:`KINDS` that there may be none of
    :param period_from: first document date, ``YYYY-MM-DD``, inclusive; empty: open
    :param period_to: last document date, ``YYYY-MM-DD``, inclusive; empty: open
    :param synced_since: the last run that listed whatever was new has to have begun then or later; empty: at any time
    :raises Misconfigured: when there is no such account, or a date is none
    :raises LedgerError: when the ledger cannot be used
    """
    period = to_period(period_from=period_from, period_to=period_to)
    since = to_moment("synced_since", synced_since)
    ledger = Ledger.open(ledger_url())
    run = ledger.runs.representative(account)
    if run is None:
        require_account(account, ledger)
        return None
    listed = ledger.runs.last_listed([account]).get(account)
    if run.verdict not in WENT_THROUGH or listed is None:
        return None
    if since and (listed.started_at is None or listed.started_at < since):
        return None
    states = ledger.lists.states(account=account, period=period)
    if any(states.get(state) for kind in without for state in KINDS[kind]):
        return None
    return {str(state): number for state, number in sorted(states.items())}


def to_moment(field: str, text: str) -> datetime | None:
    """Read a time that a person entered, in UTC where it has no zone; ``None`` when it is empty.

    :param field: its name there
    :raises Misconfigured: when it is none
    """
    if not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Misconfigured(Message("form_not_a_time", field=field, text=repr(text[:60]))) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _filters(wanted: Mapping[str, Any]) -> DocumentFilters:
    start, end = to_period(period_from=str(wanted["period_from"]), period_to=str(wanted["period_to"]))
    return {
        "archived": Archived[str(wanted["archived"]).upper()],
        "document_type": _one_of("document_type", wanted["document_type"], [*map(str, DocumentType)]),
        "company_uid": _company(wanted["company_uid"]),
        "start": start,
        "end": end,
        "updated_since": to_moment("updated_since", wanted["updated_since"]),
        "tags": list(wanted["tags"]),
        "payment_status": _one_of("payment_status", wanted["payment_status"], [*map(str, PaymentStatus)]),
        "note": wanted["note"] or None,
        "number": wanted["number"] or None,
        "search": wanted["search"] or None,
    }


def _company(given: int | str | None) -> int | None:
    """Read the number of a company; a template may have made a text of it, or nothing."""
    text = "" if given is None else str(given).strip()
    if not text:
        return None
    number = int(text) if _COMPANY.fullmatch(text) else 0
    if not number:
        raise Misconfigured(Message("form_not_a_company", field="company_uid", text=repr(text[:60])))
    return number


def _one_of(field: str, given: str | None, choices: Collection[str]) -> str | None:
    """Return one of a few values, of which a template may have made another."""
    if not given or given in choices:
        return given or None
    raise Misconfigured(not_a_choice(field, given, choices))


def require_account(account: str, ledger: Ledger) -> None:
    """Check that an account without documents exists, since nothing would ever be found of a mistyped one.

    :raises Misconfigured: naming the one that was probably meant
    """
    folder = accounts_folder()
    if account in ledger.figures.accounts() or find_account(folder, account).dag_id:
        return
    known = {file.account_id for file in load_folder(folder)} | ledger.figures.accounts()
    meant = nearest(account, known)
    hint = Message("did_you_mean", value=meant) if meant else None
    raise Misconfigured(Message("account_unknown", account=repr(account[:60]), hint=hint))
