"""A person states facts about one document on the page."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Ledger, PlannedDocument, State
from tests.sync.export.test_evidence import PROVING

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

REASON = "as printed on the invoice"


@pytest.fixture
def enter(ledger: Ledger, account_file: Callable[..., object]) -> Callable[..., str]:
    """Enter a document that does not go; return its address in the API."""
    account_file(period={"from": "2026-01-01"})

    def plan(code: str, state: State = State.REJECTED, **fields: Any) -> str:
        found = PlannedDocument("1", "acme:1", "{}", state, Message(code), **fields)
        ledger.plans.enter("acme", "export", "debitoor__acme/manual__1", [found])
        return f"api/accounts/acme/documents/{ledger.documents.known('acme', 'export', ['1'])['1'].id}"

    return plan


def state(client: TestClient, address: str, **facts: Any) -> Any:
    return client.post(f"{address}/corrections", json={"stated": facts, "reason": REASON})


def test_a_document_says_what_can_be_stated_about_it(page, enter):
    document = page().get(enter("no_date")).json()
    assert document["correctable"] == ["date", "currency", "exchange_rate", "tax", "supply"]
    assert document["stated"] == {"date": None, "currency": None, "tax": [], "exchange_rate": None, "supply": None}


def test_what_is_stated_plans_the_document_and_is_shown_from_then_on(page, enter):
    client, address = page(), enter("foreign_tax", State.HELD, gross_amount=Decimal("119.00"), currency="EUR")
    stated = {"supply": "domestic", "tax": [{"rate": "19", "gross": "59.50"}, {"rate": "7", "gross": "59.50"}]}
    assert state(client, address, **stated).json()["state"] == "planned"
    document = client.get(address).json()
    assert document["stated"]["supply"] == "domestic"
    assert [(Decimal(part["rate"]), Decimal(part["gross"])) for part in document["stated"]["tax"]] == [
        (Decimal(19), Decimal("59.50")),
        (Decimal(7), Decimal("59.50")),
    ]
    assert document["correctable"][:2] == ["tax", "supply"]
    last = document["history"][-1]
    assert (last["kind"], last["actor"]) == ("corrected", "user:admin")
    assert last["detail"] == {"reason": REASON, "own_tax": {"19": "59.50", "7": "59.50"}, "own_supply": "domestic"}


def test_all_of_it_can_be_withdrawn(page, enter, ledger):
    client, address = page(), enter("no_date")
    state(client, address, date="2026-03-01")
    assert client.get(address).json()["stated"]["date"] == "2026-03-01"
    assert state(client, address).status_code == 200
    assert state(client, address, date="2026-03-02", currency="EUR").status_code == 200
    assert state(client, address).status_code == 200
    assert ledger.documents.known("acme", "export", ["1"])["1"].corrections == ""


@pytest.mark.parametrize(
    ("code", "facts", "sentence"),
    [
        ("no_date", {"date": "2025-12-31"}, "outside the account's period"),
        ("company", {"date": "2026-03-01"}, "cannot be stated about this document now"),
        ("no_currency", {"currency": "euros"}, "is not a currency"),
        ("too_many_rates", {"tax": [{"rate": "19"}, {"rate": "7"}]}, "the gross amount of each is needed"),
        ("too_many_rates", {"tax": [{"rate": "19", "gross": "1"}, {"rate": "7", "gross": "2"}]}, "sum to 3.00"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(page, enter, ledger, code, facts, sentence):
    answer = state(page(), enter(code, gross_amount=Decimal("119.00")), **facts)
    assert answer.status_code in {409, 422}
    assert sentence in answer.json()["detail"]
    assert ledger.documents.known("acme", "export", ["1"])["1"].state is State.REJECTED


@pytest.mark.parametrize(
    "facts",
    [
        {"date": 5},
        {"exchange_rate": "NaN"},
        {"exchange_rate": "1_1"},
        {"tax": [{"rate": "19", "gross": "1_19.00"}]},
        {"tax": [{"rate": "19", "gross": "1.190"}]},
        {"supply": "moon"},
        {"dat": "2026-03-01"},
    ],
)
def test_facts_of_another_form_are_refused(page, enter, facts):
    assert state(page(), enter("no_date"), **facts).status_code == 422


def test_who_may_not_edit_states_nothing(page, enter):
    assert state(page("viewer"), enter("no_date"), date="2026-03-01").status_code == 403


def test_a_sent_document_is_not_corrected(page, enter, ledger):
    client, address = page(), enter("no_date")
    entry = ledger.documents.known("acme", "export", ["1"])["1"]
    ledger.documents.mark_moved([entry], "user:ada")
    assert client.get(address).json()["correctable"] == []
    assert state(client, address, date=str(date(2026, 3, 1))).status_code == 409


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"supply": "eu"}, "A purchase from another EU country was stated, but there is tax"),
        ({"supply": "eu", "tax": [{"rate": "0"}]}, "the account does not say how one is booked"),
        ({"supply": "domestic", "exchange_rate": "1.1"}, "is in the currency of the books (EUR)"),
    ],
)
def test_what_leaves_the_document_held_is_refused_with_what_is_missing(
    acme, page, receipt, ledger, account_file, facts, sentence
):
    account_file(debitoor_id=acme.debitoor_email)
    uid = str(receipt(supplier="Papier SARL", supplier_country="FR"))
    found = PlannedDocument(uid, f"acme:{uid}", "{}", State.HELD, Message("foreign_tax", country="FR", tax=["19 %"]))
    ledger.plans.enter("acme", "export", "debitoor__acme/manual__1", [found])
    entry = ledger.documents.known("acme", "export", [uid])[uid]
    answer = state(page(), f"api/accounts/acme/documents/{entry.id}", **facts)
    assert (answer.status_code, sentence in answer.json()["detail"]) == (422, True), answer.text
    assert ledger.documents.known("acme", "export", [uid])[uid].state is State.HELD


def test_amounts_that_contradict_the_only_amount_of_the_record_are_refused_with_both_net_amounts(
    acme, page, receipt, ledger, account_file
):
    account_file(debitoor_id=acme.debitoor_email)
    uid = str(receipt(net_amount="1000.00", gross_amount=None, tax_rates=[]))
    found = PlannedDocument(uid, f"acme:{uid}", "{}", State.HELD, Message("net_alone", net="1000.00"))
    ledger.plans.enter("acme", "export", "debitoor__acme/manual__1", [found])
    entry = ledger.documents.known("acme", "export", [uid])[uid]
    address = f"api/accounts/acme/documents/{entry.id}"
    wrong = [{"rate": "20", "gross": "1700.00"}, {"rate": "5.5", "gross": "527.50"}]
    answer = state(page(), address, tax=wrong)
    assert answer.status_code == 422
    assert "come to 1916.67 net" in answer.json()["detail"]
    assert "in GetMyInvoices is 1000.00" in answer.json()["detail"]
    assert ledger.documents.known("acme", "export", [uid])[uid].state is State.HELD
    assert state(page(), address, tax=[{"rate": "20", "gross": "600.00"}, wrong[1]]).status_code == 200


@pytest.mark.parametrize("sign", ["", "-"])
def test_amounts_of_a_positive_credit_note_are_compared_with_the_amount_that_is_booked(
    acme, page, receipt, ledger, account_file, sign
):
    account_file(debitoor_id=acme.debitoor_email, positive_credit_note="negate")
    amounts = {"net_amount": "110.00", "gross_amount": "129.70", "tax_rates": ["0", "7", "19"]}
    uid = str(receipt(document_type="CREDIT_NOTE", **amounts))
    message = Message("too_many_rates", rates=["0 %", "7 %", "19 %"])
    found = PlannedDocument(uid, f"acme:{uid}", "{}", State.REJECTED, message, gross_amount=Decimal("129.70"))
    ledger.plans.enter("acme", "export", "debitoor__acme/manual__1", [found])
    entry = ledger.documents.known("acme", "export", [uid])[uid]
    address = f"api/accounts/acme/documents/{entry.id}"
    right = [{"rate": "19", "gross": f"{sign}119.00"}, {"rate": "7", "gross": f"{sign}10.70"}]
    wrong = [right[0], {"rate": "7", "gross": f"{sign}10.60"}]
    answer = state(page(), address, tax=wrong)
    assert (answer.status_code, "but the gross amount is" in answer.json()["detail"]) == (422, True)
    assert state(page(), address, tax=right).json()["state"] == "planned"


@pytest.mark.parametrize(("half", "status"), [("59.50", 200), ("119.00", 422)])
def test_amounts_are_compared_with_those_of_the_e_invoice_that_a_person_has_chosen(
    acme, page, ledger, account_file, half, status
):
    account_file(debitoor_id=acme.debitoor_email)
    record = {"document_type": "RECEIPT", "document_date": "2026-01-31", "tax_rates": ["19"], "currency": "EUR"}
    uid = str(acme.add_document(PROVING, "scan.pdf", net_amount="200.00", gross_amount="238.00", **record))
    message = Message("invoice_contradicts", differences=[])
    found = PlannedDocument(uid, f"acme:{uid}", "{}", State.HELD, message, gross_amount=Decimal("238.00"))
    ledger.plans.enter("acme", "export", "debitoor__acme/manual__1", [found])
    entry = ledger.documents.known("acme", "export", [uid])[uid]
    ledger.documents.choose([entry], "invoice", "user:ada", "compared with the PDF")
    tax = [{"rate": "19", "gross": half}, {"rate": "7", "gross": half}]
    assert state(page(), f"api/accounts/acme/documents/{entry.id}", tax=tax).status_code == status


def test_a_rate_that_is_no_number_is_named_at_its_field_in_the_reader_s_words(page, enter):
    address = enter("foreign_currency")
    body = {"stated": {"exchange_rate": "abc"}, "reason": REASON}
    (problem,) = page().post(f"{address}/corrections", json=body, headers={"Accept-Language": "fr"}).json()["detail"]
    assert problem["loc"] == ["body", "stated", "exchange_rate"]
    assert problem["msg"].endswith(" pas un taux de change. Saisissez un nombre tel que 0,2345.")


GROUPED = ["1 700,00", "1\u00a0700,00", "1\u202f700,00", "1.700,00", "1,700.00", "1700,00", "1700"]


@pytest.mark.parametrize("typed", GROUPED, ids=ascii)
def test_an_amount_is_taken_as_the_page_and_the_reader_write_it(page, enter, typed):
    client, address = page(), enter("too_many_rates", gross_amount=Decimal(1700))
    answer = state(client, address, tax=[{"rate": "5,5 %", "gross": typed}])
    assert answer.status_code == 200, answer.text
    assert client.get(address).json()["stated"]["tax"] == [{"rate": "5.5", "gross": "1700.00"}]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("gross", "1 70,0", "« 1 70,0 » n\u2019est pas un nombre. Écrivez-le sous la forme 19 ou 19,50."),
        ("gross", "17\u202f00,00", "« 17\u202f00,00 » n\u2019est pas un nombre. Écrivez-le sous la forme 19 ou 19,50."),
        (
            "gross",
            "1,190",
            "« 1,190 » peut désigner deux montants. Écrivez-le sans séparateur de milliers : 1190 ou 1190,00.",
        ),
        ("rate", "5,5 pc", "« 5,5 pc » n\u2019est pas un nombre. Écrivez-le sous la forme 19 ou 19,50."),
    ],
    ids=ascii,
)
def test_a_refused_amount_is_quoted_as_it_was_typed(page, enter, field, typed, sentence):
    body = {"stated": {"tax": [{"rate": "20", "gross": "1700,00"} | {field: typed}]}, "reason": REASON}
    address = enter("too_many_rates")
    (problem,) = page().post(f"{address}/corrections", json=body, headers={"Accept-Language": "fr"}).json()["detail"]
    assert problem["loc"] == ["body", "stated", "tax", 0, field]
    said = problem["msg"].replace("\u00a0", " ").replace("\u202f»", " »").replace("«\u202f", "« ")
    assert said.replace("\u202f:", " :") == sentence


def test_the_currency_of_the_books_is_known_from_what_was_sent_or_from_the_reason(page, enter, ledger):
    client, address = page(), enter("no_date")
    assert client.get(address).json()["books_currency"] is None
    found = PlannedDocument(
        "2", "acme:2", "{}", State.HELD, Message("foreign_currency", currency="USD", books="EUR"), currency="USD"
    )
    ledger.plans.enter("acme", "export", "debitoor__acme/manual__1", [found])
    entry = ledger.documents.known("acme", "export", ["2"])["2"]
    assert client.get(f"api/accounts/acme/documents/{entry.id}").json()["books_currency"] == "EUR"


def test_debitoor_is_asked_for_the_currency_of_the_books_where_nothing_else_tells_it(
    acme, page, enter, account_file, sandbox
):
    client, address = page(), enter("no_date")
    account_file(debitoor_id=acme.debitoor_email)
    assert client.get(address).json()["books_currency"] is None
    assert client.get(f"{address}/books-currency").json() == {"currency": "EUR"}
    account_file(debitoor_id=acme.debitoor_email, books={"currency": "DKK"})
    before = sandbox.last_seq()
    assert client.get(address).json()["books_currency"] == "DKK"
    assert client.get(f"{address}/books-currency").json() == {"currency": "DKK"}
    assert sandbox.calls(since=before, company=acme) == []


def test_where_debitoor_does_not_answer_the_currency_is_not_known(acme, page, enter, account_file):
    address = enter("no_date")
    account_file(debitoor_id="another@company.example")
    assert page().get(f"{address}/books-currency").status_code == 502
