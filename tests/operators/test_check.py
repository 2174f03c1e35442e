from __future__ import annotations

import pytest
from airflow.sdk.exceptions import AirflowFailException

from debitoor_provider.operators.check import DebitoorCheckOperator
from debitoor_provider.operators.export import DebitoorExportOperator


def test_counts_and_sums_are_returned(run, account, receipt):
    account()
    receipt()
    run(DebitoorExportOperator(task_id="export", account="acme"))
    done = run(DebitoorCheckOperator(task_id="check", account="acme", period_from="2026-01-01"))
    assert (done["from"], done["to"], done["counts"]["same"]) == ("2026-01-01", None, 1)
    assert [(row["month"], row["source"], row["target"]) for row in done["sums"]] == [("2026-03", "119.00", "119.00")]


def test_a_difference_fails_the_task_unless_it_is_not_to(run, account, receipt):
    account()
    receipt()
    with pytest.raises(AirflowFailException, match="1 only here"):
        run(DebitoorCheckOperator(task_id="check", account="acme"))
    done = run(DebitoorCheckOperator(task_id="check", account="acme", fail_on_difference=False))
    assert done["counts"]["only here"] == 1


@pytest.mark.parametrize("word", ["false", "no", 0, None])
def test_a_difference_fails_the_task_or_does_not_and_no_text_says_which(word):
    with pytest.raises(ValueError, match="True or False"):
        DebitoorCheckOperator(task_id="check", account="acme", fail_on_difference=word)


def test_a_check_is_no_run_of_the_account(run, account, ledger):
    account()
    run(DebitoorCheckOperator(task_id="check", account="acme"))
    assert ledger.runs.latest("acme") == []


def test_what_a_check_holds_is_signed_by_the_check(run, account, receipt, acme, ledger):
    account()
    receipt()
    run(DebitoorExportOperator(task_id="export", account="acme"))
    [expense] = acme.expenses()
    lines = [{name: line[name] for name in ("taxRate", "grossAmount", "description")} for line in expense["lines"]]
    acme.add_expense(date=expense["date"], lines=lines)
    run(DebitoorCheckOperator(task_id="check", account="acme", fail_on_difference=False))
    [entry] = ledger.documents.entries("acme")
    last = ledger.documents.history(entry)[-1]
    assert (last.kind, last.actor) == ("doubled", "check")
