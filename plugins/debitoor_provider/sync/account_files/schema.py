"""The JSON Schema of account files, for editors and forms: ``python -m debitoor_provider.sync.account_files.schema``.

An editor with a YAML language server offers fields and choices after a first line such as
``# yaml-language-server: $schema=../../docs/account.schema.json``.
"""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any, Union

from pydantic import Field, TypeAdapter

from debitoor_provider.sync.directions import DIRECTIONS


def json_schema() -> dict[str, Any]:
    """Describe an account file, draft 2020-12: one of the two types, each field with its words and examples."""
    models: Any = Union[tuple(row.settings for row in DIRECTIONS.values())]  # noqa: UP007  of a table, not of names
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[models, Field(discriminator="type")])
    schema = adapter.json_schema(by_alias=True)
    del schema["discriminator"]  # a word of OpenAPI; the constant ``type`` of each choice says the same
    for definition in schema["$defs"].values():
        if "enum" in definition:
            definition.pop("description", None)  # written for developers
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Sync account",
        "description": "One exchange of documents between GetMyInvoices and Debitoor",
        **schema,
    }


def main() -> None:
    """Print the schema."""
    sys.stdout.write(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
