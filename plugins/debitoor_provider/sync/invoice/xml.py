"""XML of strangers: parsed within limits, and looked up by names without their namespaces."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from debitoor_provider.messages import Message
from debitoor_provider.sync.invoice.problems import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

LARGEST = 20_000_000
"""Bytes of an e-invoice; real ones have at most a few million, for the attachments that they carry."""
_DEEPEST = 60
_MOST_ELEMENTS = 500_000
_MOST_ATTRIBUTES = 200_000
# Expat repeats a namespace in each name that has it, so a long one would multiply. Any attribute counts: those of real
# files have at most the locations of a few schemas.
_LONG_ATTRIBUTE = re.compile(rb"=\s*[\"'][^\"']{600}")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_UNREAD = {
    *("IncludedSupplyChainTradeLineItem", "InvoiceLine", "CreditNoteLine", "DettaglioLinee", "Items"),
    *("EmbeddedDocumentBinaryObject", "AttachmentBinaryObject", "Attachment", "AttachmentData", "Signature"),
}
"""Lines and attachments, which are most of a large invoice; no figure is read from them, so they are not kept."""


class _Builder(TreeBuilder):
    """Builds a tree of limited depth and size."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._elements = 0

    def start(self, tag: Any, attrs: Any) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > _DEEPEST or self._elements > _MOST_ELEMENTS:
            raise Unreadable(Message("invoice_too_large"))
        return super().start(tag, attrs)

    def end(self, tag: Any) -> Element:
        self._depth -= 1
        element = super().end(tag)
        if str(tag).rpartition("}")[2] in _UNREAD:
            element.clear()
        return element


def parse(content: bytes) -> Element:
    """Parse XML. No e-invoice has a document type declaration, so one with it is refused.

    :raises Unreadable: when it is no XML, or beyond the limits
    """
    if len(content) > LARGEST:
        raise Unreadable(Message("invoice_too_large"))
    try:
        encoding = None
        if content.startswith(_UTF_16):
            content, encoding = _from_utf_16(content), "utf-8"
        if content.count(b"=") > _MOST_ATTRIBUTES or _LONG_ATTRIBUTE.search(content):
            raise Unreadable(Message("invoice_too_large"))
        parser = XMLParser(target=_Builder(), encoding=encoding, forbid_dtd=True)
        parser.feed(content)
        root: Element = parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Unreadable(Message("invoice_not_xml")) from error
    return root


def _from_utf_16(content: bytes) -> bytes:
    marked = content.startswith(_UTF_16[:2])
    return content.decode("utf-16" if marked else "utf-16-le" if content[0] else "utf-16-be").encode()


def looks_like_xml(data: bytes) -> bool:
    """Return whether a file begins as XML does, in UTF-8 or UTF-16."""
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<"))


def local_name(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Element) -> str:
    """Return an element's namespace."""
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def each(element: Element | None, path: str) -> Iterator[Element]:
    """Find the elements at a path of names such as ``Party/PartyName``, whatever their namespaces."""
    return iter(()) if element is None else element.iterfind(_in_any_namespace(path))


def first(element: Element | None, path: str) -> Element | None:
    """Find the first element at a path."""
    return next(each(element, path), None)


def text(element: Element | None, path: str) -> str:
    """Return the text of the first element at a path, without blanks around it; ``""`` when there is none.

    :raises Unreadable: when there are elements inside the text
    """
    found = first(element, path)
    return "" if found is None else text_of(found)


def text_of(element: Element) -> str:
    """Return an element's text, without blanks around it; one with other elements inside could be cut short.

    :raises Unreadable: when there are elements inside the text
    """
    if len(element):
        raise Unreadable(Message("invoice_not_a_text", name=local_name(element)[:100]))
    return (element.text or "").strip()


@cache
def _in_any_namespace(path: str) -> str:
    return "/".join(f"{{*}}{name}" if name not in {".", "*"} else name for name in path.split("/"))
