"""Valid settings of accounts of every kind, for Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from debitoor_provider.services.getmyinvoices.enums import DocumentType, PaymentStatus
from debitoor_provider.sync.accounts.frequency import FREQUENCIES
from debitoor_provider.sync.accounts.sections import SpecificationField
from debitoor_provider.sync.accounts.times import Weekday
from debitoor_provider.sync.text import fold, is_invisible

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "UTC",
]
_RANGES = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]
_NAMES = {3: ["jan", "FEB", "dec"], 4: ["mon", "SUN", "Fri"]}


@st.composite
def _cron_item(draw: st.DrawFn, index: int) -> str:
    first, last = _RANGES[index]
    value = st.integers(first, last).map(str)
    if index in _NAMES:
        value |= st.sampled_from(_NAMES[index])
    kind = draw(st.sampled_from(["*", "*", "one", "one", "range", "step", "stepped"]))
    if kind == "one":
        return draw(value)
    if kind == "range":
        return f"{draw(value)}-{draw(value)}"
    if kind == "step":
        return f"*/{draw(st.integers(1, last))}"
    if kind == "stepped":
        return f"{draw(value)}-{last}/{draw(st.integers(1, 9))}"
    return "*"


def _cron_field(index: int) -> st.SearchStrategy[str]:
    some = st.lists(_cron_item(index), min_size=1, max_size=3)
    return (some | st.lists(_cron_item(index), min_size=10, max_size=40)).map(",".join)


CRONS = st.tuples(*map(_cron_field, range(5))).map(" ".join)
"""Cron expressions; a few match no day, and a few are too long."""


def texts(limit: int, *, lines: bool = False) -> st.SearchStrategy[str]:
    """Return text that can be seen, from any script, with whatever markup, up to a length."""
    hostile = st.sampled_from(
        ["{{ x }}", "{% y %}", "<b>", "[a](b)", "'", '"', "#", ": ", "%s", "\\", "README.md", "🙂"]
    )
    anything = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]).filter(lambda char: not is_invisible(char))
    pieces = hostile | anything | (st.just("\n") if lines else st.nothing())
    text = st.lists(pieces, min_size=1, max_size=limit // 8).map("".join).map(str.strip)
    return text.filter(lambda text: 0 < len(text) <= limit)


def _distinct(items: st.SearchStrategy[Any], size: int = 4) -> st.SearchStrategy[list[Any]]:
    return st.lists(
        items, min_size=1, max_size=size, unique_by=lambda item: fold(item) if isinstance(item, str) else item
    )


_CONNECTION = st.from_regex(r"\A[A-Za-z0-9_\-./]{1,250}\Z")
_DAY = st.dates().map(str)
_COMMON: dict[str, st.SearchStrategy[Any]] = {
    "frequency": st.sampled_from(list(FREQUENCIES)) | CRONS,
    "at": st.times().map(lambda time: f"{time:%H:%M}"),
    "days": _distinct(st.sampled_from([str(day) for day in Weekday])),
    "timezone": st.sampled_from(ZONES),
    "note": texts(2000, lines=True),
    "period": st.fixed_dictionaries({}, optional={"from": _DAY}) | st.fixed_dictionaries({}, optional={"to": _DAY}),
    "parallel": st.integers(1, 64),
    "pool": texts(256),
    "retries": st.integers(0, 20),
}
_EXPORT: dict[str, st.SearchStrategy[Any]] = _COMMON | {
    "filter": st.fixed_dictionaries(
        {},
        optional={
            "document_types": _distinct(
                st.sampled_from([kind.value for kind in DocumentType if kind != "SALES_INVOICE"])
            ),
            "tags": st.fixed_dictionaries({}, optional={"any": _distinct(texts(200))})
            | st.fixed_dictionaries({}, optional={"none": _distinct(texts(200))}),
            "companies": st.fixed_dictionaries({"include": _distinct(texts(200) | st.integers(1, 10**9))}),
            "payment_status": _distinct(st.sampled_from([status.value for status in PaymentStatus])),
            "approved_only": st.booleans(),
        },
    ),
    "rename": st.just("{document_date}_{company:upper:20}") | texts(500).filter(lambda text: not {*"{}"} & {*text}),
    "specification": _distinct(st.sampled_from([field.value for field in SpecificationField])),
    "archive_after_transfer": st.booleans(),
    "two_rates": st.sampled_from(["nearest", "hold"]),
    "books": st.fixed_dictionaries(
        {}, optional={"currency": st.sampled_from(["EUR", "DKK"]), "country": st.just("DE")}
    ),
    "category": texts(200),
}
_IMPORT: dict[str, st.SearchStrategy[Any]] = _COMMON | {
    "documents": _distinct(st.sampled_from(["invoices", "credit_notes"])),
    "defaults": st.fixed_dictionaries(
        {}, optional={"company": texts(200), "note": texts(500), "tags": _distinct(texts(200))}
    ),
}


def _settings(kind: str, optional: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    required = {
        "type": st.just(kind),
        "name": texts(200),
        "debitoor_id": st.just("books@acme.example"),
        "connections": st.fixed_dictionaries({"getmyinvoices": _CONNECTION, "debitoor": _CONNECTION}),
    }
    return st.fixed_dictionaries(required, optional=optional).map(_timed)


def _timed(settings: dict[str, Any]) -> dict[str, Any]:
    """Leave out the time of day and the weekdays where the frequency has none."""
    frequency = settings.get("frequency", "daily")
    unused = {"at": frequency not in ("daily", "weekly", "monthly"), "days": frequency != "weekly"}
    return {name: value for name, value in settings.items() if not unused.get(name)}


ACCOUNTS = _settings("export", _EXPORT) | _settings("import", _IMPORT)
"""Settings as in an account file; valid but for a few schedules that are refused."""
