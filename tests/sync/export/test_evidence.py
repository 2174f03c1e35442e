"""Record and e-invoice of one document: proven, completed, or contradicted and decided on by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.messages import Message, Reader, readable, written_for
from debitoor_provider.services.getmyinvoices.models import Document, LineItem
from debitoor_provider.sync.corrections import Corrections
from debitoor_provider.sync.export.booking import Booking
from debitoor_provider.sync.export.choices import ChosenFigures, Decisions
from debitoor_provider.sync.export.evidence import Proof, weigh
from debitoor_provider.sync.export.expense import draft
from debitoor_provider.sync.invoice.models import Invoice, InvoiceKind, Party, Reading, Syntax, TaxGroup
from debitoor_provider.sync.obstacle import Obstacle, ObstacleKind
from tests.sync.export.test_expense import BOOKS, DOCUMENT, MOULIN, PAPER, SERVICE
from tests.sync.export.test_selection import export
from tests.sync.invoice.writers import Group, cii, in_pdf, stated, ubl
from tests.sync.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.invoice.writers import Stated

D = Decimal
AT_19 = TaxGroup("S", D(19), D("100.00"), D("19.00"))
AT_7_OF_100 = Group(D(7), D("100.00"), D("7.00"))
NOTHING = {"net_amount": None, "gross_amount": None, "tax_rates": ()}
AT_7 = TaxGroup("S", D(7), D("100.00"), D("7.00"))


def invoice(*groups: TaxGroup, **fields: Any) -> Invoice:
    """Return an invoice whose totals are those of its groups, of the day and in the currency of the document."""
    net = sum((group.base or D(0) for group in groups), D(0))
    tax = sum((group.tax or D(0) for group in groups), D(0))
    usual: dict[str, Any] = {
        "syntax": Syntax.CII,
        "kind": InvoiceKind.INVOICE,
        "number": "R-7",
        "date": DOCUMENT.document_date,
        "currency": "EUR",
        "net": net,
        "tax": tax,
        "gross": net + tax,
        "groups": groups,
        "seller": Party("Paper Ltd", "DE", "DE123456789"),
    }
    return Invoice(**usual | fields)


def lowered(one: Invoice) -> Invoice:
    """Return the same invoice as a credit note."""
    groups = tuple(replace(group, base=-(group.base or 0), tax=-(group.tax or 0)) for group in one.groups)
    return invoice(*groups, kind=InvoiceKind.CREDIT_NOTE)


def booked(
    one: Invoice | None = None,
    *,
    choices: ChosenFigures | None = None,
    settings: dict[str, Any] | None = None,
    reading: Reading | None = None,
    **fields: Any,
) -> Booking:
    reading = reading or Reading((one,) if one else ())
    document = replace(DOCUMENT, **fields)
    return draft(
        document, PAPER, BOOKS, export(**(settings or {})), reading=reading, decisions=Decisions(choices or {})
    )


def held(one: Invoice, **more: Any) -> Obstacle:
    with pytest.raises(Obstacle) as met:
        booked(one, **more)
    assert met.value.message.text().endswith(".")
    assert met.value.message.remedy().endswith(".")
    return met.value


def by_rate(one: Booking) -> dict[str, str]:
    return {f"{rate:f}": f"{gross:f}" for rate, gross in one.figures.by_rate.items()}


class TestProven:
    def test_a_record_that_agrees(self):
        one = booked(invoice(AT_19))
        assert (one.invoice, by_rate(one), one.mark) == ("proven", {"19": "119.00"}, None)
        assert one.as_json()["invoice"] == "proven"

    def test_two_rates_are_split_by_the_invoice_and_not_by_the_nearest_guess(self):
        parts = (TaxGroup("S", D(7), D("100.05"), D("7.00")), TaxGroup("S", D(19), D("99.95"), D("18.99")))
        sums = {"net_amount": D("200.00"), "gross_amount": D("225.99"), "tax_rates": (D(7), D(19))}
        assert by_rate(booked(**sums)) != {"7": "107.05", "19": "118.94"}
        one = booked(invoice(*parts), **sums)
        assert (one.invoice, by_rate(one), one.mark) == ("supplied", {"7": "107.05", "19": "118.94"}, None)

    def test_a_credit_note_whose_record_is_positive_needs_no_decision_about_its_sign(self):
        one = booked(lowered(invoice(AT_19)), document_type="CREDIT_NOTE")
        assert (one.invoice, by_rate(one)) == ("proven", {"19": "-119.00"})

    @pytest.mark.parametrize("reading", [Reading(), Reading(problem=Message("invoice_pdf_locked"))])
    def test_without_an_invoice_the_record_counts(self, reading):
        one = booked(reading=reading)
        assert (by_rate(one), one.invoice) == ({"19": "119.00"}, "unreadable" if reading.problem else "none")

    def test_an_inconclusive_invoice_does_not_contradict_the_record(self):
        one = booked(invoice(AT_19, gross=D("120.00")))
        assert (one.invoice, by_rate(one)) == ("unproven", {"19": "119.00"})
        assert "are not gross 120.00" in Message.from_json(one.as_json()["invoice_says"][0]).text()

    @pytest.mark.parametrize("settings", [{}, {"invoice": "fill"}])
    @pytest.mark.parametrize("net", [None, D("0.00")])
    @pytest.mark.parametrize(
        ("invoices", "amounts"),
        [
            ((invoice(AT_19, gross=D("120.00")),), ["120.00 EUR"]),
            ((invoice(AT_19, gross=None),), ["119.00 EUR"]),
            ((lowered(invoice(AT_7)), invoice(AT_19)), ["-107.00 EUR", "119.00 EUR"]),
        ],
    )
    def test_an_amount_of_0_is_not_believed_if_an_inconclusive_invoice_states_another_one(
        self, invoices, amounts, net, settings
    ):
        zero = {"gross_amount": D("0.00"), "net_amount": net, "settings": settings}
        with pytest.raises(Obstacle) as met:
            booked(reading=Reading(invoices), **zero)
        assert (met.value.code, met.value.message.params["amounts"]) == ("zero_beside_invoice", amounts)
        assert by_rate(booked(reading=Reading(invoices), gross_amount=D("119.00"), net_amount=net)) == {"19": "119.00"}

    @pytest.mark.parametrize("settings", [{}, {"invoice": "fill"}])
    @pytest.mark.parametrize("gross", [None, D("0.00")])
    @pytest.mark.parametrize("language", ["en", "fr", "de", "da"])
    def test_a_net_amount_alone_holds_a_document_for_one_reason_with_and_without_an_invoice(
        self, gross, settings, language
    ):
        document = replace(DOCUMENT, gross_amount=gross, net_amount=D("100.00"))
        met = []
        for reading in (None, Reading(), Reading((invoice(AT_19, gross=D("120.00")),))):
            with pytest.raises(Obstacle) as error:
                draft(document, PAPER, BOOKS, export(**settings), reading=reading)
            met.append(error.value)
        assert {(one.kind, one.code) for one in met} == {(ObstacleKind.HELD, "net_alone")}
        with written_for(Reader(language)):
            assert len({one.message.text() for one in met}) == 1
            plain, none, unproven = (one.message.remedy() for one in met)
        assert plain == none
        assert unproven.endswith(plain)
        assert "120.00 EUR" in unproven

    @pytest.mark.parametrize("settings", [{}, {"invoice": "fill"}])
    def test_an_unknown_amount_with_an_inconclusive_invoice_holds_the_document(self, settings):
        fields = {"gross_amount": D("0.00"), "net_amount": D("0.00"), "tax_rates": ()}
        obstacle = held(invoice(AT_19, gross=D("120.00")), settings=settings, **fields)
        assert (obstacle.kind, obstacle.code) == (ObstacleKind.HELD, "gross_beside_invoice")
        assert "gross amount is not known" in obstacle.message.text()
        assert "120.00 EUR" in obstacle.message.text()

    def test_an_amount_that_cannot_be_read_is_named_with_an_inconclusive_invoice(self):
        unread = {"gross_amount": None, "unread_gross": "1.190"}
        assert held(invoice(AT_19, gross=D("120.00")), **unread).code == "gross_unreadable"

    @pytest.mark.parametrize(
        ("one", "fields", "record", "invoice_is"),
        [
            (lowered(invoice(AT_19)), {}, "an invoice", "a credit note"),
            (invoice(AT_19), {"document_type": "CREDIT_NOTE"}, "a credit note", "an invoice"),
            (
                invoice(AT_19, kind=InvoiceKind.CORRECTION),
                {"document_type": "CREDIT_NOTE", "gross_amount": D("-119.00"), "net_amount": D("-100.00")},
                "a credit note",
                "a correction",
            ),
        ],
    )
    def test_an_inconclusive_invoice_of_the_other_kind_is_held_until_a_person_chose_the_record(
        self, one, fields, record, invoice_is
    ):
        unproven = replace(one, gross=one.gross + D("0.01"))
        obstacle = held(unproven, **fields)
        assert (obstacle.code, obstacle.invoice) == ("invoice_other_kind", "unproven")
        assert f"the document is {record}; according to its e-invoice" in obstacle.message.text()
        assert f"it is {invoice_is}." in obstacle.message.text()
        settings = {"positive_credit_note": "negate"}
        gross = "-119.00" if record == "a credit note" else "119.00"
        chosen = booked(unproven, choices={"invoice_other_kind": "record"}, settings=settings, **fields)
        assert by_rate(chosen) == {"19": gross}
        assert by_rate(booked(unproven, settings=settings | {"invoice": "fill"}, **fields)) == {"19": gross}

    @pytest.mark.parametrize(
        ("one", "fields"),
        [
            (lowered(invoice(AT_19)), {"gross_amount": D("-119.00"), "net_amount": D("-100.00")}),
            (lowered(invoice(AT_19)), {"document_type": "CREDIT_NOTE"}),
            (replace(lowered(invoice(AT_19)), kind=InvoiceKind.INVOICE), {"document_type": "CREDIT_NOTE"}),
            (invoice(AT_19, kind=InvoiceKind.CREDIT_NOTE), {}),  # with negative amounts
            (invoice(AT_19, kind=InvoiceKind.NO_INVOICE), {"document_type": "CREDIT_NOTE"}),
        ],
    )
    def test_another_inconclusive_invoice_holds_nothing(self, one, fields):
        unproven = replace(one, gross=one.gross + D("0.01"))
        assert booked(unproven, settings={"positive_credit_note": "negate"}, **fields).invoice == "unproven"

    NOT_PAYABLE = invoice(AT_19, kind=InvoiceKind.NOT_PAYABLE)

    def test_what_is_nothing_to_be_paid_is_held_until_a_person_chose_the_record(self):
        obstacle = held(self.NOT_PAYABLE)
        assert (obstacle.kind, obstacle.code, obstacle.invoice) == (
            ObstacleKind.HELD, "invoice_not_payable", "unproven",
        )  # fmt: skip
        chosen = booked(self.NOT_PAYABLE, choices={"invoice_not_payable": "record"})
        assert (chosen.invoice, by_rate(chosen)) == ("unproven", {"19": "119.00"})

    @pytest.mark.parametrize(
        "reading",
        [
            Reading((NOT_PAYABLE, invoice(AT_19))),
            Reading((NOT_PAYABLE,), Message("invoice_not_xml")),
            Reading((invoice(AT_19, kind=InvoiceKind.NO_INVOICE),)),
        ],
    )
    def test_it_is_not_held_while_an_invoice_may_be_there_as_well(self, reading):
        assert booked(reading=reading).invoice == "unproven"

    def test_an_amount_of_0_is_believed_if_an_inconclusive_invoice_states_0(self):
        nothing = invoice(TaxGroup("E", D(0), D("0.00"), D("0.00")), number="R-1", net=D("0.01"))
        one = booked(nothing, gross_amount=D("0.00"), net_amount=None)
        assert (one.invoice, by_rate(one)) == ("unproven", {})

    def test_several_invoices_in_one_file_prove_nothing(self):
        one = booked(reading=Reading((invoice(AT_19), invoice(AT_7))))
        assert (one.invoice, by_rate(one)) == ("unproven", {"19": "119.00"})

    def test_an_invoice_next_to_one_that_cannot_be_read_proves_and_supplies_nothing(self):
        several = Reading((invoice(AT_19),), Message("invoice_not_xml"))
        one = booked(reading=several)
        assert (one.invoice, by_rate(one)) == ("unproven", {"19": "119.00"})
        says = [Message.from_json(part).code for part in one.as_json()["invoice_says"]]
        assert says == ["invoice_other_unread", "invoice_not_xml"]
        for lacking, code in (({"document_date": None}, "no_date"), ({"tax_rates": ()}, "no_tax_rate")):
            with pytest.raises(Obstacle) as met:
                booked(reading=several, **lacking)
            assert met.value.code == code

    def test_an_invoice_next_to_one_that_cannot_be_read_still_says_what_the_record_is_not(self):
        unread = Message("invoice_not_xml")
        for one, code in ((invoice(AT_7), "unproven_contradicts"), (TestOtherTaxes.INSURANCE, "invoice_not_vat")):
            with pytest.raises(Obstacle) as met:
                booked(reading=Reading((one,), unread))
            assert (met.value.code, met.value.invoice) == (code, "unproven")


class TestSupplied:
    @pytest.mark.parametrize(
        ("missing", "says"),
        [
            ({"document_date": None}, "date 2026-01-31"),
            ({"currency": ""}, "currency EUR"),
            ({"gross_amount": None, "net_amount": None}, "gross 119.00"),
            ({"gross_amount": D(0), "net_amount": D(0)}, "gross 119.00"),
            ({"tax_rates": ()}, "119.00 at 19 %"),
        ],
    )
    def test_what_the_record_lacks(self, missing, says):
        one = booked(invoice(AT_19), **missing)
        assert (one.invoice, by_rate(one), one.expense.date) == ("supplied", {"19": "119.00"}, date(2026, 1, 31))
        assert says in [Message.from_json(part).text() for part in one.as_json()["invoice_says"]]

    def test_three_rates_without_line_items(self):
        groups = (TaxGroup("E", D(0), D("10.00"), D("0.00")), AT_7, AT_19)
        one = booked(invoice(*groups), net_amount=D("210.00"), gross_amount=D("236.00"), tax_rates=(D(0), D(7), D(19)))
        assert (one.invoice, by_rate(one)) == ("supplied", {"0": "10.00", "7": "107.00", "19": "119.00"})

    def test_the_supplier_s_country(self):
        foreign = invoice(TaxGroup("AE", D(0), D("100.00"), D("0.00")), seller=Party("Au bon moulin", "FR"))
        untaxed = {"net_amount": D("100.00"), "gross_amount": D("100.00"), "tax_rates": (D(0),)}
        supplier = replace(MOULIN, country_code="")
        account = export(reverse_charge=SERVICE)
        one = draft(replace(DOCUMENT, **untaxed), supplier, BOOKS, account, reading=Reading((foreign,)))
        assert (one.expense.supplier_country, one.expense.lines[0].reverse_charge is not None) == ("FR", True)
        assert readable(one.as_json())["reverse_charge"] == (
            "19 %, since the supplier is in another EU country (FR) and the e-invoice says that the buyer owes the tax"
        )

    @pytest.mark.parametrize("category", ["G", "E", "O", "Z", None])
    def test_the_history_says_why_an_expense_is_booked_with_the_reverse_charge(self, category):
        group = TaxGroup(category or "", D(0), D("100.00"), D("0.00"))
        document = replace(DOCUMENT, net_amount=D("100.00"), gross_amount=D("100.00"), tax_rates=(D(0),))
        reading = Reading((invoice(group),) if category else ())
        decisions = Decisions({"invoice_not_owed": "record"})
        account = export(reverse_charge=SERVICE)
        one = draft(document, MOULIN, BOOKS, account, reading=reading, decisions=decisions)
        assert readable(one.as_json())["reverse_charge"] == (
            "19 %, since the supplier is in another EU country (FR) and charged no tax"
        )
        assert "reverse_charge" not in booked(invoice(AT_19)).as_json()


class TestContradicts:
    @pytest.mark.parametrize(
        ("one", "fields", "says"),
        [
            (invoice(AT_19), {"gross_amount": D("119.01")}, "gross 119.01 in the record, 119.00 in the invoice"),
            (invoice(AT_19), {"net_amount": D("99.99")}, "net 99.99 in the record, 100.00 in the invoice"),
            (invoice(AT_19), {"tax_rates": (D(7),)}, "tax rates 7 % in the record, 19 % in the invoice"),
            (invoice(AT_19), {"currency": "DKK"}, "currency DKK in the record, EUR in the invoice"),
            (invoice(AT_19), {"document_date": date(2026, 2, 1)}, "date 2026-02-01 in the record, 2026-01-31 in"),
            (lowered(invoice(AT_19)), {}, "gross 119.00 in the record, -119.00 in the invoice"),
            (invoice(AT_19), {"document_type": "CREDIT_NOTE", "gross_amount": D("-119.00")}, "gross -119.00 in the"),
            (
                invoice(AT_7, AT_19),
                {
                    "net_amount": D("200.00"),
                    "gross_amount": D("226.00"),
                    "tax_rates": (D(7), D(19)),
                    "line_items": (
                        LineItem("", None, None, D(7), None, D("107.02")),
                        LineItem("", None, None, D(19), None, D("118.98")),
                    ),
                },
                "107.02 at 7 %, 118.98 at 19 % in the record, 107.00 at 7 %, 119.00 at 19 % in the invoice",
            ),
        ],
    )
    def test_it_is_held_with_both_figures(self, one, fields, says):
        obstacle = held(one, **fields)
        assert (obstacle.code, obstacle.invoice) == ("invoice_contradicts", "contradicts")
        assert says in obstacle.message.text()

    @pytest.mark.parametrize("settings", [{}, {"positive_credit_note": "keep"}])
    @pytest.mark.parametrize(
        ("one", "fields", "says"),
        [
            (invoice(AT_19), {"document_type": "CREDIT_NOTE"}, "a credit note in the record, an invoice in the e-inv"),
            (
                invoice(AT_19),
                {"document_type": "CREDIT_NOTE", **NOTHING},
                "a credit note in the record, an invoice in the e-invoice",
            ),
            (
                invoice(AT_19, kind=InvoiceKind.CORRECTION),
                {"document_type": "CREDIT_NOTE"},
                "a credit note in the record, a correction in the e-invoice",
            ),
            (lowered(invoice(AT_19)), {}, "an invoice in the record, a credit note in the e-invoice"),
            (lowered(invoice(AT_19)), NOTHING, "an invoice in the record, a credit note in the e-invoice"),
        ],
    )
    def test_an_invoice_and_a_credit_note(self, one, fields, says, settings):
        obstacle = held(one, settings=settings, **fields)
        assert obstacle.code == "invoice_contradicts"
        assert says in obstacle.message.text()
        assert by_rate(booked(one, choices={"invoice_contradicts": "invoice"}, **fields)) == {"19": f"{one.gross}"}

    @pytest.mark.parametrize("settings", [{}, {"positive_credit_note": "negate"}])
    @pytest.mark.parametrize("kind", ["CREDIT_NOTE", "INCOMING_INVOICE", "RECEIPT"])
    @pytest.mark.parametrize("sums", [NOTHING, {}, {"net_amount": D("-100.00"), "gross_amount": D("-119.00")}])
    def test_a_credit_note_with_negative_amounts_is_booked_as_its_sentence_says(self, sums, kind, settings):
        one = invoice(AT_19, kind=InvoiceKind.CREDIT_NOTE)
        fields = {"document_type": kind, **sums}
        obstacle = held(one, settings=settings, **fields)
        text = obstacle.message.text()
        assert obstacle.code == "invoice_contradicts"
        assert "a credit note with negative amounts, which may lower or raise what is owed" in text
        raises = not sums and kind != "CREDIT_NOTE"
        assert ("gross 119.00 in the record, -119.00 in the invoice" in text) == raises
        assert ("no gross amount in the record, -119.00 in the invoice" in text) == (sums is NOTHING)
        assert ("119.00 in the invoice" in text) == (raises or sums is NOTHING)
        assert by_rate(booked(one, choices={"invoice_contradicts": "invoice"}, **fields)) == {"19": "-119.00"}

    def test_the_record_of_a_credit_note_is_held_for_its_sign_although_a_person_chose_it(self):
        credit_note = {"document_type": "CREDIT_NOTE", "choices": {"invoice_contradicts": "record"}}
        assert held(invoice(AT_19), **credit_note).code == "positive_credit_note"
        assert held(invoice(AT_19), settings={"invoice": "fill"}, document_type="CREDIT_NOTE").code == (
            "positive_credit_note"
        )

    @pytest.mark.parametrize("sign", [1, -1])
    @pytest.mark.parametrize("gross", [None, D("119.00")])
    def test_the_record_of_a_credit_note_may_have_either_sign(self, sign, gross):
        sums = {"net_amount": sign * D("100.00"), "gross_amount": gross and sign * gross}
        one = booked(lowered(invoice(AT_19)), document_type="CREDIT_NOTE", **sums)
        assert (one.invoice, by_rate(one)) == ("proven" if gross else "supplied", {"19": "-119.00"})

    def test_amounts_that_agree_outweigh_the_type_of_the_record(self):
        lowers = {"net_amount": D("-100.00"), "gross_amount": D("-119.00")}
        assert booked(lowered(invoice(AT_19)), **lowers).invoice == "proven"
        negative = replace(AT_19, base=D("-100.00"), tax=D("-19.00"))
        assert booked(invoice(negative), document_type="CREDIT_NOTE", **lowers).invoice == "proven"

    def test_a_person_chooses_whose_figures_are_booked(self):
        wrong = {"gross_amount": D("238.00"), "net_amount": D("200.00")}
        assert by_rate(booked(invoice(AT_19), choices={"invoice_contradicts": "invoice"}, **wrong)) == {"19": "119.00"}
        assert by_rate(booked(invoice(AT_19), choices={"invoice_contradicts": "record"}, **wrong)) == {"19": "238.00"}

    @pytest.mark.parametrize(
        "more", [{"choices": {"invoice_contradicts": "record"}}, {"settings": {"invoice": "fill"}}]
    )
    def test_a_date_that_the_record_lacks_is_supplied_although_its_figures_are_booked(self, more):
        wrong = {"gross_amount": D("238.00"), "net_amount": D("200.00"), "document_date": None}
        one = booked(invoice(AT_19), **more, **wrong)
        assert (one.expense.date, by_rate(one)) == (date(2026, 1, 31), {"19": "238.00"})
        assert held(invoice(AT_19, date=None), **more, **wrong).code == "no_date"

    @pytest.mark.parametrize(
        "more", [{"choices": {"invoice_contradicts": "record"}}, {"settings": {"invoice": "fill"}}]
    )
    @pytest.mark.parametrize("zero", [None, D("0.00")])
    def test_amounts_that_the_record_lacks_are_never_booked_as_zero(self, more, zero):
        """GetMyInvoices writes 0 also for an amount that it does not have (contract A-12)."""
        lacks = {"net_amount": zero, "gross_amount": zero}
        one = booked(invoice(AT_19, AT_7), **more, **lacks, tax_rates=(), document_date=date(2026, 1, 30))
        assert (one.expense.date, by_rate(one)) == (date(2026, 1, 30), {"7": "107.00", "19": "119.00"})
        obstacle = held(invoice(AT_19, AT_7), **more, **lacks, tax_rates=(D(19),))
        assert (obstacle.code, obstacle.invoice) == ("invoice_contradicts", "contradicts")
        assert "no gross amount in the record, 226.00 in the invoice" in obstacle.message.text()
        assert held(invoice(AT_19, currency="USD"), **more, **lacks).code == "invoice_contradicts"

    @pytest.mark.parametrize("settings", [{}, {"invoice": "fill"}])
    @pytest.mark.parametrize("gross", [None, D("0.00")])
    def test_a_record_with_a_net_amount_alone_is_held_also_where_a_person_chose_it(self, gross, settings):
        lacks = {"net_amount": D("90.00"), "gross_amount": gross}
        chosen = {"choices": {"invoice_contradicts": "record"}, "settings": settings}
        obstacle = held(invoice(AT_19), **chosen, **lacks)
        assert (obstacle.kind.value, obstacle.code) == ("held", "invoice_contradicts")
        assert "net 90.00 in the record, 100.00 in the invoice" in obstacle.message.text()
        assert "no gross amount in the record, 119.00 in the invoice" in obstacle.message.text()
        one = booked(invoice(AT_19), choices={"invoice_contradicts": "invoice"}, settings=settings, **lacks)
        assert by_rate(one) == {"19": "119.00"}

    @pytest.mark.parametrize("gross", [None, D("0.00")])
    def test_a_net_amount_that_agrees_is_completed_by_the_gross_amount_of_the_invoice(self, gross):
        agrees = {"net_amount": D("100.00"), "gross_amount": gross, "document_date": date(2026, 1, 30)}
        one = booked(invoice(AT_19), choices={"invoice_contradicts": "record"}, **agrees)
        assert (by_rate(one), one.expense.date) == ({"19": "119.00"}, date(2026, 1, 30))

    def test_an_account_that_only_fills_in_books_the_record_and_notes_it(self):
        wrong = {"gross_amount": D("238.00"), "net_amount": D("200.00")}
        one = booked(invoice(AT_19), settings={"invoice": "fill"}, **wrong)
        assert (one.invoice, by_rate(one)) == ("contradicts", {"19": "238.00"})

    def test_the_number_is_not_compared(self):
        assert booked(invoice(AT_19, number="another")).invoice == "proven"


class TestOtherTaxes:
    INSURANCE = invoice(replace(AT_19, tax_type="ZF_INSURANCE_TAX"))

    @pytest.mark.parametrize("settings", [{}, {"invoice": "fill"}])
    def test_a_tax_that_is_no_vat_is_held_although_its_rate_is_one_of_vat(self, settings):
        obstacle = held(self.INSURANCE, settings=settings)
        assert (obstacle.code, obstacle.invoice) == ("invoice_not_vat", "unproven")
        assert "ZF_INSURANCE_TAX" in obstacle.message.text()

    def test_a_person_may_book_the_record_all_the_same(self):
        assert by_rate(booked(self.INSURANCE, choices={"invoice_not_vat": "record"})) == {"19": "119.00"}

    def test_the_reverse_charge_of_a_domestic_supplier_is_held(self):
        domestic = invoice(TaxGroup("AE", D(0), D("100.00"), D("0.00")))
        untaxed = {"net_amount": D("100.00"), "gross_amount": D("100.00"), "tax_rates": (D(0),)}
        assert held(domestic, **untaxed).code == "invoice_reverse_charge"


class TestStatedByAPerson:
    """What a person states in place of what the invoice proves is not proven by it."""

    def stated(self, *, choices: ChosenFigures | None = None, **facts: Any) -> Booking:
        account = export(foreign_currency="convert")
        decisions = Decisions(choices or {}, Corrections(**facts))
        return draft(DOCUMENT, PAPER, BOOKS, account, reading=Reading((invoice(AT_19),)), decisions=decisions)

    @pytest.mark.parametrize(
        "facts",
        [
            {"date": date(2026, 1, 30)},
            {"currency": "USD", "exchange_rate": D("0.85")},
            {"tax": ((D(7), None),)},
            {"tax": ((D(7), D("19.00")), (D(19), D("100.00")))},
        ],
    )
    @pytest.mark.parametrize("choices", [{}, {"invoice_reverse_charge": "record"}])
    def test_what_differs_from_the_invoice(self, facts, choices):
        one = self.stated(choices=choices, **facts)
        assert one.invoice == "unproven"
        assert readable(one.as_json())["invoice_says"] == [
            "A person has entered something other than the e-invoice states."
        ]

    @pytest.mark.parametrize(
        "facts", [{}, {"date": DOCUMENT.document_date}, {"currency": "EUR"}, {"tax": ((D(19), D("119.00")),)}]
    )
    def test_what_the_invoice_says_too(self, facts):
        assert self.stated(**facts).invoice == "proven"

    def test_a_date_that_the_invoice_does_not_state_contradicts_nothing(self):
        decisions = Decisions({}, Corrections(date=date(2026, 1, 30)))
        reading = Reading((invoice(AT_19, date=None),))
        assert draft(DOCUMENT, PAPER, BOOKS, export(), reading=reading, decisions=decisions).invoice == "proven"


class TestPartlyOwed:
    """The reverse charge covers a whole expense, so an invoice that has it for a part of its amount is asked about."""

    OWED = TaxGroup("AE", D(0), D("100.00"), D("0.00"))
    UNTAXED = replace(DOCUMENT, net_amount=D("150.00"), gross_amount=D("150.00"), tax_rates=(D(0),))

    def of(self, *groups: TaxGroup, choices: ChosenFigures | None = None, **settings: Any) -> Booking:
        reading = Reading((invoice(*groups),))
        account = export(reverse_charge=SERVICE, **settings)
        return draft(self.UNTAXED, MOULIN, BOOKS, account, reading=reading, decisions=Decisions(choices or {}))

    @pytest.mark.parametrize("category", ["O", "E", "Z", "G"])
    @pytest.mark.parametrize("owed", ["AE", "K"])
    @pytest.mark.parametrize("settings", [{}, {"invoice": "fill"}])
    def test_a_part_without_it_is_held_until_a_person_chose_the_record(self, category, owed, settings):
        groups = replace(self.OWED, category=owed), TaxGroup(category, D(0), D("50.00"), D("0.00"))
        with pytest.raises(Obstacle) as met:
            self.of(*groups, **settings)
        assert (met.value.kind, met.value.code) == (ObstacleKind.HELD, "invoice_partly_owed")
        assert "a part of the document only (100.00, not on 50.00)" in met.value.message.text()
        one = self.of(*groups, choices={"invoice_partly_owed": "record"}, **settings)
        assert by_rate(one) == {"0": "150.00"}
        assert [line.reverse_charge is not None for line in one.expense.lines] == [True]

    @pytest.mark.parametrize(
        "groups",
        [
            (replace(OWED, base=D("150.00")),),
            (OWED, replace(OWED, category="K", base=D("50.00"))),
            (replace(OWED, base=D("150.00")), TaxGroup("O", D(0), D("0.00"), D("0.00"))),
        ],
    )
    def test_one_treatment_of_the_whole_amount_is_booked(self, groups):
        one = self.of(*groups)
        assert (one.invoice, by_rate(one)) == ("proven", {"0": "150.00"})
        assert one.expense.lines[0].reverse_charge is not None

    @pytest.mark.parametrize("categories", ["O", "E", "Z", "G", "EO"])
    @pytest.mark.parametrize("settings", [{}, {"invoice": "fill"}])
    def test_an_invoice_without_it_is_held_until_a_person_chose_the_record(self, categories, settings):
        part = D("150.00") / len(categories)
        groups = [TaxGroup(category, D(0), part, D("0.00")) for category in categories]
        with pytest.raises(Obstacle) as met:
            self.of(*groups, **settings)
        assert (met.value.kind, met.value.code) == (ObstacleKind.HELD, "invoice_not_owed")
        assert f"(tax categories: {', '.join(categories)})" in met.value.message.text()
        one = self.of(*groups, choices={"invoice_not_owed": "record"}, **settings)
        assert by_rate(one) == {"0": "150.00"}
        assert [line.reverse_charge is not None for line in one.expense.lines] == [True]

    @pytest.mark.parametrize(
        "fields",
        [
            {"groups": ()},  # a profile without tax categories
            {"groups": (TaxGroup("", D(0), D("150.00"), D("0.00")),)},
            {"groups": (TaxGroup("E", D(0), D("150.00"), D("0.00")),), "syntax": Syntax.FACTURAE},
            {"groups": (TaxGroup("O", D(0), D("150.00"), D("0.00")),), "syntax": Syntax.FATTURAPA},
        ],
    )
    def test_an_invoice_that_has_no_categories_says_nothing_about_it(self, fields):
        sums = {"net": D("150.00"), "tax": D("0.00"), "gross": D("150.00")}
        reading = Reading((invoice(**sums | fields),))
        one = draft(self.UNTAXED, MOULIN, BOOKS, export(reverse_charge=SERVICE), reading=reading)
        assert one.expense.lines[0].reverse_charge is not None
        assert one.expense.lines[0].gross_amount == D("150.00")


class TestPaidBefore:
    """What is booked is the whole invoice; that a part was paid before may mean that it is in the books already."""

    def test_it_is_marked_and_in_the_history_and_the_whole_is_booked(self):
        one = booked(invoice(AT_19, prepaid=D("50.00"), payable=D("69.00")))
        assert (one.invoice, by_rate(one)) == ("proven", {"19": "119.00"})
        assert [mark.code for mark in one.marks] == ["paid_before"]
        assert "50.00 EUR of the document were paid before" in one.mark.text()
        assert Message.from_json(one.as_json()["paid_before"]) == one.mark

    @pytest.mark.parametrize("settings", [{}, {"invoice": "fill"}])
    def test_a_record_that_a_person_chose_is_marked_as_well(self, settings):
        one = invoice(AT_19, prepaid=D("50.00"))
        chosen = booked(
            one, choices={"invoice_contradicts": "record"}, settings=settings, document_date=date(2026, 1, 30)
        )
        assert chosen.mark.code == "paid_before"

    @pytest.mark.parametrize(
        "one",
        [
            invoice(AT_19),
            invoice(AT_19, prepaid=D("0.00")),
            invoice(AT_19, prepaid=D("119.00")),  # paid with the order
            invoice(AT_19, prepaid=D("50.00"), gross=D("120.00")),  # unproven
            invoice(replace(AT_19, category="B"), prepaid=D("19.00")),  # the tax of a split payment
        ],
    )
    def test_nothing_else_is(self, one):
        assert (booked(one).mark, "paid_before" in booked(one).as_json()) == (None, False)


def test_weighing_changes_nothing():
    document: Document = DOCUMENT
    assert weigh(document, Reading((invoice(AT_19),))).outcome is Proof.PROVEN
    assert document == DOCUMENT


# On its way

NEGATIVE = Group(D(19), D("-100.00"), D("-19.00"))
PROVING = in_pdf(cii(stated(Group(D(19), D("100.00"), D("19.00")))))


@pytest.mark.parametrize(("country", "postcode"), [("ES", "35001"), ("IT", "23041"), ("DE", "78266"), ("FI", "22100")])
def test_the_postcode_of_the_invoice_decides_where_no_company_is_known(
    stage_of: Callable[..., Stage], country: str, postcode: str
) -> None:
    stage = stage_of("FR", country="FR")
    address = f"<ram:PostcodeCode>{postcode}</ram:PostcodeCode><ram:CountryID>{country}".encode()
    text = cii(stated(Group(D(0), D("100.00"), D("0.00"), "E")))
    text = text.replace(b"<ram:CountryID>DE", address).replace(b'<ram:ID schemeID="VA">DE 136.695.976</ram:ID>', b"")
    figures = {"net_amount": "100.00", "gross_amount": "100.00", "tax_rates": ["0"]}
    uid = stage.document(in_pdf(text), supplier="", supplier_country="", **figures)
    account = stage.exports(reverse_charge=SERVICE | {"tax_rate": 20})
    [row] = stage.preview(account)
    stage.export(account)
    assert stage.states() == {uid: "held outlying_territory"}
    assert row.message is not None
    assert row.message.code == "outlying_territory"


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("found", [False, True])
def test_a_document_of_which_a_part_was_paid_before_is_marked_unless_its_expense_is_a_draft(
    stage_of: Callable[..., Stage], *, strict: bool, found: bool
) -> None:
    stage = stage_of(switches={"strict_bookkeeping": strict})
    uid = stage.document(in_pdf(cii(stated(Group(D(19), D("100.00"), D("19.00")), prepaid=D("50.00")))))
    [row] = stage.preview()
    assert [mark.code for mark in row.marks] == ["paid_before"]
    stage.export()
    if found:
        stage.open_ledger("new")
        stage.export()
    entry = stage.entry(uid)
    assert entry.mark_code == ("unbooked" if strict else "paid_before")
    assert any("paid_before" in event.detail for event in stage.ledger.documents.history(entry))


OWN = [("DE136695976", True), ("136695976", True), ("DE 136.695.976", True), ("DE129273398", False), ("", False)]


@pytest.mark.parametrize(("own", "is_own"), OWN)
@pytest.mark.parametrize("code", ["380", "389"])
def test_an_invoice_of_the_books_own_company_is_held_until_a_person_chose_the_record(
    acme: Stage, own: str, code: str, *, is_own: bool
) -> None:
    file = in_pdf(cii(stated(Group(D(19), D("100.00"), D("19.00")), code=code)))
    uid = acme.document(file)
    profile = {"id": "x", "accountEmail": "x", "companyProfile": {"vatNumber": own}}
    acme.fault("status", "debitoor.settings.get", status=200, body=profile)
    [row] = acme.preview()
    assert (row.outcome, row.message and row.message.code) == (
        ("held", "invoice_of_own_company") if is_own else ("send", None)
    )
    acme.export()
    assert acme.states() == {uid: "held invoice_of_own_company" if is_own else "moved"}
    if is_own:
        assert "(DE136695976)" in acme.entry(uid).reason
        acme.ledger.documents.choose([acme.entry(uid)], "record", "user:ada")
        acme.export()
    assert acme.booked() == {uid: D("119.00")}


@pytest.mark.parametrize("suffix", ["MWST", "TVA", "IVA"])
def test_a_swiss_invoice_of_the_books_own_company_is_held(stage_of: Callable[..., Stage], suffix: str) -> None:
    stage = stage_of("CH", country="CH")
    file = cii(stated(Group(D(19), D("100.00"), D("19.00"))))
    own = file.replace(b"DE 136.695.976", f"CHE123456788{suffix}".encode())
    uid = stage.document(in_pdf(own), supplier_country="CH")
    profile = {"id": "x", "accountEmail": "x", "companyProfile": {"vatNumber": "CHE-123.456.788"}}
    stage.fault("status", "debitoor.settings.get", status=200, body=profile)
    stage.export()
    assert stage.states() == {uid: "held invoice_of_own_company"}


def test_whose_books_they_are_is_asked_once_and_only_for_an_invoice_of_their_country(acme: Stage) -> None:
    acme.document()
    acme.document(in_pdf(cii(stated(AT_7_OF_100, gross=D("120.00")))), gross_amount="107.00", tax_rates=["7"])
    abroad = cii(stated(Group(D(19), D("100.00"), D("19.00")))).replace(b"DE 136.695.976", b"FR83404833048")
    acme.document(in_pdf(abroad), supplier_country="DE")
    watch = acme.watch()
    acme.export()
    assert watch.calls["debitoor.settings.get"] == 0
    for _ in range(5):
        acme.document(PROVING)
    watch = acme.watch()
    acme.export(acme.exports(invoice="fill"))
    assert watch.calls["debitoor.settings.get"] == 0
    for _ in range(5):
        acme.document(PROVING)
    watch = acme.watch()
    acme.export()
    assert watch.calls["debitoor.settings.get"] == 1


@pytest.mark.parametrize("country", ["", "US"])
@pytest.mark.parametrize("own", [True, False])
def test_the_vat_id_of_the_books_own_company_does_not_place_a_supplier(acme: Stage, country: str, *, own: bool) -> None:
    """A record may have the customer's id, which stands on the document as well as the supplier's."""
    acme.fault(
        "status",
        "debitoor.settings.get",
        status=200,
        body={"id": "x", "companyProfile": {"vatNumber": "DE136695976" if own else "DE129273398"}},
    )
    uids = [
        acme.document(
            supplier="Google Ireland Ltd",
            supplier_country=country,
            supplier_vat_id="DE 136.695.976",
            net_amount="100.00",
            gross_amount="100.00",
            tax_rates=["0"],
        )
        for _ in range(3)
    ]
    watch = acme.watch()
    acme.export()
    is_held = own and not country
    assert acme.states() == dict.fromkeys(uids, "held no_country" if is_held else "moved")
    assert watch.calls["debitoor.settings.get"] == (0 if country else 1)


@pytest.mark.parametrize("status", [403, 404, 500])
def test_no_document_waits_to_learn_whose_books_they_are(acme: Stage, status: int) -> None:
    uid = acme.document(PROVING)
    acme.fault("status", "debitoor.settings.get", status=status)
    acme.export()
    assert acme.states() == {uid: "moved"}


def test_a_contradiction_is_held_decided_and_booked(acme: Stage) -> None:
    wrong = acme.document(PROVING, net_amount="200.00", gross_amount="238.00")
    right = acme.document(PROVING)
    plain = acme.document()
    preview = {row.source_id: (row.outcome, row.invoice) for row in acme.preview()}
    assert preview == {wrong: ("held", "contradicts"), right: ("send", "proven"), plain: ("send", "unreadable")}
    acme.export()
    assert acme.states() == {wrong: "held invoice_contradicts", right: "moved", plain: "moved"}
    entry = acme.entry(wrong)
    assert "gross 238.00 in the record, 119.00 in the invoice" in entry.reason
    assert acme.ledger.lists.invoices(account=acme.account_id) == {"contradicts": 1, "proven": 1, "unreadable": 1}
    assert acme.ledger.documents.ids(acme.account_id, invoice="contradicts") == [entry.id]

    acme.ledger.documents.choose([entry], "invoice", "user:ada", "compared with the PDF")
    acme.export()
    assert acme.states()[wrong] == "moved"
    assert acme.booked()[wrong] == D("119.00")
    chosen = [event.detail for event in acme.ledger.documents.history(acme.entry(wrong)) if event.actor == "user:ada"]
    assert chosen == [{"reason": "compared with the PDF", "figures": "invoice"}]


@pytest.mark.parametrize("write", [cii, ubl])
@pytest.mark.parametrize("figures", ["invoice", "record"])
def test_a_credit_note_with_negative_amounts_lowers_whoever_s_figures_are_chosen(
    acme: Stage, write: Callable[[Stated], bytes], figures: str
) -> None:
    file = in_pdf(write(stated(NEGATIVE, is_credit_note=True)))
    uid = acme.document(file, document_type="CREDIT_NOTE", net_amount="-100.00", gross_amount="-119.00")
    acme.export()
    assert acme.states() == {uid: "held invoice_contradicts"}
    assert "119.00" not in acme.entry(uid).reason
    acme.ledger.documents.choose([acme.entry(uid)], figures, "user:ada")
    acme.export()
    assert acme.booked() == {uid: D("-119.00")}


def test_a_list_shows_the_figures_that_were_booked(acme: Stage) -> None:
    """A gross amount that the record lacks, and the date and amount of an invoice that a person chose."""
    lacking = acme.document(PROVING, net_amount=None, gross_amount=None, tax_rates=[])
    file = in_pdf(cii(stated(AT_7_OF_100, day=date(2025, 12, 31))))
    chosen = acme.document(file)
    acme.export()
    acme.ledger.documents.choose([acme.entry(chosen)], "invoice", "user:ada")
    acme.export()
    entry = acme.entry(lacking)
    assert (entry.state, entry.gross_amount, entry.booked_gross, entry.booked_currency) == (
        "moved", D("119.00"), D("119.00"), "EUR",
    )  # fmt: skip
    entry = acme.entry(chosen)
    assert (entry.document_date, entry.net_amount, entry.gross_amount) == (date(2025, 12, 31), D("100.00"), D("107.00"))
    assert {
        total.month: [(one.rate, one.net, one.tax) for one in total.rates] for total in acme.ledger.lists.sums()
    } == {
        "2025-12": [(D(7), D("100.00"), D("7.00"))],
        f"{acme.entry(lacking).document_date:%Y-%m}": [(D(19), D("100.00"), D("19.00"))],
    }


def test_the_reason_of_an_e_invoice_that_proves_nothing_is_in_the_history_of_a_rejected_document(acme: Stage) -> None:
    uid = acme.document(in_pdf(cii(stated(AT_7_OF_100, gross=D("120.00")))), tax_rates=[])
    acme.export()
    assert (acme.states(), acme.entry(uid).invoice) == ({uid: "rejected no_tax_rate"}, "unproven")
    detail = acme.ledger.documents.history(acme.entry(uid))[-1].detail
    assert detail["why"] == acme.entry(uid).message.as_json()
    assert "are not gross 120.00" in str(readable(dict(detail))["invoice_says"])


def test_amounts_beyond_cents_prove_nothing_and_the_record_is_booked(acme: Stage) -> None:
    uid = acme.document(
        in_pdf(cii(stated(Group(D(19), D("10.005"), D("1.90"))))), gross_amount="11.91", net_amount=None
    )
    [row] = acme.preview()
    assert (row.outcome, row.invoice) == ("send", "unproven")
    acme.export()
    assert acme.booked() == {uid: D("11.91")}


def test_no_booked_amount_is_shown_for_a_document_that_was_not_booked(acme: Stage) -> None:
    uid = acme.document(PROVING)
    acme.fault("status", "debitoor.expenses.create", status=400, times=1)
    acme.export()
    entry = acme.entry(uid)
    assert (entry.state, entry.booked_gross, entry.booked_currency, entry.booked_rates) == ("rejected", None, "", "")
    acme.ledger.documents.retry([entry], "user:ada")
    acme.export()
    assert (acme.entry(uid).booked_gross, acme.entry(uid).booked_currency) == (D("119.00"), "EUR")


def test_an_invoice_that_is_nothing_but_xml_is_rejected_and_a_preview_says_so(acme: Stage) -> None:
    uid = acme.document(cii(stated(Group(D(19), D("100.00"), D("19.00")))), "invoice.xml")
    assert [(row.outcome, row.message and row.message.code) for row in acme.preview()] == [("rejected", "xml_file")]
    watch = acme.watch()
    acme.export()
    assert (acme.states(), acme.entry(uid).invoice) == ({uid: "rejected xml_file"}, "proven")
    assert not watch.calls["debitoor.files.create"]


def test_a_contradiction_names_rates_and_amounts_of_both(acme: Stage) -> None:
    uid = acme.document(in_pdf(cii(stated(AT_7_OF_100))))
    acme.export()
    text = acme.entry(uid).message.text()
    assert "gross 119.00 in the record, 107.00 in the invoice" in text
    assert "tax rates 19 % in the record, 7 % in the invoice" in text
    assert "119.00 at 19 % in the record, 107.00 at 7 % in the invoice" in text


def test_a_choice_is_forgotten_when_the_record_changes(acme: Stage) -> None:
    wrong = acme.document(PROVING, net_amount="200.00", gross_amount="238.00")
    acme.export()
    acme.ledger.documents.choose([acme.entry(wrong)], "record", "user:ada")
    acme.company.edit_document(int(wrong), gross_amount="357.00", net_amount="300.00")
    acme.export()
    assert acme.states() == {wrong: "held invoice_contradicts"}
    assert acme.entry(wrong).choice == ""


def test_an_account_that_reads_no_invoices_asks_for_no_file_in_a_preview(acme: Stage) -> None:
    acme.document(PROVING, net_amount="200.00", gross_amount="238.00")
    account = acme.exports(invoice="off")
    watch = acme.watch()
    assert [(row.outcome, row.invoice) for row in acme.preview(account)] == [("send", "")]
    assert not {"gmi.documents.file", "gmi.documents.get"} & watch.calls.keys()
    acme.export(account)
    assert set(acme.states().values()) == {"moved"}
