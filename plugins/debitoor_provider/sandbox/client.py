"""A Python client of the admin API, for tests, benchmarks and scripts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from debitoor_provider.sandbox.admin_session import AdminSession, JsonObject
from debitoor_provider.sandbox.company_client import CompanyAdmin

__all__ = ["CompanyAdmin", "JsonObject", "SandboxAdmin"]


class SandboxAdmin(AdminSession):
    """One running sandbox: its companies, faults, log and clock.

    :param base_url: such as ``http://127.0.0.1:8123``
    """

    def create_company(self, name: str, **fields: Any) -> CompanyAdmin:
        """Create a company with its account at each service.

        :param fields: ``country``, ``currency``, ``email``, ``timezone``, ``oauth_client_id``, ``oauth_client_secret``,
            ``oauth_redirect_uri``; also ``switches`` and ``limits`` (None switches all limits off)
        """
        switches, limits = fields.pop("switches", {}), fields.pop("limits", {})
        company = CompanyAdmin(self, self.call("POST", "/companies", {"name": name, **fields}))
        if switches:
            company.switch(**switches)
        if limits is None:
            company.lift_limits()
        elif limits:
            company.limit(**limits)
        return company

    def companies(self) -> list[CompanyAdmin]:
        """Return all companies, oldest first."""
        return [CompanyAdmin(self, record) for record in self.call("GET", "/companies")]

    def fault(
        self, effect: str, *, operation: str = "*", company: CompanyAdmin | int | None = None, **options: Any
    ) -> int:
        """Put a fault in force.

        :param effect: an effect of :data:`debitoor_provider.sandbox.faults.Effect` or an alias such as ``cut_after``
        :param operation: operation name, wildcards allowed; see :meth:`operations`
        :param options: the selectors and details of :class:`debitoor_provider.sandbox.faults.Fault`
        :return: its id
        """
        company_id = company.id if isinstance(company, CompanyAdmin) else company
        body = {"effect": effect, "operation": operation, "company": company_id, **options}
        return int(self.call("POST", "/faults", body)["id"])

    def faults(self) -> list[JsonObject]:
        """Return the faults in force, with the calls that they matched (``seen``) and hit (``applied``)."""
        rows: list[JsonObject] = self.call("GET", "/faults")
        return rows

    def clear_faults(self, fault_id: int | None = None) -> None:
        """Remove one fault, or all."""
        self.call("DELETE", "/faults", params={"fault_id": fault_id})

    def calls(self, *, since: int = 0, **filters: Any) -> list[JsonObject]:
        """Return the calls after a sequence number, oldest first.

        :param filters: ``service`` (gmi or debitoor), ``operation`` (wildcards allowed), ``company``, ``status``,
            ``limit``
        """
        rows: list[JsonObject] = self.call("GET", "/log/calls", params={"since": since, **_ids(filters)})
        return rows

    def effects(self, *, since: int = 0, **filters: Any) -> list[JsonObject]:
        """Return the effects after a sequence number, oldest first.

        :param filters: ``service`` (gmi, debitoor or admin), ``kind`` (created, updated, deleted), ``object``, ``id``,
            ``company``, ``limit``
        """
        rows: list[JsonObject] = self.call("GET", "/log/effects", params={"since": since, **_ids(filters)})
        return rows

    def last_seq(self) -> int:
        """Return the newest number of the log."""
        return int(self.call("GET", "/health")["last_seq"])

    def now(self) -> datetime:
        """Return the sandbox's time, in UTC."""
        return datetime.fromisoformat(self.call("GET", "/health")["now"])

    def set_clock(self, now: datetime | None = None, *, frozen: bool = False) -> None:
        """Set the clock of both services, running or frozen; None goes back to the machine's time without offsets."""
        self.call("PUT", "/clock", {"now": now.isoformat() if now else None, "frozen": frozen})

    def advance(self, seconds: float) -> None:
        """Let time pass at once, for rate limits, codes and time stamps."""
        self.call("PUT", "/clock", {"advance": seconds})

    def shift_clock(self, service: Literal["gmi", "debitoor"], seconds: float) -> None:
        """Let the clock of one service be wrong by ``seconds``: its ``Date`` header and all its time stamps."""
        self.call("PUT", "/clock", {"service": service, "offset": seconds})

    def operations(self) -> list[JsonObject]:
        """Return all operations with name, method and path."""
        rows: list[JsonObject] = self.call("GET", "/operations")
        return rows

    def forget_limits(self) -> None:
        """Restart all rate-limit windows."""
        self.call("POST", "/limits/forget")

    def reset(self) -> None:
        """Delete everything: companies, data, faults, log and clock settings."""
        self.call("POST", "/reset")


def _ids(filters: JsonObject) -> JsonObject:
    company = filters.get("company")
    return filters | ({"company": company.id} if isinstance(company, CompanyAdmin) else {})
