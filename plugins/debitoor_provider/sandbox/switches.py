"""What can be switched at run time, per company: the behaviours that the contracts only assume (G 12, 14, D 2)."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Literal, Self

from debitoor_provider.sandbox import contract

Retired = Literal["not_found", "forbidden", "gone", "moved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """Behaviour of one company's two accounts; each default is what the contract assumes.

    ``docs/sandbox.md`` describes each value.
    """

    # Both services
    retired: dict[str, Retired] = field(default_factory=dict)  # G 1.1, D 1: answer by pattern of the path
    # GetMyInvoices
    error_shape: Literal["errors", "flat"] = "errors"
    rate_limit_status: Literal[429, 403] = 429
    user_agent_check: Literal["on", "off", "share"] = "on"
    user_agent_share: float = 0.5  # share of the calls that are checked, with "share"
    records_shape: Literal["array", "object"] = "array"  # G 12
    file_endpoint: Literal["raw", "absent", "json"] = "raw"
    list_order: Literal["newest", "shuffled"] = "newest"
    due_date_when_unset: Literal["", "0000-00-00"] | None = ""
    amounts: Literal["number", "string", "comma"] = "number"  # G 4.3
    permission: Literal["full", "read"] = "full"  # G 1.7: a key that only reads is refused for writing with code 430
    marks_reported: bool = True  # G 15: whether a person's change of tags, archive or approval sets the time of change
    undated_in_period: bool = False  # G 4.1, A-25: whether a date filter keeps documents without a date
    tag_comparison: Literal["caseless", "exact", "normalized"] = "caseless"
    # Debitoor
    expenses_v5: bool = False  # D 6.6
    max_limit: int | None = None  # A6: a silent cap on the rows of a page
    reverse_charge_check: bool = False  # A24
    strict_bookkeeping: bool = False  # A20, A21
    attachment_over_quota: bool = False  # D 5.3: the plan's quota is used up; the call succeeds anyway
    credit_note_amounts: Literal["negative", "positive"] = "negative"  # D 7: the sign is documented nowhere
    cancelled_readable: bool = True  # A37: whether an invoice that a credit note cancels can be read by its id
    environment_without: tuple[Literal["email", "countryCode", "currency"], ...] = ()  # A27: only the id is certain


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """Rate limits of one company; None switches a limit off."""

    gmi_per_minute: int | None = contract.GMI_CALLS_PER_MINUTE
    gmi_per_hour: int | None = contract.GMI_CALLS_PER_HOUR
    gmi_per_day: int | None = contract.GMI_CALLS_PER_DAY
    gmi_uploads_per_hour: int | None = contract.GMI_UPLOADS_PER_HOUR
    debitoor_per_minute: int | None = None  # A30

    @classmethod
    def none(cls) -> Self:
        """Return limits that are all off."""
        return cls(**dict.fromkeys((field.name for field in fields(cls)), None))
