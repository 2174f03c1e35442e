"""P13: an hour of a fleet whose accounts share a few keys: most have nothing new, some have some documents."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from benchmarks import fleet as fleets
from benchmarks import stage
from benchmarks.build import Build
from benchmarks.fleet import PROVIDER, Fleet
from benchmarks.result import Goal, Result, Series
from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
from demo.accounts import connections

ROUNDS = 1  # a mean of all accounts
ACCOUNTS = int(os.environ.get("P13_ACCOUNTS", "120"))
"""With 1,000, it takes an hour for each build."""
KEYS = 4
_BUSY = 0.1
_MOST = 20
_UNBOUND = {"calls_per_minute": 100_000, "calls_per_day": 10_000_000}  # the most that a connection takes


@dataclass
class Hour:
    """The fleet of one build, with keys of its own.

    :param accounts: by name, with the company of each one's key
    """

    build: Build
    fleet: Fleet
    admin: SandboxAdmin
    accounts: Mapping[str, CompanyAdmin]
    rates: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)

    def warm_up(self) -> None:
        """Let each account list everything."""
        self._wave()

    def idle(self) -> None:
        """Let each account find nothing new, and count the calls to GetMyInvoices."""
        since = self.admin.last_seq()
        self._wave()
        own = {company.id for company in self.accounts.values()}
        calls = [call for call in self.admin.calls(since=since, service="gmi") if call["company"] in own]
        self.calls.append(len(calls) / len(self.accounts))

    def busy(self, documents: Mapping[str, int]) -> None:
        """Let documents arrive for some accounts, run all of them, and see that every document is in the books.

        :param documents: how many arrive for an account
        """
        for account, count in documents.items():
            for _ in range(count):
                stage.receive(self.accounts[account], supplier=_supplier(account))
        wave = self._wave()
        for company in {company.id: company for company in self.accounts.values()}.values():
            stage.check(company)
        self.rates.append(len(self.accounts) / wave.seconds * 60)

    def _wave(self) -> fleets.Wave:
        return self.fleet.wave([PROVIDER + account for account in self.accounts])


def measure(rounds: int, against: Build | None = None, *, accounts: int = ACCOUNTS) -> Result:
    """Let the fleets of the builds run in turn: an idle hour, then one with documents."""
    luck = random.Random(13)
    with ExitStack() as stack:
        admin = stack.enter_context(stage.sandbox())
        hours = [_start(stack, admin, build, accounts) for build in (Build(), *([against] if against else []))]
        for hour in hours:
            hour.warm_up()
        for _ in range(rounds):
            some = luck.sample([*hours[0].accounts], round(accounts * _BUSY))
            documents = {account: luck.randint(1, _MOST) for account in some}
            for hour in hours:
                hour.idle()
                hour.busy(documents)
    rates = [Series(hour.build.name, "accounts/min", hour.rates) for hour in hours]
    calls = [Series(f"{hour.build.name}, calls of an account with nothing new", "calls", hour.calls) for hour in hours]
    goals = [Goal.at_most(0.999, calls[0].median, "less than 1 call for an account with nothing new")]
    if against:
        ratio = rates[0].median / rates[1].median
        goals.insert(0, Goal.at_least(2.5, ratio, f"at least 2.5 times the accounts of {against.name}"))
    return Result(
        "P13",
        "An hour of a fleet",
        f"{accounts} hourly accounts, all due at once, {KEYS} keys shared by {accounts // KEYS} accounts each, "
        f"{_BUSY:.0%} with 1 to {_MOST} new documents; LocalExecutor with 4 slots, PostgreSQL for Airflow and ledger",
        [rates[0], calls[0]],
        [*rates[1:], *calls[1:]],
        goals,
        "Accounts that share a key differ in the company whose documents they take. The calls are counted in an hour "
        "in which no account has anything new. No quota takes effect. P13_ACCOUNTS sets another number of accounts.",
    )


def _start(stack: ExitStack, admin: SandboxAdmin, build: Build, count: int) -> Hour:
    companies = [admin.create_company(f"Key {number} of {build.name}", limits=None) for number in range(KEYS)]
    accounts = {f"account-{number:04}": companies[number % KEYS] for number in range(count)}
    texts = {account: account_text(account, company) for account, company in accounts.items()}
    fleet = stack.enter_context(fleets.running(build, texts, _unbound(connections(admin, companies))))
    return Hour(build, fleet, admin, accounts)


def account_text(account: str, company: CompanyAdmin) -> str:
    """Return the file of an account that takes the documents of one supplier, of all that its key has."""
    return f'{stage.account_text(company)}filter: {{companies: {{include: ["{_supplier(account)}"]}}}}\n'


def _supplier(account: str) -> str:
    return f"Lieferant {account}"


def _unbound(described: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return connections whose own limits bind nothing."""
    return {
        name: {**one, "extra": one["extra"] | ({} if name.startswith("debitoor_") else _UNBOUND)}
        for name, one in described.items()
    }
