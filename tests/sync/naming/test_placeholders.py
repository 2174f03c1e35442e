from __future__ import annotations

from debitoor_provider.sync.naming.placeholders import PLACEHOLDERS


def test_the_placeholders_are_those_of_the_contract() -> None:
    contract_a_22 = (
        "document_date year month day created_date company document_number document_type order_number net_amount "
        "gross_amount currency payment_status tags note document_uid original_name"
    )

    assert list(PLACEHOLDERS) == contract_a_22.split()
