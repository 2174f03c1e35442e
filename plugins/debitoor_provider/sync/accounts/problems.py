"""What is wrong in an account file: file, line, field, and a message with its remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from debitoor_provider.messages import Message
from debitoor_provider.sync.accounts.settings import type_of
from debitoor_provider.sync.accounts.values import did_you_mean, plainly, quoted
from debitoor_provider.sync.text import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pydantic import ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

Location = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct in an account file.

    :param file: the file's name, without its folder
    :param line: from 1; ``None`` when no line is to blame
    :param column: from 1
    :param field: path of the field, e.g. ``filter.document_types[1]``; empty when it concerns the whole file
    :param message: what is wrong, and what to write instead
    """

    file: str
    line: int | None
    column: int | None
    field: str
    message: Message

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return " ".join(filter(None, (f"{place}:", f"{self.field}:" if self.field else "", str(self.message))))


def field_path(location: Location) -> str:
    """Return the path of a field, e.g. ``filter.document_types[1]``."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return plainly(path.removeprefix("."))


def causes(error: ValidationError) -> list[ErrorDetails]:
    """Return the errors of a validation, without those that follow from others.

    A list of which no value is valid is empty as well; its values say what is wrong.
    """
    details = error.errors(include_url=False)
    within = {detail["loc"][:end] for detail in details for end in range(len(detail["loc"]))}
    return [detail for detail in details if detail["type"] != "too_short" or detail["loc"] not in within]


def explain(error: ErrorDetails, model: type[BaseModel], others: Iterable[type[BaseModel]]) -> Message:
    """Return the message of a validation error.

    :param model: the settings that were read
    :param others: settings of the other types of accounts, which may have an unknown field
    """
    kind, value, ctx = error["type"], error["input"], error.get("ctx", {})
    location = error["loc"]
    if kind == "account_setting":
        message: Message = ctx["message"]
        return message
    if kind == "missing":
        return Message("setting_missing", example=_example(str(location[-1]), _find(model, location)))
    if kind == "extra_forbidden":
        return _unknown(location, model, others)
    if value is None:
        return Message("setting_empty")
    if kind in {"enum", "literal_error"}:
        return _not_a_choice(value, location, re.findall(r"'([^']+)'", str(ctx["expected"])))
    return _MESSAGES[kind](value, ctx) if kind in _MESSAGES else Message("setting_other", detail=error["msg"])


def _not_text(value: Any, _: Any) -> Message:
    if isinstance(value, dict):
        return Message("setting_read_as_fields")
    if isinstance(value, list):
        return Message("setting_read_as_list")
    if isinstance(value, bool):
        return Message("setting_read_as_boolean", value=str(value).lower())
    return Message("setting_read_as_number", value=value)


def _not_whole(value: Any, _: Any) -> Message:
    return Message("setting_not_whole", value=quoted(value))


def _not_number(value: Any, _: Any) -> Message:
    return Message("setting_not_number", value=quoted(value))


def _not_list(value: Any, _: Any) -> Message:
    example = "[one, two]" if isinstance(value, dict) else f"[{plainly(value)}]"
    return Message("setting_not_list", example=example)


_MESSAGES: dict[str, Callable[[Any, dict[str, Any]], Message]] = {
    "string_type": _not_text,
    "bool_type": lambda value, _: Message("setting_not_boolean", value=quoted(value)),
    "int_type": _not_whole,
    "decimal_type": _not_number,
    "decimal_parsing": _not_number,
    "decimal_max_digits": _not_number,
    "decimal_max_places": _not_number,
    "decimal_whole_digits": _not_number,
    "finite_number": _not_number,
    "greater_than": lambda value, ctx: Message("setting_not_above", value=quoted(value), limit=ctx["gt"]),
    "greater_than_equal": lambda value, ctx: Message("setting_too_small", value=quoted(value), limit=ctx["ge"]),
    "less_than_equal": lambda value, ctx: Message("setting_too_large", value=quoted(value), limit=ctx["le"]),
    "tuple_type": _not_list,
    "too_short": lambda value, _: Message("setting_text_empty" if isinstance(value, str) else "setting_list_empty"),
    "too_long": lambda _, ctx: Message("setting_text_long", limit=ctx["max_length"]),
    "model_type": lambda value, _: Message(
        "setting_section_list" if isinstance(value, list | tuple) else "setting_not_section"
    ),
}


_NOUNS = {
    "document_types": "noun_document_type",
    "document_type": "noun_document_type",
    "credit_note_type": "noun_document_type",
    "payment_status": "noun_payment_status",
    "specification": "noun_specification",
    "documents": "noun_kind_of_document",
    "days": "noun_weekday",
}


def _not_a_choice(value: Any, location: Location, choices: list[str]) -> Message:
    name = next((part for part in reversed(location) if isinstance(part, str)), "")
    if name == "document_types":
        choices = [choice for choice in choices if choice != "SALES_INVOICE"]
    noun = Message(_NOUNS.get(name, "noun_choice"))
    hint = did_you_mean(str(value), choices)
    return Message("setting_not_a_choice", value=quoted(value), noun=noun, choices=choices, hint=hint)


def _example(name: str, field: FieldInfo | None) -> str:
    """Return a line that sets a field."""
    if field is None or not field.examples:
        return f"{name}: …"
    example = field.examples[0]
    if isinstance(example, dict):
        example = "{" + ", ".join(f"{key}: {value}" for key, value in example.items()) + "}"
    return f"{name}: {example}"


def _unknown(location: Location, model: type[BaseModel], others: Iterable[type[BaseModel]]) -> Message:
    """Explain an unknown field: misspelt, in the wrong place, of another type of account, or a secret."""
    name = str(location[-1])
    if re.search(r"api.?key|token|secret|passw", name, re.IGNORECASE):
        return Message("setting_unknown_secret")
    above = location[:-1]
    section = _section(model, above)
    siblings = [_name(key, field) for key, field in section.model_fields.items()] if section else []
    elsewhere = [field_path(path) for path in _paths(model) if path[-1] == name and _on_one_branch(path[:-1], above)]
    near = nearest(name, (one for one in siblings if {name, one} != _OPPOSITES)) or next(iter(elsewhere), None)
    if near:
        return Message("setting_unknown_near", value=near)
    for other in others:
        if any(path == location for path in _paths(other)):
            return Message("setting_unknown_of_type", type=type_of(other))
    return Message("setting_unknown", names=siblings)


_OPPOSITES = {"include", "exclude"}
"""Alike, and never meant for each other."""


def _on_one_branch(one: Location, other: Location) -> bool:
    """Return whether one section holds the other: above or below a field is easily misplaced, next to it not."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def _name(key: str, field: FieldInfo) -> str:
    return field.alias or key


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in get_args(annotation) for found in _models_in(part)]


def _find(model: type[BaseModel], location: Location) -> FieldInfo | None:
    section = _section(model, location[:-1])
    fields = {_name(key, field): field for key, field in section.model_fields.items()} if section else {}
    return fields.get(str(location[-1]))


def _section(model: type[BaseModel], location: Location) -> type[BaseModel] | None:
    section: type[BaseModel] | None = model
    for part in location:
        fields = {_name(key, field): field for key, field in section.model_fields.items()} if section else {}
        found = _models_in(fields[str(part)].annotation) if str(part) in fields else []
        section = found[0] if found else None
    return section


def _paths(model: type[BaseModel], above: Location = ()) -> Iterator[Location]:
    for key, field in model.model_fields.items():
        path = (*above, _name(key, field))
        yield path
        for section in _models_in(field.annotation):
            yield from _paths(section, path)
