"""Scheduled runs that wait for the same key are planned together: one listing, with the same outcome."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from contextvars import ContextVar
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from airflow.triggers.base import TaskSkippedEvent, TriggerEvent

from debitoor_provider.hooks import base
from debitoor_provider.hooks.getmyinvoices import GetMyInvoicesHook
from debitoor_provider.messages import Message
from debitoor_provider.operators.plan import DebitoorPlanOperator
from debitoor_provider.runs import scheduled as runs_scheduled
from debitoor_provider.services.errors import Unavailable
from debitoor_provider.services.getmyinvoices import parse
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.services.http.reading import Unexpected
from debitoor_provider.services.http.retry import Backoff
from debitoor_provider.services.steady_clock import steady_seconds
from debitoor_provider.sync.export.direction import ExportDirection
from debitoor_provider.sync.steps import plan, shared
from debitoor_provider.triggers import plan as module
from debitoor_provider.triggers import together
from debitoor_provider.triggers.plan import PlanTrigger
from debitoor_provider.triggers.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.runs.plan import Planned
    from debitoor_provider.runs.scheduled import Scheduled
    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
    from debitoor_provider.sync.steps.job import Job
    from debitoor_provider.sync.steps.report import Report

LIST = "gmi.documents.list"
FIRST = "first"
"""The account that is planned while the others come."""


@pytest.fixture
def listed(account: Callable[..., str], context: Callable[..., dict[str, Any]]) -> Callable[..., list[str]]:
    """Make accounts that have listed everything; the settings of each by its name."""

    def make(**settings: dict[str, Any]) -> list[str]:
        for stem, given in settings.items():
            account(**{"stem": stem, **given})
            DebitoorPlanOperator(task_id="plan", account=stem).execute(context("scheduled"))
        return list(settings)

    return make


@pytest.fixture
def fire(context: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Let the triggers of accounts run as in the triggerer; the first account is planned when all the others wait.

    Returns the event of each, or its exception.
    """

    def run(*accounts: str, cancelled: tuple[str, ...] = (), meanwhile: Callable[[], None] = lambda: None) -> Any:
        waiting: list[str] = []
        all_wait = threading.Event()

        async def arrive(scheduled: Scheduled) -> Planned | None:
            planned = asyncio.ensure_future(together.plan_together(scheduled))
            await asyncio.sleep(0)  # by now it waits
            while not waiting and any([*together._queues.values()]):
                await asyncio.sleep(0.001)  # until the thread has taken the first account, and it alone
            waiting.append(scheduled.job.account_id)
            if len(waiting) == len(accounts):
                for task in cancelling:
                    task.cancel()
                await asyncio.sleep(0)
                meanwhile()
                all_wait.set()
            return await planned

        def planned_later(scheduled: Scheduled, listing: Any) -> tuple[Planned | None, Report | None]:
            assert all_wait.wait(60)
            return runs_scheduled.plan_scheduled(scheduled, listing)

        monkeypatch.setattr(module, "plan_together", arrive)
        monkeypatch.setattr(together, "plan_scheduled", planned_later)
        cancelling: list[asyncio.Task[TriggerEvent]] = []

        async def fire_all() -> list[Any]:
            tasks: list[asyncio.Task[TriggerEvent]] = []
            for account in accounts:
                tasks.append(asyncio.create_task(_event(account, context("scheduled", run_id="now"))))
                if account in cancelled:
                    cancelling.append(tasks[-1])
                while len(waiting) < min(len(tasks), len(accounts) - 1) and not tasks[-1].done():
                    await asyncio.sleep(0)  # so that they come in this order
            return await asyncio.gather(*tasks, return_exceptions=True)

        return dict(zip(accounts, asyncio.run(fire_all()), strict=True))

    return run


@pytest.fixture
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Return, once all threads have ended, whether nobody waits for one."""
    threads: list[Any] = []

    def begin(work: Callable[[], None]) -> None:
        threads.append(in_thread(work))

    def ended() -> bool:
        for thread in threads:
            assert thread.result(60) is None
        return together._queues == {}

    monkeypatch.setattr(together, "in_thread", begin)
    return ended


async def _event(account: str, context: dict[str, Any]) -> TriggerEvent:
    trigger = PlanTrigger(account)
    trigger._task_instance = SimpleNamespace(get_template_context=lambda: context)
    (event,) = [event async for event in trigger.run()]
    return event


@pytest.fixture
def calls(sandbox: SandboxAdmin, acme: CompanyAdmin) -> Callable[[], list[str]]:
    """Return the calls since the last look, as the service saw them."""
    seen = [sandbox.last_seq()]

    def since() -> list[str]:
        rows = sandbox.calls(since=seen[0], company=acme)
        seen[0] = sandbox.last_seq()
        return [row["operation"] for row in rows]

    return since


def test_twenty_idle_accounts_of_one_key_are_asked_for_twice(listed, fire, calls, ledger):
    names = listed(**{f"company{number}": {"filter": {"tags": {"any": [f"c{number}"]}}} for number in range(20)})
    calls()
    events = fire(*names)
    assert all(isinstance(event, TaskSkippedEvent) for event in events.values())
    assert calls() == [LIST] * 2  # the first is at work when the others come
    summary = events[names[-1]].xcoms["return_value"]
    assert summary == {
        "due": 0, "new": 0, "already_there": 0, "waiting": 0, "left_out": {}, "asked_for_accounts": 19,
    }  # fmt: skip
    assert {ledger.runs.get(f"anybodys_dag/now#{name}").verdict for name in names} == {"success"}


def test_each_run_says_for_how_many_accounts_the_source_was_asked(listed, fire, caplog):
    caplog.set_level(logging.INFO)
    fire(*listed(**{FIRST: {}}, one={}, two={}))
    assert caplog.text.count("The source was asked once for 2 accounts.") == 2


def test_an_account_alone_costs_and_says_what_it_always_did(listed, fire, calls):
    listed(one={}, two={})
    calls()
    event = fire("one")["one"]
    assert calls() == [LIST]
    assert event.xcoms["return_value"] == {"due": 0, "new": 0, "already_there": 0, "waiting": 0, "left_out": {}}


def test_each_takes_what_its_filters_let_through(listed, fire, receipt, calls, ledger):
    listed(
        **{FIRST: {}},
        red={"filter": {"tags": {"any": ["red"]}}},
        blue={"filter": {"tags": {"any": ["blue"]}}},
        paid={"filter": {"payment_status": ["Paid"]}},
        invoices={"filter": {"document_types": ["INCOMING_INVOICE"]}},
    )
    red, blue = receipt(tags=["red"], payment_status="Paid"), receipt(tags=["blue"], payment_status="Not paid")
    calls()
    events = fire(FIRST, "red", "blue", "paid", "invoices")
    assert calls() == [LIST] * 2
    assert isinstance(events.pop("invoices"), TaskSkippedEvent)
    due = {name: event.payload["due"] for name, event in events.items()}
    assert due == {FIRST: 2, "red": 1, "blue": 1, "paid": 1}
    planned = {(entry.account, entry.source_id, str(entry.state)) for entry in ledger.documents.entries()}
    assert planned == {
        (FIRST, str(red), "planned"),
        (FIRST, str(blue), "planned"),
        ("red", str(red), "planned"),
        ("red", str(blue), "waiting"),
        ("blue", str(blue), "planned"),
        ("blue", str(red), "waiting"),
        ("paid", str(red), "planned"),  # the service leaves out the other one, as in a listing of its own
    }


def test_who_comes_when_the_listing_has_begun_is_not_answered_by_it(listed, fire, receipt, calls, monkeypatch):
    """A document that came after the answer, and before the request, is in the next plan."""
    listed(**{FIRST: {}}, late={})
    list_documents = GetMyInvoicesClient.documents_kept_in
    events: dict[str, Any] = {}

    def listed_and_then(self: GetMyInvoicesClient, *args: Any, **filters: Any) -> Any:
        documents = list(list_documents(self, *args, **filters))
        if not uids:
            uids.append(receipt())
        return iter(documents)

    uids: list[int] = []
    monkeypatch.setattr(GetMyInvoicesClient, "documents_kept_in", listed_and_then)
    calls()
    events = fire(FIRST, "late")
    assert isinstance(events[FIRST], TaskSkippedEvent)
    assert events["late"].payload["due"] == 1
    assert calls().count(LIST) == 2


def test_the_mark_of_each_is_from_the_beginning_of_the_listing(listed, fire, sandbox, ledger, monkeypatch):
    """What comes while others of the batch are planned is in the next listing, also without an overlap."""
    names = listed(**{FIRST: {}}, one={}, two={})
    passed = [0.0]

    def seconds() -> float:
        return steady_seconds() + passed[0]

    def slowly(job: Any, window: Any) -> Any:
        planned = make_plan(job, window)
        passed[0] += 600
        return planned

    make_plan = runs_scheduled.make_plan
    monkeypatch.setattr(runs_scheduled, "make_plan", slowly)
    monkeypatch.setattr(shared, "steady_seconds", seconds)
    monkeypatch.setattr(plan, "steady_seconds", seconds)
    sandbox.advance(3600)
    try:
        fire(*names)
    finally:
        sandbox.set_clock()
    one, two = (ledger.runs.watermark(name, "export").listed_at for name in ("one", "two"))
    assert (one - two).total_seconds() == pytest.approx(600, abs=60)  # before the time at which it was planned


def test_a_slow_mail_server_keeps_no_other_account_waiting(listed, fire, monkeypatch):
    names = listed(**{FIRST: {}}, notified={"notify": {"connection": "hook"}}, two={})
    make_plan, is_two_planned = runs_scheduled.make_plan, threading.Event()

    def planned(job: Job, window: Any) -> Planned:
        made = make_plan(job, window)
        if job.account_id == "two":
            is_two_planned.set()
        return made

    def send_slowly(job: Job, report: Report) -> None:
        if job.account_id == "notified":
            assert is_two_planned.wait(10)
            sent.append(report.verdict)

    sent: list[str] = []
    monkeypatch.setattr(runs_scheduled, "make_plan", planned)
    monkeypatch.setattr(together, "tell", send_slowly)
    events = fire(*names)
    assert all(isinstance(event, TaskSkippedEvent) for event in events.values())
    assert sent == ["success"]


class TestKeys:
    @pytest.fixture
    def connection(self, sandbox: SandboxAdmin, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
        def add(name: str, company: CompanyAdmin, **extra: Any) -> str:
            described = {
                "conn_type": "getmyinvoices",
                "host": sandbox.gmi_url,
                "login": company.gmi_account_id,
                "password": company.gmi_api_key,
                "extra": {"allow_http": True, **extra},
            }
            monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(described))
            return name

        return add

    @staticmethod
    def of(connection: str) -> dict[str, Any]:
        return {"connections": {"getmyinvoices": connection, "debitoor": "debitoor"}}

    def test_two_connections_with_one_key_are_asked_for_together(self, listed, fire, acme, connection, calls):
        names = listed(**{FIRST: {}}, one={}, other=self.of(connection("gmi_again", acme)))
        calls()
        fire(*names)
        assert calls() == [LIST] * 2

    def test_another_key_is_another_matter(self, listed, fire, sandbox, acme, connection, calls, receipt):
        others = sandbox.create_company("Other GmbH", limits=None)
        names = listed(**{FIRST: {}}, one={}, other=self.of(connection("gmi_other", others)))
        receipt()
        calls()
        events = fire(*names)
        assert calls() == [LIST] * 2
        assert isinstance(events["other"], TaskSkippedEvent)

    def test_neither_is_another_time_zone_answered_together(self, listed, fire, acme, connection, calls):
        names = listed(**{FIRST: {}}, one={}, other=self.of(connection("gmi_far", acme, timezone="Asia/Tokyo")))
        calls()
        fire(*names)
        assert calls() == [LIST] * 3

    def test_the_key_is_in_nothing_that_could_be_shown(self, listed, acme):
        listed(one={})
        with GetMyInvoicesHook("gmi") as hook:
            assert acme.gmi_api_key not in hook.client.asks_as


class TestTrouble:
    def test_a_refused_key_is_each_account_s_own_error(self, listed, fire, acme, ledger):
        names = listed(**{FIRST: {}}, one={}, two={})
        acme.block_key()
        events = fire(*names)
        assert [event.payload["stopped"]["params"]["service"] for event in events.values()] == ["GetMyInvoices"] * 3
        assert {ledger.runs.get(f"anybodys_dag/now#{name}").verdict for name in names} == {""}
        acme.unblock_key()
        assert all(isinstance(event, TaskSkippedEvent) for event in fire(*names).values())

    def test_an_error_at_one_account_does_not_reach_the_others(self, listed, fire, receipt, calls, monkeypatch):
        names = listed(**{FIRST: {}}, one={}, broken={"name": "broken"}, two={})
        receipt()
        select = ExportDirection.select

        def breaks(self: ExportDirection, *args: Any, **options: Any) -> Any:
            if self.account.name == "broken":
                raise ZeroDivisionError
            return select(self, *args, **options)

        monkeypatch.setattr(ExportDirection, "select", breaks)
        calls()
        events = fire(*names)
        assert isinstance(events.pop("broken"), ZeroDivisionError)
        assert [event.payload["due"] for event in events.values()] == [1, 1, 1]
        assert calls() == [LIST] * 2

    def test_an_account_whose_own_listing_fails_fails_alone(self, listed, fire, calls, monkeypatch):
        names = listed(**{FIRST: {}}, one={}, two={}, three={})
        list_documents, asked = GetMyInvoicesClient.documents_kept_in, iter([False, True, False])

        def fails_once(self: GetMyInvoicesClient, *args: Any, **filters: Any) -> Any:
            if next(asked):
                raise Unavailable("for a moment")
            return list_documents(self, *args, **filters)

        monkeypatch.setattr(GetMyInvoicesClient, "documents_kept_in", fails_once)
        calls()
        events = fire(*names)
        assert events["one"].payload is None
        assert all(isinstance(events[name], TaskSkippedEvent) for name in (FIRST, "two", "three"))
        assert calls() == [LIST] * 2

    def test_a_record_that_cannot_be_read_hurts_those_who_would_have_it(self, listed, fire, receipt, monkeypatch):
        names = listed(
            **{FIRST: {"filter": {"document_types": ["RECEIPT"]}}},
            receipts={"filter": {"document_types": ["RECEIPT"]}},
            invoices={"filter": {"document_types": ["INCOMING_INVOICE"]}},
        )
        receipt()
        read = parse.document

        def unreadable(record: Any) -> Any:
            if record["documentType"] == "RECEIPT":
                raise Unexpected(Message("field_missing", field="documentUid"))
            return read(record)

        monkeypatch.setattr(parse, "document", unreadable)
        monkeypatch.setattr(base, "Backoff", lambda: Backoff(fault=()))
        events = fire(*names)
        assert events["receipts"].payload is None
        assert isinstance(events["invoices"], TaskSkippedEvent)

    def test_a_trigger_that_ends_meanwhile_is_not_planned_and_keeps_none_of_the_others(
        self, listed, fire, calls, ledger
    ):
        names = listed(**{FIRST: {}}, one={}, gone={}, two={})
        calls()
        events = fire(*names, cancelled=("gone",))
        assert isinstance(events.pop("gone"), asyncio.CancelledError)
        assert all(isinstance(event, TaskSkippedEvent) for event in events.values())
        assert ledger.runs.get("anybodys_dag/now#gone") is None
        assert calls() == [LIST] * 2

    @pytest.mark.parametrize(("error", "kind"), [(TypeError("no order"), TypeError), (SystemExit(1), RuntimeError)])
    def test_an_error_before_a_plan_is_that_of_the_waiting_runs_and_of_no_later_one(
        self, listed, fire, monkeypatch, nobody_waits, error, kind
    ):
        names = listed(**{FIRST: {}}, one={}, two={})
        closed: list[str] = []
        share, asked = together.shared_listings, iter([False, True])
        opened = module.open_scheduled

        def breaks(requests: Any) -> Any:
            if next(asked, False):
                raise error
            return share(requests)

        def open_noted(account: str, *args: Any) -> Scheduled:
            scheduled = opened(account, *args)
            return scheduled._replace(close=lambda: (closed.append(account), scheduled.close())[1])

        monkeypatch.setattr(together, "shared_listings", breaks)
        monkeypatch.setattr(module, "open_scheduled", open_noted)
        events = fire(*names)
        assert isinstance(events[FIRST], TaskSkippedEvent)
        assert [type(events[name]) for name in ("one", "two")] == [kind] * 2
        assert nobody_waits()
        assert sorted(closed) == sorted(names)
        assert all(isinstance(event, TaskSkippedEvent) for event in fire(*names).values())

    def test_a_trigger_that_ended_before_such_an_error_is_left_alone(self, listed, fire, monkeypatch, nobody_waits):
        names = listed(**{FIRST: {}}, gone={}, two={})
        share, asked = together.shared_listings, iter([False, True])

        def breaks(requests: Any) -> Any:
            if next(asked, False):
                raise TypeError
            return share(requests)

        monkeypatch.setattr(together, "shared_listings", breaks)
        events = fire(*names, cancelled=("gone",))
        assert [type(events[name]) for name in ("gone", "two")] == [asyncio.CancelledError, TypeError]
        assert nobody_waits()

    def test_without_a_free_thread_each_gets_an_error_and_the_next_hour_works(self, listed, fire, monkeypatch):
        names = listed(one={}, two={})

        def no_thread(work: Any) -> None:
            raise RuntimeError("can't start new thread")

        with monkeypatch.context() as patch:
            patch.setattr(together, "in_thread", no_thread)
            events = fire(*names)
        assert [str(event) for event in events.values()] == ["can't start new thread"] * 2
        assert together._queues == {}
        assert all(isinstance(event, TaskSkippedEvent) for event in fire(*names).values())

    def test_the_next_hour_is_like_the_first(self, listed, fire, calls):
        names = listed(**{FIRST: {}}, one={}, two={})
        calls()
        fire(*names)
        fire(*names)
        assert calls() == [LIST] * 4


def test_each_is_planned_in_the_context_of_its_trigger(listed, fire, monkeypatch):
    """What a trigger logs goes to the log of its own task."""
    task: ContextVar[str] = ContextVar("task")
    seen: dict[str, str] = {}
    opened, made = module.open_scheduled, runs_scheduled.make_plan

    def note(job: Any, window: Any) -> Any:
        seen[job.account_id] = task.get()
        return made(job, window)

    monkeypatch.setattr(runs_scheduled, "make_plan", note)
    account_of = module.account_of

    def enter(account: str, *args: Any) -> Any:
        task.set(f"of {account}")
        return account_of(account, *args)

    monkeypatch.setattr(module, "account_of", enter)
    names = listed(**{FIRST: {}}, one={}, two={})
    fire(*names)
    assert opened
    assert seen == {name: f"of {name}" for name in names}
