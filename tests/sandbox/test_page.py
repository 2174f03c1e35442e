"""The page for people, and the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from html.parser import HTMLParser

import pytest
import requests

from debitoor_provider.sandbox.server import running

COMMAND = [sys.executable, "-m", "debitoor_provider.sandbox"]


class Links(HTMLParser):
    """Collects where a page leads and which elements it has."""

    def __init__(self, text):
        super().__init__()
        self.links, self.elements = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.links += [value for name, value in attrs if name == "href"]


@pytest.fixture
def page(sandbox, acme):
    def get(company=acme):
        return requests.get(f"{sandbox.base_url}/", params={"company": company.id}, timeout=10)

    return get


def test_the_page_shows_both_accounts_and_each_file_opens(sandbox, acme, debitoor, page, pdf):
    contents = [pdf() for _ in range(3)]
    acme.add_document(
        contents[0],
        "eingang.pdf",
        supplier="Lieferant",
        tags=["books"],
        archived=True,
        workflow={"is_completed": False},
    )
    file_id = debitoor.post("/api/files/v1?fileName=ausgabe.pdf", files={"file": contents[1]}).json()["id"]
    acme.add_expense(date="2026-01-05", fileId=file_id, lines=[{"taxRate": 19, "grossAmount": 119}])
    acme.add_invoice(number="INV-77", content=contents[2])

    shown = page()

    for text in ("eingang.pdf", "Lieferant", "archived", "waiting", "books", "ausgabe.pdf", "INV-77"):
        assert text in shown.text
    for secret in (acme.gmi_api_key, acme.debitoor_token, acme.gmi_account_id, acme.debitoor_email):
        assert secret in shown.text
    files = [link for link in Links(shown.text).links if "/companies/" in link]
    assert [requests.get(sandbox.base_url + link, timeout=10).content for link in files] == contents


def test_the_page_marks_a_record_however_old_it_is(sandbox, acme, pdf):
    uids = [acme.add_document(pdf(), f"{number}.pdf") for number in range(3)]
    expense = acme.add_expense(date="2026-01-05", lines=[{"taxRate": 19, "grossAmount": 119}])
    for record in (uids[0], expense["id"]):
        shown = requests.get(acme.record_page.replace("{id}", str(record)), timeout=10).text
        assert shown.count(' aria-current="true"') == 1
    oldest = requests.get(acme.record_page.replace("{id}", str(uids[0])), timeout=10).text
    assert oldest.index("0.pdf") < oldest.index("2.pdf")


def test_hostile_text_is_text(acme, page, pdf):
    before = Links(page().text).elements
    acme.add_document(
        pdf(), '"><script>alert(1)</script>.pdf', supplier="<img src=x onerror=alert(1)>", tags=["</main>"]
    )

    shown = page()

    assert Links(shown.text).elements.count("script") == before.count("script")
    assert "img" not in Links(shown.text).elements
    assert "&lt;img src=x" in shown.text
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]


def test_an_unknown_company_is_404_and_no_company_is_a_hint(sandbox, tmp_path):
    assert requests.get(f"{sandbox.base_url}/?company=99999", timeout=10).status_code == 404
    with running(tmp_path) as admin:
        empty = requests.get(admin.base_url, timeout=10)
    assert (empty.status_code, "There is no company yet" in empty.text) == (200, True)


def test_the_admin_api_describes_itself(sandbox):
    described = requests.get(f"{sandbox.base_url}/sandbox/api/openapi.json", timeout=10).json()

    assert "/sandbox/api/companies/{company_id}/documents" in described["paths"]


def test_the_command_line_makes_companies_with_their_documents(tmp_path):
    arguments = ("--company", "Acme", "--companies", "2", "--documents", "3", "--invoices", "2", "--no-limits")
    with running(tmp_path, arguments=arguments) as admin:
        companies = admin.companies()
        assert [company.name for company in companies] == ["Acme", "Example Company 1"]
        assert [len(company.documents()) for company in companies] == [3, 3]
        assert [len(company.invoices()) for company in companies] == [2, 2]
        assert set(companies[0].limits.values()) == {None}

    with running(tmp_path, arguments=arguments) as admin:  # what is there is not made again
        assert [len(company.documents()) for company in admin.companies()] == [3, 3]


def test_the_ready_line_holds_addresses_and_keys(tmp_path):
    options = ["--json", "--port", "0", "--company", "Acme", "--data", str(tmp_path)]
    with subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, text=True) as process:
        ready = json.loads(process.stdout.readline())
        process.terminate()

    assert ready["gmi_url"] == ready["url"] + "/accounts/v3"
    assert ready["companies"][0]["gmi_api_key"]


def test_help_lists_every_option():
    text = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True).stdout

    for option in ("--data", "--reset", "--company", "--documents", "--seed", "--from", "--from-date", "--json"):
        assert option in text
