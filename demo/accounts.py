"""Account files and connections for the companies of a sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

_EXPORT = """\
type: export
name: "{name}, receipts"
debitoor_id: {email}
frequency: {frequency}
connections: {{getmyinvoices: {gmi}, debitoor: {debitoor}}}
rename: "{{document_date}}_{{company}}_{{document_number}}"
specification: [document_number, company, note]
archive_after_transfer: true
"""

_IMPORT = """\
type: import
name: "{name}, sales invoices"
debitoor_id: {email}
frequency: {frequency}
connections: {{getmyinvoices: {gmi}, debitoor: {debitoor}}}
documents: [invoices, credit_notes]
defaults: {{document_type: SALES_INVOICE, tags: [debitoor], company: "{name}", create_company: true}}
"""


def slug(company: CompanyAdmin) -> str:
    """Make a name for files and connections."""
    return "-".join("".join(char if char.isalnum() else " " for char in company.name.lower()).split())


def write_accounts(folder: Path, companies: list[CompanyAdmin], frequency: str = "hourly") -> list[str]:
    """Write one export and one import account for each company; return their ids."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = []
    for company in companies:
        known = {
            "name": company.name,
            "email": company.debitoor_email,
            "frequency": frequency,
            "gmi": f"getmyinvoices_{slug(company)}",
            "debitoor": f"debitoor_{slug(company)}",
        }
        for suffix, text in (("receipts", _EXPORT), ("sales", _IMPORT)):
            ids.append(f"{slug(company)}-{suffix}")
            (folder / f"{ids[-1]}.yaml").write_text(text.format(**known))
    return ids


def connections(sandbox: SandboxAdmin, companies: list[CompanyAdmin]) -> dict[str, dict[str, Any]]:
    """Describe both connections of each company to Airflow."""
    found: dict[str, dict[str, Any]] = {}
    for company in companies:
        found[f"getmyinvoices_{slug(company)}"] = {
            "conn_type": "getmyinvoices",
            "host": sandbox.gmi_url,
            "login": company.gmi_account_id,
            "password": company.gmi_api_key,
            "extra": {"allow_http": True, "timezone": company.timezone, "web_url": company.record_page},
        }
        found[f"debitoor_{slug(company)}"] = {
            "conn_type": "debitoor",
            "host": sandbox.debitoor_url,
            "password": company.debitoor_token,
            "extra": {"allow_http": True, "email": company.debitoor_email, **_debitoor_pages(company)},
        }
    return found


def _debitoor_pages(company: CompanyAdmin) -> dict[str, str]:
    """Describe where people see the records of a company at Debitoor: on the sandbox's own page."""
    return {"web_url": company.record_page, "sales_web_url": company.record_page}


def patterns(sandbox: SandboxAdmin, company: CompanyAdmin) -> dict[str, dict[str, Any]]:
    """Describe what the page makes new connections from: the addresses, and the app that asks for consent."""
    app = {
        "client_id": company.oauth_client_id,
        "client_secret": company.oauth_client_secret,
        "authorize_url": sandbox.authorize_url,
        "exchange_url": sandbox.token_url,
    }
    app |= _debitoor_pages(company)
    zone = {"timezone": company.timezone, "web_url": company.record_page}
    return {
        "getmyinvoices_default": {
            "conn_type": "getmyinvoices", "host": sandbox.gmi_url, "extra": {"allow_http": True, **zone},
        },
        "debitoor_default": {
            "conn_type": "debitoor", "host": sandbox.debitoor_url, "extra": {"allow_http": True, **app},
        },
    }  # fmt: skip
