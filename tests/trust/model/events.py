"""What may happen to a company, each with what is drawn for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable


def event(
    *, needs: Callable[[Any], bool] | None = None, times: int = 1, **given: st.SearchStrategy[Any]
) -> Callable[[Any], Any]:
    """Mark a method as something that may happen.

    :param needs: whether it can happen now; otherwise nothing does
    :param times: how much more often than others
    :param given: its arguments
    """

    def mark(method: Any) -> Any:
        method.needs, method.times, method.given = needs, times, given
        return method

    return mark


def events(machine: type) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """Draw the name of a method of the machine that was marked, and its arguments."""
    methods = [
        method for part in reversed(machine.__mro__) for method in vars(part).values() if hasattr(method, "given")
    ]
    return st.one_of(
        [
            st.tuples(st.just(method.__name__), st.fixed_dictionaries(method.given))
            for method in methods
            for _ in range(method.times)
        ]
    )
