"""The account files of the toy direction: documents of GetMyInvoices become files in a folder."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from debitoor_provider.services.getmyinvoices.enums import DocumentType
from debitoor_provider.sync.accounts.sections import Section
from debitoor_provider.sync.accounts.settings import Account
from debitoor_provider.sync.accounts.values import ConnectionId, Distinct, RenameTemplate, Switch, Tag


class FolderConnections(Section):
    """The Airflow connections of both sides."""

    getmyinvoices: ConnectionId = Field(description="Id of the connection to GetMyInvoices", examples=["gmi_acme"])
    folder: ConnectionId = Field(description="Id of the connection to the folder", examples=["folder_acme"])


class FolderAccount(Account):
    """Documents of GetMyInvoices become files in a folder."""

    type: Literal["folder"] = Field(description="Direction: from GetMyInvoices to a folder")
    connections: FolderConnections = Field(description="The Airflow connections to use")
    document_types: Distinct[DocumentType] = Field(
        default=(DocumentType.INCOMING_INVOICE, DocumentType.RECEIPT), description="Which documents are filed"
    )
    tag: Tag | None = Field(default=None, description="A tag that each document has to carry")
    rename: RenameTemplate = Field(default="", description="File name in the folder")
    archive_after_transfer: Switch = Field(default=False, description="Archive what was filed in GetMyInvoices")

    @property
    def archives(self) -> bool:
        return self.archive_after_transfer
