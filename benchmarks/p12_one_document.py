"""P12: what a run costs that moves one document, from the moment when it is due until the document is archived."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from benchmarks import fleet as fleets
from benchmarks import stage
from benchmarks.build import Build
from benchmarks.fleet import PROVIDER, Fleet
from benchmarks.p12_script import PREFIX as SCRIPT
from benchmarks.result import Goal, Result, Series
from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
from demo.accounts import connections, slug

Found = TypeVar("Found")

ROUNDS = 2  # three minutes for each form, and each is a mean of 14 runs
ACCOUNTS = 14
GAP = 4.0
"""Seconds between the moments at which two runs are due."""


@dataclass
class Form:
    """One way to do it, with companies of its own.

    :param prefix: how the ids of its DAGs begin
    """

    what: str
    fleet: Fleet
    prefix: str
    companies: Sequence[CompanyAdmin]
    cpu: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def warm_up(self) -> None:
        """Let each account move a document: the first run lists everything, and what a run needs is loaded then."""
        self._move(lambda dag_ids: self.fleet.wave(dag_ids))

    def measure(self, admin: SandboxAdmin) -> None:
        """Let each account move one document, and take down what it cost."""
        since = admin.last_seq()
        cost, wave = self._move(lambda dag_ids: self.fleet.cost(dag_ids, gap=GAP))
        self.cpu.append(cost / len(wave.due))
        self.seconds += _seconds(admin, since, self._by_dag, wave.due)

    def _move(self, run: Callable[[list[str]], Found]) -> Found:
        for company in self.companies:
            stage.receive(company)
        found = run([*self._by_dag])
        for company in self.companies:
            stage.check(company)
        return found

    @property
    def _by_dag(self) -> dict[str, CompanyAdmin]:
        return {self.prefix + slug(company): company for company in self.companies}


def measure(rounds: int, against: Build | None = None, *, accounts: int = ACCOUNTS) -> Result:
    """Let the accounts move one document each, one account after the other, in each way in turn."""
    with ExitStack() as stack:
        admin = stack.enter_context(stage.sandbox())
        # Each has an Airflow to itself: how many DAGs there are changes what a run takes.
        forms = [_form(stack, admin, accounts, Build(), Build().name)]
        if against:
            forms.append(_form(stack, admin, accounts, against, against.name))
        forms.append(_form(stack, admin, accounts, Build(), "one task with a script", script=True))
        for form in forms:
            form.warm_up()
            form.warm_up()
        for number in range(rounds):
            for form in forms if number % 2 == 0 else reversed(forms):
                form.measure(admin)
    ours = forms[0]
    cpu = [Series(form.what, "CPU s", form.cpu) for form in forms]
    seconds = [Series(f"{form.what}, due to archived", "s", form.seconds) for form in forms]
    goals = [Goal.at_most(1.3, cpu[0].median / cpu[-1].median, "at most 1.3 times the processor time of the script")]
    if against:
        text = f"at least 2.5 times less processor time than {against.name}"
        goals.append(Goal.at_least(2.5, cpu[1].median / cpu[0].median, text))
    return Result(
        "P12",
        "A run that moves one document",
        f"{len(ours.seconds)} runs of {accounts} accounts, one due every {GAP:.0f} s, each with one new document; "
        "processor time of all processes of Airflow (LocalExecutor) and of PostgreSQL, which also holds the ledger, "
        f"less what they take in {fleets.REST:.0f} s of rest just before and just after",
        [cpu[0], seconds[0]],
        [*cpu[1:], *seconds[1:]],
        goals,
        "The script's task lists, reads the document with its file, uploads, books and archives with plain requests "
        "and the credentials of Airflow's connections; it keeps no ledger and checks nothing. The seconds are those of "
        "each run, from its due time until the sandbox records the archiving.",
    )


def _form(
    stack: ExitStack, admin: SandboxAdmin, accounts: int, build: Build, what: str, *, script: bool = False
) -> Form:
    """Start the Airflow of one way, with companies of its own."""
    companies = [admin.create_company(f"{what} {number}", limits=None) for number in range(accounts)]
    prefix = SCRIPT if script else PROVIDER
    further = {"benchmarks.p12_script": [SCRIPT + slug(company) for company in companies]} if script else {}
    texts = {slug(company): stage.account_text(company) for company in companies}
    fleet = stack.enter_context(fleets.running(build, texts, connections(admin, companies), further=further))
    return Form(what, fleet, prefix, companies)


def _seconds(
    admin: SandboxAdmin, since: int, by_dag: Mapping[str, CompanyAdmin], due: Mapping[str, datetime]
) -> list[float]:
    """Return how long each DAG took from being due until its document was archived."""
    effects = admin.effects(since=since, service="gmi", kind="updated", object="document")
    archived = {effect["company"]: datetime.fromisoformat(effect["time"]) for effect in effects}  # the last one each
    return [(archived[company.id] - due[dag_id]).total_seconds() for dag_id, company in by_dag.items()]
