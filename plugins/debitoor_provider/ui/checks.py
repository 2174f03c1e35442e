"""Compare what an account's source and target have; nothing is written to either."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Literal

from debitoor_provider.messages import localized
from debitoor_provider.runs.check import documents_csv, sums_csv
from debitoor_provider.sync.check.check import check as checked
from debitoor_provider.sync.check.rows import CheckOutcome
from debitoor_provider.sync.money import canonical
from debitoor_provider.ui.jobs import opened_job
from debitoor_provider.ui.models.checks import CheckedDocument, CheckedSum, CheckModel
from debitoor_provider.ui.spooled import pieces, spooled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from debitoor_provider.runs.spreadsheets import Dialect
    from debitoor_provider.sync.accounts.settings import Account
    from debitoor_provider.sync.check.rows import Row, SumRow

CheckPart = Literal["documents", "sums"]

LISTED = 1000
"""Documents that the page is given; the CSV has all."""


def check(account_id: str, account: Account, start: date | None, end: date | None, actor: str) -> CheckModel:
    """Ask both services and the ledger.

    :param account_id: under which the ledger knows what is done already
    :param actor: who checks, as the history names a person
    :raises ServiceError: when one of the services does not answer, or the connections cannot be right
    """
    with opened_job(account_id, account, actor=actor) as job, checked(job, start, end) as found:
        apart = list(islice((row for row in found.rows if row.outcome is not CheckOutcome.SAME), LISTED + 1))
        return CheckModel.model_validate(
            {
                "from": found.start,
                "to": found.end,
                "same": not found.differs,
                "counts": found.counts,
                "sums": list(map(_sum, found.sums)),
                "complete": len(apart) <= LISTED,
                "documents": list(map(_document, apart[:LISTED])),
            }
        )


def csv_of(
    account_id: str,
    account: Account,
    start: date | None,
    end: date | None,
    part: CheckPart,
    dialect: Dialect,
    actor: str,
) -> Iterator[bytes]:
    """Return a check as CSV; it is complete before its first piece is given.

    :param actor: who checks, as the history names a person
    :raises ServiceError: as :func:`check`
    """
    body = spooled()
    try:
        with opened_job(account_id, account, actor=actor) as job, checked(job, start, end) as found:
            wanted = documents_csv(found.rows, dialect) if part == "documents" else sums_csv(found.sums, dialect)
            for lines in wanted:
                body.write(lines.encode("utf-8", "replace"))
    except BaseException:
        body.close()
        raise
    return pieces(body)


def _document(row: Row) -> CheckedDocument:
    statement = row.here or row.there
    return CheckedDocument(
        outcome=row.outcome,
        source_id=row.source_id,
        target_ids=list(row.target_ids),
        document_date=row.document_date,
        document_number=row.document_number,
        party=row.party,
        currency=statement.currency if statement else "",
        gross_here=canonical(row.here.gross, row.here.currency) if row.here else None,
        gross_there=canonical(row.there.gross, row.there.currency) if row.there else None,
        rates_here=localized(str(row.here or "")),
        rates_there=localized(str(row.there or "")),
        reason=str(row.message or ""),
        is_missing=row.is_missing,
        entry_id=row.entry_id,
    )


def _sum(row: SumRow) -> CheckedSum:
    return CheckedSum(
        month=row.month,
        currency=row.currency,
        rate=row.rate,
        source=canonical(row.source, row.currency),
        target=canonical(row.target, row.currency),
        difference=canonical(row.difference, row.currency),
        others=canonical(row.others, row.currency),
    )
