"""Documents of GetMyInvoices as the ledger keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.services.getmyinvoices.models import Document
from debitoor_provider.sync.ledger import PlannedDocument, State
from debitoor_provider.sync.snapshot import Snapshots

if TYPE_CHECKING:
    from debitoor_provider.sync.steps.left_out import LeftOut

DOCUMENTS = Snapshots(Document)


def planned_document(
    document: Document, key: str, waits: LeftOut | None = None, *, former_key: str = ""
) -> PlannedDocument:
    """Return what the ledger keeps of a document.

    :param key: names the document and its target over all accounts
    :param waits: why it waits
    :param former_key: the key that earlier versions gave it, if that was another one
    """
    return PlannedDocument(
        source_id=str(document.document_uid),
        exchange_key=key,
        former_key=former_key,
        snapshot=DOCUMENTS.dump(document),
        state=State.WAITING if waits else State.PLANNED,
        message=waits.message if waits else None,
        source_name=document.filename,
        document_date=document.document_date,
        document_number=document.document_number,
        company=document.company_name,
        currency=document.currency,
        net_amount=document.stated_net,
        gross_amount=document.stated_gross,
    )
