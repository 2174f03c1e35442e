"""A document that a run has moved: a fixture for tests of what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debitoor_provider.runs.jobs import account_of, job_of
from debitoor_provider.sync.steps.plan import plan
from debitoor_provider.sync.steps.rename import rename
from debitoor_provider.sync.steps.transfer import transfer

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sync.ledger import Ledger


@pytest.fixture
def moved(account: Callable[..., str], receipt: Callable[..., int], ledger: Ledger) -> str:
    """Move one document of the account in a run; return its id."""
    account()
    uid = receipt()
    with job_of("acme", account_of("acme", None), ledger, run_id="debitoor__acme/manual__1") as job:
        plan(job)
        rename(job)
        transfer(job)
    return str(uid)
