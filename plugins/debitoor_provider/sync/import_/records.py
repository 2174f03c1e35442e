"""Sales documents of Debitoor as the ledger keeps them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from debitoor_provider.services.debitoor.models import SalesDocument
from debitoor_provider.sync.import_.tax_amounts import gross_of
from debitoor_provider.sync.ledger import PlannedDocument, State, record_digest
from debitoor_provider.sync.snapshot import Snapshots

if TYPE_CHECKING:
    from debitoor_provider.sync.steps.left_out import LeftOut

SALES_DOCUMENTS = Snapshots(SalesDocument)


def planned_sales_document(
    document: SalesDocument, key: str, waits: LeftOut | None = None, *, former_key: str = ""
) -> PlannedDocument:
    """Return what the ledger keeps of a sales document.

    :param key: names the document and its target over all accounts
    :param waits: why it waits
    :param former_key: the key that earlier versions gave it, if that was another one
    """
    return PlannedDocument(
        source_id=document.id,
        exchange_key=key,
        former_key=former_key,
        snapshot=SALES_DOCUMENTS.dump(document),
        fingerprint=record_digest(SALES_DOCUMENTS.dump(replace(document, tax_groups=()))),  # lists may lack them
        state=State.WAITING if waits else State.PLANNED,
        message=waits.message if waits else None,
        source_name=document.number,
        document_date=document.date,
        document_number=document.number,
        company=document.customer_name,
        currency=document.currency,
        net_amount=document.total_net_amount,
        gross_amount=gross_of(document),
    )
