"""Made and loaded documents: the same seed gives the same bytes, and figures that add up."""

from __future__ import annotations

import hashlib
import json
import shutil
from decimal import Decimal

import pytest

from debitoor_provider.sandbox.data.loader import load
from debitoor_provider.sandbox.invoice_pdf import PdfInvoice, PdfLine, invoice_pdf, printable
from debitoor_provider.sandbox.server import running
from debitoor_provider.sandbox.world import World
from tests.real_documents import FOLDER, needs_real_documents

PERIOD = {"from_date": "2026-01-01", "to_date": "2026-06-30"}


@pytest.fixture
def world(tmp_path):
    world = World.open(tmp_path / "data")
    yield world
    world.store.close()


@pytest.fixture(scope="module")
def made(sandbox):
    """Return a company with a hundred documents and sixteen sales documents."""
    company = sandbox.create_company("Maker GmbH", limits=None)
    assert company.generate(100, 16, seed=7, **PERIOD) == {"documents": 100, "invoices": 16}
    return company


def fingerprints(company):
    documents = [(row["filename"], row["documentNumber"], row["sha256"]) for row in company.documents()]
    sales = [
        (row["number"], hashlib.sha256(company.invoice_pdf(row["id"])).hexdigest())
        for row in company.invoices() + company.credit_notes()
    ]
    return documents, sales


def test_the_same_seed_gives_the_same_bytes(sandbox, made):
    twin, different = (sandbox.create_company("Maker GmbH", limits=None) for _ in range(2))
    twin.generate(100, 16, seed=7, **PERIOD)
    different.generate(100, 16, seed=8, **PERIOD)

    assert fingerprints(twin) == fingerprints(made)
    assert not set(fingerprints(different)[0]) & set(fingerprints(made)[0])


def test_a_prefix_of_the_documents_does_not_depend_on_their_number(sandbox, made):
    fewer = sandbox.create_company("Maker GmbH", limits=None)
    fewer.generate(10, seed=7, **PERIOD)

    assert fingerprints(fewer)[0] == fingerprints(made)[0][:10]


def test_every_file_is_a_pdf_of_its_own(made):
    documents = made.documents()

    assert len({row["sha256"] for row in documents}) == len(documents)
    for row in documents[:20]:
        content = made.document_file(row["uid"])
        assert content.startswith(b"%PDF-")
        assert b"%%EOF" in content[-16:]
        assert len(content) == row["fileSize"]


def test_the_figures_add_up(made):
    for row in made.documents():
        net, gross = Decimal(row["netAmount"]), Decimal(row["grossAmount"])
        rates = [Decimal(rate) for rate in row["taxRates"]]
        if len(rates) == 1:
            assert abs(net * (1 + rates[0] / 100) - gross) <= Decimal("0.05"), row["filename"]
        if row["lineItems"]:
            assert sum(Decimal(item["total_gross"]) for item in row["lineItems"]) == gross
            assert {Decimal(item["tax_percentage"]) for item in row["lineItems"]} == set(rates)


def test_what_breaks_naive_software_is_there(made):
    rows = made.documents()

    assert any(len(row["taxRates"]) == 2 and row["lineItems"] for row in rows)
    assert any(len(row["taxRates"]) == 2 and not row["lineItems"] for row in rows)
    assert any(len(row["taxRates"]) == 3 for row in rows)
    assert any(row["documentType"] == "CREDIT_NOTE" and Decimal(row["grossAmount"]) < 0 for row in rows)
    assert any(row["currency"] != "EUR" for row in rows)
    assert any(row["companyCountry"] not in ("DE", "") for row in rows)
    assert any(row["documentDate"] == "" for row in rows)
    assert any(row["documentNumber"] == "" for row in rows)
    assert {None, True, False} == {row["workflow"] and row["workflow"]["is_completed"] for row in rows}
    names = "".join(row["companyName"] + row["filename"] for row in rows)
    for odd in ("/", "\n", "\u0301", "\u202e", "\U0001f680", "ü", "<script>"):
        assert odd in names


def test_dates_lie_in_the_period(made):
    dates = {row["documentDate"] for row in made.documents()} - {""}
    sales = {row["date"] for row in made.invoices() + made.credit_notes()}

    assert min(dates | sales) >= PERIOD["from_date"]
    assert max(dates | sales) <= PERIOD["to_date"]


def test_the_default_period_is_the_twelve_months_before_now(sandbox):
    company = sandbox.create_company("Now GmbH", limits=None)
    company.generate(20)
    today = sandbox.now().date()

    dates = [row["documentDate"] for row in company.documents() if row["documentDate"]]

    assert min(dates) >= today.replace(year=today.year - 1, day=1).isoformat()
    assert max(dates) <= today.isoformat()


def test_sales_have_invoices_and_negative_credit_notes(made):
    assert (len(made.invoices()), len(made.credit_notes())) == (14, 2)
    assert all(row["totalGrossAmount"] < 0 for row in made.credit_notes())


def test_a_period_that_ends_before_it_begins_is_refused(made):
    with pytest.raises(ValueError, match="422"):
        made.generate(1, from_date="2026-02-01", to_date="2026-01-01")


def test_a_folder_is_loaded_as_described(world, tmp_path):
    content = b"%PDF-1.4 loaded"
    described = {
        "filename": "a.pdf", "supplier": "Two\nLines", "country": "", "document_number": "1/2", "document_date": None,
        "net_amount": None, "gross_amount": "119", "tax_rates": [16.34], "currency": "GBP",
        "document_type": "INCOMING_INVOICE", "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    (tmp_path / "a.pdf").write_bytes(content)
    (tmp_path / "documents.json").write_text(json.dumps([described]))
    company = world.companies.create("Acme")

    (uid,) = load(world, company, tmp_path)

    data = json.loads(world.store.value("SELECT data FROM document WHERE uid = ?", uid))
    expected = {"documentDate": "", "netAmount": "0.00", "grossAmount": "119.00", "taxRates": ["16.34"],
                "documentNumber": "1/2", "currency": "GBP", "lineItems": []}  # fmt: skip
    assert {name: data[name] for name in expected} == expected
    supplier = json.loads(world.store.value("SELECT data FROM counterparty WHERE uid = ?", data["companyUid"]))
    assert (supplier["name"], supplier["countryCode"], supplier["countryUid"]) == ("Two\nLines", "", 0)


@needs_real_documents
def test_the_collection_of_real_invoices_loads_with_its_bytes(world):
    company = world.companies.create("Acme")

    uids = load(world, company, FOLDER)

    described = json.loads((FOLDER / "documents.json").read_text("utf-8"))
    stored = [world.store.value("SELECT sha256 FROM document WHERE uid = ?", uid) for uid in uids]
    assert stored == [item["sha256"] for item in described]
    assert len(stored) == 14


@needs_real_documents
def test_the_collection_is_loaded_over_the_admin_api_and_from_the_command_line(sandbox, tmp_path):
    acme = sandbox.create_company("Loaded", limits=None)
    uids = acme.load(FOLDER)
    assert [row["uid"] for row in acme.documents()] == uids

    with running(tmp_path, arguments=("--company", "Acme", "--from", str(FOLDER))) as admin:
        (company,) = admin.companies()
        assert {row["sha256"] for row in company.documents()} == {row["sha256"] for row in acme.documents()}


@needs_real_documents
def test_a_file_that_is_not_the_described_one_is_refused_and_nothing_is_stored(world, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(FOLDER, folder)
    last = folder / json.loads((folder / "documents.json").read_text("utf-8"))[-1]["filename"]
    last.chmod(0o600)
    last.write_bytes(b"%PDF-1.4 changed")

    with pytest.raises(ValueError, match="not the file"):
        load(world, world.companies.create("Acme"), folder)
    assert world.store.value("SELECT count(*) FROM document") == 0


def test_a_pdf_is_printed_from_any_text():
    line = PdfLine("Ω \U0001f680 \u202e" * 40, Decimal(1), Decimal("1.00"), Decimal(19))
    invoice = PdfInvoice(
        "Invoice", "\n1\t", "", "x" * 500, "Müller & Söhne", "EUR", Decimal(1), Decimal("1.19"), (line,)
    )

    assert invoice_pdf(invoice) == invoice_pdf(invoice)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Müller\n& Söhne", "Müller & Söhne"), ("Cafe\u0301", "Café"), ("\u202eabc", "?abc"), ("\U0001f680", "?")],
)
def test_text_is_printed_in_latin_1_on_one_line(text, expected):
    assert printable(text) == expected
