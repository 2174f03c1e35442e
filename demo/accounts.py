"""Account files and connections for the companies of a sandbox, as ``airflow debitoor init --sandbox`` makes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from debitoor_provider.cli.companies import SandboxCompany, connections_to, patterns_of
from debitoor_provider.cli.starter import account_texts, connection_ids
from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin


def slug(company: CompanyAdmin) -> str:
    """Make a name for files and connections."""
    return SandboxCompany.model_validate(company).slug


def write_accounts(folder: Path, companies: list[CompanyAdmin], frequency: str = "hourly") -> list[str]:
    """Write one export and one import account for each company; return their ids."""
    folder.mkdir(parents=True, exist_ok=True)
    ids: list[str] = []
    for company in companies:
        name, email = company.name, company.debitoor_email
        texts = account_texts(slug(company), name, email, frequency=frequency, archive=True)
        for account, text in texts.items():
            (folder / f"{account}.yaml").write_text(text)
        ids += texts
    return ids


def connections(sandbox: SandboxAdmin, companies: list[CompanyAdmin]) -> dict[str, dict[str, Any]]:
    """Describe both connections of each company to Airflow."""
    found: dict[str, dict[str, Any]] = {}
    for company in map(SandboxCompany.model_validate, companies):
        found |= connections_to(sandbox.base_url, company, connection_ids(company.slug))
    return found


def patterns(sandbox: SandboxAdmin, company: CompanyAdmin) -> dict[str, dict[str, Any]]:
    """Describe what the page makes new connections from: the addresses, and the app that asks for consent."""
    return patterns_of(sandbox.base_url, SandboxCompany.model_validate(company))
