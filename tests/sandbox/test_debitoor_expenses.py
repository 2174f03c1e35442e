"""Expenses and income: contract D 3.4, 3.5, 6, 8.4 and the assumptions A5 to A9, A16 to A25, A32."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

PATH = "/api/expenses/v4"


@pytest.fixture
def post(debitoor):
    def create(query="?autonumber=true", path=PATH, **fields):
        body = {"date": "2026-01-05", "lines": [{"taxRate": 19, "grossAmount": 119}]} | fields
        return debitoor.post(path + query, json=body)

    return create


def faults(response):
    """Return the entries of a failed validation as pairs of property and message."""
    assert response.status_code == 400, response.text
    body = response.json()
    assert (body["code"], bool(body["message"])) == (400, True)
    return [(entry["property"], entry["message"]) for entry in body["errors"]]


def test_an_expense_is_created_with_200_and_returned_completely(post, debitoor, acme, pdf):
    content = pdf()
    file = debitoor.post("/api/files/v1?fileName=gmi-1.pdf", files={"file": content}).json()

    response = post(fileId=file["id"], supplierName="Lieferant GmbH", supplierCountry="DE")

    assert response.status_code == 200
    expense = response.json()
    assert expense["file"] == file
    assert (expense["currency"], expense["number"], expense["unpaidAmount"]) == ("EUR", 1, 119)
    assert expense["createdDate"] == expense["lastModifiedDate"]
    assert None not in expense.values()
    assert len(expense["id"]) == 24
    assert debitoor.get(f"/api/expenses/{expense['id']}/v4").json() == expense
    assert debitoor.get(PATH).json() == [expense]
    assert acme.file(expense["fileId"]) == content


@pytest.mark.parametrize(
    ("line", "gross", "net", "tax"),
    [
        ({"taxRate": 19, "grossAmount": 5000}, 5000, "4201.68", "798.32"),  # recorded: D 6.4
        ({"taxRate": 19, "priceDisplayType": "net", "netAmount": 100}, 119, "100", "19"),
        ({"taxRate": 19, "netAmount": 100}, 119, "100", "19"),
        ({"taxRate": 19, "netAmount": 1, "grossAmount": 119}, 119, "100", "19"),
        ({"taxRate": 16.34, "grossAmount": 1163.4}, "1163.4", "1000", "163.4"),
        ({"taxRate": 7, "grossAmount": -10.7}, "-10.7", "-10", "-0.7"),
        ({"taxRate": 25, "netAmount": 0.1}, "0.13", "0.1", "0.03"),  # 0.125: half up
        ({"taxRate": 25, "netAmount": -0.1}, "-0.13", "-0.1", "-0.03"),
        ({"taxRate": 0, "grossAmount": 0}, 0, "0", "0"),
    ],
)
def test_amounts_are_computed_from_net_or_gross(post, line, gross, net, tax):
    (stored,) = post(lines=[line]).json(parse_float=Decimal)["lines"]

    assert (stored["grossAmount"], stored["netAmount"], stored["taxAmount"]) == (
        Decimal(gross), Decimal(net), Decimal(tax),
    )  # fmt: skip


def test_totals_and_tax_groups_are_sums_of_the_lines(post):
    lines = [
        {"taxRate": 19, "grossAmount": 119}, {"taxRate": 7, "grossAmount": 10.7}, {"taxRate": 19, "grossAmount": 11.9},
    ]  # fmt: skip

    expense = post(lines=lines).json(parse_float=Decimal)

    assert (expense["totalGrossAmount"], expense["totalNetAmount"]) == (Decimal("141.6"), Decimal("120"))
    assert expense["totalTaxAmount"] == Decimal("21.6")
    assert expense["taxGroups"] == [
        {"taxRate": 19, "netAmount": 110, "taxAmount": Decimal("20.9")},
        {"taxRate": 7, "netAmount": 10, "taxAmount": Decimal("0.7")},
    ]


def test_whole_amounts_appear_without_a_fraction(post):
    assert '"totalGrossAmount":119,' in post().text


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"date": None}, ("date", "is the wrong type")),
        ({"date": "5.1.2026"}, ("date", "must be date format")),
        ({"date": "2026-02-30"}, ("date", "must be date format")),
        ({"date": "1969-12-31"}, ("date", "must be date format")),
        ({"lines": []}, ("lines", "has less items than allowed")),
        ({"lines": [{"grossAmount": 1}]}, ("lines.0.taxRate", "is required")),
        ({"lines": [{"taxRate": 19}]}, ("lines.0.grossAmount", "is required")),
        (
            {"lines": [{"taxRate": 1, "priceDisplayType": "net", "grossAmount": 1}]},
            ("lines.0.netAmount", "is required"),
        ),
        ({"lines": [{"taxRate": 101, "grossAmount": 1}]}, ("lines.0.taxRate", "must be rate format")),
        ({"lines": [{"taxRate": 5.125, "grossAmount": 1}]}, ("lines.0.taxRate", "must be rate format")),
        ({"lines": [{"taxRate": 1, "grossAmount": 0.1 + 0.2}]}, ("lines.0.grossAmount", "must be currency format")),
        ({"lines": [{"taxRate": 1, "grossAmount": 1e15}]}, ("lines.0.grossAmount", "must be currency format")),
        ({"lines": [{"taxRate": 1, "grossAmount": "1.00"}]}, ("lines.0.grossAmount", "is the wrong type")),
        (
            {"lines": [{"taxRate": 1, "grossAmount": 1, "priceDisplayType": "brutto"}]},
            ("lines.0.priceDisplayType", "must be an enum value"),
        ),
        ({"supplierCountry": "Germany"}, ("supplierCountry", "must be country format")),
        ({"number": "7"}, ("number", "is the wrong type")),
        ({"number": 0}, ("number", "is less than minimum")),
        ({"payments": None}, ("payments", "is the wrong type")),
        ({"fileId": "f" * 24}, ("fileId", "This is not a valid value")),
        ({"supplierId": "f" * 24}, ("supplierId", "This is not a valid value")),
        (
            {"lines": [{"taxRate": 1, "grossAmount": 1, "categoryId": "fun.parties"}]},
            ("lines.0.categoryId", "This is not a valid value"),
        ),
        (
            {"lines": [{"taxRate": 1, "grossAmount": 1, "assetLifetime": 3}]},
            ("lines.0", "must have all asset properties or none"),
        ),
    ],
)
def test_an_invalid_body_is_refused_by_property_and_nothing_is_stored(post, acme, fields, expected):
    assert expected in faults(post(**fields))
    assert acme.expenses() == []


@pytest.mark.parametrize(
    ("fields", "place", "name"),
    [
        ({"description": "x"}, "root", "description"),
        ({"notes": "x"}, "root", "notes"),
        ({"supplierAddress": "x"}, "root", "supplierAddress"),
        ({"lines": [{"taxRate": 1, "grossAmount": 1, "colour": "x"}]}, "lines.0", "lines.0.colour"),
    ],
)
def test_unknown_properties_are_refused(post, fields, place, name):
    response = post(**fields)

    assert faults(response) == [(place, "has additional properties")]
    assert response.json()["errors"][0]["value"] == name


def test_read_only_properties_are_dropped_silently(post):
    expense = post(id="x", currency="USD", totalGrossAmount=1, createdDate="never").json()

    assert (expense["currency"], expense["totalGrossAmount"]) == ("EUR", 119)
    assert expense["id"] != "x"
    assert expense["createdDate"] != "never"


def test_optional_properties_may_be_null_and_are_left_out(post):
    expense = post(supplierName=None, fileId=None, supplierId=None).json()

    assert not {"supplierName", "fileId", "file", "supplierId"} & expense.keys()


def test_a_number_is_given_or_assigned(post):
    assert faults(post(query="")) == [("number", "is required")]
    assert post(query="", number=41).json()["number"] == 41
    assert post().json()["number"] == 42


def test_strict_bookkeeping_numbers_when_booking(post, debitoor, acme):
    acme.switch(strict_bookkeeping=True)

    assert faults(post(number=7)) == [("number", "This is not a valid value")]
    expense = post().json()
    assert "number" not in expense
    assert debitoor.post(f"/api/expenses/{expense['id']}/book/v4").json()["number"] == 1
    assert debitoor.get("/api/settings/v3").json()["strictBookkeeping"] is True


def test_there_is_no_booking_without_strict_bookkeeping(post, debitoor):
    assert debitoor.post(f"/api/expenses/{post().json()['id']}/book/v4").status_code == 404


def test_one_file_may_be_on_two_expenses(post, debitoor, pdf):
    file_id = debitoor.post("/api/files/v1?fileName=a.pdf", files={"file": pdf()}).json()["id"]

    assert [post(fileId=file_id).status_code for _ in range(2)] == [200, 200]


def test_put_replaces_and_keeps_the_number(post, debitoor):
    before = post(supplierName="Old", supplierCountry="DE").json()
    body = {"date": "2026-02-01", "lines": [{"taxRate": 0, "grossAmount": 5}]}

    after = debitoor.put(f"/api/expenses/{before['id']}/v4", json=body).json()

    assert "supplierName" not in after
    assert (after["number"], after["totalGrossAmount"], after["date"]) == (before["number"], 5, "2026-02-01")
    assert (after["id"], after["createdDate"]) == (before["id"], before["createdDate"])
    assert debitoor.get(PATH).json() == [after]


def test_payments_reduce_what_is_unpaid_and_guard_the_total(post, debitoor, acme):
    payment = {"paymentAccountId": "bank", "amount": -100, "currency": "EUR"}
    expense = post(payments=[payment]).json()
    assert expense["unpaidAmount"] == 19
    less = {"date": "2026-01-05", "lines": [{"taxRate": 0, "grossAmount": 50}]}
    path = f"/api/expenses/{expense['id']}/v4"

    assert debitoor.put(path, json=less).status_code == 412
    assert debitoor.delete(path).status_code == 412
    assert debitoor.put(path + "?allowUnmatch=true", json=less).json()["unpaidAmount"] == 50
    assert debitoor.delete(path).json() == {"success": True}


def test_deleting_is_soft(post, debitoor):
    expense = post().json()
    path = f"/api/expenses/{expense['id']}/v4"

    assert debitoor.delete(path).json() == {"success": True}

    assert debitoor.get(path).status_code == 404
    assert debitoor.delete(path).status_code == 404
    assert debitoor.get(PATH).json() == []
    (shown,) = debitoor.get(f"{PATH}?includeDeleted=true").json()
    assert (shown["id"], "deletedDate" in shown) == (expense["id"], True)


def test_lists_are_newest_first_and_paged_by_skip_and_limit(post, debitoor, acme):
    dates = ["2026-01-02", "2026-01-03", "2026-01-01", "2026-01-03"]
    ids = [post(date=date).json()["id"] for date in dates]
    order = [ids[3], ids[1], ids[0], ids[2]]

    def listed(query=""):
        return [row["id"] for row in debitoor.get(PATH + query).json()]

    assert listed() == order
    assert listed("?limit=1") == order[:1]
    assert listed("?skip=1&limit=2") == order[1:3]
    assert listed("?skip=3") == order[3:]
    assert listed("?skip=4") == []
    assert listed("?fromDate=2026-01-02&toDate=2026-01-02") == [ids[0]]
    assert listed("?colour=red") == order
    acme.switch(max_limit=2)
    assert listed() == listed("?limit=100") == order[:2]
    assert listed("?skip=2") == order[2:]


def test_lists_are_filtered_by_change_supplier_and_payment(post, debitoor, sandbox, acme):
    sandbox.set_clock(datetime(2026, 3, 1, 10, 0, 0, tzinfo=UTC), frozen=True)
    supplier = debitoor.post("/api/suppliers/v1", json={"name": "L", "countryCode": "DE"}).json()["id"]
    first = post(supplierId=supplier).json()["id"]
    sandbox.advance(60)
    second = post(payments=[{"paymentAccountId": "b", "amount": -119, "currency": "EUR"}]).json()["id"]

    def listed(query):
        return [row["id"] for row in debitoor.get(f"{PATH}?{query}").json()]

    assert listed("changedSince=2026-03-01T10:00:00Z") == [second, first]
    assert listed("changedSince=2026-03-01T10:00:00.001Z") == [second]
    assert listed("changedSince=2026-03-01T10:01:00Z") == [second]
    assert listed("changedBefore=2026-03-01T10:01:00Z") == [first]
    assert listed("changedSince=2026-03-01") == [second, first]
    assert listed("changedSince=2026-03-02") == []
    assert listed(f"supplierId={supplier}") == [first]
    assert listed("isUnpaid=true") == [first]
    assert listed("isUnpaid=false") == [second]


@pytest.mark.parametrize(
    "query", ["changedSince=yesterday", "changedBefore=2026-03-01T10:00:00", "fromDate=1.1.2026", "limit=-1", "skip=x"]
)
def test_a_malformed_filter_is_400(debitoor, query):
    assert debitoor.get(f"{PATH}?{query}").status_code == 400


def test_reverse_charge_is_enforced_when_switched_on(post, acme):
    line = {"taxRate": 0, "grossAmount": 100}
    charge = {"taxRate": 19, "productOrService": "service", "consumptionOrResale": "consumption"}
    charged = line | {"reverseCharge": charge}
    assert post(lines=[line], supplierCountry="FR").status_code == 200

    acme.switch(reverse_charge_check=True)

    assert faults(post(lines=[line], supplierCountry="FR")) == [("lines.0.reverseCharge", "is required")]
    for country in ("DE", "US"):
        assert faults(post(lines=[charged], supplierCountry=country))[0][0] == "lines.0.reverseCharge"
    (stored,) = post(lines=[charged], supplierCountry="FR").json()["lines"]
    assert stored["reverseCharge"]["taxAmount"] == 19


def test_a_used_up_quota_marks_the_document_and_does_not_fail(post, debitoor, acme, pdf):
    acme.switch(attachment_over_quota=True)
    file_id = debitoor.post("/api/files/v1?fileName=a.pdf", files={"file": pdf()}).json()["id"]

    assert post(fileId=file_id).json()["attachmentOverQuota"] is True
    assert "attachmentOverQuota" not in post().json()


def test_version_5_has_attachments_in_place_of_the_file_id(post, debitoor, acme, pdf):
    acme.switch(expenses_v5=True)
    file = debitoor.post("/api/files/v1?fileName=a.pdf", files={"file": pdf()}).json()

    made = post(path="/api/expenses/v5", attachments=[{"fileId": file["id"]}]).json()

    assert made["attachments"] == [{"fileId": file["id"], "file": file}]
    assert "fileId" not in made
    assert debitoor.get(f"/api/expenses/{made['id']}/v4").json()["fileId"] == file["id"]
    assert debitoor.get("/api/expenses/v5").json() == [made]
    assert faults(post(path="/api/expenses/v5", fileId=file["id"])) == [("root", "has additional properties")]
    unknown = post(path="/api/expenses/v5", attachments=[{"fileId": "f" * 24}])
    assert faults(unknown) == [("attachments.0.fileId", "This is not a valid value")]


def test_income_is_the_mirror_of_expenses(debitoor):
    body = {"date": "2026-01-05", "customerCountry": None, "customerName": "Kunde",
            "lines": [{"taxRate": 19, "taxEnabled": True, "grossAmount": 119}]}  # fmt: skip
    path = "/api/income/v2"
    assert ("number", "is required") in faults(debitoor.post(path, json=body))

    made = debitoor.post(path + "?autonumber=true", json=body).json()

    assert (made["totalNetAmount"], made["customerName"]) == (100, "Kunde")
    assert debitoor.get(path).json() == [made]
    assert debitoor.get(PATH).json() == []
    without = {name: value for name, value in body.items() if name != "customerCountry"}
    assert faults(debitoor.post(path, json=without)) == [("customerCountry", "is required")]
    assert debitoor.put(f"/api/income/{made['id']}/v2", json=body | {"customerName": "Neu"}).json()["number"] == 1
    assert debitoor.delete(f"/api/income/{made['id']}/v2").json() == {"success": True}
    assert debitoor.get(f"/api/income/{made['id']}/v2").status_code == 404
