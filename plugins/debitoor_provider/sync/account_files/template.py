"""Account files made from one template and a table of values: one account for each row.

A value of the template may hold placeholders such as ``$(company)``. What a row has for one is put in as a value, never
as YAML: a cell can add no field. A value that is nothing but a placeholder becomes a number, ``true`` or ``false``
where the cell is written like one, as in an account file; in quotation marks it is always text. An empty cell leaves
its field or list item out. ``$$(`` is a literal ``$(``.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, ScalarString

from debitoor_provider.messages import Message
from debitoor_provider.sync.account_files.files import parse_account, stem_problems
from debitoor_provider.sync.account_files.whole import add_file
from debitoor_provider.sync.account_files.yaml_source import plain_value
from debitoor_provider.sync.accounts.problems import field_path
from debitoor_provider.sync.accounts.values import did_you_mean, quoted
from debitoor_provider.sync.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from debitoor_provider.sync.accounts.finding import Finding
    from debitoor_provider.sync.accounts.problems import Location
    from debitoor_provider.sync.accounts.settings import Account

ID_COLUMN = "account"
"""The column with the accounts' ids, which become the names of the files."""
_PLACEHOLDER = re.compile(r"\$\$\(|\$\(\s*([^()]+?)\s*\)")
_LEFT_OUT = object()
_INDEX = re.compile(r"\[\d+\]")  # of list items, of which some may be left out


class RowProblem(NamedTuple):
    """What is wrong in a table of values.

    :param line: of the table, from 1; ``None`` when it concerns the whole table
    :param column: its name; empty when none is to blame
    """

    line: int | None
    column: str
    message: Message


@dataclass(frozen=True, slots=True)
class MadeAccount:
    """One row's account file.

    :param line: of the row in the table
    :param used: the columns that each field was filled from
    """

    line: int
    account_id: str
    text: str
    account: Account | None = field(default=None, compare=False)
    used: Mapping[str, list[str]] = field(default_factory=dict, compare=False)

    def problem(self, found: Finding) -> RowProblem:
        """Return what was found out about a field, with the row and the columns that it was filled from."""
        return RowProblem(self.line, _column_of(found.field, self.used), found.message)


@dataclass(slots=True)
class _Filling:
    """One row on its way into the template.

    :param used: the columns that each field was filled from
    """

    cells: Mapping[str, str]
    used: dict[str, list[str]] = field(default_factory=dict)


class Table(NamedTuple):
    """A table of values.

    :param rows: each with its line
    :param uneven: the lines of rows with other numbers of cells than the header, with those numbers
    """

    columns: list[str]
    rows: list[tuple[int, dict[str, str]]]
    uneven: tuple[tuple[int, int], ...] = ()

    @classmethod
    def read(cls, text: str) -> Table:
        """Read a CSV file whose header names the columns; separated by commas, semicolons or tabs.

        :raises csv.Error: when it cannot be read
        """
        text = text.removeprefix("\ufeff")
        header = text.partition("\n")[0]
        delimiter = max(",;\t", key=header.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        columns = [name.strip() for name in next(reader, [])]
        rows, uneven = [], []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(columns):
                uneven.append((reader.line_num, len(cells)))
            rows.append((reader.line_num, dict(zip(columns, (cell.strip() for cell in cells), strict=False))))
        return cls(columns, rows, tuple(uneven))


def make(template: str, table: Table, known: Iterable[str]) -> tuple[list[MadeAccount], list[RowProblem]]:
    """Fill a template with each row of a table, and check what comes out as account files.

    :param known: ids of the accounts that there are
    :return: the accounts, and what has to be corrected before any of them can be written
    """
    problems = list(_problems_of(template, table))
    if problems:
        return [], problems
    taken = {fold(account_id): account_id for account_id in known}
    made = []
    for line, cells in table.rows:
        account_id = cells[ID_COLUMN]
        text, filling = _filled(template, cells)
        account, found = parse_account(text.encode(), f"{account_id}.yaml")
        problems += (problem._replace(line=line) for problem in _problems_of_id(account_id, taken))
        problems += (RowProblem(line, _column_of(one.field, filling.used), one.message) for one in found)
        taken.setdefault(fold(account_id), account_id)
        made.append(MadeAccount(line, account_id, text, account, filling.used))
    return made, problems


def _problems_of(template: str, table: Table) -> Iterator[RowProblem]:
    """Return what is wrong with the template or the header, so that no row can be looked at."""
    twice = {name for name in table.columns if table.columns.count(name) > 1}
    for name in sorted(twice):
        yield RowProblem(1, name, Message("values_column_twice"))
    if ID_COLUMN not in table.columns:
        yield RowProblem(1, ID_COLUMN, Message("values_column_missing", hint=None))
    if not table.rows:
        yield RowProblem(None, "", Message("values_empty"))
    try:
        document = YAML().load(template)
    except YAMLError as error:
        detail = " ".join(str(error).split())
        yield RowProblem(None, "", Message("template_not_yaml", detail=detail))
        return
    if not isinstance(document, CommentedMap):
        yield RowProblem(None, "", Message("template_not_yaml", detail=""))
        return
    asked = {found[1]: None for text in _texts(document) for found in _PLACEHOLDER.finditer(text) if found[1]}
    for line, cells in table.uneven:
        yield RowProblem(line, "", Message("values_row_uneven", cells=cells, columns=len(table.columns)))
    for name in asked:
        if name not in table.columns:
            yield RowProblem(1, name, Message("values_column_missing", hint=did_you_mean(name, table.columns)))


def _problems_of_id(account_id: str, taken: Mapping[str, str]) -> Iterator[RowProblem]:
    path = Path(f"{account_id}.yaml")
    if path.stem != account_id:  # empty, or with a folder in it
        yield RowProblem(None, ID_COLUMN, Message("account_file_name"))
    for problem in stem_problems(path):
        yield RowProblem(None, ID_COLUMN, problem.message)
    if other := taken.get(fold(account_id)):
        yield RowProblem(None, ID_COLUMN, Message("values_account_exists", account=quoted(other)))


def _filled(template: str, cells: Mapping[str, str]) -> tuple[str, _Filling]:
    """Return the text of an account file; comments and the order of fields are those of the template."""
    editor = YAML()
    editor.preserve_quotes = True
    editor.width = 110
    document, filling = editor.load(template), _Filling(cells)
    _fill(document, (), filling)
    output = io.StringIO()
    editor.dump(document, output)
    return output.getvalue(), filling


def _fill(node: Any, location: Location, filling: _Filling) -> Any:
    """Fill a part of the template in place; return its value, or that it is left out."""
    if isinstance(node, CommentedMap):
        for name in list(node):
            value = _fill(node[name], (*location, name), filling)
            if value is _LEFT_OUT:
                del node[name]
            else:
                node[name] = value
        return node
    if isinstance(node, CommentedSeq):
        values = [_fill(item, (*location, index), filling) for index, item in enumerate(node)]
        node[:] = [value for value in values if value is not _LEFT_OUT]
        return node
    return _value(node, location, filling) if isinstance(node, str) else node


def _value(text: str, location: Location, filling: _Filling) -> Any:
    names = [found[1] for found in _PLACEHOLDER.finditer(text) if found[1]]
    if not names:
        return type(text)(text.replace("$$(", "$("))
    filling.used.setdefault(field_path(location), []).extend(names)
    is_alone = _PLACEHOLDER.fullmatch(text) is not None
    if is_alone and not filling.cells[names[0]]:
        return _LEFT_OUT
    filled = _PLACEHOLDER.sub(lambda found: filling.cells[found[1]] if found[1] else "$(", text)
    if is_alone and not isinstance(text, ScalarString):
        value = plain_value(filled)
        if isinstance(value, int):
            return value
    return DoubleQuotedScalarString(filled)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _column_of(path: str, used: Mapping[str, list[str]]) -> str:
    """Return the columns that a field, or one below it, was filled from."""
    place = _INDEX.sub("", path)
    names = [
        name
        for known, columns in used.items()
        if _INDEX.sub("", known) == place or known.startswith(f"{place}.")
        for name in columns
    ]
    return ", ".join(dict.fromkeys(names)) if place else ""


def write_all(folder: Path, accounts: Iterable[MadeAccount]) -> list[Path]:
    """Write account files that are not there yet; either all of them or, when one cannot be written, none.

    :raises OSError: when one cannot be written, or is there already
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    try:
        for account in accounts:
            path = folder / f"{account.account_id}.yaml"
            add_file(path, account.text.encode())
            written.append(path)
    except BaseException:  # also where a person interrupts it
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return written
