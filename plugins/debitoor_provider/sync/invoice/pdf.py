"""The files that are embedded in a PDF.

A damaged or locked PDF is an error here, because "no files" would be believed: pypdf itself repairs what it can and
returns an empty list for a PDF whose end is missing.
"""

from __future__ import annotations

import io
import logging
import os
import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, BinaryIO

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from debitoor_provider.messages import Message
from debitoor_provider.sync.invoice.problems import Unreadable
from debitoor_provider.sync.invoice.xml import looks_like_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

# It warns of each small fault that it repairs, which would fill the log of a run.
logging.getLogger("pypdf").setLevel(logging.ERROR)

_LARGEST_PDF = 50_000_000  # bytes; receipts are far smaller, and reading takes memory
_TAIL = 4096  # bytes at the end in which the last cross-reference is announced
_IN_MEMORY = 1 << 20  # bytes; pypdf reads byte by byte, so a smaller file is read from a copy without any wrapper
_LONGEST_HEADER = 32
_HEADER = re.compile(rb"([0-9]{1,10}) ([0-9]{1,5}) obj[\x00\t\n\f\r ]*(?=[^\x00\t\n\f\r ])")
_DEEPEST = 20  # levels of a name tree; each level multiplies what fits, so real ones have two or three
_MOST_FILES = 200
_MOST_UNPACKED = 100_000_000  # bytes of all embedded files; pypdf itself unpacks no stream beyond 75 MB


@dataclass(frozen=True, slots=True)
class EmbeddedFiles:
    """What is embedded in a PDF.

    :param contents: of the files that may be XML
    :param problem: why one that may be an invoice by its name could not be read
    """

    contents: tuple[bytes, ...]
    problem: Message | None = None


def embedded_files(content: BinaryIO) -> EmbeddedFiles:
    """Return the embedded files of a PDF that may be XML, those of the name tree first, each once.

    :param content: a PDF; its position is changed
    :raises Unreadable: when it is damaged, locked or too large
    """
    size = content.seek(0, os.SEEK_END)
    if size > _LARGEST_PDF:
        raise Unreadable(Message("invoice_pdf_too_large", megabytes=_LARGEST_PDF // 1_000_000))
    content.seek(max(0, size - _TAIL))
    if b"startxref" not in content.read(_TAIL):
        raise Unreadable(Message("invoice_pdf_damaged"))
    content.seek(0)
    try:
        if size > _IN_MEMORY:
            return _files_in(content)
        with io.BytesIO(content.read()) as copy:
            return _files_in(copy)
    except Unreadable:
        raise
    except Exception as error:  # a damaged PDF makes pypdf raise nearly anything
        raise Unreadable(Message("invoice_pdf_damaged")) from error


class _Reader(PdfReader):
    """A reader that takes an object's header at once: as it begins, pypdf looks at the header of every object."""

    def read_object_header(self, stream: IO[Any]) -> tuple[int, int]:
        """Read ``12 0 obj`` and the blanks after it; any other header than the usual one is left to pypdf."""
        start = stream.tell()
        header = _HEADER.match(stream.read(_LONGEST_HEADER))
        stream.seek(start + header.end() if header else start)
        return (int(header[1]), int(header[2])) if header else super().read_object_header(stream)


def _files_in(content: BinaryIO) -> EmbeddedFiles:
    reader = _Reader(content)
    try:
        return _files(reader)
    finally:  # its objects refer to it: they would stay until Python collects garbage
        reader.close()


def _files(reader: PdfReader) -> EmbeddedFiles:
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable(Message("invoice_pdf_locked"))
    catalogue = reader.trailer["/Root"].get_object()
    seen: set[int] = set()
    names = _get(_get(catalogue, "/Names"), "/EmbeddedFiles")
    specifications = [*_leaves(names, seen), *_items(_get(catalogue, "/AF"))]
    if len(specifications) > _MOST_FILES:
        raise Unreadable(Message("invoice_pdf_too_many_files", most=_MOST_FILES))
    read: dict[bytes, None] = {}
    left = _MOST_UNPACKED
    damaged: list[Any] = []
    for specification in specifications:
        try:
            stream = _stream(specification)
            data = b"" if stream is None else stream.get_data()
        except Exception:  # noqa: BLE001 - pypdf raises nearly anything; another file may be the invoice
            damaged.append(specification)
            continue
        left -= len(data)
        if left < 0:
            raise Unreadable(Message("invoice_too_large"))
        if looks_like_xml(data):
            read[data] = None
    is_lost = any(map(_is_xml_by_name, damaged)) if read else bool(damaged)
    return EmbeddedFiles(tuple(read), Message("invoice_pdf_damaged") if is_lost else None)


def _is_xml_by_name(specification: Any) -> bool:
    """Return whether a file whose content is lost is called as an invoice is, and not as an order; any doubt is yes."""
    try:
        description = _object(specification)
        names = [str(name).lower() for key in ("/UF", "/F") if (name := _get(description, key))]
    except Exception:  # noqa: BLE001 - pypdf raises nearly anything
        return True
    return not names or any(name.endswith(".xml") and not name.startswith("order") for name in names)


def _leaves(node: Any, seen: set[int], depth: int = 0) -> Iterator[Any]:
    """Return the values of a name tree of any shape; pypdf's own list does not look below its first levels."""
    if not isinstance(node, DictionaryObject) or id(node) in seen or depth > _DEEPEST or len(seen) > _MOST_FILES:
        return
    seen.add(id(node))
    pairs = _items(_get(node, "/Names"))
    yield from pairs[1::2]
    for kid in _items(_get(node, "/Kids")):
        yield from _leaves(_object(kid), seen, depth + 1)


def _stream(specification: Any) -> StreamObject | None:
    """Return the stream of a file specification."""
    files = _get(_object(specification), "/EF")
    for key in ("/F", "/UF"):
        stream = _get(files, key)
        if isinstance(stream, StreamObject):
            return stream
    return None


def _get(node: Any, key: str) -> Any:
    return _object(node.get(key)) if isinstance(node, DictionaryObject) else None


def _items(node: Any) -> list[Any]:
    return list(node) if isinstance(node, ArrayObject) else []


def _object(node: Any) -> Any:
    return node.get_object() if hasattr(node, "get_object") else node
