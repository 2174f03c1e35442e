"""Sales documents as the ledger keeps them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.debitoor.models import SalesDocument, SalesTaxGroup
from debitoor_provider.sync.import_.records import SALES_DOCUMENTS, planned_sales_document


def test_amounts_by_rate_are_kept_and_make_no_other_record_of_one_that_is_held() -> None:
    group = SalesTaxGroup(Decimal(19), Decimal(100), Decimal(19), Decimal(119))
    bare = SalesDocument(id="5f1", number="RE-1", type=SalesType.INVOICE, currency="EUR")
    first, second = (planned_sales_document(one, "key") for one in (bare, replace(bare, tax_groups=(group,))))
    assert SALES_DOCUMENTS.load(second.snapshot).tax_groups == (group,)
    assert first.fingerprint == second.fingerprint
    assert first.fingerprint != planned_sales_document(replace(bare, number="RE-2"), "key").fingerprint
