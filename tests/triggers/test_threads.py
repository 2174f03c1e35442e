"""Work in the threads of triggers."""

from __future__ import annotations

import asyncio
from typing import NoReturn

from debitoor_provider.triggers.threads import one_at_a_time


def fails() -> NoReturn:
    raise ZeroDivisionError


async def contend() -> list[BaseException]:
    found = await asyncio.gather(one_at_a_time("acme", fails), one_at_a_time("acme", fails), return_exceptions=True)
    return [error for error in found if isinstance(error, BaseException)]


def test_an_error_that_is_still_held_does_not_keep_another_event_loop_from_taking_turns() -> None:
    first = asyncio.run(contend())  # their tracebacks refer to the lock
    second = asyncio.run(contend())
    assert [type(error) for error in first + second] == [ZeroDivisionError] * 4
