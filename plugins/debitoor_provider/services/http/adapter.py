"""How a session reaches its one service: what is the same for every call is computed once.

For each call, requests itself determines which proxy, certificates and connection pool an address needs, and extracts
the answer's cookies, of which none is kept. Together that costs as much as writing the request.

Content is decoded here: urllib3 takes compressed content for complete wherever it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from requests import Response
from requests.adapters import HTTPAdapter
from requests.exceptions import ChunkedEncodingError
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers, stream_decode_response_unicode
from urllib3 import ProxyManager

from debitoor_provider.services.http import time_limit
from debitoor_provider.services.http.answer import WITHOUT_BODY
from debitoor_provider.services.http.coding import decoded
from debitoor_provider.services.http.connection import POOLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from requests import PreparedRequest


class ServiceResponse(Response):
    """A response whose content is decoded to its end, and counts for the time limit of its call."""

    def __init__(self) -> None:
        super().__init__()
        self._limit = time_limit.current()
        self.coding = ""
        """How content that was not read yet is encoded."""

    def iter_content(self, chunk_size: int | None = 1, decode_unicode: bool = False) -> Iterator[Any]:
        """Yield the content in pieces of about this size."""
        coding, self.coding = self.coding, ""  # what is kept is decoded
        pieces = super().iter_content(chunk_size, decode_unicode and not coding)
        if coding:
            pieces = decoded(pieces, coding)
            if decode_unicode:
                pieces = stream_decode_response_unicode(pieces, self)
        return self._counted(pieces)

    def _counted(self, pieces: Iterator[Any]) -> Iterator[Any]:
        try:
            for piece in pieces:
                self._limit.content += len(piece)
                yield piece
        except ValueError as error:  # http.client's, at a chunk of a negative size
            raise ChunkedEncodingError(error) from None


class ServiceAdapter(HTTPAdapter):
    """An adapter for the addresses of one origin.

    :param pool_size: connections kept open
    """

    def __init__(self, pool_size: int) -> None:
        super().__init__(pool_connections=1, pool_maxsize=pool_size)
        self._found: tuple[object, Any] | None = None

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the manager of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        """Return the manager of connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        if type(manager) is ProxyManager:  # that of SOCKS proxies has pools of its own
            manager.pool_classes_by_scheme = POOLS
        return manager

    def get_connection_with_tls_context(
        self, request: PreparedRequest, verify: Any, proxies: Mapping[str, str] | None = None, cert: Any = None
    ) -> Any:
        """Return the pool of the last call if it was made in the same way and is still open."""
        way = (verify, cert, *(proxies or {}).items())
        found = self._found
        if found is not None and found[0] == way and found[1].pool is not None:
            return found[1]
        pool = super().get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)
        super().cert_verify(pool, str(request.url), verify, cert)  # type: ignore[no-untyped-call]  # requests' has no annotations
        self._found = way, pool
        return pool

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Do nothing: that happened when the pool was made."""

    def request_url(self, request: PreparedRequest, proxies: Mapping[str, str] | None) -> str:
        """Return path and query of the address; the whole for a proxy that takes plain HTTP."""
        return super().request_url(request, proxies) if proxies else request.path_url

    def build_response(self, req: PreparedRequest, resp: Any) -> Response:
        """Make a response of urllib3's, without cookies."""
        response = ServiceResponse()
        response.status_code = resp.status
        response.headers = CaseInsensitiveDict(resp.headers.itermerged())
        response.encoding = get_encoding_from_headers(response.headers)
        if req.method != "HEAD" and resp.status not in WITHOUT_BODY:
            response.coding = resp.headers.pop("Content-Encoding", "")  # so that urllib3 does not decode it
        response.raw = resp
        response.reason = resp.reason
        response.url = str(req.url)
        response.request = req
        response.connection = self
        return response
