"""The further files on a document (contract section 7.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.services.getmyinvoices import constants, parse
from debitoor_provider.services.getmyinvoices.core import GetMyInvoicesCore
from debitoor_provider.services.getmyinvoices.explain import ATTACHMENT_CODES
from debitoor_provider.services.http.files import check_upload
from debitoor_provider.services.http.session import segment

if TYPE_CHECKING:
    from debitoor_provider.services.getmyinvoices.models import Attachment


class Attachments(GetMyInvoicesCore):
    """Calls about attachments."""

    def attachments(self, uid: int) -> list[Attachment]:
        """Return a document's attachments without their content."""

        def read(payload: Any) -> list[Attachment]:  # they come in one piece (7.4)
            page = parse.page(payload, "attachmentUid", parse.attachment)
            if len(page.records) < (page.total or 0):
                raise parse.incomplete(len(page.records), page.total)
            return page.records

        return self._get(
            "list_attachments", constants.ATTACHMENTS.format(uid=segment(uid)), read, codes=ATTACHMENT_CODES
        )

    def attachment(self, uid: int, attachment_uid: int) -> Attachment:
        """Return an attachment with its content.

        :raises NotFound: when there is none of this id
        """
        return self._get("read_attachment", _path(uid, attachment_uid), parse.attachment_detail, codes=ATTACHMENT_CODES)

    def add_attachment(self, uid: int, file_name: str, content: bytes) -> int:
        """Attach a file, at most 25 to a document.

        :return: the attachment's id
        :raises AlreadyExists: when the file is attached already
        :raises FileRefused: for a file that is empty, too large or of a type that cannot be attached
        :raises UnclearOutcome: when it may or may not be attached now
        """
        check_upload(len(content), self.max_file_bytes, constants.SERVICE, "add_attachment")
        return self._send(
            "add_attachment",
            "POST",
            constants.ATTACHMENTS.format(uid=segment(uid)),
            lambda payload: parse.created(payload, "attachmentUid"),
            {"fileName": file_name},
            content=content,
            codes=ATTACHMENT_CODES,
        )

    def delete_attachment(self, uid: int, attachment_uid: int) -> None:
        """Remove an attachment."""
        self._send("delete_attachment", "DELETE", _path(uid, attachment_uid), lambda _: None, codes=ATTACHMENT_CODES)


def _path(uid: int, attachment_uid: int) -> str:
    return constants.ATTACHMENT.format(uid=segment(uid), attachment_uid=segment(attachment_uid))
