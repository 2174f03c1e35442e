"""Wait in the triggerer for the answer to a question that was asked already."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.triggers.hitl import HITLTrigger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from airflow.triggers.base import TriggerEvent


class AnswerTrigger(HITLTrigger):
    """A :class:`HITLTrigger` that looks for the first time after an interval.

    An answer that already exists would resume a task before the LocalExecutor has seen its process end, and Airflow
    would take the task for killed.
    """

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return how to make it again."""
        _, arguments = super().serialize()
        return f"{type(self).__module__}.{type(self).__qualname__}", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Return one event: the answer, or that nobody answered in time."""
        await asyncio.sleep(self.poke_interval)
        async for event in super().run():
            yield event
