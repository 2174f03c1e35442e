"""The connection to one service: pooled, timed, and closed to every other host.

A :class:`ServiceSession` is an ordinary :class:`requests.Session` for its user. What it adds:

* relative addresses are taken from the base URL, and an address of another origin is refused;
* HTTPS, unless plain HTTP was allowed on purpose;
* a redirect is an error, so neither secret nor document follows one;
* no request without time limits, for each wait and for the whole of it;
* no cookies; nothing of the process environment but its proxies (for HTTPS, which they cannot read) and certificates,
  which are read once.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import requests
from requests.auth import AuthBase
from requests.cookies import RequestsCookieJar
from requests.utils import get_environ_proxies

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured, Redirected, Refused
from debitoor_provider.services.http import time_limit
from debitoor_provider.services.http.adapter import ServiceAdapter
from debitoor_provider.services.http.coding import ACCEPTED
from debitoor_provider.services.http.origin import DEFAULT_PORTS, origin, spelled_origin
from debitoor_provider.services.http.permit import permit_of
from debitoor_provider.services.http.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 60.0
POOL_SIZE = 32

_HEADER_VALUE = re.compile(r"[\x21-\x7e]+")
# An address that has only one spelling: no escapes, no "." or ".." as a segment.
_PLAIN_URL = re.compile(r"https?://[a-z0-9.-]+(?::\d+)?(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9_~.-]*)+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SEGMENT = re.compile(r"[A-Za-z0-9_-]{1,64}")

Timeouts = tuple[float, float]


class ServiceSession(requests.Session):
    """A session bound to one service.

    :param base_url: where the service is; a path is kept and put before every relative address
    :param auth: how requests are signed
    :param headers: sent with every request
    :param allow_http: accept a base URL without TLS, for a service on the own machine
    :param timeouts: seconds to connect and to wait for each part of an answer
    :param pool_size: connections that are kept open, at least the number of threads in use
    :param proxy: URL of a proxy; ``None`` takes that of the environment for HTTPS, an empty text takes none
    :param verify: ``False`` or the path of a bundle of certificates
    :raises Misconfigured: for a base URL that cannot work
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: AuthBase | None = None,
        headers: Mapping[str, str] | None = None,
        allow_http: bool = False,
        timeouts: Timeouts = (CONNECT_TIMEOUT, READ_TIMEOUT),
        pool_size: int = POOL_SIZE,
        proxy: str | None = None,
        verify: bool | str = True,
    ) -> None:
        super().__init__()
        self.base_url = checked_base_url(base_url, allow_http=allow_http)
        self.origin = origin(self.base_url)
        self.path = urlsplit(self.base_url).path
        self.spelled_origin = spelled_origin(self.base_url)
        self.timeouts = timeouts
        self.auth = auth
        self.headers["Accept-Encoding"] = ACCEPTED
        self.headers.update(headers or {})
        self.cookies = _NoCookies()
        self.trust_env = False  # would ask the environment and .netrc again for every request
        self.proxies = _proxies(self.base_url, proxy)
        self.verify = verify if verify is not True else _certificates()
        adapter = ServiceAdapter(pool_size)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def url(self, address: str) -> str:
        """Return the absolute URL of an address, relative to the base URL or absolute at the same origin.

        :raises Refused: for an address at another origin
        """
        if address.startswith(f"{self.base_url}/"):
            return address
        if not _SCHEME.match(address):
            return f"{self.base_url}/{address.lstrip('/')}"
        if origin(address) != self.origin:
            raise Refused(Message("other_host"))
        return address

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Prepare a request whose URL may be relative."""
        request.url = self.url(str(request.url or ""))
        return super().prepare_request(request)

    def prepared(
        self, method: str, address: str, *, params: Any = None, data: Any = None, headers: Mapping[str, str]
    ) -> requests.PreparedRequest:
        """Prepare a request from this and the session's headers, hooks and signature.

        :meth:`prepare_request` merges what else a user may have set at the session, makes a jar for cookies that are
        never sent, and parses each address, which takes more than twice as long.
        """
        url = self.url(address)
        if _PLAIN_URL.fullmatch(url) and _is_plain(params):
            request: requests.PreparedRequest = _PlainRequest()
            request.url = f"{url}?{urlencode(params)}" if params else url
        else:
            request = requests.PreparedRequest()
            request.prepare_url(url, params)
        request.prepare_method(method)
        request.prepare_headers({**self.headers, **headers})
        request.prepare_body(data, None)
        request.prepare_auth(self.auth)
        request.prepare_hooks(self.hooks)
        return request

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a prepared request to this service, and to no other.

        :raises Redirected: when the service answers with a redirect
        :raises Refused: when the request is for another origin
        """
        request.url = self.url(str(request.url or ""))
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = self.timeouts
        kwargs["allow_redirects"] = False
        kwargs.setdefault("proxies", self.proxies)
        time_limit.start(kwargs["timeout"], permit_of(str(request.method)))
        response = super().send(request, **kwargs)
        if 300 <= response.status_code < 400 and response.status_code != requests.codes.not_modified:
            response.close()
            raise Redirected(Message("redirected"), status=response.status_code)
        return response

    def resolve_redirects(self, *_args: Any, **_kwargs: Any) -> Iterator[Any]:
        """Return nothing to follow; otherwise requests would parse the address anyway."""
        return iter(())


class _NoCookies(RequestsCookieJar):
    """A jar that keeps nothing."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Do nothing."""


class _PlainRequest(requests.PreparedRequest):
    """A request whose URL has only one spelling: path and query are all that follows the host."""

    @property
    def path_url(self) -> str:
        """Path and query."""
        url = str(self.url)
        return url[url.index("/", len("https://")) :]


class HeaderAuth(AuthBase):
    """Sign requests with a secret in a header, at one origin only.

    :param header: name of the header
    :param secret: its value
    :param at: base URL of the service that may see it
    :param what: code of the secret's name, for the error: ``api_key`` or ``access_token``
    :raises Misconfigured: for a secret that is empty or cannot stand in a header
    """

    def __init__(self, header: str, secret: str, *, at: str, what: str) -> None:
        self._header = header
        self._secret = Secret(secret.strip())
        self._address = f"{at.rstrip('/')}/"
        self._origin = origin(at)
        if not _HEADER_VALUE.fullmatch(self._secret):
            raise Misconfigured(Message("secret_unusable" if self._secret else "secret_missing", secret=Message(what)))

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if str(request.url).startswith(self._address) or origin(str(request.url)) == self._origin:
            request.headers[self._header] = self._secret
        return request

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._header!r})"


def segment(identifier: str | int) -> str:
    """Return an id as one segment of a path.

    :raises Refused: for anything that could change the path
    """
    value = str(identifier)
    if not _SEGMENT.fullmatch(value):
        raise Refused(Message("id_unusable"))
    return value


def _is_plain(params: Any) -> bool:
    return not params or (isinstance(params, dict) and all(isinstance(value, str | int) for value in params.values()))


def checked_base_url(base_url: str, *, allow_http: bool) -> str:
    """Return the base URL without a trailing slash, with an international host in the form in which it is asked for.

    :raises Misconfigured: without a host, with user, query or fragment, or with a scheme that is not allowed
    """
    scheme, host, port = origin(base_url)
    if not host or port is None or scheme not in DEFAULT_PORTS:
        raise Misconfigured(Message("base_url_invalid"))
    parts = urlsplit(base_url)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise Misconfigured(Message("base_url_with_extras"))
    if scheme == "http" and not allow_http:
        raise Misconfigured(Message("base_url_plain_http"))
    if not parts.netloc.isascii():
        base_url = f"{scheme}://{host}:{port}{parts.path}"
    return base_url.rstrip("/")


def _proxies(base_url: str, proxy: str | None) -> dict[str, str]:
    if proxy is None:  # plain HTTP is for the own machine: a proxy would read key and documents
        return dict(get_environ_proxies(base_url)) if base_url.lower().startswith("https:") else {}
    return {"http": proxy, "https": proxy} if proxy else {}


def _certificates() -> bool | str:
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
