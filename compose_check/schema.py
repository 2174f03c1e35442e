"""``python -m compose_check.schema <folder>``: docker-compose.yaml by the Compose specification's own schema.

The folder is where pip has put docker-compose 1.29, the last that came as a Python package, with the schema in it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from compose_check.file import interpolated
from compose_check.images import ROOT

_LATER: dict[str, Any] = {"name": {"type": "string"}}  # what the specification has got since, of what we use


def problems(schema: dict[str, Any], data: Any) -> list[str]:
    """Return the violations of the schema."""
    known = schema | {"properties": schema["properties"] | _LATER}
    found = jsonschema.Draft7Validator(known).iter_errors(data)
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


def main(folder: Path) -> int:
    """Check the file as it is written and with its variables put in; return the exit code."""
    schema = json.loads((folder / "compose/config/compose_spec.json").read_text())
    written = yaml.safe_load((ROOT / "docker-compose.yaml").read_text())
    wrong = [problem for data in (written, interpolated(written, {})) for problem in problems(schema, data)]
    print("\n".join(wrong) or "docker-compose.yaml is what the Compose specification describes.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
