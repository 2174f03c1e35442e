"""Documents without a date on their record, in an account with a period: their e-invoice may have it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.messages.catalogue import entries
from debitoor_provider.sync.check.check import check
from debitoor_provider.sync.export.exchange_rates import ExchangeRates
from debitoor_provider.sync.export.waits import ASKED, RECHECKED, look_again
from debitoor_provider.sync.window import RunKind, manual
from tests.sync.export.test_selection import export
from tests.sync.invoice.writers import Group, cii, in_pdf, stated, ubl

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sync.accounts.settings import ExportAccount
    from tests.sync.invoice.writers import Stated
    from tests.sync.stage import Stage, Watch

WITHIN, BEFORE = date(2026, 3, 14), date(2025, 12, 31)


def invoice(day: date, write: Callable[[Stated], bytes] = cii, **more: Any) -> bytes:
    """Return a PDF with an e-invoice over 119.00 EUR of a day."""
    return in_pdf(write(stated(Group(Decimal(19), Decimal("100.00"), Decimal("19.00")), day=day, **more)))


def undated(stage: Stage, content: bytes | None = None, **fields: Any) -> str:
    return stage.document(content, document_date=None, **fields)


@pytest.fixture
def account(acme: Stage) -> ExportAccount:
    return acme.exports(period={"from": "2026-01-01"})


def reads(watch: Watch) -> int:
    """Return how many calls were made for single documents."""
    return watch.calls["gmi.documents.get"] + watch.calls["gmi.documents.file"]


def previewed(stage: Stage, account: ExportAccount) -> dict[str, tuple[str, str]]:
    return {row.source_id: (row.outcome, row.message.code if row.message else "") for row in stage.preview(account)}


def test_only_the_reasons_that_are_declared_are_looked_at_again() -> None:
    looked_at = set()
    for code in entries("en").keys() - RECHECKED:
        waits: Any = SimpleNamespace(reason_code=code, message=Message(code), decisions="", snapshot="")
        if look_again(waits, export(), ExchangeRates("")) is not False:
            looked_at.add(code)
    assert looked_at == ASKED


@pytest.mark.parametrize("write", [cii, ubl])
def test_an_e_invoice_supplies_the_date(acme: Stage, account: ExportAccount, write: Callable[[Stated], bytes]) -> None:
    uid = undated(acme, invoice(WITHIN, write))
    assert previewed(acme, account) == {uid: ("send", "")}
    acme.export(account)
    assert acme.states() == {uid: "moved"}
    [expense] = acme.company.expenses()
    assert expense["date"] == "2026-03-14"
    assert acme.entry(uid).invoice == "supplied"


def test_by_its_e_invoice_it_is_left_out_by_the_period(acme: Stage, account: ExportAccount) -> None:
    uid = undated(acme, invoice(BEFORE))
    assert previewed(acme, account) == {uid: ("waiting", "period_by_invoice")}
    acme.export(account)
    assert previewed(acme, account) == {uid: ("waiting", "period_by_invoice")}
    assert acme.states() == {uid: "waiting period_by_invoice"}
    assert "2025-12-31" in acme.entry(uid).reason
    assert acme.company.expenses() == []
    with check(acme.job(account, run_id="check")) as found:
        [row] = found.rows
    assert (str(row.outcome), row.message.code if row.message else "") == ("left out", "period_by_invoice")
    assert not found.differs


def test_with_the_record_s_figures_the_date_is_the_e_invoice_s(acme: Stage, account: ExportAccount) -> None:
    within = undated(acme, invoice(WITHIN), net_amount="200.00", gross_amount="238.00")
    before = undated(acme, invoice(BEFORE), net_amount="200.00", gross_amount="238.00")
    acme.export(account)
    assert acme.states() == {within: "held invoice_contradicts", before: "waiting period_by_invoice"}
    acme.ledger.documents.choose([acme.entry(within)], "record", "user:ada")
    assert previewed(acme, account)[within] == ("send", "")
    acme.export(account)
    assert acme.states() == {within: "moved", before: "waiting period_by_invoice"}
    assert [expense["date"] for expense in acme.company.expenses()] == ["2026-03-14"]
    assert acme.booked() == {within: Decimal("238.00")}
    with check(acme.job(account, run_id="check")) as found:
        assert sorted(str(row.outcome) for row in found.rows) == ["left out", "same"]


def test_whose_e_invoice_is_chosen_it_is_not_booked_outside_the_period(acme: Stage, account: ExportAccount) -> None:
    uid = acme.document(invoice(BEFORE), document_date="2026-03-14")
    acme.export(account)
    assert acme.states() == {uid: "held invoice_contradicts"}
    acme.ledger.documents.choose([acme.entry(uid)], "invoice", "user:ada")
    assert previewed(acme, account) == {uid: ("waiting", "period_by_invoice")}
    acme.export(account)
    acme.export(account)
    assert acme.states() == {uid: "waiting period_by_invoice"}
    assert "2025-12-31" in acme.entry(uid).reason
    assert acme.company.expenses() == []
    acme.ledger.documents.correct([acme.entry(uid)], "date=2026-02-01", "user:ada", detail={})
    acme.export(account)
    assert acme.states() == {uid: "moved"}
    assert [expense["date"] for expense in acme.company.expenses()] == ["2026-02-01"]


def test_without_an_e_invoice_it_waits_for_its_date(acme: Stage, account: ExportAccount) -> None:
    none, unproven = undated(acme), undated(acme, invoice(WITHIN, gross=Decimal("119.02")))
    assert set(previewed(acme, account).values()) == {("waiting", "no_date")}
    acme.export(account)
    assert acme.states() == {none: "waiting no_date", unproven: "waiting no_date"}
    assert set(previewed(acme, account).values()) == {("waiting", "no_date")}


@pytest.mark.parametrize("period", [{}, {"from": "2026-01-01"}])
def test_a_date_that_cannot_be_read_is_named_and_can_be_stated(acme: Stage, period: dict[str, str]) -> None:
    uid, account = acme.document(document_date="31.02.2026"), acme.exports(period=period)
    outcome = "waiting" if period else "rejected"
    assert previewed(acme, account) == {uid: (outcome, "date_unreadable")}
    acme.export(account)
    acme.export(account)
    assert acme.states() == {uid: f"{outcome} date_unreadable"}
    assert "31.02.2026" in acme.entry(uid).reason
    acme.ledger.documents.correct([acme.entry(uid)], "date=2026-02-28", "user:ada", detail={})
    acme.export(account)
    assert acme.states() == {uid: "moved"}
    assert [expense["date"] for expense in acme.company.expenses()] == ["2026-02-28"]


@pytest.mark.parametrize(
    ("content", "fields", "outcome"),
    [
        (in_pdf(), {}, "none"),
        (invoice(BEFORE), {}, "supplied"),
        (invoice(BEFORE), {"net_amount": "200.00", "gross_amount": "238.00"}, "contradicts"),
        (invoice(BEFORE, gross=Decimal("119.02")), {}, "unproven"),
        (None, {}, "unreadable"),
    ],
    ids=["none", "supplied", "contradicts", "unproven", "unreadable"],
)
def test_the_outcome_of_its_e_invoice_is_recorded_while_it_waits(
    acme: Stage, account: ExportAccount, content: bytes | None, fields: dict[str, str], outcome: str
) -> None:
    uid = undated(acme, content, **fields)
    assert [row.invoice for row in acme.preview(account)] == [outcome]
    for _ in range(2):  # a listing of everything leaves it as it is
        acme.export(account)
        assert acme.entry(uid).state == "waiting"
        assert acme.entry(uid).invoice == outcome
        assert acme.ledger.lists.invoices() == {outcome: 1}
        assert [entry.source_id for entry in acme.ledger.documents.entries("acme", invoice=outcome)] == [uid]
        acme.clock.pass_by(days=8)


@pytest.mark.parametrize("content", [None, invoice(BEFORE)], ids=["none", "before"])
def test_its_file_is_read_once_for_each_change_of_the_record(
    acme: Stage, account: ExportAccount, content: bytes | None
) -> None:
    uid = undated(acme, content)
    watch = acme.watch()
    acme.export(account)
    assert reads(watch) == 1
    for days in (0, 1, 8):  # nothing new; within the overlap; everything is listed
        acme.clock.pass_by(days=days, hours=1)
        watch = acme.watch()
        acme.export(account)
        acme.preview(account)
        assert reads(watch) == 0
    acme.company.edit_document(int(uid), note="changed")
    watch = acme.watch()
    acme.export(account)
    assert reads(watch) == 1
    acme.company.edit_document(int(uid), document_date="2026-02-01")
    acme.export(account)
    assert acme.states()[uid].startswith("moved" if content is None else "held invoice_contradicts")


def test_another_period_makes_it_be_looked_at_again(acme: Stage, account: ExportAccount) -> None:
    uid = undated(acme, invoice(BEFORE))
    acme.export(account)
    acme.export(acme.exports(period={"from": "2025-01-01"}))
    assert acme.states() == {uid: "moved"}


def test_a_person_may_state_the_date(acme: Stage, account: ExportAccount) -> None:
    uid = undated(acme)
    acme.export(account)
    acme.ledger.documents.correct([acme.entry(uid)], "date=2026-02-01", "user:ada", detail={})
    acme.export(account)
    assert acme.states() == {uid: "moved"}


def test_where_no_e_invoice_is_read_it_waits_without_a_call(acme: Stage) -> None:
    account = acme.exports(period={"from": "2026-01-01"}, invoice="off")
    uid = undated(acme, invoice(WITHIN))
    watch = acme.watch()
    acme.export(account)
    acme.export(account)
    assert reads(watch) == 0
    assert acme.states() == {uid: "waiting no_date"}
    acme.export(acme.exports(period={"from": "2026-01-01"}))
    assert acme.states() == {uid: "moved"}


def test_a_document_that_also_waits_for_something_else_is_not_read(acme: Stage) -> None:
    account = acme.exports(period={"from": "2026-01-01"}, filter={"tags": {"any": ["books"]}})
    uid = undated(acme, invoice(WITHIN))
    for _ in range(2):
        watch = acme.watch()
        acme.export(account)
        assert reads(watch) == 0
        acme.clock.pass_by(hours=1)
    assert acme.states() == {uid: "waiting tag_missing"}
    acme.company.edit_document(int(uid), tags=["books"])
    acme.export(account)
    assert acme.states() == {uid: "moved"}


def test_a_backfill_leaves_it_to_the_next_scheduled_run(acme: Stage, account: ExportAccount) -> None:
    acme.company.switch(undated_in_period=True)
    uid = undated(acme, invoice(WITHIN))
    acme.plan(account, manual(date(2026, 2, 1), date(2026, 2, 28), ()), RunKind.MANUAL)
    acme.finish(account)
    assert acme.states() == {uid: "waiting no_date"}
    acme.export(account)
    assert acme.states() == {uid: "moved"}


def test_the_check_knows_a_supplied_date(acme: Stage, account: ExportAccount) -> None:
    undated(acme, invoice(WITHIN))
    acme.export(account)
    with check(acme.job(account, run_id="check")) as found:
        assert [str(row.outcome) for row in found.rows] == ["same"]
