"""A document's file next to its data, its records at both services, and what record and e-invoice say differently."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from debitoor_provider.sandbox.invoice_pdf import PdfInvoice, PdfLine, invoice_pdf
from tests.browser.conftest import take
from tests.browser.test_pages import ACCOUNT, books, settled
from tests.sync.invoice.writers import Group, cii, in_pdf, stated

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Frame, Locator, Page

    from debitoor_provider.sandbox.client import CompanyAdmin
    from demo.airflow import LocalAirflow

pytestmark = pytest.mark.system
__all__ = ["books"]

_A_RUN = 120_000  # milliseconds
_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAACgAAAAYAQMAAACySi2DAAAAA1BMVEUAAACnej3aAAAAEklEQVR42mP8z8DAwMDEMFhIAJyBAS/6918EAAAAAElFTkSuQmCC"
)
_PAGE = b"<script>parent.document.title = 'caught'</script>"
_PRINTED = invoice_pdf(
    PdfInvoice(
        "Invoice", "SIDE-PDF", "2026-01-31", "Side Ltd", "Acme GmbH", "EUR", Decimal("100.00"), Decimal("119.00"),
        (PdfLine("Paper", Decimal(1), Decimal("100.00"), Decimal(19)),),
    )
)  # fmt: skip


def _arrives(company: CompanyAdmin, number: str, content: bytes, filename: str = "", gross: str = "119.00") -> int:
    return company.add_document(
        content,
        filename or f"{number}.pdf",
        supplier="Side Ltd",
        supplier_country="DE",
        document_type="INCOMING_INVOICE",
        document_number=number,
        document_date="2026-01-31",
        gross_amount=gross,
        net_amount=str(Decimal(gross) / Decimal("1.19")),
        tax_rates=["19"],
        currency="EUR",
    )


@pytest.fixture(scope="module")
def side(books: LocalAirflow, company: CompanyAdmin) -> dict[str, int]:
    """Let documents with files of different kinds arrive; return their ids at GetMyInvoices."""
    over_119 = in_pdf(cii(stated(Group(Decimal(19), Decimal("100.00"), Decimal("19.00")), number="SIDE-X")))
    ids = {
        "SIDE-PDF": _arrives(company, "SIDE-PDF", _PRINTED),
        "SIDE-PNG": _arrives(company, "SIDE-PNG", _PNG, "photo.png", "238.00"),
        "SIDE-PAGE": _arrives(company, "SIDE-PAGE", _PAGE, "page.pdf", "357.00"),
        "SIDE-X": _arrives(company, "SIDE-X", over_119, "", "476.00"),
    }
    books.trigger(f"debitoor__{ACCOUNT}")
    books.until(lambda: _booked(company, "SIDE-PDF"), "to book a document", 120)
    return ids


def _booked(company: CompanyAdmin, number: str) -> list[str]:
    return [one["id"] for one in company.expenses() if one["lines"][0]["description"].startswith(number)]


def _opened(page: Page, number: str) -> Locator:
    settled(page, f"/accounts/{ACCOUNT}/documents?search={number}")
    page.get_by_role("link", name=number, exact=True).first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name=number)).to_be_visible()
    return drawer


def _viewer(page: Page) -> Frame | None:
    """Return the frame of Chromium's PDF viewer, once it has read a document."""
    return next((frame for frame in page.frames if frame.url.startswith("chrome-extension://")), None)


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_pdf_is_shown_beside_the_data_or_below(
    side: dict[str, int],
    open_context: Callable[..., BrowserContext],
    barriers: Callable[[Page], list[str]],
    dark: bool,
    narrow: bool,
) -> None:
    page = open_context(dark=dark, narrow=narrow).new_page()
    drawer = _opened(page, "SIDE-PDF")
    drawer.get_by_role("button", name="Show the document", exact=True).click()
    frame = drawer.locator("iframe")
    expect(frame).to_be_visible()
    address = frame.get_attribute("src") or ""
    assert address.startswith("blob:")
    page.wait_for_timeout(1500)  # the viewer draws
    assert _viewer(page)
    data, file = drawer.locator("dl").first.bounding_box(), frame.bounding_box()
    assert data
    assert file
    assert file["height"] > 400
    assert narrow or file["x"] > data["x"] + data["width"]
    overhang = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overhang <= 0
    assert not barriers(page)
    take(page, f"beside-{'dark' if dark else 'light'}-{'narrow' if narrow else 'wide'}")

    drawer.get_by_role("button", name="Hide the document").click()
    expect(frame).to_have_count(0)
    assert page.evaluate("address => fetch(address).then(() => 'there', () => 'gone')", address) == "gone"


def test_the_copy_at_the_target_is_shown_and_the_keyboard_is_enough(side: dict[str, int], page: Page) -> None:
    drawer = _opened(page, "SIDE-PDF")
    button = drawer.get_by_role("button", name="Show the copy at Debitoor")
    button.focus()
    page.keyboard.press("Enter")
    expect(drawer.get_by_role("region", name="The document at Debitoor").locator("iframe")).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_image_is_an_image(side: dict[str, int], page: Page, barriers: Callable[[Page], list[str]]) -> None:
    drawer = _opened(page, "SIDE-PNG")
    drawer.get_by_role("button", name="Show the document", exact=True).click()
    image = drawer.get_by_role("img", name="The document at GetMyInvoices")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.naturalWidth") == 40
    assert not barriers(page)


def test_a_page_that_is_called_a_pdf_is_only_a_download(side: dict[str, int], page: Page) -> None:
    drawer = _opened(page, "SIDE-PAGE")
    drawer.get_by_role("button", name="Show the document", exact=True).click()
    region = drawer.get_by_role("region", name="The document at GetMyInvoices")
    expect(region.get_by_text("Files of this kind are not shown here.")).to_be_visible()
    expect(region.locator("iframe, img")).to_have_count(0)
    assert page.title() != "caught"
    with page.expect_download() as download:
        region.get_by_role("link", name="File at GetMyInvoices").click()
    assert download.value.path().read_bytes() == _PAGE


def test_what_goes_wrong_is_said_in_words(
    side: dict[str, int], page: Page, company: CompanyAdmin, barriers: Callable[[Page], list[str]]
) -> None:
    drawer = _opened(page, "SIDE-PDF")
    page.route("**/file?at=source", lambda route: route.abort())
    drawer.get_by_role("button", name="Show the document", exact=True).click()
    expect(drawer.get_by_role("alert")).to_contain_text("The server was not reached.")
    page.unroute("**/file?at=source")
    drawer.get_by_role("button", name="Try again").click()
    expect(drawer.locator("iframe")).to_be_visible()

    for expense in _booked(company, "SIDE-PNG"):
        company.delete_entity(expense)
    drawer = _opened(page, "SIDE-PNG")
    drawer.get_by_role("button", name="Show the copy at Debitoor").click()
    expect(drawer.get_by_role("alert")).to_be_visible()
    assert not barriers(page)
    take(page, "beside-gone")


def test_a_record_is_opened_at_its_service(side: dict[str, int], page: Page) -> None:
    drawer = _opened(page, "SIDE-PDF")
    for service, text in (("GetMyInvoices", "SIDE-PDF"), ("Debitoor", "Side Ltd")):
        link = drawer.get_by_role("link", name=f"({service})")
        assert (link.get_attribute("rel") or "").split() == ["noopener", "noreferrer"]
        with page.context.expect_page() as opened:
            link.click()
        expect(opened.value.locator("[aria-current]")).to_contain_text(text)
        assert opened.value.evaluate("window.opener") is None
        opened.value.close()


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_a_contradiction_is_a_table_above_the_choice(
    side: dict[str, int],
    open_context: Callable[..., BrowserContext],
    barriers: Callable[[Page], list[str]],
    narrow: bool,
) -> None:
    page = open_context(narrow=narrow, dark=narrow).new_page()
    drawer = _opened(page, "SIDE-X")
    table = drawer.get_by_role("table", name="Record and e-invoice")
    expect(table.get_by_role("row", name="Gross", exact=False).first).to_contain_text("476.00 EUR119.00 EUR")
    choice = drawer.get_by_role("button", name="Book the invoice's figures")
    above, below = table.bounding_box(), choice.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"]
    assert not barriers(page)
    take(page, f"beside-contradiction-{'narrow' if narrow else 'wide'}")
    drawer.get_by_role("button", name="Show the document", exact=True).click()
    expect(drawer.locator("iframe")).to_be_visible()
    page.wait_for_timeout(1500)
    take(page, f"beside-contradiction-file-{'narrow' if narrow else 'wide'}")
