from __future__ import annotations

import base64
import itertools
from typing import TYPE_CHECKING, Any

import pytest
import requests

from debitoor_provider.sandbox.server import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

_NUMBERS = itertools.count(1)


class Api(requests.Session):
    """One service as one company's program sees it; answers with Decimals are not needed here."""

    def __init__(self, base_url: str, headers: dict[str, str]) -> None:
        super().__init__()
        self.trust_env = False
        self.base_url = base_url
        self.headers.update(headers)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", 30)
        return super().request(method, url if "://" in url else self.base_url + url, *args, **kwargs)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxAdmin]:
    with running() as admin:
        yield admin


@pytest.fixture(autouse=True)
def _no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "sandbox" in request.fixturenames:
        admin = request.getfixturevalue("sandbox")
        admin.clear_faults()
        admin.set_clock()


@pytest.fixture
def acme(sandbox: SandboxAdmin) -> CompanyAdmin:
    return sandbox.create_company("Acme GmbH", limits=None)


@pytest.fixture
def other(sandbox: SandboxAdmin) -> CompanyAdmin:
    return sandbox.create_company("Other ApS", country="DK", currency="DKK", limits=None)


@pytest.fixture
def gmi_of(sandbox: SandboxAdmin) -> Iterator[Callable[[CompanyAdmin], Api]]:
    opened: list[Api] = []

    def connect(company: CompanyAdmin) -> Api:
        agent = f"tests/1.0 ({company.gmi_account_id})"
        opened.append(Api(sandbox.gmi_url, {"X-API-KEY": company.gmi_api_key, "User-Agent": agent}))
        return opened[-1]

    yield connect
    for api in opened:
        api.close()


@pytest.fixture
def debitoor_of(sandbox: SandboxAdmin) -> Iterator[Callable[[CompanyAdmin], Api]]:
    opened: list[Api] = []

    def connect(company: CompanyAdmin) -> Api:
        opened.append(Api(sandbox.debitoor_url, {"x-token": company.debitoor_token or ""}))
        return opened[-1]

    yield connect
    for api in opened:
        api.close()


@pytest.fixture
def gmi(gmi_of: Callable[[CompanyAdmin], Api], acme: CompanyAdmin) -> Api:
    return gmi_of(acme)


@pytest.fixture
def debitoor(debitoor_of: Callable[[CompanyAdmin], Api], acme: CompanyAdmin) -> Api:
    return debitoor_of(acme)


@pytest.fixture
def pdf() -> Callable[[], bytes]:
    """Make files of different bytes."""
    return lambda: b"%%PDF-1.4\n%% file %d\n%%%%EOF\n" % next(_NUMBERS)


@pytest.fixture
def upload(pdf: Callable[[], bytes]) -> Callable[..., dict[str, Any]]:
    """Make bodies of an upload to GetMyInvoices."""

    def body(content: bytes | None = None, **fields: Any) -> dict[str, Any]:
        encoded = base64.b64encode(content or pdf()).decode()
        return {"fileName": "invoice.pdf", "fileContent": encoded, "documentType": "INCOMING_INVOICE"} | fields

    return body


@pytest.fixture
def code_of() -> Callable[[requests.Response], tuple[int, int]]:
    """Return status and inner code of a GetMyInvoices refusal."""
    return lambda response: (response.status_code, response.json()["errors"][0]["code"])
