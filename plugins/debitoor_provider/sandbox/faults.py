"""Faults on demand: the rules that select calls and name the effect on each."""

from __future__ import annotations

import fnmatch
import random
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter

from debitoor_provider.sandbox import json_codec

if TYPE_CHECKING:
    from debitoor_provider.sandbox.store import SandboxStore

Effect = Literal[
    "latency", "cut", "cut_in_headers", "close_delimited", "truncate", "truncate_hidden", "wrong_length", "stall",
    "drip", "flood", "html", "status", "rate_limited", "error_in_200", "redirect", "empty", "not_a_pdf", "headers",
    "drop_tags", "insert_row", "late_commit", "deliver_twice",
]  # fmt: skip
When = Literal["before", "after"]

ALIASES: dict[str, tuple[Effect, When]] = {
    "cut_before": ("cut", "before"),
    "cut_after": ("cut", "after"),
    "cut_after_without_tags": ("drop_tags", "after"),
}
# These change the true answer, so by default they act after the call took effect.
_AFTER_BY_DEFAULT = frozenset(
    {
        "cut_in_headers", "close_delimited", "truncate", "truncate_hidden", "wrong_length", "stall", "drip", "flood",
        "empty", "not_a_pdf", "headers", "drop_tags", "insert_row", "deliver_twice",
    }
)  # fmt: skip
_ALWAYS_HANDLED = frozenset({"latency", "headers", "deliver_twice"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One rule. It hits all calls that it matches, or those that its selectors choose among them.

    :param operation: operation name, wildcards allowed
    :param method: HTTP method, any if None
    :param path: path with wildcards, any if None
    :param company: id of the company, any if None
    :param effect: what goes wrong
    :param when: before or after the call takes effect
    :param probability: share of the calls that are hit
    :param every: hit every nth call
    :param times: hit only the next n calls
    :param between: hit only the calls number a to b, counted from 1
    :param seed: of the draws for ``probability``
    :param seconds: duration of ``latency``, longest duration of ``stall``, pause after each byte of ``drip``; by the
        sandbox's clock, delay of a ``late_commit``
    :param status: of ``status``, ``html``, ``error_in_200``, ``redirect`` and ``late_commit``
    :param body: of ``status`` and ``late_commit``; text as it is, anything else as JSON; None means the service's own
        error body
    :param headers: set on the answer; a header whose value is None is removed
    :param code: inner error code of GetMyInvoices, by default the status
    :param retry_after: of ``rate_limited``, in seconds; None sends no header
    :param retry_after_form: send seconds or an HTTP date
    :param keep: share of the body that ``truncate`` and ``close_delimited`` send, share of the head that
        ``cut_in_headers`` sends
    :param delta: what ``wrong_length`` adds to the true length
    :param location: of ``redirect``
    :param megabytes: of blanks that ``flood`` and ``drip`` send after the true body
    :param announced: whether ``flood`` announces its length
    :param compressed: whether ``flood`` is compressed as gzip to a thousandth of its size, without its length
    """

    operation: str = "*"
    method: str | None = None
    path: str | None = None
    company: int | None = None
    effect: Effect
    when: When = "before"
    probability: float = 1.0
    every: int = 1
    times: int | None = None
    between: tuple[int, int] | None = None
    seed: int = 0
    seconds: float = 1.0
    status: int | None = None
    body: Any = None
    headers: dict[str, str | None] = field(default_factory=dict)
    code: int | None = None
    retry_after: int | None = None
    retry_after_form: Literal["seconds", "date"] = "seconds"
    keep: float = 0.5
    delta: int = 7
    location: str = "http://elsewhere.invalid/"
    megabytes: int = 200
    announced: bool = True
    compressed: bool = False

    @classmethod
    def make(cls, effect: str, when: When | None = None, **options: Any) -> Fault:
        """Build a rule from an effect or an alias such as ``cut_after``.

        :raises ValueError: for an unknown option or an invalid value
        """
        name, default = ALIASES.get(effect, (effect, "after" if effect in _AFTER_BY_DEFAULT else "before"))
        rule = {"effect": name, "when": when or default, **options}
        if unknown := options.keys() - cls.__dataclass_fields__.keys():
            raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
        return _FAULT.validate_python(rule)

    @property
    def skips_handler(self) -> bool:
        """Return whether the call takes no effect."""
        return self.when == "before" and self.effect not in _ALWAYS_HANDLED

    def matches(self, operation: str, method: str, path: str, company: int | None) -> bool:
        """Return whether the rule applies to this call."""
        return (
            (self.company is None or self.company == company)
            and fnmatch.fnmatchcase(operation, self.operation)
            and (self.method is None or self.method == method)
            and (self.path is None or fnmatch.fnmatchcase(path, self.path))
        )


_FAULT = TypeAdapter(Fault)


@dataclass(slots=True)
class _Active:
    id: int
    fault: Fault
    random: random.Random
    seen: int = 0
    applied: int = 0

    def hits(self) -> bool:
        """Count one matching call and return whether the fault hits it."""
        self.seen += 1
        fault = self.fault
        drawn = fault.probability >= 1 or self.random.random() < fault.probability
        hit = (
            drawn
            and self.seen % fault.every == 0
            and (fault.times is None or self.applied < fault.times)
            and (fault.between is None or fault.between[0] <= self.seen <= fault.between[1])
        )
        self.applied += hit
        return hit


class Faults:
    """The rules in force, oldest first; the first that hits a call is applied."""

    def __init__(self, store: SandboxStore) -> None:
        self._store = store
        self._active: list[_Active] = []
        self._unsaved: set[int] = set()  # ids of rules whose counts changed
        self.reload()

    def reload(self) -> None:
        """Read the rules from the store, with their counts."""
        self._active = []
        for fault_id, rule, seen, applied in self._store.rows("SELECT id, rule, seen, applied FROM fault ORDER BY id"):
            active = _Active(fault_id, _FAULT.validate_python(json_codec.parse(rule)), random.Random())
            active.random.seed(active.fault.seed)
            for _ in range(seen if active.fault.probability < 1 else 0):
                active.random.random()
            active.seen, active.applied = seen, applied
            self._active.append(active)

    def add(self, fault: Fault) -> int:
        """Put a rule in force.

        :return: its id
        """
        cursor = self._store.execute(
            "INSERT INTO fault (rule, seen, applied) VALUES (?, 0, 0)", json_codec.text(asdict(fault))
        )
        fault_id = int(cursor.lastrowid or 0)
        self._active.append(_Active(fault_id, fault, random.Random(fault.seed)))
        return fault_id

    def clear(self, fault_id: int | None = None) -> None:
        """Remove one rule, or all."""
        self._active = [active for active in self._active if fault_id not in (None, active.id)]
        self._store.execute("DELETE FROM fault WHERE ?1 IS NULL OR id = ?1", fault_id)

    def list(self) -> list[dict[str, Any]]:
        """Return the rules with the calls that they matched and hit."""
        return [
            {"id": active.id, "seen": active.seen, "applied": active.applied, **asdict(active.fault)}
            for active in self._active
        ]

    def pick(self, operation: str, method: str, path: str, company: int | None) -> Fault | None:
        """Return the fault that hits this call, if any."""
        for active in self._active:
            if active.fault.matches(operation, method, path, company):
                self._unsaved.add(active.id)
                if active.hits():
                    return active.fault
        return None

    def save_counts(self) -> None:
        """Store the changed counts; called inside the transaction of a call, where it is cheap."""
        if self._unsaved:
            for active in self._active:
                if active.id in self._unsaved:
                    self._store.execute(
                        "UPDATE fault SET seen = ?, applied = ? WHERE id = ?", active.seen, active.applied, active.id
                    )
            self._unsaved.clear()
