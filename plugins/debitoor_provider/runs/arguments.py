"""What the author of a DAG writes instead of an account file, checked while the DAG is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from debitoor_provider.messages import Message, labelled
from debitoor_provider.sync.accounts.problems import causes, explain, field_path
from debitoor_provider.sync.accounts.settings import Account
from debitoor_provider.sync.accounts.values import did_you_mean, plainly, quoted
from debitoor_provider.sync.directions import DIRECTIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pydantic import BaseModel


_OF_THE_DAG = frozenset({"connections", "frequency", "pool", "retries"})
"""What an operator has arguments of its own for, or its DAG decides."""


class ArgumentError(ValueError):
    """An argument that cannot be used.

    :param message: names the argument, what is wrong with it, and what was probably meant
    """

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def account_of_arguments(
    account_id: str, arguments: Mapping[str, Any], connections: Mapping[str, str], direction: str | None = None
) -> Account:
    """Return the settings that a DAG's author gave, validated as those of an account file are.

    :param account_id: what the account is called where no ``name`` is given
    :param arguments: the settings by their names in an account file
    :param connections: ids of the connections by service; by default ``getmyinvoices_default`` and the like
    :param direction: the ``type`` where none is given
    :raises ArgumentError: naming each argument, what is wrong with it, and what was probably meant
    """
    given: dict[str, Any] = {"name": account_id, "frequency": "manual", **arguments}
    kind = given.setdefault("type", direction)
    if kind is None:
        raise _unusable(account_id, [("type", Message("account_type_missing", choices=list(DIRECTIONS)))])
    if kind not in DIRECTIONS:
        hint = did_you_mean(str(kind), DIRECTIONS)
        message = Message("account_type_unknown", value=quoted(kind), choices=list(DIRECTIONS), hint=hint)
        raise _unusable(account_id, [("type", message)])
    row = DIRECTIONS[kind]
    by_default = {service: f"{service}_default" for service in row.hooks}
    given["connections"] = by_default | dict(given.get("connections") or {}) | dict(connections)
    try:
        return row.settings.model_validate(given)
    except ValidationError as error:
        others = [other.settings for other in DIRECTIONS.values() if other is not row]
        raise unusable(account_id, error, row.settings, others) from None


def unusable(
    account_id: str, error: ValidationError, model: type[BaseModel], others: Sequence[type[BaseModel]] = ()
) -> ArgumentError:
    """Return the error that names each argument that a model does not take.

    :param others: other models, which may be meant
    """
    details = causes(error)
    return _unusable(account_id, [(field_path(detail["loc"]), explain(detail, model, others)) for detail in details])


def require_known(operator: str, names: Collection[str], own: Collection[str]) -> None:
    """Check the names of arguments that an operator does not have itself: they are settings of an account.

    :param operator: name of the operator
    :param names: of the arguments
    :param own: the arguments that the operator has
    :raises ArgumentError: naming one that is no setting, and what was probably meant
    """
    if not names:
        return
    settings = {name for row in DIRECTIONS.values() for name in row.settings.model_fields} - _OF_THE_DAG
    for name in names:
        if name == "frequency":
            raise ArgumentError(Message("argument_frequency", operator=operator, name=quoted(name)))
        if name == "connections":
            services = dict.fromkeys(service for row in DIRECTIONS.values() for service in row.hooks)
            those = [f"{service}_conn_id" for service in services]
            raise ArgumentError(Message("argument_connections", operator=operator, name=quoted(name), names=those))
        if name not in settings:
            hint = did_you_mean(name, [*sorted(settings), *own])
            raise ArgumentError(
                Message("argument_unknown", operator=operator, name=quoted(name), hint=hint, names=sorted(settings))
            )


def require_beside(names: Collection[str]) -> None:
    """Check that there are no arguments next to complete settings.

    :raises ArgumentError: naming one
    """
    for name in names:
        raise ArgumentError(Message("argument_beside_settings", name=name))


def require_settings(settings: object) -> None:
    """Check that settings are settings, and not the path of an account file.

    :raises ArgumentError: for anything else
    """
    if settings is not None and not isinstance(settings, Mapping | Account):
        raise ArgumentError(Message("argument_no_settings", value=quoted(settings)))


def no_account_id(account_id: str) -> ArgumentError:
    """Return the error that a text cannot be the id of an account."""
    return ArgumentError(Message("argument_account_id", value=quoted(account_id)))


def require_direction(operator: str, given: object, direction: str | None, *, archives: bool = False) -> None:
    """Check that settings are of a direction that an operator is for.

    :param given: the ``type`` of the settings; ``None`` when it is left out
    :param direction: the operator's; ``None``: any
    :param archives: whether it is only for those whose source has an archive
    :raises ArgumentError: naming both
    """
    if given not in DIRECTIONS or _fits(str(given), direction, archives=archives):
        return
    fitting = next(name for name in DIRECTIONS if _fits(name, direction, archives=archives))
    raise ArgumentError(
        Message("argument_direction", operator=operator, value=quoted(given), direction=quoted(fitting))
    )


def _fits(name: str, direction: str | None, *, archives: bool) -> bool:
    return direction in (None, name) and (DIRECTIONS[name].archives or not archives)


def only_archiving_direction() -> str | None:
    """Return the direction whose source has an archive; ``None`` when there are several."""
    archiving = [name for name, row in DIRECTIONS.items() if row.archives]
    return archiving[0] if len(archiving) == 1 else None


def require_choice(name: str, value: object, choices: Collection[str]) -> None:
    """Check one of a few values; a template, and what another task returns, is known at run time only.

    :param choices: an empty one means that the argument may be left out
    :raises ArgumentError: for another one
    """
    from airflow.sdk import XComArg

    if isinstance(value, XComArg) or value in choices or (isinstance(value, str) and "{" in value):
        return
    raise ArgumentError(not_a_choice(name, value, choices))


def not_a_choice(name: str, value: object, choices: Iterable[str]) -> Message:
    """Return that a value is none of a few, and which was probably meant."""
    named = [str(choice) for choice in choices if choice]
    hint = did_you_mean(str(value), named)
    return Message("argument_not_a_choice", name=name, value=quoted(value), choices=named, hint=hint)


def require_count(name: str, value: object) -> None:
    """Check a number of things that is at least one.

    :raises ArgumentError: for anything else
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ArgumentError(Message("argument_not_a_count", name=name, value=quoted(value)))


def _unusable(account_id: str, problems: Collection[tuple[str, Message]]) -> ArgumentError:
    written = "\n".join(labelled(_argument(field), message) for field, message in problems)
    return ArgumentError(Message("account_unusable", account=plainly(account_id), problems=written))


def _argument(field: str) -> str:
    """Return the argument that a field of the settings is written as."""
    section, _, service = field.partition(".")
    return f"{service}_conn_id" if section == "connections" and service else field
