"""Which documents GetMyInvoices has for sales documents of Debitoor."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.import_.present import copies, copies_of, repeated_of
from tests.sync.import_.test_mover import invoice

if TYPE_CHECKING:
    from tests.sync.stage import Stage

DAYS = [date(2000, 1, 1)]


@pytest.mark.parametrize("page_size", [2, 500])
def test_only_sales_documents_with_several_copies_are_doubled(
    acme: Stage, monkeypatch: pytest.MonkeyPatch, page_size: int
) -> None:
    monkeypatch.setattr(acme.gmi, "_page_size", page_size)
    for _ in range(3):
        invoice(acme)
    acme.import_()
    assert repeated_of(acme.gmi, DAYS) == {}
    copy = acme.company.documents()[0]
    acme.document(note=copy["note"], document_number=copy["documentNumber"])
    doubled = repeated_of(acme.gmi, DAYS)
    everything = copies(copies_of(acme.gmi, DAYS))
    assert doubled == {source: found for source, found in everything.items() if len(found) == 2}
    assert len(doubled) == 1
