"""Files, sales documents and parties: contract D 5, 7, 8.2, 8.3 and A10 to A15, A19, A28, A29."""

from __future__ import annotations

import pytest


def test_an_upload_is_answered_with_seven_properties_and_read_back(debitoor, pdf):
    content = pdf()
    file = debitoor.post("/api/files/v1?fileName=R%C3%A9.pdf", files={"file": ("x", content)}).json()

    assert file.keys() == {"id", "url", "fileName", "lastModified", "type", "sizeBytes", "thumbnailsUrl"}
    assert (file["fileName"], file["type"], file["sizeBytes"]) == ("Ré.pdf", "application/pdf", len(content))
    assert file["lastModified"].endswith("Z")
    assert file["lastModified"][-5] == "."
    read = debitoor.get(file["url"])
    assert (read.content, read.headers["Content-Type"]) == (content, "application/pdf")
    assert debitoor.get(file["thumbnailsUrl"]).json() == []


def test_identical_bytes_get_an_id_each(debitoor, pdf):
    content = pdf()
    ids = {debitoor.post("/api/files/v1?fileName=a.pdf", files={"file": content}).json()["id"] for _ in range(3)}

    assert len(ids) == 3


def test_bytes_that_look_like_a_boundary_survive(debitoor):
    content = b"%PDF-1.4\r\n--boundary\r\n\r\n--\x00\xff" * 1000
    file = debitoor.post("/api/files/v1?fileName=a.pdf", files={"file": content}).json()

    assert debitoor.get(file["url"]).content == content


def test_a_part_without_name_and_type_works(debitoor, pdf):
    body = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + (content := pdf()) + b"\r\n--b--\r\n"
    file = debitoor.post(
        "/api/files/v1?fileName=a.pdf", data=body, headers={"Content-Type": "multipart/form-data; boundary=b"}
    ).json()

    assert debitoor.get(file["url"]).content == content


@pytest.mark.parametrize(("name", "kind"), [("a.JPG", "image/jpeg"), ("a.png", "image/png"), ("a.gif", "image/gif")])
def test_the_name_decides_the_type(debitoor, name, kind):
    assert debitoor.post(f"/api/files/v1?fileName={name}", files={"file": b"x"}).json()["type"] == kind


@pytest.mark.parametrize("name", ["a.exe", "pdf", "a.pdf.zip"])
def test_other_types_are_refused_with_412(debitoor, name):
    response = debitoor.post(f"/api/files/v1?fileName={name}", files={"file": b"x"})

    assert response.status_code == 412
    assert response.json()["message"]


def test_a_file_over_10_mib_is_refused_with_412(debitoor):
    size = 10 * 1024 * 1024
    assert debitoor.post("/api/files/v1?fileName=a.pdf", files={"file": b"x" * size}).status_code == 200
    assert debitoor.post("/api/files/v1?fileName=a.pdf", files={"file": b"x" * (size + 1)}).status_code == 412


def test_an_upload_without_the_part_file_is_refused(debitoor):
    response = debitoor.post("/api/files/v1?fileName=a.pdf", files={"document": b"x"})

    assert response.status_code == 400
    assert response.json()["errors"] == [{"property": "file", "message": "is required"}]
    assert debitoor.post("/api/files/v1?fileName=a.pdf", data=b"%PDF-1.4").status_code == 400


def test_an_unknown_file_is_404(debitoor):
    assert debitoor.get(f"/api/files/{'f' * 24}/v1").status_code == 404


def test_invoices_and_credit_notes_are_listed_and_have_pdfs(debitoor, acme):
    invoice = acme.add_invoice(number="INV/7", date="2026-01-05", customer_name="Kunde", lines=[
        {"description": "Work", "quantity": 2, "unit_net_price": "50.00", "tax_rate": 19}])  # fmt: skip
    note = acme.add_invoice(kind="creditNote", date="2026-01-06", content=b"%PDF-1.4 credit")

    def listed(path):
        return [(row["id"], row["type"]) for row in debitoor.get(path).json()]

    both = [(note["id"], "creditNote"), (invoice["id"], "invoice")]
    assert listed("/api/sales/invoices/v8") == both
    assert listed("/api/sales/invoices/v8?isCreditNote=false") == both[1:]
    assert listed("/api/sales/invoices/v8?isCreditNote=true") == listed("/api/sales/creditnotes/v4") == both[:1]
    assert listed("/api/sales/invoices/v8?number=INV/7") == both[1:]
    assert listed("/api/sales/invoices/v8?fromDate=2026-01-06") == both[:1]

    detail = debitoor.get(f"/api/sales/invoices/{invoice['id']}/v8").json()
    assert (detail["totalGrossAmount"], detail["totalNetAmount"], detail["number"]) == (119, 100, "INV/7")
    assert debitoor.get(f"/api/sales/creditnotes/{note['id']}/v4").json()["totalGrossAmount"] == -119

    pdf = debitoor.get(f"/api/sales/invoices/{invoice['id']}/pdf/v1")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.headers["Content-Disposition"] == 'attachment; filename="INV/7.pdf"'
    assert debitoor.get(f"/api/sales/creditnotes/{note['id']}/pdf/v4").content == b"%PDF-1.4 credit"
    assert debitoor.get(f"/api/sales/creditnotes/{invoice['id']}/pdf/v4").status_code == 404


def test_a_pdf_that_is_printed_again_is_another_file_of_the_same_record(debitoor, acme):
    invoice = acme.add_invoice(content=b"%PDF-1.4 first")
    acme.print_again(invoice["id"], b"%PDF-1.4 second")

    assert debitoor.get(f"/api/sales/invoices/{invoice['id']}/pdf/v1").content == b"%PDF-1.4 second"
    assert acme.invoice_pdf(invoice["id"]) == b"%PDF-1.4 second"
    assert acme.invoices() == [invoice]
    with pytest.raises(ValueError, match="404"):
        acme.print_again("0" * 24, b"%PDF-1.4")


def test_paid_and_deleted_invoices_are_distinguished(debitoor, acme):
    paid, gone = acme.add_invoice(paid=True)["id"], acme.add_invoice()["id"]
    acme.delete_entity(gone)

    def listed(query):
        return {row["id"] for row in debitoor.get(f"/api/sales/invoices/v8?{query}").json()}

    assert listed("isUnpaid=false") == {paid}
    assert listed("") == {paid}
    assert listed("includeDeleted=true") == {paid, gone}
    assert debitoor.get(f"/api/sales/invoices/{gone}/v8").status_code == 404
    assert debitoor.get(f"/api/sales/invoices/{gone}/pdf/v1").status_code == 404


def test_an_invoice_is_cancelled_by_a_credit_note_over_the_same_lines(debitoor, acme):
    invoice = acme.add_invoice(customer_name="Kunde", content=b"%PDF-1.4 first", lines=[
        {"description": "Work", "quantity": 2, "unit_net_price": "50.00", "tax_rate": 7}])  # fmt: skip
    note = acme.cancel_invoice(invoice["id"], date="2026-02-03")

    assert (note["type"], note["date"], note["customerName"]) == ("creditNote", "2026-02-03", "Kunde")
    assert (note["totalGrossAmount"], note["totalNetAmount"], note["creditedInvoiceId"]) == (-107, -100, invoice["id"])
    assert [row["id"] for row in debitoor.get("/api/sales/invoices/v8").json()] == [note["id"]]
    path = f"/api/sales/invoices/{invoice['id']}"
    shown = debitoor.get(f"{path}/v8").json()
    assert (shown["deleted"], shown["compensated"], shown["deletedByInvoiceId"]) == (True, True, note["id"])
    assert shown["deletedDate"]
    assert debitoor.get(f"{path}/pdf/v1").content == b"%PDF-1.4 first"
    acme.switch(cancelled_readable=False)
    assert [debitoor.get(f"{path}/{end}").status_code for end in ("v8", "pdf/v1")] == [404, 404]
    with pytest.raises(ValueError, match="404"):
        acme.cancel_invoice(note["id"])


def test_a_change_in_the_web_app_is_found_by_its_time(debitoor, acme, sandbox):
    invoice = acme.add_invoice()
    sandbox.advance(100)
    since = sandbox.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert debitoor.get(f"/api/sales/invoices/v8?changedSince={since}").json() == []

    acme.edit_entity(invoice["id"], archived=True)

    (changed,) = debitoor.get(f"/api/sales/invoices/v8?changedSince={since}").json()
    assert changed["archived"] is True


def test_suppliers_are_created_listed_and_replaced(debitoor):
    made = debitoor.post("/api/suppliers/v1?autonumber=true", json={"name": "L", "countryCode": "DE", "phone": "1"})
    supplier = made.json()
    assert supplier["number"] == 1

    path = f"/api/suppliers/{supplier['id']}/v1"
    replaced = debitoor.put(path, json={"name": "L2", "countryCode": "AT"}).json()

    assert (replaced["name"], replaced["id"], "phone" in replaced) == ("L2", supplier["id"], False)
    assert debitoor.get("/api/suppliers/v1").json() == [replaced]
    assert debitoor.get(path).json() == replaced
    assert debitoor.get("/api/suppliers/v1?limit=1&skip=1").json() == []


@pytest.mark.parametrize(
    ("body", "place"),
    [({"countryCode": "DE"}, "name"), ({"name": "L"}, "countryCode"),
     ({"name": "L", "countryCode": "DE", "email": "x"}, "email")],
)  # fmt: skip
def test_an_invalid_supplier_is_refused(debitoor, body, place):
    response = debitoor.post("/api/suppliers/v1", json=body)

    assert [entry["property"] for entry in response.json()["errors"]] == [place]


def test_customers_are_patched_and_filtered(debitoor):
    body = {"name": "K", "countryCode": "DE", "paymentTermsId": 1, "reference": "r-1", "email": "k@k.example"}
    customer = debitoor.post("/api/customers/v2", json=body).json()
    debitoor.post("/api/customers/v2", json=body | {"reference": "r-2"})
    path = f"/api/customers/{customer['id']}/v2"

    patched = debitoor.patch(path, json={"isArchived": True, "email": None}).json()

    assert (patched["isArchived"], "email" in patched, patched["name"]) == (True, False, "K")
    assert [row["id"] for row in debitoor.get("/api/customers/v2?reference=r-1").json()] == [customer["id"]]
    assert [row["reference"] for row in debitoor.get("/api/customers/v2?email=k@k.example").json()] == ["r-2"]
    assert [row["reference"] for row in debitoor.get("/api/customers/v2?archived=true").json()] == ["r-1"]
    assert debitoor.patch(path, json={"name": None}).status_code == 400
    assert debitoor.put(path, json={"name": "K", "countryCode": "DE"}).status_code == 400
    assert debitoor.post("/api/customers/v2", json=body | {"notes": "x" * 501}).status_code == 400
