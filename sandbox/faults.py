"""Faults on demand: which calls they hit, and what is to go wrong."""

from __future__ import annotations

import fnmatch
import random
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter

from sandbox import jsons

if TYPE_CHECKING:
    from sandbox.store import Store

Effect = Literal[
    "latency", "cut", "truncate", "truncate_hidden", "wrong_length", "stall", "html", "status", "rate_limited",
    "error_in_200", "redirect", "empty", "not_a_pdf", "drop_tags", "insert_row", "late_commit",
    "flood",
]  # fmt: skip
When = Literal["before", "after"]

ALIASES: dict[str, tuple[Effect, When]] = {
    "cut_before": ("cut", "before"),
    "cut_after": ("cut", "after"),
    "cut_after_without_tags": ("drop_tags", "after"),
}
# A spoilt body needs the true answer first, so these act after the effect unless told otherwise.
_AFTER_BY_NATURE = frozenset({"truncate", "truncate_hidden", "wrong_length", "stall", "empty", "not_a_pdf",
                              "drop_tags", "insert_row", "flood"})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One rule. Among the calls that it matches it hits all, or those that the selectors leave.

    :param operation: operation name, wildcards allowed
    :param method: HTTP method, any if None
    :param path: path with wildcards, any if None
    :param company: id of the company, any if None
    :param effect: what goes wrong
    :param when: before the call took effect, or after it did
    :param probability: share of the calls hit
    :param every: hit every nth
    :param times: hit the next n, then no more
    :param between: hit only the calls number a to b, counted from 1
    :param seed: of the draws for ``probability``
    :param seconds: duration of ``latency``, longest duration of ``stall``; of the sandbox's clock, until a
        ``late_commit`` happens
    :param status: of ``status``, ``html``, ``error_in_200``, ``redirect`` and ``late_commit``
    :param body: of ``status`` and ``late_commit``; text as it is, anything else as JSON; None means the service's own
        error body
    :param headers: added to the spoilt answer
    :param code: inner error code of GetMyInvoices, by default the status
    :param retry_after: of ``rate_limited``: seconds, the same as an HTTP date, or no header
    :param retry_after_form: seconds or date
    :param keep: share of the body that ``truncate`` lets through
    :param delta: what ``wrong_length`` adds to the true length
    :param location: of ``redirect``
    :param megabytes: of blanks that ``flood`` puts after the true body
    :param announced: whether a ``flood`` tells its length
    :param compressed: whether a ``flood`` comes as gzip, a thousandth of its size, and without its length
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
    headers: dict[str, str] = field(default_factory=dict)
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
        """Build a rule, aliases such as ``cut_after`` included.

        :raises ValueError: for an unknown option or an unfit value
        """
        name, natural = ALIASES.get(effect, (effect, "after" if effect in _AFTER_BY_NATURE else "before"))
        rule = {"effect": name, "when": when or natural, **options}
        if unknown := options.keys() - cls.__dataclass_fields__.keys():
            raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
        return TypeAdapter(cls).validate_python(rule)

    def matches(self, operation: str, method: str, path: str, company: int | None) -> bool:
        """Does the rule speak of this call?"""
        return (
            (self.company is None or self.company == company)
            and fnmatch.fnmatchcase(operation, self.operation)
            and (self.method is None or self.method == method)
            and (self.path is None or fnmatch.fnmatchcase(path, self.path))
        )


@dataclass(slots=True)
class _Active:
    id: int
    fault: Fault
    random: random.Random
    seen: int = 0
    applied: int = 0

    def hits(self) -> bool:
        """Count one matching call and tell whether the fault hits it."""
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

    def __init__(self, store: Store) -> None:
        self._store = store
        self._active: list[_Active] = []
        self._counted: set[int] = set()  # whose counts are not written down yet
        self.reload()

    def reload(self) -> None:
        """Read the rules from the store, with their counts."""
        self._active = []
        for fault_id, rule, seen, applied in self._store.rows("SELECT id, rule, seen, applied FROM fault ORDER BY id"):
            active = _Active(fault_id, _load(rule), random.Random())
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
            "INSERT INTO fault (rule, seen, applied) VALUES (?, 0, 0)", jsons.text(asdict(fault))
        )
        fault_id = int(cursor.lastrowid or 0)
        self._active.append(_Active(fault_id, fault, random.Random(fault.seed)))
        return fault_id

    def clear(self, fault_id: int | None = None) -> None:
        """Remove one rule, or all."""
        self._active = [active for active in self._active if fault_id not in (None, active.id)]
        self._store.execute("DELETE FROM fault WHERE ?1 IS NULL OR id = ?1", fault_id)

    def list(self) -> list[dict[str, Any]]:
        """The rules with the calls they matched and hit."""
        return [
            {"id": active.id, "seen": active.seen, "applied": active.applied, **asdict(active.fault)}
            for active in self._active
        ]

    def pick(self, operation: str, method: str, path: str, company: int | None) -> Fault | None:
        """The fault that hits this call, if any."""
        for active in self._active:
            if active.fault.matches(operation, method, path, company):
                self._counted.add(active.id)
                if active.hits():
                    return active.fault
        return None

    def keep_counts(self) -> None:
        """Write down what was counted since; inside the transaction of a call, where it costs next to nothing."""
        if self._counted:
            for active in self._active:
                if active.id in self._counted:
                    self._store.execute(
                        "UPDATE fault SET seen = ?, applied = ? WHERE id = ?", active.seen, active.applied, active.id
                    )
            self._counted.clear()


def _load(rule: str) -> Fault:
    fields = jsons.parse(rule)
    between = fields["between"]
    fields["between"] = (int(between[0]), int(between[1])) if between else None
    for name in ("probability", "seconds", "keep"):
        fields[name] = float(fields[name])
    return Fault(**fields)
