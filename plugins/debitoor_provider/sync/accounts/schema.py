"""The JSON Schema of account files, for editors and forms: ``python -m debitoor_provider.sync.accounts.schema``.

An editor with a YAML language server offers fields and choices after a first line such as
``# yaml-language-server: $schema=../../docs/account.schema.json``.
"""

from __future__ import annotations

import json
import sys
from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from debitoor_provider.sync.accounts.settings import ACCOUNT_TYPES


def json_schema() -> dict[str, Any]:
    """Return the schema of an account file, draft 2020-12: one object for each type, each field described."""
    union: Any = reduce(or_, ACCOUNT_TYPES)
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[union, Field(discriminator="type")])
    schema = adapter.json_schema(by_alias=True)
    del schema["discriminator"]  # part of OpenAPI; the constant ``type`` of each choice says the same
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
