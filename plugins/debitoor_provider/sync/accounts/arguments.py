"""What the author of a DAG writes instead of an account file, checked while the DAG is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.sync.accounts.values import did_you_mean, quoted

if TYPE_CHECKING:
    from collections.abc import Collection


class ArgumentError(ValueError):
    """An argument that cannot be used.

    :param message: names the argument, what is wrong with it, and what was probably meant
    """

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def require_choice(name: str, value: object, choices: Collection[str]) -> None:
    """Check one of a few values; a template is known at run time only.

    :param choices: an empty one means that the argument may be left out
    :raises ArgumentError: for another one
    """
    if value in choices or (isinstance(value, str) and "{" in value):
        return
    named = [choice for choice in choices if choice]
    hint = did_you_mean(str(value), named)
    raise ArgumentError(Message("argument_not_a_choice", name=name, value=quoted(value), choices=named, hint=hint))


def require_count(name: str, value: object) -> None:
    """Check a number of things that is at least one.

    :raises ArgumentError: for anything else
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ArgumentError(Message("argument_not_a_count", name=name, value=quoted(value)))
