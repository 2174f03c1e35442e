"""What Airflow does with a sensor that waits in the triggerer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow.sdk.exceptions import TaskDeferred


def fired(deferred: TaskDeferred) -> Any:
    """Return what the trigger's only event has, after the trigger was stored."""
    path, kwargs = deferred.trigger.serialize()
    trigger = type(deferred.trigger)(**kwargs)
    assert path == f"{type(trigger).__module__}.{type(trigger).__qualname__}"

    async def events() -> list[Any]:
        return [event.payload async for event in trigger.run()]

    (payload,) = asyncio.run(asyncio.wait_for(events(), 30))
    return payload


def resumed(task: Any, deferred: TaskDeferred, event: Any, context: dict[str, Any]) -> Any:
    return task.resume_execution(deferred.method_name, {**(deferred.kwargs or {}), "event": event}, context)
