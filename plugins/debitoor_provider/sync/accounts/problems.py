"""What is wrong in an account file, told so that a person can mend it: file, line, field and the mend."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from debitoor_provider.sync.accounts.values import quoted
from debitoor_provider.sync.text import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

Location = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend in an account file.

    :param file: the file's name, without its folder
    :param line: from 1; ``None`` when no line is to blame
    :param column: from 1
    :param field: path of the field, e.g. ``filter.document_types[1]``; empty when it concerns the whole file
    :param message: what is wrong, one sentence
    :param mend: what to write instead
    """

    file: str
    line: int | None
    column: int | None
    field: str
    message: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return " ".join(filter(None, (f"{place}:", f"{self.field}:" if self.field else "", self.message, self.mend)))


def field_path(location: Location) -> str:
    """Write where a field is, e.g. ``filter.document_types[1]``."""
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return quoted(path.removeprefix("."))[1:-1]


def explain(error: ErrorDetails, model: type[BaseModel], others: Iterable[type[BaseModel]]) -> tuple[str, str]:
    """Put an error of the settings in plain words: what is wrong, and the mend.

    :param model: the settings that were read
    :param others: settings of the other kinds of accounts, of which a field may come
    """
    kind, value, ctx = error["type"], error["input"], error.get("ctx", {})
    location = error["loc"]
    if kind == "account_setting":
        return ctx["message"], ctx["mend"]
    if kind == "missing":
        return "This field is missing.", _how_to_add(str(location[-1]), _find(model, location))
    if kind == "extra_forbidden":
        return _unknown(location, model, others)
    if value is None:
        return "The field is empty.", "Write a value, or take the line out."
    if kind in {"enum", "literal_error"}:
        return _not_a_choice(value, location, re.findall(r"'([^']+)'", str(ctx["expected"])))
    return _WORDS[kind](value, ctx) if kind in _WORDS else (f"{error['msg']}.", "")


def _unquoted(value: Any, _: Any) -> tuple[str, str]:
    if isinstance(value, dict):
        return "This is read as fields, not as text.", "Put text that holds braces or a colon in quotes."
    if isinstance(value, list):
        return "This is a list, and one text is wanted.", "Write one value, without brackets; quote text with brackets."
    sort = "a truth value" if isinstance(value, bool) else "a number"
    shown = str(value).lower() if isinstance(value, bool) else value
    return f"{shown} is read as {sort}, and text is wanted.", f'Put it in quotes: "{shown}".'


def _whole_number(value: Any, _: Any) -> tuple[str, str]:
    return f"{quoted(value)} is no whole number.", "Write digits only, without quotes."


def _number(value: Any, _: Any) -> tuple[str, str]:
    return f"{quoted(value)} is no number of this field.", "Write it as 19 or 19.50, with at most two decimals."


_WORDS: dict[str, Any] = {
    "string_type": _unquoted,
    "bool_type": lambda value, _: (
        f"{quoted(value)} is neither true nor false.",
        "Write true or false, without quotes.",
    ),
    "int_type": _whole_number,
    "decimal_type": _number,
    "decimal_parsing": _number,
    "decimal_max_digits": _number,
    "decimal_max_places": _number,
    "decimal_whole_digits": _number,
    "finite_number": _number,
    "greater_than_equal": lambda value, ctx: (f"{quoted(value)} is too little.", f"The least is {ctx['ge']}."),
    "less_than_equal": lambda value, ctx: (f"{quoted(value)} is too much.", f"The most is {ctx['le']}."),
    "tuple_type": lambda value, _: (
        "A list is wanted here.",
        "Write the values in brackets, such as [one, two]."
        if isinstance(value, dict)
        else f"Write [{quoted(value)[1:-1]}].",
    ),
    "too_short": lambda value, _: (
        f"The {'text' if isinstance(value, str) else 'list'} is empty.",
        "Write a value, or take the line out.",
    ),
    "too_long": lambda _, ctx: (f"The text has more than {ctx['max_length']} characters.", "Shorten it."),
    "model_type": lambda *_: (
        "Fields are wanted here, not a single value.",
        "Write them below it, each with its name.",
    ),
}


_NOUNS = {
    "document_types": "document type",
    "document_type": "document type",
    "credit_note_type": "document type",
    "payment_status": "payment status",
    "specification": "piece of information",
    "documents": "kind of document",
}


def _not_a_choice(value: Any, location: Location, choices: list[str]) -> tuple[str, str]:
    name = next((part for part in reversed(location) if isinstance(part, str)), "")
    if name == "document_types":
        choices = [choice for choice in choices if choice != "SALES_INVOICE"]
    near = nearest(str(value), choices)
    hint = f"; did you mean {near}?" if near else "."
    return f"{quoted(value)} is not a {_NOUNS.get(name, 'choice')}.", f"Use one of {', '.join(choices)}{hint}"


def _how_to_add(name: str, field: FieldInfo | None) -> str:
    if field is None or not field.examples:
        return f"Add {name}."
    example = field.examples[0]
    if isinstance(example, dict):
        example = "{" + ", ".join(f"{key}: {value}" for key, value in example.items()) + "}"
    return f"Add it, such as {name}: {example}"


def _unknown(location: Location, model: type[BaseModel], others: Iterable[type[BaseModel]]) -> tuple[str, str]:
    """Explain a field that is not there: misspelt, in the wrong place, of another kind of account, or a secret."""
    name = str(location[-1])
    message = "There is no such field."
    if re.search(r"api.?key|token|secret|passw", name, re.IGNORECASE):
        return message, "Keys and tokens belong into the Airflow connections, never into this file."
    section = _section(model, location[:-1])
    siblings = [_name(key, field) for key, field in section.model_fields.items()] if section else []
    near = nearest(name, siblings)
    if near:
        return message, f"Did you mean {near}?"
    elsewhere = [path for path in _paths(model) if path[-1] == name]
    if elsewhere:
        return message, f"Did you mean {field_path(elsewhere[0])}?"
    for other in others:
        if any(path == location for path in _paths(other)):
            kind = get_args(other.model_fields["type"].annotation)[0]
            return message, f"It is a setting of accounts of the type {kind}."
    return message, f"Known here are {', '.join(siblings)}."


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
