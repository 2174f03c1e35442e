"""What the page for authors of DAGs shows is what there is, and its DAGs can be read by Airflow."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from debitoor_provider import exceptions
from debitoor_provider.policies.retry import is_permanent

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = (Path(__file__).parent.parent.parent / "docs" / "dags-of-your-own.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
ERRORS = re.findall(r"^\| `(\w+)` \| ?(yes|no|) ?\|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: re.findall(r'DAG\("(\w+)', block)[0])
def test_each_of_its_dags_is_one(block, airflow_home, tmp_path):
    from airflow.dag_processing.dagbag import DagBag

    file = tmp_path / "shown.py"
    file.write_text(block)
    bag = DagBag(str(file))
    assert bag.import_errors == {}
    assert list(bag.dags) == re.findall(r'DAG\("(\w+)', block)


def test_its_table_has_each_error_and_says_which_are_permanent():
    assert sorted(name for name, _ in ERRORS) == sorted(exceptions.__all__)
    for name, permanent in ERRORS:
        kind = getattr(exceptions, name)
        if permanent and issubclass(kind, exceptions.ServiceError | exceptions.LedgerError):
            assert is_permanent(kind.__new__(kind)) == (permanent == "yes"), name


def test_a_rule_of_a_retry_policy_finds_them_by_their_path():
    error = exceptions.CredentialsRefused("the key is not accepted")
    for name in ("CredentialsRefused", "StopError", "ServiceError"):
        rule = RetryRule(exception=f"debitoor_provider.exceptions.{name}", action=RetryAction.FAIL)
        assert ExceptionRetryPolicy(rules=[rule]).evaluate(error, 1, 3).action is RetryAction.FAIL
    lost = RetryRule(exception="debitoor_provider.exceptions.LedgerUnavailable", action=RetryAction.FAIL)
    away = exceptions.LedgerUnavailable("away")
    assert ExceptionRetryPolicy(rules=[lost]).evaluate(away, 1, 3).action is RetryAction.FAIL


def test_it_explains_each_field_of_an_asset_event(run: Callable[..., Any], account, receipt, context):
    from debitoor_provider.operators.export import DebitoorExportOperator

    account()
    receipt()
    now = context()
    run(DebitoorExportOperator(task_id="export", account="acme"), within=now)
    (event,) = next(iter(now["outlet_events"].values())).asset_alias_events
    explained = PAGE.partition("## Assets")[2].partition("## Sensors")[0]
    names = {
        name for cell in re.findall(r"^\| (.+?) \|", explained, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)
    }
    assert names - {"extra"} == set(event.extra)


def test_no_error_is_left_out_of_the_public_module():
    from debitoor_provider.services import errors

    internal = {"PathInDoubt"}  # of the transport
    known = {name for name, found in vars(errors).items() if isinstance(found, type) and issubclass(found, Exception)}
    assert known - internal <= set(exceptions.__all__)


def test_an_unknown_error_name_raises_attribute_error():
    with pytest.raises(AttributeError, match="LeaseLost"):
        _ = exceptions.LeaseLost
