"""A ledger of the first version, with rows of every kind, goes up by the command of the initialisation."""

from __future__ import annotations

from argparse import Namespace
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from debitoor_provider.cli.ledger import upgrade
from debitoor_provider.messages import Message
from debitoor_provider.sync.export.booked_amounts import BookedAmounts
from debitoor_provider.sync.ledger import EventKind, Ledger, LedgerOutdated, Notice, Run, Sent, State
from debitoor_provider.sync.ledger.database import schema
from debitoor_provider.sync.ledger.database.schema import HEAD
from debitoor_provider.sync.rate_sums import gross_amounts, rates_text
from tests.postgresql import new_database
from tests.sync.ledger.database import upgrades
from tests.sync.ledger.samples import OWNER, RUN, TTL, claimed, document, give_name, in_state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from debitoor_provider.sync.statement import StatedRate

pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
FIRST = "0001"
LONG_AGO = date(2000, 1, 1)


@pytest.fixture
def today_url(empty_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return another database of the same kind."""
    if empty_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'today.db'}"
    else:
        yield from new_database(request.getfixturevalue("postgresql_server"))


@pytest.fixture
def today(today_url: str) -> Iterator[Ledger]:
    """Return a ledger with every state, both directions, runs, leases and watermarks."""
    ledger = Ledger.open(today_url)
    for number, state in enumerate(State, 1):
        in_state(ledger, state, number)
    named, locked, split = claimed(ledger, 50, 51, 52)
    spans = [Message("gross_at_rate", lowest="106.91", highest="107.09", rate="7")]
    ledger.steps.intend(
        split, detail={"nearest": {"7": ["106.91", "107.09"]}}, mark=Message("nearest_split", spans=spans)
    )
    give_name(ledger, named, "Müller_R-50.pdf")
    ledger.steps.file_uploaded(ledger.steps.intend(named), "file-50", sha256="0" * 64, size=4711)
    ledger.steps.not_archived(
        ledger.steps.moved(ledger.steps.intend(locked), "expense-51"),
        "d/1",
        Message("as_written", text="It is locked.", remedy=""),
    )
    ledger.leases.release(OWNER)
    ledger.plans.enter("sales", "import", "d/2", [document("a" * 24)], watermark=datetime(2026, 3, 1, tzinfo=UTC))
    ledger.plans.enter(
        "acme", "export", "d/1", [], watermark=datetime(2026, 3, 2, tzinfo=UTC), settings_fingerprint="one"
    )
    ledger.runs.start(Run("d/1", "acme", "export", "scheduled"))
    unknown = Message("as_written", text="The key is not known.", remedy="")
    ledger.runs.finish("d/1", counts={"moved": 3}, verdict="stopped", message=unknown)
    ledger.runs.start(Run("d/2", "sales", "import", "backfill"))
    claimed(ledger, 90)
    yield ledger
    ledger.close()


def fill_version(version: str, empty_url: str, today_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a ledger of an earlier version with the rows of one of today."""
    with monkeypatch.context() as before:
        before.setattr(schema, "SCRIPTS", upgrades.scripts(tmp_path, version))
        before.setattr(schema, "HEAD", version)
        Ledger.open(empty_url).close()
    upgrades.fill(empty_url, upgrades.rows(today_url))


@pytest.fixture
def first(empty_url: str, today_url: str, today: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of the same ledger in its first version, which is the configured one."""
    fill_version(FIRST, empty_url, today_url, tmp_path, monkeypatch)
    if empty_url.startswith("postgresql"):  # as if it had numbered the rows itself
        with Ledger(empty_url)._database.write() as connection:
            for table in ("debitoor_documents", "debitoor_events"):
                connection.execute(
                    sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
                )
    monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", empty_url)
    return empty_url


def test_nothing_is_lost(first: str, today: Ledger, capsys: pytest.CaptureFixture[str]):
    before = upgrades.rows(first)
    assert all(before[table] for table in ("debitoor_documents", "debitoor_events", "debitoor_leases"))
    assert all(before[table] for table in ("debitoor_runs", "debitoor_watermarks"))
    with pytest.raises(LedgerOutdated):
        Ledger.open(first)

    upgrade(Namespace(verbose=True))
    assert f"is at version {HEAD} now; it was at {FIRST}." in capsys.readouterr().out
    assert upgrades.missing(before, upgrades.rows(first)) == []

    ledger = Ledger.open(first)
    assert ledger.documents.entries() == today.documents.entries()
    assert ledger.runs.latest() == today.runs.latest()
    for entry in today.documents.entries():
        assert ledger.documents.history(entry) == today.documents.history(entry)
    for account, direction in (("acme", "export"), ("sales", "import")):
        assert ledger.runs.watermark(account, direction) == today.runs.watermark(account, direction)
    assert ledger.figures.states() == today.figures.states()
    assert ledger.figures.moved_by_day(LONG_AGO) == today.figures.moved_by_day(LONG_AGO)
    assert ledger.figures.recount() == []
    ledger.close()


def test_what_was_booked_gets_its_rates_from_the_history(
    empty_url: str, today_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    today = Ledger.open(today_url)
    booked: list[dict[StatedRate, Decimal]] = [
        {Decimal(19): Decimal("119.00")},
        {Decimal("5.5"): Decimal("10.55"), Decimal(19): Decimal("1.19")},
        {},
    ]
    for entry, by_rate in zip(claimed(today, *range(1, 4)), booked, strict=True):
        gross = sum(by_rate.values(), Decimal(0))
        sent = Sent(gross, "EUR", entry.document_date, None, gross, "EUR", by_rate=gross_amounts(by_rate))
        for tried in ({Decimal(7): Decimal("1.00")}, by_rate):
            detail = BookedAmounts(date(2026, 2, 3), tried).as_json()
            sending = today.steps.intend(entry, detail=detail, sent=sent)
        today.steps.moved(sending, f"expense-{entry.id}")
    fill_version("0016", empty_url, today_url, tmp_path, monkeypatch)
    today.close()
    monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", empty_url)

    upgrade(Namespace(verbose=True))
    with closing(Ledger.open(empty_url)) as ledger:
        entries = ledger.documents.entries(order="date")
        assert sorted(entry.booked_rates for entry in entries) == ["", "19", "5.5:10.55 19:1.19"]
        assert [entry.booked_rates for entry in entries] == [
            rates_text(gross_amounts(booked[entry.id - 1])) for entry in entries
        ]


def test_what_was_booked_with_the_reverse_charge_is_known_from_the_history(
    empty_url: str, today_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    today = Ledger.open(today_url)
    reverse = {"reverse_charge": Message("reverse_charge_by_country", rate=Decimal(19), country="FR").as_json()}
    alone: dict[StatedRate, Decimal] = {Decimal(0): Decimal("4.00")}
    both = {**alone, Decimal(7): Decimal("1.07")}
    of_each = [(alone, reverse), (alone, {}), (both, reverse), (both, {})]
    entries = claimed(today, *range(1, 7))
    for entry, (by_rate, reasons) in zip(entries[:4], of_each, strict=True):
        gross = sum(by_rate.values(), Decimal(0))
        sent = Sent(gross, "EUR", entry.document_date, None, gross, "EUR", by_rate=gross_amounts(by_rate))
        for tried in (reverse if reasons == {} else {}, reasons):  # only the last attempt counts
            figures = BookedAmounts(date(2026, 2, 3), {rate: of for rate, of in by_rate.items() if rate is not None})
            sending = today.steps.intend(entry, detail=figures.as_json() | tried, sent=sent)
        today.steps.moved(sending, f"expense-{entry.id}")
    sent = Sent(Decimal(4), "EUR", date(2026, 2, 3), None, Decimal(4), "EUR", by_rate=gross_amounts(alone))
    for entry, reasons in zip(entries[4:], (reverse, {}), strict=True):  # found at the target
        today.steps.moved(entry, f"expense-{entry.id}", detail=reasons, sent=sent)
    fill_version("0019", empty_url, today_url, tmp_path, monkeypatch)
    today.close()
    monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", empty_url)

    upgrade(Namespace(verbose=True))
    with closing(Ledger.open(empty_url)) as ledger:
        rates = {entry.source_id: entry.booked_rates for entry in ledger.documents.entries()}
        assert rates == {
            "1": "reverse",
            "2": "0",
            "3": "reverse:4.00 7:1.07",
            "4": "0:4.00 7:1.07",
            "5": "reverse",
            "6": "0",
        }


def test_an_import_gets_the_net_amount_that_its_record_states(
    empty_url: str, today_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    today = Ledger.open(today_url)
    amounts = {"a": ("119.00", "100.00"), "b": ("119.01", "100.02"), "c": ("-119.01", "-100.02"), "d": ("119.01", None)}
    for source_id, (gross, net) in amounts.items():
        figures = {"gross_amount": Decimal(gross), "net_amount": net and Decimal(net)}
        today.plans.enter("sales", "import", RUN, [document(source_id, **figures)])
        (entry,) = today.leases.claim([*today.documents.known("sales", "import", [source_id]).values()], OWNER, TTL)
        by_rate = gross_amounts({Decimal(19): Decimal(gross)})
        own = (entry.document_date, entry.net_amount, entry.gross_amount)
        sent = Sent(Decimal(gross), "EUR", *own, "EUR", by_rate=by_rate)
        today.steps.moved(today.steps.intend(entry, sent=sent), f"document-{source_id}")
    in_state(today, State.MOVED, 90)
    fill_version("0017", empty_url, today_url, tmp_path, monkeypatch)
    today.close()
    monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", empty_url)

    upgrade(Namespace(verbose=True))
    with closing(Ledger.open(empty_url)) as ledger:
        rates = {entry.source_id: entry.booked_rates for entry in ledger.documents.entries()}
    assert rates == {"a": "19", "b": "19:119.01:100.02", "c": "19:-119.01:-100.02", "d": "19", "90": ""}


def test_no_rule_drops_a_document_that_was_held_because_it_is_there_twice(
    empty_url: str, today_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    today = Ledger.open(today_url)
    twice, usd, moved, anew, again, differs = (
        in_state(today, state, number) for number, state in enumerate([State.MOVED] * 6, 1)
    )
    today.steps.doubled(twice, RUN, Message("booked_twice", count=2, records=[], keep=None), {"copies": ["1", "2"]})
    today.documents.retry([usd], "user:ada", if_missing=True)
    (usd,) = today.leases.claim([*today.documents.known("acme", "export", ["2"]).values()], OWNER, TTL)
    today.steps.hold(today.steps.not_there(usd), Message("foreign_currency", currency="USD"))
    today.documents.retry([anew], "user:ada", new_record=True)
    today.documents.retry([again, differs], "user:ada", if_missing=True)
    (differs,) = today.leases.claim([*today.documents.known("acme", "export", ["6"]).values()], OWNER, TTL)
    today.steps.reject(today.steps.not_there(differs), Message("stored_differently", differences=[]))
    fill_version("0019", empty_url, today_url, tmp_path, monkeypatch)
    today.close()
    monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", empty_url)

    upgrade(Namespace(verbose=True))
    with closing(Ledger.open(empty_url)) as ledger:
        assert {entry.source_id: entry.was_there for entry in ledger.documents.entries()} == {
            twice.source_id: True, usd.source_id: False, moved.source_id: False,
            anew.source_id: True, again.source_id: True, differs.source_id: True,
        }  # fmt: skip


def test_stops_have_room_for_large_amounts_and_those_that_had_none_are_asked_again(
    empty_url: str, today_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    today = Ledger.open(today_url)
    for name, number in (("amount", 2**31 - 1), ("archived", 700)):
        today.stops.ask(
            "acme",
            name,
            number,
            Message("limit_new_documents", account="acme", number=1, most=0),
            run_id=RUN,
            settings_fingerprint="f",
        )
        today.stops.allow("acme", "user:anna")
    fill_version("0019", empty_url, today_url, tmp_path, monkeypatch)
    today.close()
    monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", empty_url)

    upgrade(Namespace(verbose=True))
    with closing(Ledger.open(empty_url)) as ledger:
        assert not ledger.stops.is_allowed("acme", "amount", 1)
        assert ledger.stops.is_allowed("acme", "archived", 700)
        message = Message("limit_new_documents", account="acme", number=1, most=0)
        ledger.stops.ask("acme", "amount", 2**40, message, run_id=RUN, settings_fingerprint="f")
        assert [stop.number for stop in ledger.stops.pending(["acme"])] == [2**40]


@pytest.mark.parametrize("is_notified", [True, False])
def test_people_are_not_notified_again_of_what_they_know(
    empty_url: str, today_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_notified: bool
):
    today = Ledger.open(today_url)
    in_state(today, State.HELD, 1)
    today.notices.keep(Notice("acme"))
    fill_version("0022", empty_url, today_url, tmp_path, monkeypatch)
    last = today.plans.last_change()
    today.close()
    if is_notified:
        with Ledger(empty_url)._database.write() as connection:
            connection.execute(sa.text("UPDATE debitoor_notices SET until = (SELECT MAX(at) FROM debitoor_events)"))
    monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", empty_url)

    upgrade(Namespace(verbose=True))
    with closing(Ledger.open(empty_url)) as ledger:
        seen = ledger.notices.last("acme").seen
        assert seen == (last if is_notified else 0)
        assert bool(ledger.documents.entries("acme", came_after=seen, states=[State.HELD])) is not is_notified


def test_it_resumes_where_it_stopped(first: str):
    upgrade(Namespace(verbose=True))
    ledger = Ledger.open(first)
    due = ledger.documents.entries("acme", states={State.PLANNED, State.SENDING})
    taken = ledger.leases.claim(due, "another run", TTL, run_id="d/3")
    assert {entry.source_id for entry in due} - {entry.source_id for entry in taken} == {"90"}  # leased before

    (moved,) = (
        entry for entry in ledger.documents.entries("acme", states={State.MOVED}) if entry.target_id == "expense-4"
    )
    ledger.plans.enter("acme", "export", RUN, [document(moved.source_id)])
    assert ledger.documents.entry(moved.id).state is State.MOVED  # not sent again
    assert [entry.state for entry in ledger.steps.archived([moved], RUN)] == [State.ARCHIVED]
    assert [event.kind for event in ledger.documents.history(moved)][-1] == EventKind.ARCHIVED
    ledger.close()


def test_the_figures_follow_the_documents_after_their_table_was_replaced(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    ledger = Ledger.open(empty_url)
    in_state(ledger, State.MOVED, 1)
    monkeypatch.setattr(schema, "SCRIPTS", upgrades.scripts(tmp_path, upgrades.NEXT))
    monkeypatch.setattr(schema, "HEAD", upgrades.NEXT)
    ledger.upgrade()  # SQLite makes a new table of documents

    in_state(ledger, State.HELD, 2)
    assert ledger.figures.states() == {"acme": {State.MOVED: 1, State.HELD: 1}}
    assert ledger.figures.recount() == []
    ledger.close()
