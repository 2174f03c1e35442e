"""File names that are safe everywhere: on Windows, macOS and Linux, in HTTP headers and on a screen (contract A-22)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from debitoor_provider.sync.text import caseless, cut, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Container

STEM_LIMIT = 120
"""Characters before the extension (contract A-22)."""
BYTE_LIMIT = 255
"""Bytes of the whole name in UTF-8: what the usual file systems allow."""
_EXTENSION_LIMIT = 16
_SEPARATORS = " ._-"
_PLAIN = re.compile("[0-9A-Za-z]+(?:[ _-][0-9A-Za-z]+)*")  # nothing of it is changed
_UNUSUAL = re.compile("[^0-9A-Za-z]")  # in an extension
_FORBIDDEN = re.compile(r'[<>:"/\\|?*%]')  # Windows' own, and the mark that an URL would read as an escape
_REPEATED = re.compile(r"( ?[_.\-,] ?)\1+")
_BEFORE_DOT = re.compile(r"[ _-]+(?=\.)")
_NUMBER = re.compile(r"_([1-9][0-9]{0,17})\Z", re.ASCII)
_RESERVED = re.compile(r"\A(con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?=\.|$)", re.IGNORECASE)


def file_name(stem: str, extension: str, fallback: str = "document") -> str:
    """Make a file name. Given its own result, taken apart, it gives the same again.

    :param stem: the wished name without its extension; hostile text
    :param extension: with or without the dot; always kept, as far as it is letters and digits
    :param fallback: the stem, when nothing of the wished one can be kept
    """
    tail = _extension(extension)
    return (_stem(stem, tail) or _stem(fallback, tail) or "document") + tail


def split_name(name: str) -> tuple[str, str]:
    """Take a file name apart into stem and extension, the latter with its dot, or empty when there is none.

    A name that is an extension alone, as of a document without a name, has no stem.
    """
    stem, dot, extension = name.rpartition(".")
    if dot and extension and _extension(extension) == f".{extension}":
        return stem, f".{extension}"
    return name, ""


def name_key(name: str) -> str:
    """Make the key by which two names are the same file on some system: case and form of accents do not count."""
    return caseless(name)


def unique(name: str, taken: Container[str] | Callable[[str], bool]) -> str:
    """Return a name that is not taken: the name itself, or with ``_2``, ``_3`` … before its extension.

    With many equal names the number is searched by doubling, so that it costs few questions; then it may not be the
    lowest free one when numbers between were given up.

    :param name: as :func:`file_name` made it
    :param taken: the :func:`name_key` of each name in use, or a question about such a key
    """
    is_taken = taken if callable(taken) else taken.__contains__

    def free(number: int) -> bool:
        return not is_taken(name_key(_numbered(name, number)))

    low, high = 0, 1  # that with the number low is taken, that with the number high is free
    while not free(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if free(middle) else (middle, high)
    return _numbered(name, high)


def is_numbered(name: str, wish: str) -> bool:
    """Return whether a name is one that :func:`unique` gives instead of a wish that is taken."""
    found = _NUMBER.search(split_name(name)[0])
    return found is not None and name == _numbered(wish, int(found[1]))


def _numbered(name: str, number: int) -> str:
    if number == 1:
        return name
    stem, extension = split_name(name)
    suffix = f"_{number}"
    return _fit(stem, suffix + extension, STEM_LIMIT - len(suffix)) + suffix + extension


def _extension(extension: str) -> str:
    kept = _UNUSUAL.sub("", extension)[:_EXTENSION_LIMIT]
    return f".{kept}" if kept else ""


def _stem(text: str, tail: str) -> str:
    if len(text) > STEM_LIMIT or not _PLAIN.fullmatch(text):
        text = _fit(_collapse(_FORBIDDEN.sub("_", one_line(text))), tail, STEM_LIMIT)
    if _RESERVED.match(text):
        text = _RESERVED.sub(r"\1_", _fit(text, "_" + tail, STEM_LIMIT - 1))
    return text


def _collapse(text: str) -> str:
    """Make repeated separators one, as missing values leave them behind; ``A -  - C`` becomes ``A - C``."""
    before = ""
    while text != before:
        before = text
        text = _BEFORE_DOT.sub("", _REPEATED.sub(r"\1", text))
        text = " ".join(text.split()).strip(_SEPARATORS)
    return text


def _fit(text: str, tail: str, limit: int) -> str:
    """Cut a stem to its limits in characters and, with what follows it, in bytes."""
    text = cut(text, limit)
    room = BYTE_LIMIT - len(tail.encode())
    while len(text.encode()) > room:
        text = cut(text, min(len(text) - 1, len(text.encode()[:room].decode(errors="ignore"))))
    return text.rstrip(_SEPARATORS)
