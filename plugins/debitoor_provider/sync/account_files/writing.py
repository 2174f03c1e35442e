"""Write an account file: readable, in the order of the reference, and only what differs from the defaults.

In a file that exists already, the lines of unchanged fields stay byte for byte as they are; a changed field keeps its
comments. Settings are not validated here: the text is read again by
:func:`~debitoor_provider.sync.account_files.files.parse_account`, so that its problems name lines of the text.
"""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args

import yaml
from pydantic import BaseModel, RootModel
from pydantic_core import to_jsonable_python
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from debitoor_provider.sync.account_files.yaml_source import DEPTH_LIMIT, ParsedFile, SourceError, read
from debitoor_provider.sync.directions import DIRECTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

_MISSING = object()
_NUMBER_OF_YAML_1_2 = re.compile(r"[-+]?(?:0o[0-7]+|(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)")
"""PyYAML writes ``01099`` and ``1e3`` without quotation marks, and an editor, which reads YAML 1.2, sees numbers."""
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,2})?", re.ASCII)
"""A text that stands for one number, of which a float keeps every digit; ``1.234`` is left to the judge as it is."""
_OTHER_LINE_BREAKS = "\x85\u2028\u2029"
"""Only written as an escape do they come back as they were: a reader folds a bare one into a blank (YAML 1.1, 5.4)."""


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as a block, every value out in full, and the fields of the file below each other."""

    def serialize(self, node: Any) -> None:
        node.flow_style = False
        super().serialize(node)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML passes it
        return True


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else "'" if _NUMBER_OF_YAML_1_2.fullmatch(value) else None
    if any(mark in value for mark in _OTHER_LINE_BREAKS):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def write(settings: Mapping[str, Any], before: str = "") -> str:
    """Write settings as YAML.

    :param settings: JSON values by the names of the file; they need not be complete or valid
    :param before: the present text of the file
    :raises ValueError: if settings are nested deeper than in any account
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
    """Return the settings without defaults, in the order of the reference, and with numbers where numbers belong."""
    kind = settings.get("type")
    row = DIRECTIONS.get(kind) if isinstance(kind, str) else None
    return _slim(settings, row.settings) if row else dict(settings)


def _slim(section: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    for name, field in fields.items():
        value = section.get(name, _MISSING)
        inner = _section(field)
        if inner is not None and isinstance(value, dict):
            value = _slim(value, inner)
            if not value and not field.is_required():
                continue
        elif _is_number(field.annotation):
            value = [*map(_as_number, value)] if isinstance(value, list) else _as_number(value)
        if value is not _MISSING and (field.is_required() or value != _default(field)):
            kept[name] = value
    return kept | {name: value for name, value in section.items() if name not in fields}


def _section(field: FieldInfo) -> type[BaseModel] | None:
    for choice in (field.annotation, *get_args(field.annotation)):
        if isinstance(choice, type) and issubclass(choice, BaseModel) and not issubclass(choice, RootModel):
            return choice
    return None


def _is_number(annotation: Any) -> bool:
    """Return whether a field has one decimal number, or several."""
    return annotation is Decimal or any(map(_is_number, get_args(annotation)))


def _as_number(value: Any) -> Any:
    """Return a number for a text: decimals are texts when a file is read, and on their way through the page."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


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
    """Return the settings with dates in the period, which are written without quotes."""
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
    """Write the settings into a present file; ``None`` if that does not have one field below the other."""
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
    written = head
    for name in order:
        if name in same:
            written += texts[name]
        elif name in texts:
            kind = {"type": wanted.get("type")}
            written += _changed(texts[name], {name: was.get(name)}, {name: wanted[name]}, kind)
        else:
            written += _dump({name: wanted[name]})
    try:
        is_right = slim(read(written.encode()).data) == slim(read(_dump(wanted).encode()).data)
    except SourceError:
        return None
    return written if is_right else None


def _changed(block: str, was: dict[str, Any], wanted: dict[str, Any], kind: dict[str, Any]) -> str:
    """Return the lines of a field with its new value and its comments; without them if they cannot be kept.

    :param kind: the account's direction, as its field
    """
    editor = YAML()
    editor.preserve_quotes = True
    editor.width = 110
    output = io.StringIO()
    try:
        document, new = editor.load(block), editor.load(_dump(wanted))
        _merge(document, new, was, wanted)
        editor.dump(document, output)
        written = read(output.getvalue().encode()).data
        if slim(kind | written) == slim(kind | read(_dump(wanted).encode()).data):
            return output.getvalue()
    except (YAMLError, SourceError, ValueError):
        pass
    return _dump(wanted)


def _merge(section: CommentedMap, new: CommentedMap, was: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Change the fields of a section that differ.

    :param new: the section as it is written without comments
    """
    for name in [name for name in section if name in was and name not in wanted]:
        del section[name]
    for name, value in wanted.items():
        before = was.get(name, _MISSING)
        if name in section and before == value:
            continue
        if isinstance(section.get(name), CommentedMap) and isinstance(value, dict) and isinstance(before, dict):
            _merge(section[name], new[name], before, value)
        elif name in section:
            section[name] = new[name]
        else:
            section.insert(_place(name, list(wanted), list(section)), name, new[name])


def _place(name: str, names: list[str], order: list[str]) -> int:
    """Return the index of a new field: after the nearest one that precedes it in the reference."""
    for other in reversed(names[: names.index(name)]):
        if other in order:
            return order.index(other) + 1
    return 0


def _blocks(text: str, parsed: ParsedFile) -> tuple[str, dict[str, str]] | None:
    """Cut a file into the lines before its first field, and the lines of each field with the comments above it."""
    lines = [f"{line}\n" for line in text.removeprefix("\ufeff").rstrip("\n").split("\n")]
    starts = []
    for name in parsed.data:
        line, column = parsed.places[name,]
        if column != 1 or line > len(lines):
            return None
        starts.append(line - 1)
    if starts != sorted(set(starts)):
        return None
    cuts = [starts[0], *(_above(lines, start) for start in starts[1:]), len(lines)]
    return "".join(lines[: starts[0]]), {
        name: "".join(lines[begin:end]) for name, (begin, end) in zip(parsed.data, pairwise(cuts), strict=True)
    }


def _above(lines: list[str], start: int) -> int:
    """Return the line of the first comment directly above a field."""
    while lines[start - 1].startswith("#"):
        start -= 1
    return start


def _depth(value: Any, above: int = 0) -> int:
    if above > DEPTH_LIMIT:
        return above
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return max((_depth(part, above + 1) for part in parts), default=above)
