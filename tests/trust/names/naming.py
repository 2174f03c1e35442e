"""What a renaming pattern and a file name may be: rules of their own, from the contract (A-22), not from the code."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING

from debitoor_provider.sync.naming.filename import file_name, split_name
from tests.trust.common.hostile import PLACEHOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATE = r"(?=.*[YMD])(?:YYYY|YY|MM|M|DD|D|[-._ ])+"
_AMOUNT = r"0(?:[.,]0{1,6})?"
_TEXT = r"(?:upper|lower|[1-9]\d{0,2})(?::(?:upper|lower|[1-9]\d{0,2}))*"
_FORMS = {
    "document_date": _DATE,
    "created_date": _DATE,
    "net_amount": _AMOUNT,
    "gross_amount": _AMOUNT,
    "document_uid": r"0(?:[1-9]|1\d)",
    **dict.fromkeys(("company", "document_number", "document_type", "order_number", "currency"), _TEXT),
    **dict.fromkeys(("payment_status", "tags", "note", "original_name"), _TEXT),
}
_PLACE = "|".join(rf"{name}(?::(?:{_FORMS[name]}))?" if name in _FORMS else name for name in PLACEHOLDERS)
TOKEN = re.compile(rf"[^{{}}]+|\{{\{{|\}}\}}|\{{(?:{_PLACE})\}}", re.ASCII | re.DOTALL)
"""The grammar of a pattern, as the documentation defines it (contract A-22)."""


def tokens(pattern: str) -> list[str] | None:
    """Return the parts of a pattern; ``None`` when it is not within the grammar."""
    found, at = [], 0
    while at < len(pattern):
        match = TOKEN.match(pattern, at)
        if match is None:
            return None
        found.append(match[0])
        at = match.end()
    return found


def flaws(name: str, extension: str = "") -> Iterator[str]:
    """Return what is wrong with a file name: on Windows, macOS, Linux, in a header, on a screen."""
    try:
        if not 0 < len(name.encode()) <= 255:
            yield "it is empty or longer than 255 bytes"
    except UnicodeEncodeError:
        yield "it is no Unicode text"
        return
    if posixpath.normpath(f"/x/{name}") != f"/x/{name}" or posixpath.basename(name) != name:
        yield "it leads out of its folder"
    windows = PureWindowsPath(name)
    if windows.name != name or windows.is_reserved():
        yield "Windows takes it for something else"
    if set(name) & set('<>:"/\\|?*%') or name[:1] in (" ", ".", "-") or name[-1:] in (" ", "."):
        yield "it has a character that is not for names"
    if any(unicodedata.category(char)[0] == "C" or (char.isspace() and char != " ") for char in name):
        yield "something in it cannot be seen"
    if not unicodedata.is_normalized("NFC", name):
        yield "it is not in NFC"
    if extension and not name.endswith(extension):
        yield f"the extension {extension!r} is lost"
    if file_name(*split_name(name)) != name:
        yield "it becomes another name when it is named again"
