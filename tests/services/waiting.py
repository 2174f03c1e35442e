"""In place of a wait: the test learns of it instead."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from debitoor_provider.services.pacing.pacer import Pacer


class Woken(Exception):
    """Raised in place of a wait, with its seconds."""

    @property
    def seconds(self) -> float:
        return float(self.args[0])


def no_waiting(seconds: float) -> None:
    raise Woken(seconds)


def allowed_at_once(pacer: Pacer, calls: int) -> int:
    """Let eight threads try so many calls; return how many need not wait. The pacer's sleep is :func:`no_waiting`."""

    def allowed(_: int) -> bool:
        try:
            pacer.acquire()
        except Woken:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(allowed, range(calls)))
