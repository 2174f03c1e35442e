"""Untrusted XML: parsed within limits, and looked up by names without their namespaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, ParseError, SubElement

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from debitoor_provider.messages import Message
from debitoor_provider.sync.invoice.problems import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 20_000_000
"""Bytes of an e-invoice; real ones have at most a few million, for the attachments that they carry."""
_DEEPEST = 60
_MOST_ELEMENTS = 500_000
_MOST_ATTRIBUTES = 200_000
# Expat repeats a namespace in each name that has it, so a long one would multiply. Any attribute counts: those of real
# files have at most the locations of a few schemas.
_LONG_ATTRIBUTE = re.compile(rb"=\s*[\"'][^\"']{600}")
_ROOT = re.compile(rb"<!--.*?(?:-->|\Z)|<[?].*?(?:[?]>|\Z)|<(?:[\w.\-]+:)?([A-Za-z_][\w.\-]*)", re.DOTALL)
_BEFORE_ROOT = 1 << 16  # bytes in which the root element begins
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_UNREAD = {
    *("IncludedSupplyChainTradeLineItem", "InvoiceLine", "CreditNoteLine", "DettaglioLinee", "Items"),
    *("EmbeddedDocumentBinaryObject", "AttachmentBinaryObject", "Attachment", "AttachmentData", "Signature"),
}
"""Lines and attachments, which are most of a large invoice; no figure is read from them, so they are not kept."""
ENVELOPE = "StandardBusinessDocument"
"""The root element of UN/CEFACT's envelope (SBDH), in which Peppol networks deliver an invoice."""


class _LocalNames(dict[str, str]):
    """The names of one file's elements, by what the parser calls them: with their namespaces."""

    def __missing__(self, tag: str) -> str:
        name = self[tag] = tag.rpartition("}")[2]
        return name


class _Tree:
    """Builds a tree of limited depth and size; below the root of a document elements are called without namespaces.

    The handlers are called for each element, so they are closures and no methods. Within an element that is not read
    others take their place, which only count: it is kept as an empty one.
    """

    def __init__(self) -> None:
        self._top = Element("")

    def listen(self, parser: Any) -> None:
        """Make an expat parser build this tree. What builds no tree, comments and such, is not listened to."""
        names = _LocalNames()
        path = [self._top]
        texts: list[str] = []
        count = unread = 0
        outer = 1  # levels of elements that keep their namespaces: the root, and within an envelope the documents

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal count, outer
            count += 1
            if count > _MOST_ELEMENTS or len(path) > _DEEPEST:
                raise Unreadable(Message("invoice_too_large"))
            texts.clear()
            name = names[tag]
            called = name if len(path) > outer else _qualified(tag)
            if name == ENVELOPE and len(path) == 1:
                outer = 2
            if name in _UNREAD:
                path.append(SubElement(path[-1], called))
                parser.StartElementHandler, parser.EndElementHandler = start_unread, end_unread
                parser.CharacterDataHandler = None
            else:
                path.append(SubElement(path[-1], called, attributes))

        def end(_tag: str) -> None:
            element = path.pop()
            if texts:
                element.text = "".join(texts)
                texts.clear()

        def start_unread(_tag: str, _attributes: dict[str, str]) -> None:
            nonlocal count, unread
            count += 1
            unread += 1
            if count > _MOST_ELEMENTS or len(path) + unread > _DEEPEST + 1:
                raise Unreadable(Message("invoice_too_large"))

        def end_unread(_tag: str) -> None:
            nonlocal unread
            if unread:
                unread -= 1
            else:
                path.pop()
                resume()

        def resume() -> None:
            parser.StartElementHandler, parser.EndElementHandler = start, end
            parser.CharacterDataHandler = texts.append

        parser.ordered_attributes = False
        parser.DefaultHandlerExpand = None  # for entities, which only a document type declaration could define
        resume()

    def close(self) -> Element:
        """Return the root."""
        return self._top[0]


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
        return _tree(content, encoding)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Unreadable(Message("invoice_not_xml")) from error


def _tree(content: bytes, encoding: str | None) -> Element:
    tree = _Tree()
    parser = XMLParser(target=tree, encoding=encoding, forbid_dtd=True)
    expat = parser.parser
    tree.listen(expat)
    try:
        parser.feed(content)
        root: Element = parser.close()
    finally:  # the handlers and the parser hold each other, and the tree: it would stay until Python collects garbage
        expat.StartElementHandler = expat.EndElementHandler = expat.CharacterDataHandler = None
    return root


def _from_utf_16(content: bytes) -> bytes:
    marked = content.startswith(_UTF_16[:2])
    return content.decode("utf-16" if marked else "utf-16-le" if content[0] else "utf-16-be").encode()


def looks_like_xml(data: bytes) -> bool:
    """Return whether a file begins as XML does, in UTF-8 or UTF-16."""
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<"))


def name_of_root(content: bytes) -> str:
    """Return the name of the root element of a file that is no well-formed XML, without its namespace.

    :return: empty when no element begins
    """
    head = content[:_BEFORE_ROOT]
    if content.startswith(_UTF_16):
        head = head.replace(b"\0", b"")  # names of invoices are ASCII
    return next((found[1].decode() for found in _ROOT.finditer(head) if found[1]), "")


def _qualified(tag: str) -> str:
    return f"{{{tag}" if "}" in tag else tag


def local_name(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Element) -> str:
    """Return an element's namespace."""
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def each(element: Element | None, path: str) -> Iterator[Element]:
    """Find the elements at a path of names such as ``Party/PartyName``, whatever their namespaces."""
    if element is None:
        return
    name, _, rest = path.partition("/")
    for found in element.findall(name):
        if rest:
            yield from each(found, rest)
        else:
            yield found


def first(element: Element | None, path: str) -> Element | None:
    """Find the first element at a path."""
    if "/" in path:
        return next(each(element, path), None)
    return None if element is None else element.find(path)


def text(element: Element | None, path: str) -> str:
    """Return the text of the first element at a path, without blanks around it; ``""`` when there is none.

    :raises Unreadable: when there are elements inside the text
    """
    found = first(element, path)
    return "" if found is None else text_of(found)


def sole(element: Element | None, path: str) -> Element | None:
    """Find the only element at a path.

    :raises Unreadable: when there are several, so that it is not certain which one counts
    """
    found = list(each(element, path))
    if len(found) > 1:
        raise stated_twice(found[0])
    return found[0] if found else None


def sole_text(element: Element | None, path: str) -> str:
    """Return the text of the elements at a path, as :func:`text` does.

    :raises Unreadable: when several have different ones
    """
    found = list(each(element, path))
    texts = {text_of(one) for one in found}
    if len(texts) > 1:
        raise stated_twice(found[0])
    return texts.pop() if texts else ""


def stated_twice(element: Element) -> Unreadable:
    """Return that elements of one name contradict each other."""
    return Unreadable(Message("invoice_stated_twice", name=local_name(element)[:100]))


def text_of(element: Element) -> str:
    """Return an element's text, without blanks around it; one with other elements inside could be cut short.

    :raises Unreadable: when there are elements inside the text
    """
    if len(element):
        raise Unreadable(Message("invoice_not_a_text", name=local_name(element)[:100]))
    return (element.text or "").strip()
