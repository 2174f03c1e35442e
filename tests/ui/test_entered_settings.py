"""Settings that a user is entering, tried on the real documents of a company of the sandbox."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from airflow.models.connection import Connection
from airflow.models.team import Team
from airflow.utils.session import create_session

from debitoor_provider.ui import samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
    from debitoor_provider.sync.ledger import Ledger

CONNECTIONS = {"getmyinvoices": "gmi", "debitoor": "debitoor"}


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    samples._answers.clear()
    yield
    samples._answers.clear()


@pytest.fixture
def entered(acme: CompanyAdmin) -> Callable[..., dict[str, Any]]:
    """Return settings of an export of the company; ``None`` takes a field out."""

    def settings(direction: str = "export", **changes: Any) -> dict[str, Any]:
        known = {
            "type": direction,
            "name": "Acme",
            "debitoor_id": acme.debitoor_email,
            "connections": CONNECTIONS,
        } | changes
        return {name: value for name, value in known.items() if value is not None}

    return settings


def ask(client: TestClient, part: str, settings: dict[str, Any], account: str = "new-account", **more: Any) -> Any:
    answer = client.post(f"/api/accounts/{account}/draft/{part}", json={"settings": settings, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


class TestTheCheck:
    def test_shows_the_file(self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]]):
        answer = ask(page(), "check", entered(rename="{company}"))
        assert answer["problems"] == []
        assert answer["yaml"].endswith("rename: '{company}'\n")
        assert (answer["dag_id"], answer["exists"]) == ("debitoor__new-account", False)

    def test_names_each_problem_with_its_field_and_remedy(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]]
    ):
        answer = ask(page(), "check", entered(name=None, frequency="dayly", rename="{compny}", filter={"tags": 5}))
        problems = {problem["field"]: problem for problem in answer["problems"]}
        assert problems.keys() == {"name", "frequency", "rename", "filter.tags"}
        assert "Did you mean daily?" in problems["frequency"]["remedy"]
        assert "(character 1)" in problems["rename"]["message"]
        line = answer["yaml"].splitlines()[problems["frequency"]["line"] - 1]
        assert line == "frequency: dayly"

    def test_shows_the_next_runs_of_unfinished_settings(self, page: Callable[..., TestClient]):
        with time_machine.travel(datetime(2026, 11, 29, 12, tzinfo=UTC), tick=False):
            answer = ask(page(), "check", {"type": "export", "frequency": "30 6 * * 1-5", "timezone": "Asia/Tokyo"})
            manual = ask(page(), "check", {"type": "export", "frequency": "manual"})
        assert answer["problems"]
        assert answer["next_runs"] == [
            f"2026-{day}T06:30:00+09:00" for day in ("11-30", "12-01", "12-02", "12-03", "12-04")
        ]
        assert answer["warnings"] == manual["next_runs"] == []

    def test_warns_of_a_frequency_that_does_not_mean_what_it_looks_like(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]]
    ):
        answer = ask(page(), "check", entered(frequency="0 6 13 * 5"))
        (warning,) = answer["warnings"]
        assert (answer["problems"], len(answer["next_runs"]), warning["field"]) == ([], 5, "frequency")
        assert "also on each day of the week in 5" in warning["message"]
        assert answer["yaml"].splitlines()[warning["line"] - 1] == "frequency: 0 6 13 * 5"

    @pytest.mark.parametrize("wrong", [{"frequency": "dayly"}, {"timezone": "Europe"}, {"frequency": "0 * * * 1"}])
    def test_shows_no_runs_of_a_schedule_that_is_not_valid(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]], wrong: dict[str, Any]
    ):
        answer = ask(page(), "check", entered(**wrong))
        assert (answer["next_runs"], answer["warnings"], len(answer["problems"])) == ([], [], 1)

    @pytest.mark.parametrize("settings", [{}, {"type": "neither"}, {"type": None}, {"type": ["export"]}])
    def test_begins_with_nothing(self, page: Callable[..., TestClient], settings: dict[str, Any]):
        assert [problem["field"] for problem in ask(page(), "check", settings)["problems"]] == ["type"]

    def test_reports_that_the_id_is_taken(
        self,
        page: Callable[..., TestClient],
        entered: Callable[..., dict[str, Any]],
        account_file: Callable[..., Path],
    ):
        account_file("taken")
        assert ask(page(), "check", entered(), "taken")["exists"]

    def test_shows_the_comments_that_a_file_keeps(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]], accounts: Path
    ):
        (accounts / "acme.yaml").write_text("# agreed\ntype: export\n# as in the books\nname: Acme\n")
        answer = ask(page(), "check", entered(), "acme")
        assert answer["yaml"].startswith("# agreed\ntype: export\n# as in the books\nname: Acme\n")

    def test_asks_no_service(
        self,
        page: Callable[..., TestClient],
        entered: Callable[..., dict[str, Any]],
        sandbox: SandboxAdmin,
        acme: CompanyAdmin,
    ):
        before = sandbox.last_seq()
        ask(page(), "check", entered())
        assert sandbox.calls(since=before, company=acme) == []


class TestNames:
    def test_are_those_of_real_documents(
        self,
        page: Callable[..., TestClient],
        entered: Callable[..., dict[str, Any]],
        receipt: Callable[..., int],
    ):
        receipt(supplier="Päper & Söhne", document_date="2026-03-01")
        receipt(supplier="Päper & Söhne", document_date="2026-03-01")
        receipt(document_type="MISC")
        answer = ask(page(), "names", entered(rename="{document_date:DD.MM.YYYY}_{company}"))
        assert answer["problem"] is None
        assert [(one["name"], one["document_date"], one["company"]) for one in answer["names"]] == [
            ("01.03.2026_Päper & Söhne.pdf", "2026-03-01", "Päper & Söhne"),
            ("01.03.2026_Päper & Söhne_2.pdf", "2026-03-01", "Päper & Söhne"),
        ]
        assert all(one["source_name"].startswith("scan") for one in answer["names"])

    def test_need_no_more_than_the_connection(self, page: Callable[..., TestClient], receipt: Callable[..., int]):
        receipt()
        unfinished = {
            "type": "export",
            "rename": "{company}",
            "connections": {"getmyinvoices": "gmi"},
            "debitoor_id": "half an addr",
            "frequency": "dayly",
            "filter": {"tags": {"any": 5}},
        }
        assert [one["name"] for one in ask(page(), "names", unfinished)["names"]] == ["Paper Ltd.pdf"]

    def test_of_a_pattern_that_is_wrong(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]], receipt: Callable[..., int]
    ):
        receipt()
        answer = ask(page(), "names", entered(rename="{compny}"))
        assert answer["names"] == []
        assert answer["problem"]["field"] == "rename"
        assert "Did you mean" in answer["problem"]["remedy"] + answer["problem"]["message"]

    def test_typing_costs_one_call(
        self,
        page: Callable[..., TestClient],
        entered: Callable[..., dict[str, Any]],
        receipt: Callable[..., int],
        sandbox: SandboxAdmin,
        acme: CompanyAdmin,
    ):
        receipt()
        client, before = page(), sandbox.last_seq()
        for pattern in ["{company}", "{company}_", "{company}_{year}"]:
            assert len(ask(client, "names", entered(rename=pattern, note=pattern))["names"]) == 1
        assert [call["operation"] for call in sandbox.calls(since=before, company=acme)].count(
            "gmi.documents.list"
        ) == 1

    def test_another_key_has_documents_of_its_own(
        self,
        page: Callable[..., TestClient],
        entered: Callable[..., dict[str, Any]],
        receipt: Callable[..., int],
        sandbox: SandboxAdmin,
        monkeypatch: pytest.MonkeyPatch,
    ):
        receipt()
        client = page()
        assert len(ask(client, "names", entered())["names"]) == 1
        other = sandbox.create_company("Other", limits=None)
        connection = json.loads(os.environ["AIRFLOW_CONN_GMI"])
        connection |= {"password": other.gmi_api_key, "login": other.gmi_account_id}
        monkeypatch.setenv("AIRFLOW_CONN_GMI", json.dumps(connection))
        assert ask(client, "names", entered())["names"] == []

    def test_of_an_import(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]], acme: CompanyAdmin
    ):
        acme.add_invoice(number="2026-17", date="2026-03-01", customer_name="Customer")
        (one,) = ask(page(), "names", entered("import"))["names"]
        assert one == {
            "source_name": "2026-17",
            "name": "2026-17.pdf",
            "document_date": "2026-03-01",
            "company": "Customer",
        }

    def test_of_a_key_that_is_blocked(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]], acme: CompanyAdmin
    ):
        acme.block_key()
        answer = page().post("/api/accounts/new-account/draft/names", json={"settings": entered()})
        assert answer.status_code == 502
        assert answer.json()["remedy"]
        assert acme.gmi_api_key not in answer.text

    def test_of_a_connection_that_is_not_there(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]]
    ):
        settings = entered(connections={"getmyinvoices": "nobody", "debitoor": "debitoor"})
        answer = page().post("/api/accounts/new-account/draft/names", json={"settings": settings})
        assert (answer.status_code, answer.json()["detail"]) == (404, "Airflow has no connection nobody.")

    def test_of_a_connection_to_the_other_service(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]]
    ):
        settings = entered(connections={"getmyinvoices": "debitoor", "debitoor": "gmi"})
        answer = page().post("/api/accounts/new-account/draft/names", json={"settings": settings})
        assert answer.status_code == 409


class TestTheRecord:
    def test_is_the_expense_as_it_would_be_booked(
        self,
        page: Callable[..., TestClient],
        entered: Callable[..., dict[str, Any]],
        receipt: Callable[..., int],
        acme: CompanyAdmin,
    ):
        uid = receipt(document_number="R-17", document_date="2026-03-01", note="pens")
        settings = entered(specification=["document_number", "note"], category="office.software")
        assert ask(page(), "record", settings)["records"] == [
            {
                "source_name": acme.document(uid)["filename"],
                "description": f"R-17 / pens [GMI {uid}]",
                "lines": ["19 %: 119.00 EUR"],
                "supplier": "Paper Ltd",
                "date": "2026-03-01",
                "category": "office.software",
                "marks": [],
                "reason": "",
            }
        ]
        assert acme.expenses() == []

    def test_returns_why_a_document_would_be_held(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]], receipt: Callable[..., int]
    ):
        uid = receipt(currency="USD")
        (record,) = ask(page(), "record", entered(specification=["company"]))["records"]
        assert record["description"] == f"Paper Ltd [GMI {uid}]"
        assert record["lines"] == []
        assert "USD" in record["reason"]

    def test_says_with_which_reverse_charge_it_would_be_booked(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]], receipt: Callable[..., int]
    ):
        receipt(supplier="Moulin", supplier_country="FR", tax_rates=["0"], net_amount="119")
        rule = {"tax_rate": "19", "product_or_service": "service", "consumption_or_resale": "consumption"}
        settings, french = entered(reverse_charge=rule), page()
        french.headers["Accept-Language"] = "fr"
        answer = ask(french, "preview", settings)
        (record,), (row,) = ask(french, "record", settings)["records"], answer["documents"]
        ((of_rate,),) = (one["rates"] for one in answer["sums"])
        assert (of_rate["rate"], of_rate["reverse_charge"], of_rate["tax"]) == ("0", True, "0.00")
        assert record["marks"] == [row["reason"]]
        said = row["reason"].replace("\N{NO-BREAK SPACE}", " ")
        assert "autoliquidation (« Services », « Usage propre ») : 19 %, car le fournisseur" in said

    def test_is_what_an_upload_would_carry(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]], acme: CompanyAdmin
    ):
        invoice = acme.add_invoice(
            number="2026-17",
            date="2026-03-01",
            lines=[{"description": "x", "quantity": 1, "unit_net_price": 100, "tax_rate": 19}],
        )
        defaults = {"tags": ["debitoor"], "company": "Acme GmbH", "note": "sold"}
        (record,) = ask(page(), "record", entered("import", defaults=defaults))["records"]
        assert record == {
            "source_name": "2026-17",
            "description": f"sold [Debitoor {invoice['id']}] #debitoor",
            "lines": ["119.00 EUR"],
            "supplier": "Acme GmbH",
            "date": "2026-03-01",
            "category": "SALES_INVOICE",
            "marks": [],
            "reason": "",
        }

    def test_books_of_another_company_are_reported(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]], receipt: Callable[..., int]
    ):
        receipt()
        settings = entered(debitoor_id="other@company.example")
        answer = page().post("/api/accounts/new-account/draft/record", json={"settings": settings})
        assert answer.status_code == 502
        assert "The token belongs to" in answer.json()["detail"]


class TestThePreview:
    def test_returns_what_the_first_run_would_do_and_changes_nothing(
        self,
        page: Callable[..., TestClient],
        entered: Callable[..., dict[str, Any]],
        receipt: Callable[..., int],
        acme: CompanyAdmin,
        ledger: Ledger,
        accounts: Path,
    ):
        uid = receipt(document_number="R-17")
        receipt(currency="USD")
        answer = ask(page(), "preview", entered(rename="{document_number}"))
        assert (answer["counts"], answer["total"], answer["complete"]) == ({"send": 1, "held": 1}, 2, True)
        (sent,) = (one for one in answer["documents"] if one["outcome"] == "send")
        assert (sent["source_id"], sent["target_name"], sent["lines"]) == (str(uid), "R-17.pdf", ["19 %: 119.00"])
        (held,) = (one for one in answer["documents"] if one["outcome"] == "held")
        assert "After saving: " in held["reason"]  # its buttons are there then
        whole = {"documents": 1, "gross": "119.00", "net": "100.00", "tax": "19.00"}
        assert answer["sums"] == [
            whole
            | {
                "month": sent["document_date"][:7],
                "direction": "export",
                "direction_title": "GetMyInvoices → Debitoor",
                "currency": "EUR",
                "unknown": 0,
            }
            | {"rates": [whole | {"rate": "19", "reverse_charge": False}]}
        ]
        assert isinstance(sent["gross_amount"], str)  # never a binary number
        assert Decimal(sent["gross_amount"]) == Decimal("119.00")
        assert (acme.expenses(), ledger.documents.count(), ledger.runs.latest(), list(accounts.iterdir())) == (
            [],
            {},
            [],
            [],
        )

    def test_of_a_period_and_a_few(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]], receipt: Callable[..., int]
    ):
        for day in ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"):
            receipt(document_date=day)
        client, february = page(), {"from": "2026-02-01", "to": "2026-02-28"}
        answer = ask(client, "preview", entered(), **february)
        assert [one["document_date"] for one in answer["documents"]] == ["2026-02-01", "2026-02-28"]
        answer = ask(client, "preview", entered(), limit=1, **february)
        assert (len(answer["documents"]), answer["total"], answer["complete"]) == (1, 2, False)

    def test_of_settings_that_are_not_right(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]]
    ):
        answer = page().post("/api/accounts/new-account/draft/preview", json={"settings": entered(name=None)})
        assert answer.status_code == 422
        assert [problem["field"] for problem in answer.json()["problems"]] == ["name"]

    @pytest.mark.parametrize("wish", [{"limit": 0}, {"limit": 201}, {"from": "yesterday"}, {"more": 1}])
    def test_of_what_cannot_be_asked(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]], wish: dict[str, Any]
    ):
        body = {"settings": entered(), **wish}
        assert page().post("/api/accounts/new-account/draft/preview", json=body).status_code == 422

    def test_through_the_connections_of_a_team(
        self,
        page: Callable[..., TestClient],
        entered: Callable[..., dict[str, Any]],
        receipt: Callable[..., int],
        monkeypatch: pytest.MonkeyPatch,
    ):
        """Airflow shows them to the team's tasks only; the page belongs to no team, and has asked for the right."""
        receipt()
        monkeypatch.setenv("AIRFLOW__CORE__MULTI_TEAM", "True")
        with create_session() as session:
            session.add(Team(name="red"))
            session.flush()
            for name, conn_type in (("gmi", "getmyinvoices"), ("debitoor", "debitoor")):
                kept = {"conn_type": conn_type} | json.loads(os.environ[f"AIRFLOW_CONN_{name.upper()}"])
                session.add(Connection(conn_id=f"red_{name}", team_name="red", **kept))
        settings = entered(connections={"getmyinvoices": "red_gmi", "debitoor": "red_debitoor"})
        client = page("admin", "red")
        assert ask(client, "preview", settings)["counts"] == {"send": 1}
        assert len(ask(client, "names", settings)["names"]) == 1


class TestTheSource:
    def test_has_tags_and_companies_to_choose_from(
        self, page: Callable[..., TestClient], acme: CompanyAdmin, receipt: Callable[..., int]
    ):
        receipt(tags=["books", "Zoo"], supplier="Paper Ltd")
        answer = page().get("/api/accounts/new-account/draft/source", params={"connection": "gmi"}).json()
        assert {"books", "Zoo"} <= set(answer["tags"])
        assert "Paper Ltd" in answer["companies"]


class TestTheRateAtHome:
    def ask(self, client: TestClient, **params: str) -> Any:
        return client.get("/api/accounts/new-account/draft/home-rate", params=params).json()

    def test_is_the_standard_rate_of_the_country_of_the_books(
        self,
        page: Callable[..., TestClient],
        acme: CompanyAdmin,
        sandbox: SandboxAdmin,
        monkeypatch: pytest.MonkeyPatch,
    ):
        french = sandbox.create_company("Roux SARL", country="FR", limits=None)
        connection = json.loads(os.environ["AIRFLOW_CONN_DEBITOOR"]) | {"password": french.debitoor_token}
        monkeypatch.setenv("AIRFLOW_CONN_DEBITOOR", json.dumps(connection))
        client = page()
        assert self.ask(client, connection="debitoor") == {"country": "FR", "rate": "20", "doubts": []}
        before = sandbox.last_seq()
        assert self.ask(client, connection="debitoor")["rate"] == "20"
        assert sandbox.calls(since=before, company=french) == []

    def test_another_rate_that_the_country_does_not_have_is_doubted(
        self, page: Callable[..., TestClient], acme: CompanyAdmin
    ):
        client = page()
        for rate in ("19", "7", "0"):
            assert self.ask(client, connection="debitoor", entered=rate)["doubts"] == []
        (doubt,) = self.ask(client, connection="debitoor", entered="20")["doubts"]
        assert (doubt["field"], doubt["message"]) == (
            "reverse_charge.tax_rate",
            "20 % is not a VAT rate of DE, where the books are kept; the usual rate there is 19 %.",
        )
        # What the file states is compared by the check of the draft, which asks no service.
        assert self.ask(client, connection="debitoor", country="FR", entered="19")["doubts"] == []

    def test_is_that_of_the_country_that_the_settings_state(
        self, page: Callable[..., TestClient], acme: CompanyAdmin, sandbox: SandboxAdmin
    ):
        before = sandbox.last_seq()
        assert self.ask(page(), connection="debitoor", country="dk") == {"country": "DK", "rate": "25", "doubts": []}
        assert sandbox.calls(since=before, company=acme) == []

    @pytest.mark.parametrize("params", [{}, {"country": "XX"}, {"country": "US"}])
    def test_is_not_known_without_a_member_state(self, page: Callable[..., TestClient], params: dict[str, str]):
        assert self.ask(page(), **params)["rate"] is None

    def test_is_not_read_through_a_connection_of_others(self, page: Callable[..., TestClient], acme: CompanyAdmin):
        answer = page("user").get("/api/accounts/new-account/draft/home-rate", params={"connection": "debitoor"})
        assert answer.status_code == 403


class TestRights:
    @pytest.mark.parametrize("part", ["names", "record", "preview"])
    def test_connections_of_others_are_not_looked_into(
        self, page: Callable[..., TestClient], entered: Callable[..., dict[str, Any]], part: str
    ):
        answer = page("user").post(f"/api/accounts/new-account/draft/{part}", json={"settings": entered()})
        assert (answer.status_code, answer.json()["detail"][:23]) == (403, "You may not edit the co")

    def test_nor_is_their_source(self, page: Callable[..., TestClient], acme: CompanyAdmin):
        answer = page("user").get("/api/accounts/new-account/draft/source", params={"connection": "gmi"})
        assert answer.status_code == 403

    def test_those_of_an_account_that_the_user_may_edit_are(
        self,
        page: Callable[..., TestClient],
        entered: Callable[..., dict[str, Any]],
        account_file: Callable[..., Path],
        receipt: Callable[..., int],
    ):
        receipt()
        account_file("mine")
        assert len(ask(page("user"), "names", entered(), "mine")["names"]) == 1

    @pytest.mark.parametrize(("role", "status"), [(None, 401), ("viewer", 403)])
    @pytest.mark.parametrize("part", ["check", "names", "record", "preview"])
    def test_who_may_not_edit_accounts(self, page: Callable[..., TestClient], role: str | None, status: int, part: str):
        answer = page(role).post(f"/api/accounts/new-account/draft/{part}", json={"settings": {}})
        assert answer.status_code == status
