"""What is read from the e-invoice in a document's file."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from debitoor_provider.sync.invoice.models import InvoiceKind, Reading, Syntax
from debitoor_provider.sync.invoice.proof import by_rate, disproof, other_taxes
from debitoor_provider.sync.invoice.reading import read
from debitoor_provider.sync.invoice.totals import kind_of
from tests.sync.invoice.writers import (
    Group,
    Stated,
    cii,
    envelope,
    facturae,
    fatturapa,
    in_pdf,
    oioubl,
    stated,
    ubl,
    zugferd1,
)

D = Decimal
STANDARD, REDUCED = Group(D("19.00"), D("100.00"), D("19.00")), Group(D(7), D("50.00"), D("3.50"))
TWO_RATES = stated(STANDARD, REDUCED)
ORDER = b'<rsm:SCRDMCCBDACIOMessageStructure xmlns:rsm="urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100"/>'
WRITERS: dict[Syntax, Callable[[Stated], bytes]] = {
    Syntax.CII: cii,
    Syntax.ZUGFERD_1: zugferd1,
    Syntax.UBL: ubl,
    Syntax.OIOUBL: oioubl,
    Syntax.FATTURAPA: fatturapa,
    Syntax.FACTURAE: facturae,
}


def reading(content: bytes) -> Reading:
    return read(io.BytesIO(content))


def only(content: bytes):
    found = reading(content)
    assert found.problem is None
    (invoice,) = found.invoices
    return invoice


@pytest.mark.parametrize("syntax", WRITERS)
class TestFormats:
    def test_figures_are_read_and_proven(self, syntax):
        invoice = only(WRITERS[syntax](TWO_RATES))
        assert (invoice.syntax, invoice.number, invoice.date) == (syntax, "R-1", date(2026, 1, 31))
        assert (invoice.net, invoice.tax, invoice.gross) == (D("150.00"), D("22.50"), D("172.50"))
        assert by_rate(invoice) == {D(7): D("53.50"), D(19): D("119.00")}
        assert disproof(invoice) == ()
        assert invoice.seller.name == "Müller & Söhne"

    def test_a_credit_note_lowers_what_is_owed(self, syntax):
        invoice = only(WRITERS[syntax](stated(STANDARD, is_credit_note=True)))
        assert invoice.kind in {InvoiceKind.CREDIT_NOTE, InvoiceKind.CORRECTION}
        assert (invoice.gross, by_rate(invoice)) == (D("-119.00"), {D(19): D("-119.00")})
        assert disproof(invoice) == ()


class TestPlaces:
    """Where an e-invoice is found."""

    @pytest.mark.parametrize("levels", [1, 2, 5])
    def test_in_a_name_tree_of_any_depth(self, levels):
        assert only(in_pdf(cii(TWO_RATES), levels=levels)).number == "R-1"

    def test_only_in_the_associated_files_of_the_catalogue(self):
        assert only(in_pdf(cii(TWO_RATES), associated=True)).number == "R-1"

    def test_an_xml_file_is_one_itself(self):
        assert only(b"\xef\xbb\xbf \n" + ubl(TWO_RATES)).number == "R-1"

    @pytest.mark.parametrize("writer", [cii, ubl])
    def test_in_the_envelope_of_a_network(self, writer):
        assert only(envelope(writer(TWO_RATES))).number == "R-1"
        assert only(in_pdf(envelope(writer(TWO_RATES)))).number == "R-1"

    def test_in_an_envelope_next_to_other_invoices(self):
        found = reading(envelope(ubl(stated(STANDARD, number="one")), ubl(stated(STANDARD, number="two"))))
        assert [invoice.number for invoice in found.invoices] == ["one", "two"]

    def test_not_in_an_envelope_with_an_order(self):
        assert reading(envelope(ORDER)) == Reading()

    def test_in_utf_16(self):
        text = '<?xml version="1.0" encoding="UTF-16"?>' + ubl(TWO_RATES).decode()
        assert only(text.encode("utf-16")).number == only(text.encode("utf-16-le")).number == "R-1"

    def test_among_other_files_by_its_root_element(self):
        assert only(in_pdf(b"not xml", ORDER, b"\x00" * 100, cii(TWO_RATES), b"<html/>")).number == "R-1"

    def test_the_newer_of_two_formats_is_used(self):
        old, new = zugferd1(stated(STANDARD, number="old")), cii(stated(STANDARD, number="new"))
        assert only(in_pdf(new, old)).number == only(in_pdf(old, new)).number == "new"

    def test_the_later_of_two_invoices_in_one_format_is_used(self):
        first = cii(stated(STANDARD, number="first", day=date(2026, 1, 1)))
        second = cii(stated(STANDARD, number="second", day=date(2026, 1, 2)))
        assert only(in_pdf(second, first)).number == only(in_pdf(first, second)).number == "second"

    @pytest.mark.parametrize(
        ("other", "code"),
        [
            (cii(TWO_RATES)[:-40], "invoice_not_xml"),
            (b"\xef\xbb\xbf" + cii(TWO_RATES)[:-40], "invoice_not_xml"),
            (b"<!-- an <Order/> -->" + ubl(TWO_RATES)[:-40], "invoice_not_xml"),
            (ubl(TWO_RATES).decode().encode("utf-16")[:-40], "invoice_not_xml"),
            (envelope(cii(TWO_RATES))[:-40], "invoice_not_xml"),
            (b"<", "invoice_not_xml"),
            (cii(replace(TWO_RATES, gross=D("172.5000000000000"))), "invoice_not_a_number"),
            (b'<CrossIndustryInvoice xmlns="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:2"/>',
             "invoice_unknown_format"),
            (zugferd1(TWO_RATES).replace(b"</rsm:HeaderEx", b"<a>" * 70 + b"</a>" * 70 + b"</rsm:HeaderEx"),
             "invoice_too_large"),
        ],
    )  # fmt: skip
    def test_one_that_cannot_be_read_is_not_forgotten_next_to_one_that_can(self, other, code):
        for found in (reading(in_pdf(other, cii(TWO_RATES))), reading(in_pdf(cii(TWO_RATES), other))):
            assert found.problem is not None
            assert (found.problem.code, [invoice.number for invoice in found.invoices]) == (code, ["R-1"])

    @pytest.mark.parametrize("other", [ORDER, ORDER[:-2], b"<?xml version='1.0'?>\n<Order><Invoice>", b"<html><p>"])
    def test_another_xml_file_says_nothing_about_the_invoice_next_to_it(self, other):
        assert only(in_pdf(other, cii(TWO_RATES))).number == only(in_pdf(cii(TWO_RATES), other)).number == "R-1"

    @pytest.mark.parametrize(
        ("name", "is_lost"),
        [("zugferd-invoice.xml", True), ("", True), ("order-x.xml", False), ("terms.pdf", False)],
    )
    def test_an_embedded_file_whose_content_is_lost_counts_by_its_name(self, name, is_lost):
        content = in_pdf(cii(stated(STANDARD, number="lost")), cii(TWO_RATES), names=[name, "factur-x.xml"])
        first = content.index(b"/FlateDecode")
        found = reading(content[:first] + b"/UnheardOf__" + content[first + 12 :])
        assert [invoice.number for invoice in found.invoices] == ["R-1"]
        assert (found.problem and found.problem.code) == ("invoice_pdf_damaged" if is_lost else None)

    @pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n", in_pdf(), in_pdf(ORDER), ORDER, b"<html></html>"])
    def test_nowhere(self, content):
        assert reading(content) == Reading()

    def test_the_file_is_at_its_start_afterwards(self):
        file = io.BytesIO(in_pdf(cii(TWO_RATES)))
        read(file)
        assert file.tell() == 0


class TestProblems:
    """What cannot be read is not the same as no e-invoice."""

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (in_pdf(cii(TWO_RATES))[:-200], "invoice_pdf_damaged"),
            (b"%PDF-1.7\nstartxref\n0\n%%EOF", "invoice_pdf_damaged"),
            (in_pdf(cii(TWO_RATES), password="secret"), "invoice_pdf_locked"),
            (cii(TWO_RATES)[:-30], "invoice_not_xml"),
            (in_pdf(cii(TWO_RATES)[:-30]), "invoice_not_xml"),
            (b"<!DOCTYPE Invoice>" + ubl(TWO_RATES), "invoice_not_xml"),
            (b'<ns:Invoice xmlns:ns="urn:a-draft"/>', "invoice_unknown_format"),
            (b"<a>" * 100 + b"</a>" * 100, "invoice_too_large"),
            (cii(TWO_RATES).replace(b"172.50", b"172,50"), "invoice_not_a_number"),
            (cii(TWO_RATES).replace(b"172.50", b"1e3"), "invoice_not_a_number"),
            (cii(TWO_RATES).replace(b"172.50", b"NaN"), "invoice_not_a_number"),
            (cii(TWO_RATES).replace(b"172.50", b"1" * 36), "invoice_not_a_number"),
            (cii(TWO_RATES).replace(b">172.50", b">172.50<x/>7"), "invoice_not_a_text"),
            (b'<a:CrossIndustryDocument xmlns:a="urn:ferd:a-draft"/>', "invoice_unknown_format"),
            (b'<a:FatturaElettronicaSemplificata xmlns:a="urn:a"/>', "invoice_unknown_format"),
            (b"0\x80\x06" + b"\x00" * 9 + fatturapa(TWO_RATES), "invoice_signed"),
            (in_pdf(*(b"%d" % number for number in range(201))), "invoice_pdf_too_many_files"),
            (in_pdf(cii(TWO_RATES)).replace(b"/FlateDecode", b"/DCXDecodeX"), "invoice_pdf_damaged"),
        ],
    )
    def test_each_has_its_reason(self, content, code):
        found = reading(content)
        assert found.invoices == ()
        assert found.problem is not None
        assert found.problem.code == code
        assert found.problem.text()

    def test_a_readable_invoice_counts_next_to_an_unreadable_one(self):
        assert only(in_pdf(b"<broken", cii(TWO_RATES))).number == "R-1"

    @pytest.mark.parametrize(
        "content",
        [
            b'<a xmlns="urn:' + b"x" * 1000 + b'"/>',
            ('<a xmlns="urn:' + "x" * 1000 + '"/>').encode("utf-16"),
            b"<a " + b" ".join(b'a%d=""' % number for number in range(200_001)) + b"/>",
            b"<a>" + b"<b/>" * 500_000 + b"</a>",
        ],
        ids=["namespace", "namespace in UTF-16", "attributes", "elements"],
    )
    def test_content_that_would_take_much_memory_is_not_parsed(self, content):
        found = reading(content)
        assert (found.invoices, found.problem and found.problem.code) == ((), "invoice_too_large")

    @pytest.mark.parametrize("sizes", [[20_000_001], [60_000_000, 60_000_000], [80_000_000]])
    def test_what_unpacks_to_more_than_any_invoice_is_not_read(self, sizes):
        found = reading(in_pdf(*(b"<a>" + b" " * size for size in sizes)))
        assert found.problem is not None
        assert found.problem.code in {"invoice_too_large", "invoice_pdf_damaged"}

    def test_a_damaged_attachment_does_not_hide_the_invoice_next_to_it(self):
        photo = b"\xff\xd8" + bytes(range(256))
        content = in_pdf(photo, cii(TWO_RATES))
        first = content.index(b"/FlateDecode")
        assert only(content[:first] + b"/DCXDecodeX\n" + content[first + 12 :]).number == "R-1"

    def test_a_pdf_that_is_protected_with_an_empty_password_is_read(self):
        assert only(in_pdf(cii(TWO_RATES), password="")).number == "R-1"


class TestRules:
    """What is right where a good guess is wrong."""

    @pytest.mark.parametrize("write", [cii, ubl])
    def test_gross_is_the_total_with_tax_and_not_what_is_left_to_pay(self, write):
        invoice = only(write(stated(STANDARD, prepaid=D("100.00"))))
        assert (invoice.gross, invoice.payable, invoice.prepaid) == (D("119.00"), D("19.00"), D("100.00"))
        assert disproof(invoice) == ()

    @pytest.mark.parametrize(
        ("code", "kind", "gross"),
        [
            ("380", InvoiceKind.INVOICE, "119.00"),
            ("381", InvoiceKind.CREDIT_NOTE, "-119.00"),
            ("384", InvoiceKind.CORRECTION, "119.00"),
            ("389", InvoiceKind.SELF_BILLED, "119.00"),
            ("751", InvoiceKind.NO_INVOICE, "119.00"),
            ("325", InvoiceKind.NOT_PAYABLE, "119.00"),
            ("220", InvoiceKind.NOT_PAYABLE, "119.00"),
        ],
    )
    @pytest.mark.parametrize("write", [cii, zugferd1, ubl])
    def test_the_sign_is_that_of_the_kind_of_document(self, write, code, kind, gross):
        invoice = only(write(stated(STANDARD, code=code)))
        assert (invoice.kind, invoice.gross) == (kind, D(gross))
        assert ("invoice_is_none" in [why.code for why in disproof(invoice)]) is (
            kind in {InvoiceKind.NO_INVOICE, InvoiceKind.NOT_PAYABLE}
        )

    @pytest.mark.parametrize(
        ("codes", "kind"),
        [
            (
                "71 80 82 84 102 130 202 203 204 211 218 219 295 326 331 380 382 383 385 387 388 390 393 394 395 456",
                InvoiceKind.INVOICE,
            ),
            ("457 501 553 575 623 633 780 817 870 875 876 877 935", InvoiceKind.INVOICE),
            ("81 83 261 262 296 308 381 396 420 458 502 503 532", InvoiceKind.CREDIT_NOTE),
            ("384 471 472 473", InvoiceKind.CORRECTION),
            ("386 500", InvoiceKind.PREPAYMENT),
            ("389 527", InvoiceKind.SELF_BILLED),
            ("325", InvoiceKind.NOT_PAYABLE),
            ("751", InvoiceKind.NO_INVOICE),
        ],
    )
    def test_every_code_that_the_standard_allows_has_its_kind(self, codes, kind):
        """The 62 codes of BR-CL-01 (EN 16931 validation 1.3.16)."""
        assert {code: kind_of(code) for code in codes.split()} == dict.fromkeys(codes.split(), kind)

    @pytest.mark.parametrize("code", ["71", "102", "471", "472", "473", "500", "501"])
    @pytest.mark.parametrize("write", [cii, ubl])
    def test_every_code_of_an_invoice_proves_its_figures(self, write, code):
        invoice = only(write(stated(STANDARD, code=code)))
        assert (invoice.gross, disproof(invoice)) == (D("119.00"), ())

    def test_a_correction_with_negative_amounts_keeps_them(self):
        invoice = only(cii(stated(Group(D(19), D("-100.00"), D("-19.00")), code="384")))
        assert (invoice.gross, disproof(invoice)) == (D("-119.00"), ())

    @pytest.mark.parametrize("write", [cii, ubl])
    def test_the_tax_total_is_chosen_by_its_currency_and_not_by_its_place(self, write):
        invoice = only(write(stated(STANDARD, currency="NOK", accounting=("EUR", D("1.63")))))
        assert (invoice.tax, invoice.accounting_currency, invoice.accounting_tax) == (D("19.00"), "EUR", D("1.63"))
        assert disproof(invoice) == ()

    @pytest.mark.parametrize(
        ("stated_as", "rate"),
        [
            ({"CalculationRate": "0.96"}, ("1", "0.96")),
            ({"CalculationRate": "0.96", "MathematicOperatorCode": "multiply"}, ("1", "0.96")),
            ({"CalculationRate": "0.96", "MathematicOperatorCode": "Divide"}, ("0.96", "1")),
            ({"SourceCurrencyBaseRate": "100", "CalculationRate": "96.5"}, ("100", "96.5")),
            ({"TargetCurrencyBaseRate": "100", "CalculationRate": "0.0096"}, ("1", "0.96")),
            (
                {"SourceCurrencyBaseRate": "10", "TargetCurrencyBaseRate": "100.0", "CalculationRate": "0.96",
                 "MathematicOperatorCode": "DIVIDE"},
                ("9.6", "100"),
            ),
            ({"CalculationRate": "0.96", "MathematicOperatorCode": "Other"}, ("1", None)),
            ({"CalculationRate": "0"}, ("1", None)),
            ({"CalculationRate": "-0.96"}, ("1", None)),
            ({"SourceCurrencyBaseRate": "0", "CalculationRate": "0.96"}, ("1", None)),
            ({"MathematicOperatorCode": "Divide"}, ("1", None)),
        ],
    )  # fmt: skip
    def test_an_exchange_rate_is_read_as_it_is_to_be_applied(self, stated_as, rate):
        parts = {"SourceCurrencyCode": "CHF", "TargetCurrencyCode": "EUR"} | stated_as
        written = "".join(f"<cbc:{name}>{text}</cbc:{name}>" for name, text in parts.items())
        text = ubl(stated(STANDARD, currency="CHF", accounting=("EUR", D("18.24"))))
        place = b"<cac:TaxTotal>"
        element = f"<cac:TaxExchangeRate>{written}</cac:TaxExchangeRate>".encode()
        invoice = only(text.replace(place, element + place, 1))
        assert (invoice.exchange_units, invoice.exchange_rate) == (D(rate[0]), rate[1] and D(rate[1]))

    @pytest.mark.parametrize(
        ("units", "worth", "rate"),
        [("", "", ("1", "0.96")), ("100", "1", ("100", "0.96")), ("1", "100", ("1", "96")), ("0", "", ("1", None))],
    )
    def test_an_exchange_rate_of_many_units_is_read_as_such(self, units, worth, rate):
        parts = {"SourceCurrencyCode": "CHF", "SourceUnitBasisNumeric": units, "TargetCurrencyCode": "EUR"}
        parts |= {"TargetUnitBasisNumeric": worth, "ConversionRate": "0.96"}
        written = "".join(f"<ram:{name}>{text}</ram:{name}>" for name, text in parts.items() if text)
        text = cii(stated(STANDARD, currency="CHF", accounting=("EUR", D("18.24"))))
        place = b"<ram:ApplicableTradeTax>"
        name = "ram:TaxApplicableTradeCurrencyExchange"
        invoice = only(text.replace(place, f"<{name}>{written}</{name}>".encode() + place, 1))
        assert (invoice.exchange_units, invoice.exchange_rate) == (D(rate[0]), rate[1] and D(rate[1]))

    def test_two_tax_totals_of_one_currency_are_two_parts(self):
        first = cii(stated(STANDARD))
        second = b'<ram:TaxTotalAmount currencyID="EUR">5.00</ram:TaxTotalAmount>'
        both = first.replace(b"<ram:GrandTotal", second + b"<ram:GrandTotal")
        invoice = only(both)
        assert invoice.tax == D("24.00")
        assert disproof(invoice)

    def test_groups_of_one_rate_and_two_categories_are_two(self):
        exempt, within = Group(D(0), D("10.00"), D("0.00"), "E"), Group(D(0), D("20.00"), D("0.00"), "K")
        assert disproof(only(cii(stated(exempt, within)))) == ()
        assert [why.code for why in disproof(only(cii(stated(exempt, exempt))))] == ["invoice_group_twice"]

    def test_a_missing_rate_and_tax_total_are_0_only_where_nothing_is_taxed(self):
        def without(category: str) -> bytes:
            text = cii(stated(Group(D(0), D("10.00"), D("0.00"), category)))
            text = text.replace(b"<ram:RateApplicablePercent>0</ram:RateApplicablePercent>", b"")
            return text.replace(b'<ram:TaxTotalAmount currencyID="EUR">0.00</ram:TaxTotalAmount>', b"")

        assert disproof(only(without("O"))) == ()
        assert disproof(only(without("E")))

    @pytest.mark.parametrize("write", [cii, zugferd1, ubl])
    def test_a_tax_that_is_no_vat_is_never_proven(self, write):
        invoice = only(write(stated(Group(D(19), D("50.00"), D("9.50"), tax_type="ZF_INSURANCE_TAX"))))
        assert "invoice_other_tax" in [why.code for why in disproof(invoice)]

    def test_italian_split_payment_is_an_invoice_like_any_other(self):
        invoice = only(fatturapa(stated(Group(D(22), D("100.00"), D("22.00"), "B"))))
        assert (invoice.groups[0].category, invoice.gross, disproof(invoice)) == ("B", D("122.00"), ())

    def test_an_italian_invoice_without_its_total_is_not_proven(self):
        invoice = only(fatturapa(TWO_RATES, total=False))
        assert (invoice.gross, [why.code for why in disproof(invoice)]) == (None, ["invoice_lacks_totals"])

    def test_several_italian_invoices_in_one_file(self):
        found = reading(fatturapa(stated(STANDARD, number="1"), stated(REDUCED, number="2")))
        assert [invoice.number for invoice in found.invoices] == ["1", "2"]

    @pytest.mark.parametrize("code", ["TD16", "TD17", "TD20", ""])
    def test_an_italian_record_that_a_buyer_made_is_no_invoice(self, code):
        text = fatturapa(stated(STANDARD, code=code or "TD99"))
        assert "invoice_is_none" in [why.code for why in disproof(only(text))]

    def test_spanish_withholding_is_not_taken_off(self):
        invoice = only(facturae(stated(STANDARD), withheld=D("15.00")))
        assert (invoice.gross, disproof(invoice)) == (D("119.00"), ())

    def test_the_danish_element_of_the_amount_without_tax_has_the_tax(self):
        invoice = only(oioubl(stated(Group(D(25), D("5050.00"), D("1262.50")))))
        assert (invoice.net, invoice.tax, invoice.gross) == (D("5050.00"), D("1262.50"), D("6312.50"))

    def test_danish_excise_is_no_vat(self):
        vat, excise = Group(D(25), D("100.00"), D("25.00")), Group(D(0), D("100.00"), D("8.00"), "S", "16")
        assert "invoice_other_tax" in [why.code for why in disproof(only(oioubl(stated(vat, excise))))]

    @pytest.mark.parametrize(("tax", "is_proven"), [("27.00", True), ("27", True), ("28", True), ("29", False)])
    def test_a_tax_in_whole_forints_may_be_rounded(self, tax, is_proven):
        invoice = only(cii(stated(Group(D(27), D("101.00"), D(tax)), currency="HUF")))  # 27.27
        assert (disproof(invoice) == ()) is is_proven

    @pytest.mark.parametrize(("tax", "is_proven"), [("19.01", True), ("18.99", True), ("19.02", False)])
    def test_a_tax_that_was_rounded_by_line_differs_by_a_cent_at_most(self, tax, is_proven):
        assert (disproof(only(cii(stated(Group(D(19), D("100.00"), D(tax)))))) == ()) is is_proven

    @pytest.mark.parametrize("category", ["Z", "E", "AE", "K", "G", "O"])
    def test_tax_in_a_category_without_tax_is_not_proven(self, category):
        invoice = only(cii(stated(Group(D(19), D("100.00"), D("19.00"), category))))
        assert [why.code for why in disproof(invoice)] == ["invoice_tax_in_exempt_group"]

    @pytest.mark.parametrize(("rate", "tax"), [("-19", "-19.00"), ("190", "190.00")])
    def test_an_impossible_rate_is_not_proven(self, rate, tax):
        invoice = only(cii(stated(Group(D(rate), D("100.00"), D(tax)))))
        assert [why.code for why in disproof(invoice)] == ["invoice_rate_impossible"]

    def test_a_base_of_another_tax_is_no_base_of_vat_even_with_a_tax_of_0(self):
        invoice = only(cii(stated(Group(D(0), D("100.00"), D("0.00"), "E", "INS"))))
        assert [why.code for why in disproof(invoice)] == ["invoice_other_tax"]
        assert other_taxes(invoice) == ()  # none is charged, so nothing has to be held

    @pytest.mark.parametrize("write", [cii, ubl])
    def test_a_tax_total_without_a_currency_is_not_that_of_the_tax_office(self, write):
        text = write(stated(STANDARD, currency="NOK", accounting=("EUR", D("1.63"))))
        invoice = only(text.replace(b' currencyID="NOK"', b""))
        assert (invoice.tax, invoice.accounting_tax) == (D("19.00"), D("1.63"))

    def test_italian_groups_with_finer_codes_than_the_categories_may_repeat_one(self):
        outside = [Group(D(0), D(base), D("0.00"), "O") for base in ("100.00", "10.00")]
        invoice = only(fatturapa(stated(*outside)))
        assert (by_rate(invoice), disproof(invoice)) == ({D(0): D("110.00")}, ())

    @pytest.mark.parametrize("code", ["220", "231", "351"])
    def test_an_order_or_a_delivery_note_in_the_form_of_an_invoice_is_no_invoice(self, code):
        assert "invoice_is_none" in [why.code for why in disproof(only(cii(stated(STANDARD, code=code))))]

    @pytest.mark.parametrize(("status", "amount"), [("GROUP", "3000"), ("DETAIL", "150"), ("INFORMATION", "9")])
    def test_no_line_of_any_status_changes_the_groups(self, status, amount):
        line = (
            f"<ram:IncludedSupplyChainTradeLineItem><ram:LineStatusReasonCode>{status}</ram:LineStatusReasonCode>"
            f"<ram:ApplicableTradeTax><ram:BasisAmount>{amount}</ram:BasisAmount></ram:ApplicableTradeTax>"
            "</ram:IncludedSupplyChainTradeLineItem><ram:ApplicableHeaderTradeAgreement>"
        )
        invoice = only(cii(TWO_RATES).replace(b"<ram:ApplicableHeaderTradeAgreement>", line.encode()))
        assert by_rate(invoice) == {D(7): D("53.50"), D(19): D("119.00")}

    def test_a_profile_without_groups_is_not_proven(self):
        assert [why.code for why in disproof(only(cii(stated())))] == ["invoice_without_groups"]


class TestTexts:
    """Figures as they come."""

    @pytest.mark.parametrize(
        ("written", "meant"),
        [("+172.50", "172.50"), ("0172.5", "172.50"), (" 172.50\n", "172.50"), ("17<!-- a comment -->2.50", "172.50")],
    )
    def test_amounts(self, written, meant):
        invoice = only(cii(TWO_RATES).replace(b"172.50", written.encode()))
        assert (invoice.gross, disproof(invoice)) == (D(meant), ())

    @pytest.mark.parametrize("written", ["19", "19.0", "19.00", "19.000000"])
    def test_rates_of_one_value_are_one_rate(self, written):
        invoice = only(cii(stated(Group(D(written), D("100.00"), D("19.00")))))
        assert [str(rate) for rate in by_rate(invoice)] == ["19"]

    @pytest.mark.parametrize(
        ("written", "day"),
        [
            ("2016-04-04", date(2016, 4, 4)),
            ("2016-04-04+01:00", date(2016, 4, 4)),
            ("2016-04-04Z", date(2016, 4, 4)),
            ("2016-02-30", None),
            ("04.04.2016", None),
            ("201604", None),
        ],
    )
    def test_days(self, written, day):
        assert only(ubl(TWO_RATES).replace(b"2026-01-31", written.encode())).date == day

    def test_a_vat_id_is_without_blanks_and_dots(self):
        assert only(cii(TWO_RATES)).seller.vat_id == "DE136695976"

    @pytest.mark.parametrize("suffix", ["", "MWST", "TVA", "IVA", "TPV"])
    @pytest.mark.parametrize("write", [cii, ubl])
    def test_a_swiss_vat_id_has_a_suffix_in_each_language(self, write, suffix):
        written = re.sub(rb"DE 136\.695\.976|DE136695976", f"CHE-123.456.788 {suffix}".encode(), write(TWO_RATES))
        assert only(written).seller.vat_id == f"CHE123456788{suffix}"

    def test_a_tax_number_is_not_taken_for_a_vat_id(self):
        assert only(cii(TWO_RATES).replace(b"DE 136.695.976", b"22/815/0815/4")).seller.vat_id == ""

    @pytest.mark.parametrize(
        ("syntax", "before", "stated", "place"),
        [
            (
                Syntax.CII,
                b"<ram:CountryID>DE",
                b"<ram:PostcodeCode>35001</ram:PostcodeCode><ram:CountryID>ES",
                "ES 35001",
            ),
            (
                Syntax.ZUGFERD_1,
                b"</ram:SellerTradeParty>",
                (
                    b"<ram:PostalTradeAddress><ram:PostcodeCode>78266</ram:PostcodeCode><ram:CountryID>de</ram:CountryID>"
                    b"</ram:PostalTradeAddress></ram:SellerTradeParty>"
                ),
                "DE 78266",
            ),
            (Syntax.UBL, b"<cac:Country>", b"<cbc:PostalZone>78266</cbc:PostalZone><cac:Country>", "DE 78266"),
            (Syntax.OIOUBL, b"<cac:Country>", b"<cbc:PostalZone>3900</cbc:PostalZone><cac:Country>", "DE 3900"),
            (Syntax.FATTURAPA, b"<Sede>", b"<Sede><CAP>23041</CAP>", "IT 23041"),
            (Syntax.FACTURAE, b"<CountryCode>ESP", b"<PostCode>35001</PostCode><CountryCode>ESP", "ES 35001"),
            (
                Syntax.FACTURAE,
                b"<AddressInSpain><CountryCode>ESP</CountryCode></AddressInSpain>",
                (
                    b"<OverseasAddress><PostCodeAndTown>22100 Mariehamn</PostCodeAndTown><CountryCode>FIN</CountryCode>"
                    b"</OverseasAddress>"
                ),
                "FI 22100",
            ),
        ],
    )
    def test_the_seller_s_country_and_postcode(self, syntax, before, stated, place):
        seller = only(WRITERS[syntax](TWO_RATES).replace(before, stated)).seller
        assert f"{seller.country} {seller.postcode}" == place

    def test_an_unstated_amount_is_missing_and_not_0(self):
        invoice = only(cii(TWO_RATES).replace(b"<ram:TaxBasisTotalAmount>150.00</ram:TaxBasisTotalAmount>", b""))
        assert (invoice.net, [why.code for why in disproof(invoice)]) == (None, ["invoice_lacks_totals"])
