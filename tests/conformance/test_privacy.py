"""Neither output nor report has a secret or anything of the account's records, whatever happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debitoor_provider.conformance.rows import CONTRACTS
from tests.conformance.conftest import PRIVATE

if TYPE_CHECKING:
    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
    from tests.conformance.conftest import Run

ALL_SWITCHES = {
    "error_shape": "flat",
    "user_agent_check": "off",
    "records_shape": "object",
    "file_endpoint": "json",
    "due_date_when_unset": None,
    "amounts": "comma",
    "undated_in_period": True,
    "tag_comparison": "exact",
    "max_limit": 2,
    "credit_note_amounts": "positive",
}


def private_to(company: CompanyAdmin) -> set[str]:
    """Return all that must not be disclosed: what records say, who the account is, its ids and its secrets."""
    ids = {record["id"] for kind in ("expense", "invoice", "creditNote") for record in company.entities(kind)}
    account = {"Acme", company.gmi_account_id, company.debitoor_email, company.gmi_api_key, company.debitoor_token}
    return {*PRIVATE, *ids, *map(str, account)}


@pytest.mark.parametrize("suffix", [".json", ".md"])
@pytest.mark.parametrize("service", CONTRACTS)
@pytest.mark.parametrize("switches", [{}, ALL_SWITCHES], ids=["as assumed", "different"])
def test_output_and_report_tell_nothing_of_the_records(
    service: str, suffix: str, switches: dict[str, object], filled: CompanyAdmin, run: Run
) -> None:
    filled.switch(**switches)
    ran = run(service, suffix=suffix)
    assert "differs" in ran.report
    assert [text for text in private_to(filled) if text in ran.output + ran.report] == []


@pytest.mark.parametrize("service", CONTRACTS)
def test_a_test_that_breaks_tells_where_and_nothing_else(
    service: str, filled: CompanyAdmin, run: Run, sandbox: SandboxAdmin
) -> None:
    body = '[{"id": ["Verschwiegen"], "documentUid": "Verschwiegen", "date": {"Geheimnis": 1}, "lines": "Geheimnis"}]'
    envelope = '{"totalCount": "Geheimnis", "maxPages": [], "records": ' + body + "}"
    operation = {"getmyinvoices": "gmi.documents.list", "debitoor": "debitoor.expenses.list"}[service]
    sandbox.fault(
        "status", operation=operation, status=200, body=envelope if service == "getmyinvoices" else body, company=filled
    )
    ran = run(service)
    assert ran.code in (1, 2)
    assert "Traceback" not in ran.output
    assert [text for text in private_to(filled) if text in ran.output + ran.report] == []
