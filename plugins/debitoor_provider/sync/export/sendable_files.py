"""Which files can be sent to Debitoor, as far as a document's record and its file tell before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor.constants import FILE_TYPES
from debitoor_provider.services.errors import BadAnswer
from debitoor_provider.sync.naming.filename import split_name
from debitoor_provider.sync.obstacle import rejected
from debitoor_provider.sync.text import shown

if TYPE_CHECKING:
    from debitoor_provider.services.getmyinvoices.models import Document

_MEGABYTE = 1024 * 1024


def require_type(document: Document) -> None:
    """Make sure that Debitoor takes files of a document's type, which its copy's name says.

    :raises Obstacle: when it does not
    """
    ending = split_name(document.filename)[1].lower()
    if ending == ".xml":
        raise rejected("xml_file")
    if document.filename and ending not in FILE_TYPES:
        types = [kind.rpartition("/")[2].upper() for kind in dict.fromkeys(FILE_TYPES.values())]
        raise rejected("file_type", file=shown(document.filename), types=types)


def require_stated_size(document: Document, largest: int) -> None:
    """Make sure, before a file is read, that it is not surely too large by its record.

    The record has kilobytes (contract 4.3); whether of 1000 or 1024 bytes is not known, so the smaller count.

    :param largest: bytes that Debitoor takes
    :raises Obstacle: when it is
    """
    if document.file_kilobytes is not None:
        require_size(int((document.file_kilobytes - 1) * 1000), largest)


def require_size(size: int, largest: int) -> None:
    """Make sure that a file is not larger than Debitoor takes.

    :param size: bytes
    :param largest: bytes that Debitoor takes
    :raises Obstacle: when it is
    """
    if size > largest:
        raise rejected("file_over_limit", megabytes=f"{size / _MEGABYTE:.1f}", most=f"{largest / _MEGABYTE:.0f}")


def require_whole(document: Document, size: int) -> None:
    """Detect a truncated file whose response announced no length, by the size in its record (contract 4.3).

    :raises BadAnswer: when it is shorter than its record says, whether a kilobyte has 1000 or 1024 bytes
    """
    if document.file_kilobytes is not None and size < (document.file_kilobytes - 1) * 1000:
        raise BadAnswer(Message("file_cut"), service="GetMyInvoices", operation="download_file")
