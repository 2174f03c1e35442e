"""Real e-invoices, where they are to be had; see the README of the folder."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from debitoor_provider.sync.invoice.proof import by_rate, disproof
from debitoor_provider.sync.invoice.reading import read
from tests.real_documents import FOLDER, needs_real_documents

KNOWN = json.loads((FOLDER / "documents.json").read_text()) if FOLDER.exists() else []
PROVEN = {
    "EN16931_1_Teilrechnung.pdf": {"7": "120.94", "19": "76.71"},
    "EN16931_2_Teilrechnung.pdf": {"7": "23.54"},
    "EN16931_ElektronischeAdresse.pdf": {"19": "340.96"},
    "EN16931_Innergemeinschaftliche_Lieferungen.pdf": {"0": "2000.00"},
    "EN16931_OEPNV.pdf": {"7": "9.00"},
    "EN16931_Rabatte.pdf": {"7": "138.43", "19": "76.64"},
    "EN16931_Rechnungskorrektur.pdf": {"7": "-3.02", "19": "-5.77"},
    "Facture_FR_BASICWL.pdf": {"5.5": "572.87", "20": "98.28"},
    "zugferd_2p0_BASIC_Taxifahrt.pdf": {"7": "18.08"},
    "zugferd_2p0_EXTENDED_Fremdwaehrung.pdf": {"19": "1021.91"},
}
NOT_PROVEN = {
    "MustangGnuaccountingBeispielRE-20140522_501.pdf": "invoice_unknown_format",
    "ZUGFeRD_1p0_COMFORT_Haftpflichtversicherung_Versicherungssteuer.pdf": "invoice_other_tax",
    "ZUGFeRD_1p0_COMFORT_Sachversicherung_berechneter_Steuersatz.pdf": "invoice_other_tax",
    "acme_invoice-42_ZUGFeRD.pdf": "invoice_without_groups",
}


@needs_real_documents
@pytest.mark.parametrize("known", KNOWN, ids=[known["filename"] for known in KNOWN])
def test_a_real_document_states_what_is_known_of_it(known: dict[str, object]) -> None:
    name = str(known["filename"])
    with (FOLDER / name).open("rb") as file:
        found = read(file)
    if found.problem:
        assert found.problem.code == NOT_PROVEN[name]
        return
    (invoice,) = found.invoices
    assert (invoice.number, invoice.currency) == (known["document_number"], known["currency"])
    assert str(invoice.date) == known["document_date"]
    assert invoice.gross == Decimal(str(known["gross_amount"]))
    reasons = [why.code for why in disproof(invoice)]
    if name in PROVEN:
        assert reasons == []
        assert by_rate(invoice) == {Decimal(rate): Decimal(gross) for rate, gross in PROVEN[name].items()}
    else:
        assert reasons == [NOT_PROVEN[name]]
