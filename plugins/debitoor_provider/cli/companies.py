"""The companies of a running sandbox, as Airflow's connections to them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor.constants import AUTHORIZE_URL, TOKEN_URL
from debitoor_provider.services.getmyinvoices.constants import API_BASE
from debitoor_provider.sync.accounts.ids import is_account_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SECONDS = 10
_COMPANIES_PATH = "/sandbox/api/companies"


class SandboxCompany(BaseModel):
    """A company with its account at each service, as the sandbox's admin API describes it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    timezone: str
    gmi_api_key: str
    gmi_account_id: str
    debitoor_token: str | None
    debitoor_email: str
    oauth_client_id: str
    oauth_client_secret: str

    @property
    def slug(self) -> str:
        """Part of the ids of the company's accounts and connections."""
        slug = "-".join("".join(char if char.isalnum() else " " for char in self.name.lower()).split())
        return slug if is_account_id(slug) else f"company-{self.id}"


_COMPANIES = TypeAdapter(list[SandboxCompany])


def companies_at(address: str) -> list[SandboxCompany]:
    """Return the companies of a running sandbox.

    :param address: such as ``http://127.0.0.1:8090``
    :raises SystemExit: when no sandbox answers there
    """
    with _answered(address):
        answer = requests.get(f"{address}{_COMPANIES_PATH}", timeout=_SECONDS, allow_redirects=False)
        answer.raise_for_status()
        return _COMPANIES.validate_json(answer.content)


def register(address: str, companies: Iterable[SandboxCompany], redirect_uri: str) -> None:
    """Register where the apps of these companies send a person back to, who has given consent.

    :param address: of the sandbox
    :raises SystemExit: when no sandbox answers there
    """
    with _answered(address):
        for company in companies:
            requests.patch(
                f"{address}{_COMPANIES_PATH}/{company.id}",
                json={"oauth_redirect_uri": redirect_uri},
                timeout=_SECONDS,
                allow_redirects=False,
            ).raise_for_status()


@contextmanager
def _answered(address: str) -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, ValidationError):
        raise SystemExit(str(Message("sandbox_not_there", address=address))) from None


def connections_to(address: str, company: SandboxCompany, ids: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Return both connections of a company, as ``airflow connections import`` takes them.

    :param address: of the sandbox
    :param ids: the id of the connection to each service
    """
    getmyinvoices, debitoor = _without_key(address, company)
    getmyinvoices |= {"login": company.gmi_account_id, "password": company.gmi_api_key}
    debitoor |= {"password": company.debitoor_token}
    debitoor["extra"] |= {"email": company.debitoor_email}
    return {ids["getmyinvoices"]: getmyinvoices, ids["debitoor"]: debitoor}


def patterns_of(address: str, company: SandboxCompany) -> dict[str, dict[str, Any]]:
    """Return what the page makes new connections from: the addresses, and the app that asks for consent."""
    getmyinvoices, debitoor = _without_key(address, company)
    debitoor["extra"] |= {
        "client_id": company.oauth_client_id,
        "client_secret": company.oauth_client_secret,
        "authorize_url": address + urlsplit(AUTHORIZE_URL).path,
        "exchange_url": address + urlsplit(TOKEN_URL).path,
    }
    return {"getmyinvoices_default": getmyinvoices, "debitoor_default": debitoor}


def _without_key(address: str, company: SandboxCompany) -> tuple[dict[str, Any], dict[str, Any]]:
    page = f"{address}/?company={company.id}&record={{id}}#record"  # where a person sees a record
    getmyinvoices = {
        "conn_type": "getmyinvoices",
        "host": address + urlsplit(API_BASE).path,
        "extra": {"allow_http": True, "timezone": company.timezone, "web_url": page},
    }
    books = {
        "conn_type": "debitoor",
        "host": address,
        "extra": {"allow_http": True, "web_url": page, "sales_web_url": page},
    }
    return getmyinvoices, books
