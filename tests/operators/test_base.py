from __future__ import annotations

import pytest

from debitoor_provider.operators.archive import DebitoorArchiveOperator
from debitoor_provider.operators.export import DebitoorExportOperator
from debitoor_provider.operators.import_ import DebitoorImportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.rename import DebitoorRenameOperator
from debitoor_provider.operators.report import DebitoorReportOperator
from debitoor_provider.services.errors import CredentialsRefused
from debitoor_provider.sync.ledger import Ledger, LedgerMisconfigured, LedgerUnavailable
from debitoor_provider.sync.ledger.runs import Runs

OPERATORS = [
    DebitoorPlanOperator,
    DebitoorRenameOperator,
    DebitoorExportOperator,
    DebitoorImportOperator,
    DebitoorArchiveOperator,
    DebitoorReportOperator,
]


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_account_can_be_templated_and_mapped(operator):
    assert "account" in operator.template_fields
    mapped = operator.partial(task_id="step").expand(account=["acme", "other"])
    assert mapped.operator_class is operator


@pytest.mark.parametrize("operator", OPERATORS)
def test_creating_an_operator_does_no_io(operator, monkeypatch):
    monkeypatch.setattr(Ledger, "open", None)
    assert operator(task_id="step", account="nobody").account == "nobody"


def test_the_first_error_is_raised_even_when_the_ledger_fails_too(run, acme, account, monkeypatch):
    account()
    acme.block_key()

    def fail(*_: object) -> None:
        raise LedgerUnavailable("The ledger is busy.")

    monkeypatch.setattr(Runs, "note_error", fail)
    with pytest.raises(CredentialsRefused):
        run(DebitoorPlanOperator(task_id="plan", account="acme"))


def test_an_invalid_ledger_address_is_reported_without_its_password(run, account, monkeypatch):
    account()
    monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", "mysql://me:s3cret@db/ledger")
    with pytest.raises(LedgerMisconfigured) as wrong:
        run(DebitoorPlanOperator(task_id="plan", account="acme"))
    assert "s3cret" not in str(wrong.value)


def test_connections_are_given_back(run, acme, account, receipt, monkeypatch):
    from debitoor_provider.hooks.base import ServiceHook

    closed = []
    original = ServiceHook.close
    monkeypatch.setattr(ServiceHook, "close", lambda hook: (closed.append(hook.conn_type), original(hook)))
    account()
    receipt()
    run(DebitoorPlanOperator(task_id="plan", account="acme"), DebitoorExportOperator(task_id="export", account="acme"))
    assert sorted(closed) == ["debitoor", "getmyinvoices", "getmyinvoices"]
