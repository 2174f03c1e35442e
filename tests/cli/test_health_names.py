"""What the settings name and the services do not have, which only the services know."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Run, State
from tests.cli.test_health import health

RULE = {"tax_rate": 20, "product_or_service": "service", "consumption_or_resale": "consumption"}
"""The rate is one of other countries than that of the company's books."""


@pytest.mark.parametrize(
    ("settings", "code", "line"),
    [
        ({"category": "zzz"}, 2, "critical: no category: Debitoor has no expense category 'zzz'"),
        ({"filter": {"tags": {"any": ["bokos"]}}}, 1, "warning: unknown name: GetMyInvoices has no tag 'bokos'"),
        (
            {"filter": {"companies": {"include": ["Papr"]}}},
            1,
            "warning: unknown name: GetMyInvoices has no company",
        ),
        ({"reverse_charge": RULE}, 1, "warning: odd rate: 20 % is not a VAT rate of DE, where the books are kept;"),
    ],
)
def test_they_are_as_validate_finds_them(cli, account, settings, code, line):
    account(**settings)
    found, (said,) = health(cli, "--connections")
    assert (found, said.startswith(f"acme: {line}")) == (code, True), said
    results = {row["result"] for row in cli("accounts", "validate", "--connections", "-o", "json").rows}
    assert ("broken" in results, "warning" in results) == (code == 2, code == 1)


def test_a_rate_of_another_country_than_the_file_states_needs_no_service(cli, account, acme, sandbox):
    account(reverse_charge=RULE, books={"country": "DE"})
    calls = len(sandbox.calls(company=acme))
    code, (said,) = health(cli)
    assert (code, said.startswith("acme: warning: odd rate: 20 % is not a VAT rate of DE")) == (1, True), said
    assert len(sandbox.calls(company=acme)) == calls
    account(reverse_charge=RULE, books={"country": "AT"})
    assert health(cli) == (0, ["acme: well"])


def test_a_company_of_an_import_that_there_is_not(cli, account):
    account("import", defaults={"company": "Papr", "create_company": False})
    code, (said,) = health(cli, "--connections")
    assert (code, said.startswith("acme: critical: no company: ")) == (2, True), said


def test_a_connection_that_does_not_work(cli, account, acme):
    account()
    acme.block_key()
    assert health(cli) == (0, ["acme: well"])
    code, (said,) = health(cli, "--connections")
    assert (code, said.startswith("acme: critical: not connected: ")) == (2, True), said


def test_no_service_is_called_unless_wanted(cli, account, acme, sandbox):
    account(category="zzz", filter={"tags": {"any": ["bokos"]}})
    calls = len(sandbox.calls(company=acme))
    assert health(cli) == (0, ["acme: well"])
    assert len(sandbox.calls(company=acme)) == calls


def test_what_is_graver_is_said_first(cli, account, ledger):
    account(filter={"tags": {"any": ["bokos"]}})
    ledger.runs.start(Run("d/1", "acme", "export", "scheduled", started_at=datetime.now(UTC)))
    error = Message("as_written", text="The key is blocked.", remedy="")
    ledger.runs.finish("d/1", counts={}, verdict="stopped", message=error)
    code, (said,) = health(cli, "--connections")
    assert (code, said.startswith("acme: critical: stopped: The key is blocked. ")) == (2, True), said
    assert "GetMyInvoices has no tag 'bokos'" in said


def test_of_what_is_critical_one_thing_is_said(cli, account, ledger, acme):
    account()
    acme.block_key()
    ledger.runs.start(Run("d/1", "acme", "export", "scheduled", started_at=datetime.now(UTC)))
    ledger.runs.finish("d/1", counts={}, verdict="stopped", message=Message("gmi_key_blocked"))
    code, (said,) = health(cli, "--connections")
    assert (code, said.count("blocked")) == (2, 1), said


def test_documents_that_need_a_decision_hide_nothing(cli, account, planned):
    account(filter={"tags": {"any": ["bokos"]}})
    planned("1", state=State.HELD, message=Message("x"))
    code, (said,) = health(cli, "--connections")
    assert (code, said.startswith("acme: warning: unknown name: GetMyInvoices has no tag 'bokos'")) == (1, True), said
    assert said.endswith("1 document waits for a person's decision.")
