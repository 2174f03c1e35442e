"""Where a service is, in the one form in which addresses are compared."""

from __future__ import annotations

import unicodedata
from ipaddress import ip_address
from typing import TypeAlias
from urllib.parse import urlsplit

from requests import PreparedRequest

DEFAULT_PORTS = {"https": 443, "http": 80}

Origin: TypeAlias = tuple[str, str, int | None]
"""Scheme, host and port."""
_NONE: Origin = ("", "", None)


def origin(url: str) -> Origin:
    """Return scheme, host and port of a URL, equal for all of its spellings.

    Case, a default port, a final dot, and the way in which an international name or an IP address is written do not
    matter. All URLs that cannot be read have the same origin, ``("", "", None)``.
    """
    scheme, host, port = spelled_origin(url)
    try:
        return scheme, _one_form(host), port
    except ValueError:
        return _NONE


def spelled_origin(url: str) -> Origin:
    """Return scheme, host and port of a URL as earlier versions compared them: of a host only case does not matter.

    All URLs that cannot be read have the same one, ``("", "", None)``.
    """
    try:
        parts = urlsplit(url)
        return parts.scheme, (parts.hostname or "").lower(), parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return _NONE


def site(url: str) -> str:
    """Return host and port of a URL, equal for all spellings; the port only if it is not the scheme's default.

    Empty for a URL without a host, and for one that cannot be read.
    """
    scheme, host, port = origin(url)
    return host if port in {None, DEFAULT_PORTS.get(scheme)} else f"{host}:{port}"


def _one_form(host: str) -> str:
    """Return a host in the form in which it is asked for.

    :raises ValueError: for a name that cannot be one
    """
    if ":" in host:
        return ip_address(host).compressed
    if not host.isascii():
        request = PreparedRequest()
        request.prepare_url(f"https://{unicodedata.normalize('NFKC', host).lower()}", None)
        host = (urlsplit(str(request.url)).hostname or "").lower()
    return host.removesuffix(".")
