"""Lists of one account or of all: each way of reading them finds the same."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Chosen, Ledger, Order, Sent, State, searches
from debitoor_provider.sync.ledger import lists as module
from debitoor_provider.sync.ledger.lists import Narrowed
from debitoor_provider.sync.rate_sums import RateAmounts, gross_amounts
from tests.sync.ledger.samples import OWNER, RUN, TTL, Clock, document, planned

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.statement import StatedRate

ORDERS: list[Order] = list(get_args(Order))
NARROWED: dict[str, dict[str, Any]] = {
    "all": {},
    "one account": {"account": "acme"},
    "some accounts": {"accounts": {"acme", "beta"}},
    "all but one": {"except_accounts": {"acme"}},
    "a period": {"period": (date(2026, 2, 2), date(2026, 2, 3))},
    "a period of some accounts": {"period": (date(2026, 2, 2), None), "accounts": {"beta", "other"}},
    "a period of all but one": {"period": (None, date(2026, 2, 3)), "except_accounts": {"beta"}},
    "a period of one account": {"period": (date(2026, 2, 2), date(2026, 2, 4)), "account": "acme"},
    "a run": {"run": RUN, "account": "acme"},
}
CHOSEN = [
    Chosen(),
    Chosen(states=[State.HELD]),
    Chosen(states=[State.HELD, State.MOVED]),
    Chosen(mark="nearest_split"),
    Chosen(mark="possible_duplicate"),
    Chosen(invoice="proven"),
    Chosen(invoice="none"),
    Chosen(states=[State.HELD, State.MOVED], invoice="none"),
    Chosen(states=[State.MOVED], mark="nearest_split", invoice="proven"),
]


@pytest.fixture
def full(ledger: Ledger, clock: Clock) -> Ledger:
    """Return documents of three accounts: held, planned, and sent with marks and e-invoices, some without a date."""
    for number, account in enumerate(["acme", "beta", "other"] * 6):
        clock.pass_by(minutes=number % 3)
        day = date(2026, 2, 1) + timedelta(days=number % 5) if number % 7 else None
        fields: dict[str, Any] = {"document_date": day, "company": f"Paper {number % 4}", "exchange_key": f"k:{number}"}
        fields["gross_amount"] = Decimal(number % 3) if number % 5 else None
        if number % 4 == 0:
            fields |= {"state": State.HELD, "message": Message("currency")}
        (entry,) = planned(ledger, number, account=account, **fields)
        if number % 4 > 1:
            (entry,) = ledger.leases.claim([entry], OWNER, TTL, run_id=RUN)
            mark = Message("nearest_split", spans=[]) if number % 3 == 0 else None
            duplicate = Message("possible_duplicate", records=[], keys=[]) if number % 5 == 0 else None
            invoice = ("none", "proven", "")[number % 3]
            entry = ledger.steps.intend(entry, mark=mark, duplicate=duplicate, invoice=invoice)
            ledger.steps.moved(entry, f"expense-{number}")
            ledger.leases.release(OWNER)
    return ledger


@pytest.mark.parametrize("near", [3, 6, 5_000], ids=["all deep", "some deep", "none deep"])
@pytest.mark.parametrize("sorted_up_to", [0, 50_000], ids=["along indexes", "sorted"])
def test_pages_have_what_a_whole_list_has(full: Ledger, sorted_up_to: int, near: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_SORTED", sorted_up_to)
    monkeypatch.setattr(module, "_UNSORTED", sorted_up_to)
    monkeypatch.setattr(module, "_NEAR", near)
    luck, ways = random.Random(near), [*itertools.product(NARROWED.values(), CHOSEN)]
    for number, (narrowed, chosen) in enumerate(ways):
        everything = full.documents.entries(**narrowed, **chosen.but(""))
        for order in luck.sample(ORDERS, 4) if number else ORDERS:
            whole, total = in_order(everything, order), len(everything)
            size = luck.randint(2, 6)
            pages = [
                full.lists.page(total, chosen, order=order, limit=size, offset=offset, **narrowed)
                for offset in range(0, total + size, size)
            ]
            assert [one.id for page in pages for one in page] == [one.id for one in whole], (narrowed, chosen, order)
            assert {len(page) for page in pages[:-2]} <= {size}


def in_order(entries: list[Entry], order: Order) -> list[Entry]:
    """Sort documents without a database: ties by id, those without a value last."""
    name, is_down = order.removeprefix("-"), order.startswith("-")
    key: Callable[[Entry], Any] = {
        "changed": lambda one: one.changed_at,
        "listed": lambda one: one.id,
        "date": lambda one: one.document_date,
        "company": lambda one: one.company.lower(),
        "number": lambda one: one.document_number,
        "amount": lambda one: one.gross_amount,
        "name": lambda one: one.target_name or one.source_name,
    }[name]
    known = sorted((one for one in entries if key(one) is not None), key=lambda one: (key(one), one.id))
    empty = sorted((one for one in entries if key(one) is None), key=lambda one: one.id)
    return [*(reversed(known) if is_down else known), *(reversed(empty) if is_down else empty)]


def test_counts_leave_out_of_account_what_they_count_by(full: Ledger):
    for narrowed, chosen in itertools.product(NARROWED.values(), CHOSEN):
        check_counts(full, narrowed, chosen)


def test_states_and_e_invoices_are_counted_by_one_look(full: Ledger):
    for narrowed, chosen in itertools.product(NARROWED.values(), CHOSEN):
        expected = full.lists.states(chosen, **narrowed), full.lists.invoices(chosen, **narrowed)
        assert full.lists.states_and_invoices(chosen, **narrowed) == expected


def check_counts(full: Ledger, narrowed: dict[str, Any], chosen: Chosen) -> None:
    entries = full.documents.entries(**narrowed)

    def fitting(but: str) -> list[Entry]:
        return [entry for entry in entries if fits(entry, chosen, but)]

    states = Counter(entry.state for entry in fitting("states"))
    marks = Counter(code for entry in fitting("mark") for code in codes(entry))
    invoices = Counter(entry.invoice for entry in fitting("invoice") if entry.invoice)
    expected = [states, marks, invoices]
    lists = full.lists
    assert [count(chosen, **narrowed) for count in (lists.states, lists.marks, lists.invoices)] == expected

    found = lists.search(chosen, text="paper", **narrowed)
    assert [found.states, found.marks, found.invoices] == expected
    assert sorted(found.ids or []) == sorted(entry.id for entry in entries if fits(entry, chosen))


def test_a_text_that_very_many_documents_have_is_counted_by_the_database(full: Ledger, monkeypatch: pytest.MonkeyPatch):
    for chosen in CHOSEN:
        few = full.lists.search(chosen, text="paper 1")
        with monkeypatch.context() as patched:
            patched.setattr(searches, "_FEW", 3)
            many = full.lists.search(chosen, text="paper 1")
        assert (many[:3], many.ids) == (few[:3], None)


def test_a_text_can_be_looked_for_in_the_newest_documents_alone(full: Ledger):
    entries = [entry for entry in full.documents.entries() if "paper 1" in entry.company.casefold()]
    everything = full.lists.search(text="paper 1")
    assert (everything.changed_after, sum(everything.states.values())) == (None, len(entries))
    found = full.lists.search(newest=5, text="paper 1")
    assert found.changed_after
    newest = [entry for entry in entries if entry.changed_at > found.changed_after]
    assert 0 < len(newest) < len(entries)
    assert sorted(found.ids or []) == sorted(entry.id for entry in newest)
    page = full.lists.page(len(newest), limit=50, text="paper 1", changed_after=found.changed_after)
    assert page == newest
    assert full.lists.search(newest=18, text="paper 1") == everything


def test_the_newest_documents_are_those_of_the_list(full: Ledger):
    found = full.lists.search(newest=3, text="paper", account="beta")
    assert found.changed_after
    newest = [one for one in full.documents.entries(account="beta") if one.changed_at > found.changed_after]
    assert sorted(found.ids or []) == sorted(entry.id for entry in newest)
    assert 3 <= len(newest) < 6


@pytest.mark.parametrize("at_once", [2, 500])
def test_ids_come_bit_by_bit_in_ascending_order(full: Ledger, at_once: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "CHUNK", at_once)
    monkeypatch.setattr(module, "_SORTED", at_once + 1)
    for narrowed, chosen in itertools.product(NARROWED.values(), CHOSEN):
        filters = narrowed | {key: value for key, value in chosen._asdict().items() if value}
        assert list(full.lists.ids(chosen, **narrowed)) == full.documents.ids(**filters)


def codes(entry: Entry) -> set[str]:
    return {mark.code for mark in entry.marks}


def fits(entry: Entry, chosen: Chosen, but: str = "") -> bool:
    return (
        (but == "states" or not chosen.states or entry.state in chosen.states)
        and (but == "mark" or not chosen.mark or chosen.mark in codes(entry))
        and (but == "invoice" or not chosen.invoice or entry.invoice == chosen.invoice)
    )


SENT = Sent(Decimal("107.00"), "EUR", date(2026, 2, 3), None, Decimal("119.00"), "USD")


class TestSums:
    def test_they_are_of_each_month_and_currency_latest_first(self, ledger: Ledger):
        january, february = date(2026, 1, 31), date(2026, 2, 1)
        for number, (day, currency, gross) in enumerate(
            [
                (january, "EUR", "119.00"),
                (january, "EUR", "-19.10"),
                (january, "USD", "5.00"),
                (february, "EUR", "0.10"),
                (february, "EUR", None),
                (None, "EUR", "7.00"),
            ]
        ):
            amount = None if gross is None else Decimal(gross)
            planned(ledger, number, document_date=day, currency=currency, gross_amount=amount, net_amount=None)
        assert [tuple(one)[:-1] for one in ledger.lists.sums()] == [
            ("2026-02", "export", "EUR", Decimal("0.10"), 2, 1),
            ("2026-01", "export", "USD", Decimal("5.00"), 1, 0),
            ("2026-01", "export", "EUR", Decimal("99.90"), 2, 0),
            ("", "export", "EUR", Decimal("7.00"), 1, 0),
        ]

    @pytest.mark.parametrize(
        "amounts",
        [
            ["0.10"] * 30,
            ["999999999.99", "0.01"],
            ["99999999999999999.99", "-0.01"],
            ["0.1234567", "0.00001"],
            ["-1.5", "3"],
        ],
        ids=lambda amounts: amounts[0],
    )
    def test_they_are_exact(self, ledger: Ledger, amounts: list[str]):
        for number, amount in enumerate(amounts):
            planned(ledger, number, gross_amount=Decimal(amount))
        (one,) = ledger.lists.sums()
        assert one.gross == sum(map(Decimal, amounts))

    def test_they_are_of_what_was_sent_once_it_was(self, ledger: Ledger):
        entries = planned(ledger, 1, 2, currency="USD", gross_amount=Decimal("119.00"))
        moved, failed = ledger.leases.claim(entries, OWNER, TTL, run_id=RUN)
        ledger.steps.moved(ledger.steps.intend(moved, sent=SENT), "expense-1")
        ledger.steps.intend(failed, sent=SENT)
        assert {one.currency: one.gross for one in ledger.lists.sums()} == {"EUR": 107, "USD": 119}

    def test_what_was_booked_is_added_up_by_rate(self, ledger: Ledger):
        booked: list[dict[StatedRate, str]] = [
            {Decimal(19): "0.03"},
            {Decimal("19.0"): "-119.00"},
            {Decimal(20): "0.03"},  # half a cent of net
            {Decimal(19): "11900000000.00"},
            {Decimal("5.5"): "10.55", Decimal(19): "1.19"},
            {Decimal(0): "4.00"},
            {None: "8.00"},
        ]
        entries = planned(ledger, *range(len(booked) + 1), gross_amount=Decimal("0.25"))
        claimed = ledger.leases.claim(entries[1:], OWNER, TTL, run_id=RUN)
        for number, (entry, amounts) in enumerate(zip(claimed, booked, strict=True)):
            by_rate = {rate: Decimal(gross) for rate, gross in amounts.items()}
            sent = replace(SENT, gross=sum(by_rate.values(), Decimal(0)), by_rate=gross_amounts(by_rate))
            ledger.steps.moved(ledger.steps.intend(entry, sent=sent), f"expense-{number}")
        eur = {one.currency: one for one in ledger.lists.sums()}["EUR"]
        assert [(one.rate, one.documents, one.gross, one.net, one.tax) for one in eur.rates] == [
            (0, 1, 4, 4, 0),
            (Decimal("5.5"), 1, Decimal("10.55"), 10, Decimal("0.55")),
            (19, 4, Decimal("11899999882.22"), Decimal("9999999901.03"), Decimal("1899999981.19")),
            (20, 1, Decimal("0.03"), Decimal("0.03"), 0),
            (None, 2, Decimal("8.25"), None, None),
        ]
        assert sum(one.gross for one in eur.rates) == eur.gross
        assert (eur.net, eur.tax) == (None, None)  # of some it is not known
        known = eur._replace(rates=eur.rates[:-1], gross=eur.gross - Decimal("8.25"))
        assert (known.net, known.tax) == (Decimal("9999999915.06"), Decimal("1899999981.74"))

    def test_stated_amounts_are_added_up_as_they_are(self, ledger: Ledger):
        booked: list[dict[StatedRate, RateAmounts]] = [
            {Decimal(19): RateAmounts(Decimal("119.01"), Decimal("100.02"), Decimal("18.99"))},  # derived: 100.01
            {Decimal(19): RateAmounts(Decimal("119.00"), Decimal("100.00"), Decimal("19.00"))},
            {Decimal(19): RateAmounts(Decimal("50.00"), Decimal("42.00"), Decimal("7.99"))},  # as such a record has it
            {
                Decimal(7): RateAmounts(Decimal("-10.70"), Decimal("-10.01"), Decimal("-0.69")),
                Decimal(19): RateAmounts(Decimal("1.19"), Decimal("1.00"), Decimal("0.19")),
            },
        ]
        entries = ledger.leases.claim(planned(ledger, *range(len(booked))), OWNER, TTL, run_id=RUN)
        for number, (entry, by_rate) in enumerate(zip(entries, booked, strict=True)):
            sent = replace(SENT, gross=sum((one.gross for one in by_rate.values()), Decimal(0)), by_rate=by_rate)
            ledger.steps.moved(ledger.steps.intend(entry, sent=sent), f"expense-{number}")
        (total,) = ledger.lists.sums()
        assert total.rates == (
            (7, 1, Decimal("-10.70"), Decimal("-10.01"), Decimal("-0.69"), False),
            (19, 4, Decimal("289.20"), Decimal("243.02"), Decimal("46.17"), False),
        )
        assert (total.gross, total.net, total.tax) == (Decimal("278.50"), Decimal("233.01"), Decimal("45.48"))

    def test_the_reverse_charge_is_not_zero_per_cent(self, ledger: Ledger):
        reverse, taxed = RateAmounts(Decimal("4.00"), reverse_charge=True), RateAmounts(Decimal("1.19"))
        booked: list[dict[StatedRate, RateAmounts]] = [
            {Decimal(0): reverse},
            {Decimal(0): reverse._replace(gross=Decimal("12345678901.99"))},  # large
            {Decimal(0): RateAmounts(Decimal("8.00"))},
            {Decimal(0): reverse, Decimal(19): taxed},
        ]
        entries = ledger.leases.claim(planned(ledger, *range(len(booked))), OWNER, TTL, run_id=RUN)
        for number, (entry, by_rate) in enumerate(zip(entries, booked, strict=True)):
            sent = replace(SENT, gross=sum((one.gross for one in by_rate.values()), Decimal(0)), by_rate=by_rate)
            ledger.steps.moved(ledger.steps.intend(entry, sent=sent), f"expense-{number}")
        (total,) = ledger.lists.sums()
        assert total.rates == (
            (0, 1, 8, 8, 0, False),
            (0, 3, Decimal("12345678909.99"), Decimal("12345678909.99"), 0, True),
            (19, 1, Decimal("1.19"), 1, Decimal("0.19"), False),
        )
        assert (total.gross, total.tax) == (Decimal("12345678919.18"), Decimal("0.19"))

    def test_they_are_of_what_is_filtered(self, ledger: Ledger):
        planned(ledger, 1, company="Ink", gross_amount=Decimal(10))
        planned(ledger, 2, company="Paper", gross_amount=Decimal(20), state=State.HELD)
        planned(ledger, 3, account="other", gross_amount=Decimal(40))
        ledger.plans.enter("sales", "import", RUN, [document("a" * 24, gross_amount=Decimal(80))])
        asked: list[tuple[str, Chosen, Narrowed]] = [
            ("all", Chosen(), {}),
            ("held", Chosen(states=[State.HELD]), {}),
            ("account", Chosen(), {"account": "acme"}),
            ("text", Chosen(), {"text": "ink"}),
        ]
        gross = {what: [one.gross for one in ledger.lists.sums(chosen, **narrowed)] for what, chosen, narrowed in asked}
        assert gross == {"all": [80, 70], "held": [20], "account": [30], "text": [10]}
