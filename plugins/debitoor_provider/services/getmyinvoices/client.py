"""The client of the GetMyInvoices Accounts API v3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Unpack

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import FileRefused, PathGone, ServiceError, WrongUserAgent
from debitoor_provider.services.getmyinvoices import body, constants, parse
from debitoor_provider.services.getmyinvoices.attachments import Attachments
from debitoor_provider.services.getmyinvoices.document_lists import DocumentLists
from debitoor_provider.services.http.answer import LARGEST_RECORD
from debitoor_provider.services.http.call import Call, Subject
from debitoor_provider.services.http.files import check_size, check_upload, write_checked
from debitoor_provider.services.http.reading import Unexpected, flag, mapping
from debitoor_provider.services.http.retry import QUESTION
from debitoor_provider.services.http.session import segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from debitoor_provider.services.getmyinvoices.models import DocumentDetail, NewDocument

# Statuses of /file that mean "not offered here" rather than "no such document" (contract 5.2).
_NO_FILE_ROUTE = frozenset({400, 404, 405})
_IMAGES = (".jpg", ".jpeg", ".png", ".gif")


class GetMyInvoicesClient(DocumentLists, Attachments):
    """Typed access to one account; may be used by many threads at once.

    Every method raises :class:`~debitoor_provider.services.errors.ServiceError`; the subclasses that a caller may
    want to distinguish are listed at each method.

    :param api_key: from GetMyInvoices under "API access"
    :param account_id: ``G-20707-0`` or ``20707``; without it, asked of the service before the first call
    :param base_url: where the API is, up to ``/accounts/v3``
    :param timezone: the account's, in which the service compares times (A-19)
    :param allow_http: accept a base URL without TLS
    :param connect_timeout: seconds to connect
    :param read_timeout: seconds to wait for each part of an answer
    :param upload_timeout: the same for uploads, which take the service long (contract 6.4)
    :param max_file_bytes: largest file to be sent or received (A-03)
    :param page_size: documents in one page of a list, at most 500
    :param pool_size: connections kept open
    :param proxy: URL of a proxy; ``None`` takes the environment's for HTTPS, an empty text takes none
    :param pacing: keeps the calls within the allowance
    :param backoff: how often and how long failed calls are tried again
    """

    _has_file_route = True

    def check(self) -> None:
        """Ask whether the service is there and takes the key (contract 3.1)."""
        self._get(
            "check_status", constants.API_STATUS, lambda payload: mapping(payload, "status"), subject=Subject.ACCOUNT
        )

    def document(
        self,
        uid: int,
        *,
        content: bool = False,
        content_limit: int | None = None,
        line_items: bool = True,
        approval: bool = True,
    ) -> DocumentDetail:
        """Return one document with its approval, and its file when wanted (contract 5.1).

        :param content: whether to fetch the file in the same call; for small files, since it comes as base64
        :param content_limit: bytes of the file that are accepted, by default as many as of any file
        :raises FileRefused: when the file is larger
        :raises NotFound: when it does not exist (any more)
        """
        wanted = {
            "loadLineItems": line_items,
            "readableText": False,
            "includeDocument": content,
            "transactions": False,
            "documentApproval": approval,
        }

        def read(payload: Any) -> DocumentDetail:
            detail = parse.document_detail(payload)
            if detail.document.document_uid != uid:
                raise Unexpected(Message("answer_of_another_document"))
            return detail

        call = Call(
            "read_document",
            "GET",
            constants.DOCUMENT.format(uid=segment(uid)),
            {name: "true" if value else "false" for name, value in wanted.items()},
            largest=LARGEST_RECORD,
            file_limit=(content_limit or self.max_file_bytes) if content else None,
        )
        self.identify()
        return self.transport.call(call, read)

    def download(self, uid: int, into: BinaryIO, *, filename: str = "") -> int:
        """Write a document's file to a seekable binary file, in pieces (contract 5.2).

        :param filename: the record's own; a ``.pdf`` has to start like one
        :return: number of bytes written
        :raises FileRefused: for an empty or too large file, or one that is not what its name says
        :raises NotFound: when the document does not exist (any more)
        """
        pdf = filename.lower().endswith(".pdf")
        missing_route = False
        self.identify()
        if self._has_file_route:
            call = Call(
                "download_file",
                "GET",
                constants.DOCUMENT_FILE.format(uid=segment(uid)),
                headers={"Accept": "*/*"},
                optional=True,
            )
            try:
                return self.transport.stream(
                    call,
                    into,
                    largest=self.max_file_bytes,
                    pdf=pdf,
                    is_text=not filename.lower().endswith(_IMAGES),
                    content_of=_content_of,
                )
            except ServiceError as error:
                missing_route = isinstance(error, PathGone)
                if not missing_route and (error.status not in _NO_FILE_ROUTE or isinstance(error, WrongUserAgent)):
                    raise
        written = self._download_with_detail(uid, into, pdf=pdf)
        if missing_route:
            self._has_file_route = False  # saves a call for each further file
        return written

    def upload(self, document: NewDocument, content: bytes | BinaryIO) -> int:
        """Store a document (contract section 6).

        :param content: the file; one that is open is read while it is sent, from its present position
        :return: its ``documentUid``
        :raises AlreadyExists: when the service has a file of this content; names the existing document
        :raises FileRefused: for an empty or too large file, or one of a wrong type
        :raises UnclearOutcome: after a timeout, a server fault or a broken connection: it may be stored, possibly
            without its tags
        """
        size = body.size_of(content)
        check_upload(size, self.max_file_bytes, constants.SERVICE, "upload_document")
        return self._send(
            "upload_document",
            "POST",
            constants.DOCUMENTS,
            lambda payload: parse.created(payload, "documentUid"),
            body.upload_fields(document),
            subject=Subject.NEW_RECORD,
            content=content,
        )

    def exists(self, content: bytes) -> bool:
        """Return whether a file of this content is stored (contract 6.3); the service does not say where."""
        return self._send(
            "find_file",
            "POST",
            constants.DOCUMENTS_EXISTS,
            lambda payload: flag(mapping(payload, "answer").get("exists")),
            subject=Subject.NEW_RECORD,
            content=content,
            rule=QUESTION,
        )

    def update_document(self, uid: int, **changes: Unpack[body.DocumentChanges]) -> None:
        """Change a document's data; fields left out stay. The file and its name cannot be changed (contract 7.1).

        :raises NotFound: when it does not exist (any more)
        :raises Refused: for data that is not accepted, and for a locked document
        """
        self._send(
            "change_document",
            "PUT",
            constants.DOCUMENT.format(uid=segment(uid)),
            parse.confirmed,
            body.changes_body(changes),
        )

    def archive(self, uid: int) -> None:
        """Move a document to the archive; harmless when it is there."""
        self.update_document(uid, is_archived=True)

    def unarchive(self, uid: int) -> None:
        """Take a document out of the archive."""
        self.update_document(uid, is_archived=False)

    def set_tags(self, uid: int, tags: Sequence[str]) -> None:
        """Replace a document's tags by these (A-15)."""
        self.update_document(uid, tags=tags)

    def delete_document(self, uid: int) -> None:
        """Delete a document.

        :raises NotFound: when it does not exist (any more)
        """
        self._send("delete_document", "DELETE", constants.DOCUMENT.format(uid=segment(uid)), parse.confirmed)

    def _download_with_detail(self, uid: int, into: BinaryIO, *, pdf: bool) -> int:
        content = self.document(uid, content=True, line_items=False, approval=False).content
        try:
            check_size(len(content or b""), self.max_file_bytes)
            return write_checked((content or b"",), into, pdf=pdf)
        except FileRefused as error:
            error.service, error.operation = constants.SERVICE, "download_file"
            raise


def _content_of(payload: Any) -> bytes:
    """Find the file in a JSON answer of the file route (contract 5.2)."""
    answer = mapping(payload, "file")
    if not answer.get("fileContent"):
        raise Unexpected(Message("field_missing", field="fileContent"))
    return parse.file_content(answer["fileContent"])
