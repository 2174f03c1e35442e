"""The form says what is wrong where it is, in its own words, and loses nothing of what was typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from debitoor_provider.messages import words
from tests.browser.conftest import take
from tests.browser.test_pages import settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Locator, Page

    from debitoor_provider.sandbox.client import CompanyAdmin
    from demo.airflow import LocalAirflow

pytestmark = [pytest.mark.system, pytest.mark.takes(60)]

ACCOUNT = """\
type: export
name: Étroit SARL
debitoor_id: nobody@narrow.example
frequency: manual
connections: {getmyinvoices: gmi_narrow, debitoor: debitoor_narrow}
"""
WORDS = words("fr")


def button(page: Page, key: str) -> Locator:
    return page.get_by_role("button", name=WORDS[key], exact=True)


def go_on(page: Page, step: str) -> None:
    button(page, "wizard.next").click()
    expect(page.get_by_role("heading", name=re.compile(rf"\d.*{WORDS[f'wizard.step.{step}']}$"))).to_be_visible()


@pytest.fixture
def french(open_context: Callable[..., BrowserContext]) -> Page:
    """Return the form for a new account, in French."""
    page = open_context(locale="fr-FR").new_page()
    page.goto("/plugin/synchronisation/new")
    page.get_by_text(WORDS["choice.type.export"]).click()
    go_on(page, "settings")
    return page


def test_a_wrong_frequency_is_explained_by_the_fields_of_the_form(french: Page) -> None:
    french.get_by_label(WORDS["field.frequency"], exact=True).select_option(label=WORDS["choice.frequency.cron"])
    french.get_by_label(WORDS["field.frequency.cron"]).fill("*/90 * * *")
    button(french, "wizard.next").click()
    summary = french.get_by_role("alert").filter(has_text="*/90 * * *")
    expect(summary).to_contain_text("Fréquence\N{NO-BREAK SPACE}: «\N{NO-BREAK SPACE}*/90 * * *\N{NO-BREAK SPACE}»")
    expect(summary).to_contain_text("Écrivez cinq parties")
    expect(summary).not_to_contain_text("hourly")
    take(french, "form-frequency")


def test_settings_of_a_direction_come_back_with_it(french: Page) -> None:
    limit = french.get_by_label(WORDS["field.limits.new_documents"])
    button(french, "wizard.part.limits").click()
    limit.fill("25")
    button(french, "wizard.previous").click()
    for kind in ("import", "export"):
        french.get_by_text(WORDS[f"choice.type.{kind}"]).click()
    go_on(french, "settings")
    expect(limit).to_have_value("25")


def test_only_the_step_that_was_tried_is_red(french: Page, company: CompanyAdmin) -> None:
    french.get_by_label(WORDS["field.frequency"], exact=True).select_option(label=WORDS["choice.frequency.cron"])
    french.get_by_label(WORDS["field.frequency.cron"]).fill("x")
    button(french, "wizard.next").click()
    expect(french.get_by_role("alert").first).to_be_visible()
    french.get_by_label(WORDS["field.frequency"], exact=True).select_option(label=WORDS["choice.frequency.daily"])
    go_on(french, "getmyinvoices")
    expect(french.get_by_role("alert")).to_have_count(0)

    new = french.get_by_text(WORDS["connect.mode.new"])
    new.click()
    button(french, "wizard.next").click()
    expect(french.get_by_role("alert")).to_have_text(WORDS["connect.first.getmyinvoices"])

    french.get_by_label(WORDS["connect.key"]).fill(company.gmi_api_key)
    french.get_by_label(WORDS["connect.id"]).fill("n'importe quoi")
    button(french, "connect.connect").click()
    name = french.get_by_role("group").filter(has=french.get_by_label(WORDS["connect.id"]))
    expect(name.get_by_text("Cette valeur").or_(name.get_by_text("Ce nom")).first).to_be_visible()
    expect(french.get_by_text("connection_id")).to_have_count(0)
    expect(french.get_by_label(WORDS["connect.key"])).to_have_value(company.gmi_api_key)
    take(french, "form-connection-name")


_PASTE = """(input, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", text);
    input.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
}"""


def test_a_comma_is_part_of_a_number_and_of_a_name(french: Page) -> None:
    def items(field: str) -> Locator:
        return french.get_by_role("list", name=WORDS[f"field.{field}"], exact=True).get_by_role("listitem")

    def entry(field: str) -> Locator:
        label = french.get_by_label(WORDS[f"field.{field}"], exact=True)
        return label.and_(french.locator("input"))

    button(french, "wizard.part.special").click()
    rates, companies = entry("accept_rates"), entry("filter.companies.include")
    for typed in ("16,34", "5.5"):
        rates.press_sequentially(typed)
        rates.press("Enter")
    expect(items("accept_rates")).to_have_text(["16,34", "5,5"])
    rates.evaluate(_PASTE, "8;2,1\r\n13\n")
    expect(items("accept_rates")).to_have_text(["16,34", "5,5", "8", "2,1", "13"])
    companies.press_sequentially("Müller, Meier & Co")
    companies.press("Enter")
    companies.press_sequentially("Papier;")
    expect(items("filter.companies.include")).to_have_text(["Müller, Meier & Co", "Papier"])
    button(french, "wizard.part.limits").click()
    amount = entry("limits.amount")
    amount.press_sequentially("10000,5")
    amount.press("Tab")
    expect(amount).to_have_value("10000,5")
    take(french, "form-numbers")
    button(french, "wizard.file.show").click()
    file = french.get_by_role("dialog").locator("pre")
    for line in ("[16.34, 5.5, 8, 2.1, 13]", "['Müller, Meier & Co', Papier]", "amount: 10000.5"):
        expect(file).to_contain_text(line)
    french.keyboard.press("Escape")
    rates.fill("1,234")  # a thousand, or hardly more than one
    rates.press("Enter")
    expect(items("accept_rates").last).to_have_text("1,234")
    expect(rates).to_have_attribute("aria-invalid", "true")


def test_what_is_known_to_be_wrong_is_only_saved_as_a_paused_draft(
    french: Page, company: CompanyAdmin, airflow: LocalAirflow
) -> None:
    go_on(french, "getmyinvoices")
    french.get_by_text(WORDS["connect.mode.new"]).click()
    french.get_by_label(WORDS["connect.key"]).fill(company.gmi_api_key)
    go_on(french, "debitoor")
    french.get_by_text(WORDS["connect.mode.new"]).click()
    button(french, "wizard.next").click()
    expect(french.get_by_role("alert")).to_have_text(WORDS["connect.first.debitoor"])
    button(french, "connect.authorise").click()
    french.wait_for_url(re.compile("/login/oauth2/authorize"))
    french.get_by_role("button", name="Allow").click()
    french.wait_for_url(re.compile("/plugin/synchronisation/new"))
    expect(french.get_by_role("status").filter(has_text=company.debitoor_email)).to_be_visible()
    go_on(french, "account")
    button(french, "wizard.part.taxes").click()  # only now: the rate is that of the books' country
    french.get_by_text(WORDS["field.reverse_charge"], exact=True).click()
    expect(french.get_by_label(WORDS["field.reverse_charge.tax_rate"], exact=True)).to_have_value("19")
    french.get_by_label(WORDS["field.name"]).fill("Autres livres")
    french.get_by_label(WORDS["field.debitoor_id"]).fill("autre@livres.example")
    go_on(french, "preview")
    button(french, "wizard.save").click()  # also before the preview is there
    question = french.get_by_role("alertdialog", name=WORDS["wizard.onlyPaused"])
    expect(question).to_contain_text("autre@livres.example")
    take(french, "form-only-paused")
    question.get_by_role("button", name=WORDS["common.cancel"]).click()
    assert not (airflow.accounts / "autres-livres.yaml").exists()
    button(french, "wizard.save").click()
    button(french, "wizard.onlyPaused.save").click()
    expect(
        button(french, "wizard.start.now").or_(french.get_by_role("link", name=WORDS["wizard.saved.correct"]))
    ).to_be_visible(timeout=90_000)
    expect(button(french, "wizard.start.now")).to_have_count(0)
    expect(french.get_by_role("alert")).to_contain_text("autre@livres.example")
    take(french, "form-saved-paused")
    assert airflow.call("GET", "/dags/debitoor__autres-livres")["is_paused"]

    settled(french, "")
    row = french.get_by_role("row").filter(has_text="Autres livres")
    expect(row).to_contain_text("autre@livres.example")
    expect(row.get_by_role("link", name=WORDS["wizard.saved.correct"])).to_be_visible()
    take(french, "form-paused-in-list")
    settled(french, "/accounts/autres-livres/documents")
    expect(french.get_by_text(WORDS["wizard.saved.paused"])).to_contain_text("autre@livres.example")
    take(french, "form-paused-account")
    french.get_by_role("link", name=WORDS["wizard.saved.correct"]).click()
    french.wait_for_url("**/edit?step=account")  # where the e-mail is
    books = french.get_by_label(WORDS["field.debitoor_id"])
    expect(books).to_be_focused()
    expect(books).to_have_attribute("aria-invalid", "true")
    expect(french.get_by_role("group").filter(has=books)).to_contain_text("autre@livres.example")
    expect(french.get_by_role("alert").filter(has_text="autre@livres.example")).to_be_visible()
    take(french, "form-correct-it")
    books.fill("encore@autres.example")  # nothing is known about another value
    expect(books).not_to_have_attribute("aria-invalid", "true")
    books.fill("autre@livres.example")
    expect(books).to_have_attribute("aria-invalid", "true")
    french.get_by_role("link", name=WORDS["common.cancel"]).click()
    settled(french, "/accounts/autres-livres/documents")
    button(french, "do.resume").first.click()
    expect(french.get_by_text("Autres livres reste en pause").first).to_be_visible()
    take(french, "form-not-resumed")
    assert airflow.call("GET", "/dags/debitoor__autres-livres")["is_paused"]

    settled(french, "/accounts/autres-livres/edit?step=account")
    french.get_by_label(WORDS["field.debitoor_id"]).fill(company.debitoor_email)
    french.get_by_label(WORDS["field.name"]).fill("Nos livres")
    button(french, "wizard.save").click()
    expect(french.get_by_text(WORDS["wizard.saved.changed"])).to_be_visible()
    expect(french.get_by_role("link", name=WORDS["wizard.start.leave"])).to_be_visible()
    take(french, "form-corrected-start")
    button(french, "wizard.start.now").click()
    french.wait_for_url("**/accounts/autres-livres")
    assert not airflow.call("GET", "/dags/debitoor__autres-livres")["is_paused"]
    airflow.until(lambda: airflow.finished(["debitoor__autres-livres"]), "to run it", 120)

    airflow.call("PATCH", "/dags/debitoor__autres-livres", {"is_paused": True})  # as a person who means it
    settled(french, "/accounts/autres-livres/edit?step=account")
    button(french, "wizard.save").click()
    expect(french.get_by_role("link", name=WORDS["wizard.saved.toAccount"])).to_be_visible()
    french.wait_for_load_state("networkidle")
    expect(button(french, "wizard.start.now")).to_have_count(0)
    settled(french, "/accounts/autres-livres/documents")
    button(french, "do.resume").first.click()
    expect(french.get_by_text(WORDS["do.resume.done"].replace("{name}", "Nos livres"))).to_be_visible()
    assert not airflow.call("GET", "/dags/debitoor__autres-livres")["is_paused"]

    settled(french, "/accounts/autres-livres/edit?step=settings")  # of one that runs now, and before any preview
    companies = french.get_by_label(WORDS["field.filter.companies.include"], exact=True).and_(french.locator("input"))
    companies.fill("Personne SARL")
    button(french, "wizard.save").click()
    expect(question).to_contain_text("Personne SARL")
    button(french, "wizard.onlyPaused.save").click()
    expect(button(french, "wizard.saved.correct")).to_be_visible()
    assert airflow.call("GET", "/dags/debitoor__autres-livres")["is_paused"]
    (airflow.accounts / "autres-livres.yaml").unlink()


def test_a_narrow_window_shows_all_tabs_and_the_difference(
    open_context: Callable[..., BrowserContext], airflow: LocalAirflow
) -> None:
    file = airflow.accounts / "narrow.yaml"
    file.write_text(ACCOUNT)
    sums = {
        "rate": "19",
        "currency": "EUR",
        "source": "119.00",
        "target": "0.00",
        "difference": "119.00",
        "others": "0.00",
    }
    answer = {"from": None, "to": None, "same": False, "complete": True, "counts": {"same": 0}, "documents": []}
    page = open_context(locale="fr-FR", narrow=True).new_page()
    page.route(
        "**/debitoor/api/accounts/narrow/check",
        lambda route: route.fulfill(json=answer | {"sums": [sums | {"month": "2026-02"}]}),
    )
    settled(page, "/accounts/narrow/check")
    tabs = page.get_by_role("tablist")
    assert tabs.evaluate("list => list.scrollWidth <= list.clientWidth")
    tops = tabs.get_by_role("tab").evaluate_all("all => all.map(tab => tab.offsetTop)")
    assert len(set(tops)) == 1  # in one row
    assert tabs.get_by_role("tab").evaluate_all("all => all.every(tab => tab.scrollWidth <= tab.clientWidth)")
    button(page, "check.start").click()
    card = page.get_by_role("list", name=WORDS["check.sums"]).get_by_role("listitem")
    expect(card).to_contain_text("février 2026")
    card.get_by_text(WORDS["check.sums.difference"]).scroll_into_view_if_needed()
    figure = card.get_by_role("definition").filter(has_text="119,00").last.bounding_box()
    assert figure is not None
    assert figure["x"] + figure["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    take(page, "form-narrow-check")
    file.unlink()
