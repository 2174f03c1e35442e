from __future__ import annotations

import pytest

from debitoor_provider.operators.import_ import DebitoorImportOperator
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.services.errors import Misconfigured


def plan(**options: object) -> DebitoorPlanOperator:
    return DebitoorPlanOperator(task_id="plan", account="acme", **options)


def import_() -> DebitoorImportOperator:
    return DebitoorImportOperator(task_id="import", account="acme")


def test_sales_documents_arrive_with_their_pdf(run, acme, account):
    account("import", defaults={"tags": ["debitoor"]})
    invoice = acme.add_invoice(date="2026-03-01")
    credit_note = acme.add_invoice(kind="creditNote", date="2026-03-02")
    assert run(plan(), import_()) == {"moved": 2}
    by_note = {document["note"]: document for document in acme.documents()}
    for sales in (invoice, credit_note):
        (document,) = [document for note, document in by_note.items() if sales["id"] in note]
        assert acme.document_file(document["uid"]) == acme.invoice_pdf(sales["id"])


def test_a_second_run_stores_nothing_twice(run, acme, account):
    account("import")
    acme.add_invoice(date="2026-03-01")
    run(plan(), import_())
    assert run(plan(period_from="2026-01-01"), import_()) == {}
    assert len(acme.documents()) == 1


def test_single_documents_from_the_trigger_form(run, acme, account):
    account("import")
    wanted = acme.add_invoice(date="2026-03-01")
    acme.add_invoice(date="2026-03-02")
    assert run(plan(document_ids=wanted["id"]), import_()) == {"moved": 1}


def test_an_id_of_the_other_service_is_reported(run, account, acme):
    account("import")
    with pytest.raises(Misconfigured, match="59f0c1d2e3a4b5c6d7e8f901"):
        run(plan(document_ids="4711"))


def test_an_account_that_exports_cannot_import(run, account, acme):
    account()
    with pytest.raises(Misconfigured, match="GetMyInvoices → Debitoor"):
        run(import_())


def test_a_dry_run_stores_nothing(run, acme, account, log):
    account("import")
    acme.add_invoice(date="2026-03-01", number="7/2026", customer_name="[b]Evil[/b]")
    assert run(plan(preview=True)) == {"dry_run": {"send": 1}}
    assert "[b]Evil[/b]" in log()
    assert acme.documents() == []
