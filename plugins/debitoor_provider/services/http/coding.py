"""Decode the content of an answer to its end: content that is cut is an error, whatever length its answer has."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from requests.exceptions import ContentDecodingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ACCEPTED = "gzip, deflate"
"""For ``Accept-Encoding``."""

_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's window bits
_GZIP_MAGIC = b"\x1f\x8b"
_PIECE = 64 * 1024


def decoded(pieces: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """Yield decoded content.

    :param coding: the answer's ``Content-Encoding``: one coding or several, in the order of their use
    :raises ContentDecodingError: for content that is not so encoded, or has no end
    """
    for name in reversed([part.strip().lower() for part in coding.split(",")]):
        if name in {"", "identity"}:
            continue
        if name not in {"gzip", "x-gzip", "deflate"}:
            raise ContentDecodingError("the content has a coding that was not asked for")
        pieces = _inflated(pieces, is_gzip=name != "deflate")
    return iter(pieces)


def _inflated(pieces: Iterable[bytes], *, is_gzip: bool) -> Iterator[bytes]:
    stream: zlib._Decompress | None = None
    data, is_complete = b"", False
    for piece in pieces:
        data += piece
        has_more = True
        while has_more:
            if stream is None:
                if len(data) < len(_GZIP_MAGIC):
                    break
                if is_complete and not (is_gzip and data.startswith(_GZIP_MAGIC)):
                    return  # padding behind the end
                stream = zlib.decompressobj(_bits(data, is_gzip=is_gzip))
            try:
                content = stream.decompress(data, _PIECE)
            except zlib.error as error:
                raise ContentDecodingError(error) from None
            is_complete = stream.eof
            data = stream.unused_data if is_complete else stream.unconsumed_tail
            has_more = bool(data) or (len(content) == _PIECE and not is_complete)
            if is_complete:
                stream = None
            if content:
                yield content
    if not is_complete:
        raise ContentDecodingError("the content ends before its end")


def _bits(data: bytes, *, is_gzip: bool) -> int:
    """Return the format; *deflate* is that of zlib, but some servers leave its frame out."""
    if is_gzip:
        return _GZIP
    is_framed = data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0
    return _ZLIB if is_framed else _RAW
