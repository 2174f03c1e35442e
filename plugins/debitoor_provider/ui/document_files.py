"""A document's file, fetched from the service that has it."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from debitoor_provider.services.http.errors import NotFound
from debitoor_provider.sync.listing import sales_document
from debitoor_provider.ui.exchange import opened_exchange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.runs.exchange import Exchange
    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.ledger import Entry

Side = Literal["source", "target"]

_IN_MEMORY = 1 << 20
_PIECE = 1 << 16


def fetch(entry: Entry, account: Account, side: Side) -> Iterator[bytes]:
    """Fetch a document's file whole, then give it in pieces.

    :raises NotFound: when the service does not have it
    :raises ServiceError: when the service does not give it
    """
    body = cast("BinaryIO", SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115  closed behind the last piece
    try:
        with opened_exchange(entry.account, account) as exchange:
            _download(exchange, entry, side, body)
    except BaseException:
        body.close()
        raise
    return _pieces(body)


def name_of(entry: Entry, side: Side) -> str:
    """Give the name of a document's file there."""
    if entry.direction == "import":  # Debitoor's PDFs have no name of their own
        return entry.target_name or f"{entry.source_name}.pdf"
    return (entry.target_name if side == "target" else None) or entry.source_name


def _download(exchange: Exchange, entry: Entry, side: Side, into: BinaryIO) -> None:
    if side == "target" and not entry.target_id:
        raise NotFound("Nobody knows which record of the target it is.")
    is_export = entry.direction == "export"
    if is_export == (side == "source"):
        uid = entry.source_id if is_export else entry.target_id
        exchange.getmyinvoices.download(int(uid or 0), into)
    elif is_export:
        file = exchange.debitoor.expense(entry.target_id or "").file
        if file is None:
            raise NotFound("The expense has no file.")
        exchange.debitoor.download_file(file, into)
    else:
        exchange.debitoor.sales_pdf(sales_document(entry.source_id, exchange.debitoor), into)


def _pieces(body: BinaryIO) -> Iterator[bytes]:
    with body:
        body.seek(0)
        while piece := body.read(_PIECE):
            yield piece
