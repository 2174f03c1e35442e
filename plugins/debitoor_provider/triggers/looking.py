"""Look again and again, without a worker, until there is what a sensor waits for."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.triggers.base import BaseTrigger, TriggerEvent

from debitoor_provider.policies.retry import next_look, passes
from debitoor_provider.triggers.threads import one_at_a_time

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class LookingTrigger(BaseTrigger):
    """Look at an interval; permanent errors are left to a worker, which reports it.

    :param poke_interval: seconds between two looks, and before the first one, since the sensor has just looked
    """

    arguments: ClassVar[tuple[str, ...]]
    """Its arguments, in addition to the interval."""

    def __init__(self, *, poke_interval: float = 60) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow's has no annotations
        self.poke_interval = poke_interval

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return how to make it again."""
        names = (*self.arguments, "poke_interval")
        return f"{type(self).__module__}.{type(self).__qualname__}", {name: getattr(self, name) for name in names}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Return one event: what was found, or ``None`` for a worker to look."""
        pause = self.poke_interval
        while True:
            await asyncio.sleep(pause)
            pause = self.poke_interval
            try:
                found = await one_at_a_time(self.lock_key, self.look)
            except Exception as error:  # noqa: BLE001  a worker meets it again, in the task's own log
                if not passes(error):
                    self.log.warning("What went wrong is reported by a worker: %s", error)
                    yield TriggerEvent(None)
                    return
                pause = next_look(error, pause)
                self.log.warning("The check failed and is repeated in %.0f s: %s", pause, error)
            else:
                if found:
                    yield TriggerEvent(found)
                    return

    @property
    @abstractmethod
    def lock_key(self) -> str:
        """By which triggers that ask the same exclude each other."""

    @abstractmethod
    def look(self) -> Any:
        """Return what was found; nothing when it is not there yet."""
