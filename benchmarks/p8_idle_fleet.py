"""P8: what a fleet of accounts costs while nothing is new, by a real scheduler on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from benchmarks import fleet as fleets
from benchmarks import stage
from benchmarks.build import Build
from benchmarks.fleet import PROVIDER, Fleet
from benchmarks.p8_empty import PREFIX as EMPTY
from benchmarks.p8_worker import PREFIX as WORKER
from benchmarks.result import Goal, Result, Series
from demo.accounts import connections, slug

ROUNDS = 2  # two minutes for each form, and each is a mean of 100 runs
ACCOUNTS = 100
_UNIT = "CPU s for 1,000 runs"
_FURTHER = {"benchmarks.p8_worker": WORKER, "benchmarks.p8_empty": EMPTY}


@dataclass(frozen=True)
class Form:
    """One form of the fleet.

    :param prefix: how the ids of its DAGs begin
    """

    what: str
    fleet: Fleet
    prefix: str

    def dag_ids(self, accounts: Sequence[str]) -> list[str]:
        """Return its DAGs."""
        return [self.prefix + account for account in accounts]


def measure(rounds: int, against: Build | None = None, *, accounts: int = ACCOUNTS) -> Result:
    """Let all forms of the same fleet run in turn, with a rest before and after each."""
    with ExitStack() as stack:
        admin = stack.enter_context(stage.sandbox())
        companies = [admin.create_company(f"Fleet {number}", limits=None) for number in range(accounts)]
        names = [slug(company) for company in companies]
        texts = {slug(company): stage.account_text(company) for company in companies}
        run = partial(fleets.running, accounts=texts, connections=connections(admin, companies))
        further = {module: [prefix + name for name in names] for module, prefix in _FURTHER.items()}
        # Each build has an Airflow to itself: how many DAGs there are changes what a run takes.
        forms = [Form("planned in the triggerer", stack.enter_context(run(Build())), PROVIDER)]
        if against:
            forms.append(Form(against.name, stack.enter_context(run(against)), PROVIDER))
        plain = stack.enter_context(run(Build(), further=further))
        forms += [
            Form("one worker task each", plain, WORKER),
            Form("a run of one empty task that is not executed (the floor)", plain, EMPTY),
        ]
        first = [
            *forms[:-2],
            Form("the ledger of the peers", plain, PROVIDER),
            *forms[-2:],
            *forms,
        ]
        for form in first:  # the first time all is listed; the second time all is loaded that an idle run needs
            form.fleet.wave(form.dag_ids(names))
        costs = _costs(forms, names, rounds)
    ours, *others = (Series(form.what, _UNIT, costs[form.what]) for form in forms)
    worker = others[-2]
    goals = [Goal.at_least(10, worker.median / ours.median, "at least 10 times less than one worker task each")]
    if against:
        goals.append(Goal.at_least(2.5, others[0].median / ours.median, f"at least 2.5 times less than {against.name}"))
    return Result(
        "P8",
        "Idle cost of the fleet",
        f"{accounts} hourly accounts with nothing new, all due at once; processor time of all processes of Airflow "
        "(LocalExecutor) and of PostgreSQL, which also holds the ledger, less what they take in "
        f"{fleets.REST:.0f} s of rest just before and just after",
        [ours],
        others,
        goals,
        "In each round, each form is measured between two rests of its own. Apart from the check itself, the cost is "
        "Airflow's own work for a run with its tasks.",
    )


def _costs(forms: Sequence[Form], accounts: Sequence[str], rounds: int) -> dict[str, list[float]]:
    costs: dict[str, list[float]] = {form.what: [] for form in forms}
    for number in range(rounds):
        for form in forms if number % 2 == 0 else reversed(forms):
            cost, _ = form.fleet.cost(form.dag_ids(accounts))
            costs[form.what].append(cost / len(accounts) * 1000)
    return costs
