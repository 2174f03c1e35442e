"""The options of the suite, for its own command line and for pytest's."""

from __future__ import annotations

from typing import Any, Final

PROGRAM: Final = "python -m debitoor_provider.conformance"

OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "--getmyinvoices-conn-id": {
        "metavar": "ID",
        "default": "",
        "help": "Airflow connection of GetMyInvoices; left out, this service is not asked",
    },
    "--debitoor-conn-id": {
        "metavar": "ID",
        "default": "",
        "help": "Airflow connection of Debitoor; left out, this service is not asked",
    },
    "--report": {
        "metavar": "FILE",
        "default": "",
        "help": "write the result there too, as JSON or (FILE.md) as Markdown",
    },
}
