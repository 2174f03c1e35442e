from __future__ import annotations

from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.operators.rename import DebitoorRenameOperator


def steps() -> tuple[DebitoorPlanOperator, DebitoorRenameOperator]:
    return (
        DebitoorPlanOperator(task_id="plan", account="acme"),
        DebitoorRenameOperator(task_id="rename", account="acme"),
    )


def test_each_planned_document_gets_its_own_name(run, account, receipt, ledger, log):
    account(rename="{company}")
    receipt(), receipt()
    assert run(*steps()) == {"named": 2}
    assert {entry.target_name for entry in ledger.documents.entries()} == {"Paper Ltd.pdf", "Paper Ltd_2.pdf"}
    assert "becomes 'Paper Ltd_2.pdf'" in log()


def test_a_name_once_given_stays(run, account, receipt):
    account(rename="{company}")
    receipt()
    run(*steps())
    assert run(*steps()) == {"named": 0}


def test_hostile_names_stay_on_their_line_of_the_log(run, account, receipt, ledger, log):
    account(rename="{company}_{document_number}")
    receipt(supplier="../../etc\n[ERROR] forged", document_number="R/1")
    run(*steps())
    (entry,) = ledger.documents.entries()
    assert not {"/", "\n"} & set(entry.target_name)
    assert not any(line.startswith("[ERROR]") for line in log().splitlines())
