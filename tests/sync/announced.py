"""An expense as a run has announced it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.export.expense import draft

if TYPE_CHECKING:
    from tests.sync.stage import Stage


def as_announced(acme: Stage, uid: str) -> Any:
    """Return the expense that the lost call was about."""
    detail = acme.gmi.document(int(uid))
    companies = {company.company_uid: company for company in acme.gmi.companies()}
    company = companies[detail.document.company_uid or 0]
    booking = draft(detail.document, company, acme.debitoor.environment(), acme.exports())
    return booking.with_file(acme.company.files()[-1]["id"])
