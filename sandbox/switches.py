"""What can be switched at run time, per company: the points where a contract leaves room (G 12, D 2)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, Self

from sandbox import contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """Behaviour of one company's two accounts; each default is what the contract assumes."""

    # GetMyInvoices (G 12)
    error_shape: Literal["errors", "flat"] = "errors"
    rate_limit_status: Literal[429, 403] = 429
    user_agent_check: Literal["on", "off", "share"] = "on"
    user_agent_share: float = 0.5  # share of the calls that are checked, with "share"
    records_shape: Literal["array", "object"] = "array"
    file_endpoint: Literal["raw", "absent", "json"] = "raw"
    list_order: Literal["newest", "shuffled"] = "newest"
    due_date_when_unset: Literal["", "0000-00-00"] | None = ""
    amounts: Literal["number", "string"] = "number"
    permission: Literal["full", "read"] = "full"  # a lesser key is refused for writing with code 430
    marks_reported: bool = True  # G 15: whether a person's change of tags, archive or approval sets the time of change
    # Debitoor (D 2)
    expenses_v5: bool = False
    max_limit: int | None = None  # A6: a silent cap on the rows of a page
    reverse_charge_check: bool = False  # A24
    strict_bookkeeping: bool = False  # A20, A21
    attachment_over_quota: bool = False  # D 5.3: the plan's quota is used up; the call succeeds all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Rate limits of one company; None switches a limit off."""

    gmi_per_minute: int | None = contract.GMI_CALLS_PER_MINUTE
    gmi_per_hour: int | None = contract.GMI_CALLS_PER_HOUR
    gmi_per_day: int | None = contract.GMI_CALLS_PER_DAY
    gmi_uploads_per_hour: int | None = contract.GMI_UPLOADS_PER_HOUR
    debitoor_per_minute: int | None = None  # A30

    @classmethod
    def none(cls) -> Self:
        """No limit at all."""
        return cls(**dict.fromkeys((field.name for field in fields(cls)), None))
