"""The fields of both connection types, as their forms in Airflow have them."""

from __future__ import annotations

from typing import Any

from debitoor_provider.get_provider_info import get_provider_info

_OWN = {"host": "host", "login": "login", "password": "password"}
"""The fields that every connection has, in the order of Airflow's form."""


def tables() -> str:
    """Return a table of the fields for each connection type, as Markdown."""
    return "\n".join(_table(described) for described in get_provider_info()["connection-types"])


def _table(described: dict[str, Any]) -> str:
    behaviour = described["ui-field-behaviour"]
    own = [name for name in _OWN if name not in behaviour["hidden-fields"]]
    rows = [
        _row(behaviour["relabeling"].get(name, name), f"`{name}`", behaviour["placeholders"].get(name, ""))
        for name in own
    ]
    rows += [
        _row(field["label"], f"`{name}` in the extras", field["description"], field["schema"].get("default"))
        for name, field in described["conn-fields"].items()
    ]
    head = "| In the form | On the command line | Meaning | Default |\n| --- | --- | --- | --- |\n"
    return f"## {described['hook-name']}: type `{described['connection-type']}`\n\n{head}" + "".join(rows)


def _row(label: str, name: str, meaning: str, default: object = None) -> str:
    return f"| {label} | {name} | {meaning} | {'' if default is None else f'`{default}`'} |\n"
