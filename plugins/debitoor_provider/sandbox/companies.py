"""The companies of the sandbox: each has one GetMyInvoices account and one Debitoor account."""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter

from debitoor_provider.sandbox import contract, json_codec
from debitoor_provider.sandbox.switches import RateLimits, Switches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.sandbox.store import SandboxStore

KeyState = Literal["active", "blocked", "cancelled"]
_SWITCHES = TypeAdapter(Switches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One company with the credentials and profile of both its accounts."""

    id: int
    name: str
    country: str
    currency: str
    email: str
    timezone: str
    gmi_api_key: str
    gmi_account_number: int
    key_state: KeyState = "active"
    debitoor_id: str
    debitoor_tokens: tuple[str, ...]
    oauth_client_id: str
    oauth_client_secret: str
    oauth_redirect_uri: str
    settings: dict[str, Any] = field(default_factory=dict)  # as replaced by PUT settings (D 8.1)
    switches: Switches = field(default_factory=Switches)
    limits: RateLimits = field(default_factory=RateLimits)

    @property
    def gmi_account_id(self) -> str:
        """Return such as ``G-20707-0`` (G 3.2)."""
        return f"G-{self.gmi_account_number}-0"


class CompanyRegistry:
    """All companies, found by id, key or token; kept in memory and in the store."""

    def __init__(self, store: SandboxStore) -> None:
        self._store = store
        self._by_id: dict[int, Company] = {}
        self.by_key: dict[str, Company] = {}
        self.by_token: dict[str, Company] = {}
        for company_id, data in store.rows("SELECT id, data FROM company"):
            self._remember(_load(company_id, data))

    def __iter__(self) -> Iterator[Company]:
        return iter(list(self._by_id.values()))

    def get(self, company_id: int) -> Company | None:
        """Return the company with this id."""
        return self._by_id.get(company_id)

    def by_client(self, client_id: str) -> list[Company]:
        """Return the companies whose registered OAuth app has this id."""
        return [company for company in self._by_id.values() if company.oauth_client_id == client_id]

    def create(
        self,
        name: str,
        *,
        country: str = "DE",
        currency: str = "EUR",
        email: str | None = None,
        timezone: str = contract.GMI_TIMEZONE,
        oauth_client_id: str | None = None,
        oauth_client_secret: str | None = None,
        oauth_redirect_uri: str = "http://localhost:8080/callback",
    ) -> Company:
        """Create a company with its account at each service.

        :param oauth_client_id: id of the registered OAuth app; several companies may share one
        """
        with self._store.transaction():
            cursor = self._store.execute("INSERT INTO company (data) VALUES ('{}')")
            company_id = int(cursor.lastrowid or 0)
            company = Company(
                id=company_id,
                name=name,
                country=country,
                currency=currency,
                email=email or f"books@{_slug(name)}-{company_id}.example",
                timezone=timezone,
                gmi_api_key="-".join(secrets.token_hex(2).upper() for _ in range(8)),
                gmi_account_number=20706 + company_id,
                debitoor_id=secrets.token_hex(12),
                debitoor_tokens=(new_token(),),
                oauth_client_id=oauth_client_id or f"app-{secrets.token_hex(6)}",
                oauth_client_secret=oauth_client_secret or secrets.token_urlsafe(24),
                oauth_redirect_uri=oauth_redirect_uri,
            )
            self._save(company)
        return company

    def change(self, company: Company, **changes: Any) -> Company:
        """Store a changed company and return it."""
        changed = replace(company, **changes)
        self._forget(company)
        self._save(changed)
        return changed

    def forget_all(self) -> None:
        """Discard the companies in memory, after the store was emptied."""
        for mapping in (self._by_id, self.by_key, self.by_token):
            mapping.clear()

    def _save(self, company: Company) -> None:
        self._store.execute("UPDATE company SET data = ? WHERE id = ?", json_codec.text(asdict(company)), company.id)
        self._remember(company)

    def _remember(self, company: Company) -> None:
        self._by_id[company.id] = company
        self.by_key[company.gmi_api_key] = company
        self.by_token.update(dict.fromkeys(company.debitoor_tokens, company))

    def _forget(self, company: Company) -> None:
        self.by_key.pop(company.gmi_api_key, None)
        for token in company.debitoor_tokens:
            self.by_token.pop(token, None)


def new_token() -> str:
    """Return an opaque Debitoor token; one client expects exactly 174 characters (D 4.1)."""
    return secrets.token_urlsafe(131)[:174]


def _load(company_id: int, data: str) -> Company:
    fields = json_codec.parse(data)
    fields["id"] = company_id
    fields["debitoor_tokens"] = tuple(fields["debitoor_tokens"])
    fields["switches"] = _SWITCHES.validate_python(fields["switches"])
    fields["limits"] = RateLimits(**fields["limits"])
    return Company(**fields)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower().encode("ascii", "ignore").decode()).strip("-")[:40] or "company"
