"""Write an account file: readable, in the order of the reference, and only what differs from the defaults.

Whether the settings are right is not asked here: what was written is read again by
:func:`~debitoor_provider.sync.accounts.files.parse_account`, the one judge, whose problems then name lines of the text.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args

import yaml
from pydantic import BaseModel, RootModel
from pydantic_core import to_jsonable_python

from debitoor_provider.sync.accounts.settings import model_of
from debitoor_provider.sync.accounts.source import DEPTH_LIMIT, Source, SourceError, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

_MISSING = object()
_OTHER_LINE_BREAKS = "\x85\u2028\u2029"
"""Only written as an escape do they come back as they were: a reader folds a bare one into a blank (YAML 1.1, 5.4)."""


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as a block, every value out in full, and the fields of the file below each other."""

    def serialize(self, node: Any) -> None:
        node.flow_style = False
        super().serialize(node)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    if any(mark in value for mark in _OTHER_LINE_BREAKS):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def write(settings: Mapping[str, Any], before: str = "") -> str:
    """Write settings as YAML.

    :param settings: as JSON has them, by the names of the file; they need not be complete or right
    :param before: the file's present text: what says the same as before stays as it is, with its comments
    :raises ValueError: for settings that are nested deeper than any account
    """
    if _depth(settings) > DEPTH_LIMIT:
        raise ValueError("The settings are nested too deeply.")
    wanted = slim(settings)
    if before:
        kept = _kept(before, wanted)
        if kept is not None:
            return kept
    return _dump(wanted)


def slim(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is as by default, and put the rest into the reference's order."""
    model = model_of(settings.get("type"))
    return _slim(settings, model) if model else dict(settings)


def _slim(section: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    for name, field in fields.items():
        value = section.get(name, _MISSING)
        inner = _section(field)
        if inner is not None and isinstance(value, dict):
            value = _slim(value, inner)
            if not value and not field.is_required():
                continue
        if value is not _MISSING and (field.is_required() or value != _default(field)):
            told[name] = value
    return told | {name: value for name, value in section.items() if name not in fields}


def _section(field: FieldInfo) -> type[BaseModel] | None:
    for choice in (field.annotation, *get_args(field.annotation)):
        if isinstance(choice, type) and issubclass(choice, BaseModel) and not issubclass(choice, RootModel):
            return choice
    return None


def _default(field: FieldInfo) -> Any:
    return to_jsonable_python(field.get_default(call_default_factory=True), by_alias=True)


def _dump(settings: Mapping[str, Any]) -> str:
    text = yaml.dump(
        _with_dates(settings),
        Dumper=_Dumper,
        default_flow_style=None,
        sort_keys=False,
        allow_unicode=True,
        width=110,
    )
    return text if isinstance(text, str) else ""


def _with_dates(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Let the dates of the period stand without quotes."""
    period = settings.get("period")
    if not isinstance(period, dict):
        return dict(settings)
    return {**settings, "period": {name: _as_date(value) for name, value in period.items()}}


def _as_date(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)) else value
    except ValueError:
        return value


def _kept(before: str, wanted: dict[str, Any]) -> str | None:
    """Write the settings into a file that is there; ``None`` when it is not written field below field."""
    before = before.replace("\r\n", "\n")
    try:
        old = read(before.encode())
    except SourceError:
        return None
    blocks = _blocks(before, old)
    if blocks is None:
        return None
    head, texts = blocks
    was = slim(old.data)
    same = [name for name in old.data if name in texts and was.get(name, _MISSING) == wanted.get(name, _MISSING)]
    order = [name for name in old.data if name in same or name in wanted]
    for name in wanted:
        if name not in order:
            order.insert(_place(name, list(wanted), order), name)
    written = head + "".join(texts[name] if name in same else _dump({name: wanted[name]}) for name in order)
    try:
        is_right = slim(read(written.encode()).data) == slim(read(_dump(wanted).encode()).data)
    except SourceError:
        return None
    return written if is_right else None


def _place(name: str, names: list[str], order: list[str]) -> int:
    """Find where a new field goes: behind the nearest one that stands before it in the reference."""
    for other in reversed(names[: names.index(name)]):
        if other in order:
            return order.index(other) + 1
    return 0


def _blocks(text: str, source: Source) -> tuple[str, dict[str, str]] | None:
    """Cut a file into what stands before its first field, and the lines of each field with the comments above it."""
    lines = [f"{line}\n" for line in text.removeprefix("\ufeff").rstrip("\n").split("\n")]
    starts = []
    for name in source.data:
        line, column = source.places[name,]
        if column != 1 or line > len(lines):
            return None
        starts.append(line - 1)
    if starts != sorted(set(starts)):
        return None
    cuts = [starts[0], *(_above(lines, start) for start in starts[1:]), len(lines)]
    return "".join(lines[: starts[0]]), {
        name: "".join(lines[begin:end]) for name, (begin, end) in zip(source.data, pairwise(cuts), strict=True)
    }


def _above(lines: list[str], start: int) -> int:
    """Find the first of the comments that stand above a field."""
    while lines[start - 1].startswith("#"):
        start -= 1
    return start


def _depth(value: Any, above: int = 0) -> int:
    if above > DEPTH_LIMIT:
        return above
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return max((_depth(part, above + 1) for part in parts), default=above)
