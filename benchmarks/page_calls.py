"""The calls of the Synchronisation page that are measured, and how long they take."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from benchmarks.page_server import Page
from benchmarks.shelf import BIG, name_of

Call = Callable[[], object]

SCRIPT = "script of the page"
"""A file that the server only sends: how fast the machine is."""
THOROUGH = "everything"
"""What the calls are named after that look through a million documents, because a person asked for it."""
_SMALL = name_of(1)
_WARM_UP = 3
_THOROUGH_ROUNDS = 5
_NEWEST = {"newest": "true"}
"""A search as the page makes it; only a person who asks for it has all documents looked through."""
_ACT = "action on 50 documents"
_AFTER = "accounts after an action"


def calls_of(page: Page) -> tuple[dict[str, Call], list[str]]:
    """Return the calls by what they ask for, and those that the page refuses."""
    big, small = f"api/accounts/{BIG}", f"api/accounts/{_SMALL}"
    newest = {} if page.refuses(f"{big}/documents", search="energy 44", **_NEWEST) else _NEWEST  # an earlier build
    some_id = page.get(f"{big}/documents", limit=1).json()["documents"][0]["id"]
    found: dict[str, Call] = {
        "me": lambda: page.get("api/me"),
        "choices": lambda: page.get("api/choices"),
        "connections": lambda: page.get("api/connections"),
        "accounts": lambda: page.get("api/accounts"),
        "accounts, searched": lambda: page.get("api/accounts", search="energy 4"),
        "accounts, by state and attention": lambda: page.get("api/accounts", state="attention", order="-attention"),
        "accounts, last page": lambda: page.get("api/accounts", offset=950, order="-moved"),
        "one account, large": lambda: page.get(big),
        "one account": lambda: page.get(small),
        "documents of 900": lambda: page.get(f"{small}/documents"),
        "documents of 100,000": lambda: page.get(f"{big}/documents"),
        "100,000 of some states": lambda: page.get(f"{big}/documents", state=["held", "waiting"]),
        "100,000 searched": lambda: page.get(f"{big}/documents", search="energy 44", **newest),
        "100,000 searched, no match": lambda: page.get(f"{big}/documents", search="nothing like this", **newest),
        "100,000 searched by amount": lambda: page.get(
            f"{big}/documents", search="energy 44", order="-amount", **newest
        ),
        "100,000 of a period": lambda: page.get(f"{big}/documents", **{"from": _day(20), "to": _day(10)}),
        "100,000 deep down": lambda: page.get(f"{big}/documents", offset=90_000),
        "100,000 without e-invoice": lambda: page.get(f"{big}/documents", invoice="none", state=["moved"]),
        "all documents": lambda: page.get("api/documents"),
        "all documents, some states": lambda: page.get("api/documents", state=["archived", "moved", "held"]),
        "all documents, of a period": lambda: page.get("api/documents", **{"from": _day(20), "to": _day(19)}),
        "all documents, of an e-invoice": lambda: page.get("api/documents", invoice="contradicts"),
        "all documents, without e-invoice": lambda: page.get("api/documents", invoice="none"),
        "all documents, of a period without": lambda: page.get(
            "api/documents", invoice="none", **{"from": _day(20), "to": _day(19)}
        ),
        "all documents, searched": lambda: page.get("api/documents", search="energy 44", **newest),
        "all documents, searched, no match": lambda: page.get("api/documents", search="nothing like this", **newest),
        "all documents, searched by amount": lambda: page.get(
            "api/documents", search="energy 44", order="-amount", **newest
        ),
        f"{THOROUGH}, looked through for a text": lambda: page.get("api/documents", search="energy 44"),
        f"{THOROUGH}, looked through, no match": lambda: page.get("api/documents", search="nothing like this"),
        f"{THOROUGH}, looked through for a text in attention": lambda: page.get("api/attention", search="energy 44"),
        f"{THOROUGH}, sums": lambda: page.get("api/documents/sums"),
        "count of attention": lambda: page.get("api/attention/count"),
        "one document": lambda: page.get(f"{big}/documents/{some_id}"),
        "table of 900": lambda: page.get(f"{small}/documents.csv"),
        "attention": lambda: page.get("api/attention"),
        "attention, one reason": lambda: page.get("api/attention", code="reverse_charge", offset=1_000),
        "attention, searched": lambda: page.get("api/attention", search="energy 44", **newest),
        "attention, one account": lambda: page.get("api/attention", account=BIG),
        "runs": lambda: page.get("api/runs"),
        "runs of an account": lambda: page.get(f"{small}/runs"),
        SCRIPT: lambda: page.get("static/x/app.js"),
        "openapi.json": lambda: page.get("openapi.json"),
    }
    refused: list[str] = []
    described = page.get("openapi.json").json()
    for what, path, url in (
        ("accounts", "/api/accounts", "api/accounts"),
        ("100,000", "/api/accounts/{account_id}/documents", f"{big}/documents"),
        ("all documents", "/api/documents", "api/documents"),
    ):
        for order in _orders(described, path):
            if page.refuses(url, order=order):
                refused.append(f"{what} by {order}")
                continue
            found[f"{what} by {order}"] = partial(page.get, url, order=order)
    return found, refused


def changes_of(page: Page) -> dict[str, tuple[Call | None, Call]]:
    """Return the calls that change something or follow a change: what is done before each time, and the call."""
    big = f"api/accounts/{BIG}"
    held = [document["id"] for document in page.get(f"{big}/documents", state="held", limit=50).json()["documents"]]
    turns = iter(["ignore", "send"] * 10_000)

    def act() -> object:
        body = {"action": next(turns), "ids": held, "reason": "to see how long it takes"}
        return page.post(f"{big}/documents/actions", body)

    return {_ACT: (None, act), _AFTER: (act, lambda: page.get("api/accounts"))}


def milliseconds(page: Page, rounds: int) -> tuple[dict[str, list[float]], list[str]]:
    """Make each call several times; return how long each time took, by what was asked for, and what was refused."""
    calls, refused = calls_of(page)
    plain = {what: (None, call) for what, call in calls.items()}
    times = {
        what: measured(call, min(rounds, _THOROUGH_ROUNDS) if is_thorough(what) else rounds, before)
        for what, (before, call) in (plain | changes_of(page)).items()
    }
    return times, refused


def is_thorough(what: str) -> bool:
    """Return whether a call looks through everything, and has a limit of its own."""
    return what.startswith(THOROUGH)


def measured(call: Call, rounds: int, before: Call | None = None) -> list[float]:
    """Return the milliseconds that a call took each time, warmed up.

    :param before: what is done before each time and does not count
    """
    for _ in range(_WARM_UP):
        call()
    times = []
    for _ in range(rounds):
        if before:
            before()
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return times


def p95(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def slowest(times: Mapping[str, list[float]], *words: str) -> tuple[str, float]:
    """Return the call with the largest 95th percentile, and that figure.

    :param words: only of those whose name has one of them; without any, of all that are not thorough
    """
    chosen = {
        what: p95(taken)
        for what, taken in times.items()
        if (any(one in what for one in words) if words else not is_thorough(what))
    }
    return max(chosen.items(), key=lambda item: item[1])


def limit_here(times: Mapping[str, list[float]], limit: float, usual: float) -> float:
    """Return a limit for this machine, from one for a machine that sends the page's script in a usual time.

    :param limit: in milliseconds
    :param usual: in milliseconds
    """
    return limit * statistics.median(times[SCRIPT]) / usual


def _orders(described: Mapping[str, Any], path: str) -> list[str]:
    """Return what a list can be sorted by, as the API describes itself."""
    operations = [one["get"] for known, one in described["paths"].items() if known.endswith(path) and "get" in one]
    parameters = [one for operation in operations for one in operation["parameters"] if one["name"] == "order"]
    if not parameters or not parameters[0]["schema"].get("enum"):
        raise LookupError(f"{path} has no order")
    return [str(order) for order in parameters[0]["schema"]["enum"]]


def _day(ago: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() - ago * 86_400))
