"""The settings as a page for people: ``python -m debitoor_provider.sync.account_files.reference``."""

from __future__ import annotations

import json
import sys
from typing import Any

from debitoor_provider.messages import Message
from debitoor_provider.sync.account_files.schema import json_schema
from debitoor_provider.sync.naming.placeholders import PLACEHOLDERS

_HEAD = """\
# Account files

Each file `<account>.yaml` in the accounts folder is one sync account and becomes the DAG `debitoor__<account>`.
That folder is `accounts` next to the DAG file `debitoor_sync.py`, in whatever DAG bundle and version it is, unless
`[debitoor] accounts_folder` names one for all. `airflow debitoor accounts validate` checks the files, builds their
DAGs and shows the next runs. A DAG file whose folder is missing or empty makes no DAG: `validate`, `health` and the
page name it with its bundle and its folder, as far as the machine they run on has the bundle. An account that two DAG
files have, of one bundle or of two, runs from none of them until one of its files is gone. With many accounts, a line
`accounts/` in the `.airflowignore` of the bundle saves Airflow from opening each of their files whenever it looks for
DAG files.

A field without a default is required; fields that are not listed here are an error. Sections are written with a
dot: `filter.tags.any` is the field `any` in `tags` in `filter`.
"""
_FREQUENCY = """\
## How often

`frequency` is one of the words above, or a cron expression of five fields, by the clock of `timezone`. The words mean:
each hour at minute 0; 0, 4, 8, 12, 16 and 20 o'clock; midnight; Monday at midnight; the first of the month at midnight.
With `daily`, `weekly` and `monthly`, `at` sets another time of day, and with `weekly`, `days` sets the weekdays:

```yaml
frequency: weekly
days: [monday, thursday]
at: "06:30"
```

What Airflow would read differently from what it looks like, or could not compute, is refused: a step wider than its
field (`*/90` minutes would run hourly), every hour in a zone whose clock changes by part of an hour
(Australia/Lord_Howe), and every hour of some days only (`0 * * * 1-5`) where clocks change; `0 6-20 * * 1-5` works.
What may not be meant is a warning, with the next runs: a step that does not divide its field (`*/45`), days of the
month and of the week together (cron takes days that match either), and a time that the clock skips or shows twice.

"""
_MANY = """\
## Many accounts at once

`airflow debitoor accounts create --template group.yaml --values accounts.csv` makes an account file for each row of a
table. The template is an account file with placeholders in its values, which the header of the table names; the column
`account` has the accounts' ids:

```yaml
type: export
name: "$(company), receipts"
debitoor_id: $(email)
retries: $(retries)
connections: {getmyinvoices: gmi_$(key), debitoor: debitoor_$(key)}
```

A cell is put in as a value, never as YAML. A placeholder alone becomes a number, `true` or `false` where the cell is
written like one; in quotation marks it is always text. An empty cell leaves the field or list item out. `$$(` is a
literal `$(`. Comments stay. Nothing is written unless all rows are valid, and no file is overwritten; what is wrong
names row, column and remedy. A connection or a pool that Airflow does not have is a warning, as it may come later; with
`--connections` the services are asked for what the settings name, too. `--dry-run` checks the same and writes nothing,
`--folder` writes elsewhere.

"""
_NAMES = """\
## File names

`rename` is text with placeholders in braces. A missing value leaves nothing behind, repeated separators become one,
characters that a file system does not take become `_`, the extension is kept, and two equal names get `_2`, `_3`.
`{{` and `}}` are braces. A placeholder takes a form after a colon: `{document_date:DD.MM.YYYY}`,
`{gross_amount:0,00}`, `{company:upper:20}`. `airflow debitoor accounts preview <account>` shows the names that the
account's real documents would get.

"""


def reference() -> str:
    """Return every setting of all types with its default and description, as Markdown."""
    schema = json_schema()
    parts = [_HEAD]
    for choice in schema["oneOf"]:
        definition = _resolve(choice, schema)
        kind = definition["properties"]["type"]["const"]
        parts.append(f"## `type: {kind}`\n\n{definition['description']}\n")
        parts.append("| Field | Default | Meaning |\n| --- | --- | --- |\n" + "".join(_rows(definition, schema, "")))
    forms = (
        f"| `{{{name}}}` | {Message(kind.forms) if kind.forms else ''} |\n" for name, (kind, _) in PLACEHOLDERS.items()
    )
    parts.append(
        _FREQUENCY + _MANY + _NAMES + "| Placeholder | Forms, after a colon |\n| --- | --- |\n" + "".join(forms)
    )
    return "\n".join(parts)


def _rows(definition: dict[str, Any], schema: dict[str, Any], prefix: str) -> list[str]:
    rows = []
    required = set(definition.get("required", []))
    for name, field in definition["properties"].items():
        inner = _section(field, schema)
        meaning = str(field.get("description", "")).replace("|", "\\|")
        if inner is not None:
            default = "" if name in required else "none" if _is_optional(field) else "see its fields"
            rows.append(f"| `{prefix}{name}` | {default} | {meaning} |\n")
            rows += _rows(inner, schema, f"{prefix}{name}.")
            continue
        default = "" if name in required else f"`{json.dumps(field.get('default'), ensure_ascii=False)}`"
        choices = _choices(field, schema)
        if choices:
            meaning += f": {', '.join(f'`{choice}`' for choice in choices)}"
        rows.append(f"| `{prefix}{name}` | {default} | {meaning} |\n")
    return rows


def _section(field: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any] | None:
    """Return the definition of a field that is a section, even an optional one."""
    for choice in [field, *field.get("anyOf", ())]:
        definition = _resolve(choice, schema)
        if "properties" in definition:
            return definition
    return None


def _choices(field: dict[str, Any], schema: dict[str, Any]) -> list[Any]:
    field = _resolve(field, schema)
    for choice in [field, field.get("items", {}), *field.get("anyOf", ())]:
        found = _resolve(choice, schema).get("enum")
        if found:
            return [*found, "a cron expression"] if found[0] == "hourly" else list(found)
    return []


def _is_optional(field: dict[str, Any]) -> bool:
    return any(choice.get("type") == "null" for choice in field.get("anyOf", ()))


def _resolve(choice: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in choice:
        return choice
    definition: dict[str, Any] = schema["$defs"][choice["$ref"].rpartition("/")[2]]
    return definition


if __name__ == "__main__":
    sys.stdout.write(reference())
