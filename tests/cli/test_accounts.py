from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from unittest.mock import Mock

import jsonschema
import pytest
import time_machine
import yaml
from sqlalchemy.exc import OperationalError

from debitoor_provider.messages import Message, words
from debitoor_provider.sync.ledger import Run, State


class TestList:
    def test_how_the_accounts_stand(self, cli, account, ledger, planned, ran):
        account(stem="a-new", name="Never ran")
        account("import", stem="b-done", frequency="every 4 hours")
        account(stem="c-broken", frequency="sometimes")
        planned("1", "2", account="b-done")
        run_id = ran("b-done", "failed", start_date=datetime(2026, 3, 1, 10, 30, 9, tzinfo=UTC))
        ledger.runs.start(Run(run_id, "b-done", "import", "scheduled"))
        ledger.runs.finish(run_id, counts={}, verdict="failed", message=Message("run_step_failed", steps=["plan"]))
        new, done, broken = cli("accounts", "list", "-o", "json").rows
        assert (new["account"], new["name"], new["state"], new["last_run"]) == ("a-new", "Never ran", "new", "")
        assert (done["direction"], done["frequency"], done["to_do"]) == ("import", "every 4 hours", 2)
        assert (done["state"], done["why"]) == ("failed", "The step plan failed.")
        assert done["last_run"] == "2026-03-01 10:30+00:00"
        assert broken["state"] == "broken"
        assert "c-broken.yaml:1: frequency" in broken["why"]

    def test_a_run_that_has_not_ended(self, cli, account, ran):
        ran(account(), "running")
        assert cli("accounts", "list", "-o", "json").rows[0]["state"] == "running"

    def test_an_account_with_documents_for_a_person_needs_attention_after_a_run_that_succeeded(
        self, cli, account, planned, ran
    ):
        ran(account(), "success")
        planned("1", "2", state=State.HELD, message=Message("no_tax_rate"))
        row = cli("accounts", "list", "-o", "json").rows[0]
        assert (row["attention"], row["state"], row["why"]) == (2, "attention", "Decide on 2 documents.")
        french = cli("accounts", "list", "-o", "plain", "--language", "fr").out
        assert words("fr")["state.attention"] in french
        assert words("fr")["state.well"] not in french

    def test_without_airflows_database_it_says_so(self, cli, account, monkeypatch):
        account()
        monkeypatch.setattr(
            "debitoor_provider.cli.accounts.overview", Mock(side_effect=OperationalError("", {}, OSError()))
        )
        assert cli("accounts", "list").sentence == "Airflow's database cannot be used just now."

    def test_as_a_table(self, cli, account):
        account(name="[red]Acme[/red] :smile:")
        shown = cli("accounts", "list").out
        assert "[red]Acme[/red] :smile:" in shown
        assert "last_run" in shown
        assert "\x1b" not in shown

    def test_in_plain_columns_each_account_is_one_line(self, cli, account):
        account(stem="007", name="[red]Acme[/red] :smile: Søn")
        header, line = cli("accounts", "list", "--output", "plain").out.splitlines()
        assert header.split()[:3] == ["account", "name", "direction"]
        assert line.startswith("007      [red]Acme[/red] :smile: Søn  ")
        assert line.index("export") == header.index("direction")

    def test_as_yaml(self, cli, account):
        account(stem="007", name="Åse: [b]")
        (row,) = yaml.safe_load(cli("accounts", "list", "--output", "yaml").out)
        assert (row["account"], row["name"], row["moved"]) == ("007", "Åse: [b]", 0)

    def test_none(self, cli):
        assert "There are no account files in" in cli("accounts", "list").out
        assert cli("accounts", "list", "-o", "json").rows == []

    def test_an_unusable_ledger_is_reported_in_one_sentence(self, cli, account, monkeypatch):
        account()
        monkeypatch.setenv("AIRFLOW__DEBITOOR__LEDGER_CONN", "mysql://me:s3cret@db/ledger")
        sentence = cli("accounts", "list").sentence
        assert sentence == "The ledger runs on SQLite or PostgreSQL, not on mysql."


class TestValidate:
    @pytest.fixture(autouse=True)
    def _today(self):
        with time_machine.travel(datetime(2026, 11, 29, 12, tzinfo=UTC), tick=False):
            yield

    def test_files_that_are_well_and_their_next_runs(self, cli, account):
        account(frequency="30 6 * * 1-5")
        done = cli("accounts", "validate", "-o", "json")
        assert done.code == 0
        days = ["2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"]
        runs = [f"{day}T06:30:00+01:00" for day in days]
        assert done.rows == [{"account": "acme", "file": "acme.yaml", "result": "well", "next_runs": runs}]
        assert cli("accounts", "validate").out == (
            "acme.yaml: OK; next runs: Mon 2026-11-30 06:30, Tue 2026-12-01 06:30, Wed 2026-12-02 06:30, "
            "Thu 2026-12-03 06:30, Fri 2026-12-04 06:30 (Europe/Berlin)\n"
        )

    def test_an_account_that_only_people_start(self, cli, account):
        account(frequency="manual")
        assert cli("accounts", "validate").out == "acme.yaml: OK; next runs: none, manual only\n"

    def test_a_frequency_that_does_not_mean_what_it_looks_like_is_a_warning(self, cli, account):
        account(frequency="0 6 */2 * 1")
        done = cli("accounts", "validate", "-o", "json")
        assert done.code == 0
        assert [(row["result"], row.get("field")) for row in done.rows] == [
            ("warning", "frequency"),
            ("warning", "frequency"),
            ("well", None),
        ]
        assert "also on each day of the week in 1" in done.rows[1]["message"]
        assert "acme.yaml:1: warning: frequency: The step */2 starts again" in cli("accounts", "validate").out

    @pytest.mark.parametrize(("rate", "country"), [(20, "DE"), (19, "AT")])
    def test_a_reverse_charge_rate_that_the_country_of_the_books_lacks_is_a_warning(self, cli, account, rate, country):
        rule = {"tax_rate": rate, "product_or_service": "service", "consumption_or_resale": "consumption"}
        account(reverse_charge=rule, books={"country": country})
        warning, well = cli("accounts", "validate", "-o", "json").rows
        assert (warning["result"], warning["field"]) == ("warning", "reverse_charge.tax_rate")
        assert f"{rate} % is not a VAT rate of {country}" in warning["message"]
        assert (warning["line"], well["result"]) == (1, "well")

    @pytest.mark.parametrize(("rate", "country"), [(19, "DE"), (7, "DE"), (0, "DE"), (9.5, "CH")])
    def test_a_reduced_rate_and_none_of_a_country_outside_the_union_are_not_doubted(self, cli, account, rate, country):
        rule = {"tax_rate": rate, "product_or_service": "service", "consumption_or_resale": "consumption"}
        account(reverse_charge=rule, books={"country": country})
        assert [row["result"] for row in cli("accounts", "validate", "-o", "json").rows] == ["well"]

    def test_a_limit_that_never_applies_is_a_warning(self, cli, account):
        account(limits={"archived": 5})
        rows = cli("accounts", "validate", "-o", "json").rows
        assert [(row["result"], row.get("field")) for row in rows] == [("warning", "limits.archived"), ("well", None)]
        account(limits={"archived": 5}, archive_after_transfer=True)
        assert [row["result"] for row in cli("accounts", "validate", "-o", "json").rows] == ["well"]

    def test_a_pool_that_does_not_exist(self, cli, account):
        account(pool="books")
        done = cli("accounts", "validate", "-o", "json")
        assert done.code == 1
        (row,) = done.rows
        assert (row["field"], row["message"]) == (
            "pool",
            "Airflow has no pool books, so its tasks would wait for ever.",
        )
        assert "Admin, Pools" in row["remedy"]

    def test_a_pool_that_exists(self, cli, account):
        account(pool="default_pool")
        assert cli("accounts", "validate").code == 0

    def test_an_account_whose_dag_cannot_be_built(self, cli, account, monkeypatch):
        account()

        def fail(*_, **__):
            raise RuntimeError("no such thing")

        monkeypatch.setattr("debitoor_provider.dag_factory._sync_dag", fail)
        done = cli("accounts", "validate")
        assert done.code == 1
        assert "acme.yaml: No DAG can be built from the account: RuntimeError: no such thing" in done.out

    def test_no_account_files_are_an_error(self, cli):
        done = cli("accounts", "validate")
        assert done.code == 1
        assert "There are no account files in" in done.out

    def test_each_problem_names_file_line_field_and_remedy(self, cli, tmp_path):
        text = "type: export\nname: Acme\ndebitoor_id: books@acme.example\nfrequency: dayly\nparallel: 0\n"
        (tmp_path / "mine.yaml").write_text(text + "connections: {getmyinvoices: a, debitoor: b}\n")
        done = cli("accounts", "validate", str(tmp_path / "mine.yaml"), "-o", "json")
        assert done.code == 1
        assert [(row["file"], row["line"], row["field"]) for row in done.rows] == [
            ("mine.yaml", 4, "frequency"),
            ("mine.yaml", 5, "parallel"),
        ]
        assert "Did you mean daily?" in done.rows[0]["remedy"]
        shown = cli("accounts", "validate", str(tmp_path / "mine.yaml"))
        assert shown.code == 1
        assert shown.out.splitlines()[0].startswith("mine.yaml:4: frequency: 'dayly' is not a frequency. Did you mean")
        assert len(shown.out.splitlines()) == 2

    def test_a_file_that_is_not_there(self, cli, tmp_path):
        done = cli("accounts", "validate", str(tmp_path / "none.yaml"))
        assert done.code == 1
        assert "cannot be read" in done.out

    def test_the_content_of_a_file_is_never_markup(self, cli, account):
        account(timezone="[blink]x[/blink]")
        assert "[blink]" in cli("accounts", "validate").out


class TestValidateConnections:
    def problems(self, cli) -> dict[str, str]:
        done = cli("accounts", "validate", "--connections", "-o", "json")
        found = {row["field"]: f"{row['message']} {row['remedy']}" for row in done.rows if row["result"] != "well"}
        assert done.code == (1 if found else 0)
        return found

    def test_both_work(self, cli, account):
        account()
        assert self.problems(cli) == {}
        assert cli("accounts", "validate", "--connections").out.endswith("; both connections were tested and work\n")
        french = cli("accounts", "validate", "--connections", "--language", "fr").out
        assert french.endswith("\u202f; les deux connexions ont été testées et fonctionnent\n")

    def test_neither_is_there(self, cli, account):
        account(connections={"getmyinvoices": "none_a", "debitoor": "none_b"})
        found = self.problems(cli)
        assert "no connection none_a" in found["connections.getmyinvoices"]
        assert "no connection none_b" in found["connections.debitoor"]

    def test_keys_that_are_not_accepted(self, cli, acme, account):
        account()
        acme.block_key()
        acme.revoke_token()
        found = self.problems(cli)
        assert "blocked" in found["connections.getmyinvoices"]
        assert "token" in found["connections.debitoor"]
        assert acme.gmi_api_key not in str(found)

    def test_books_of_another_company(self, cli, acme, account):
        account(debitoor_id="someone@else.example")
        (problem,) = self.problems(cli).values()
        assert acme.debitoor_email in problem
        assert "someone@else.example" in problem

    @pytest.mark.parametrize(
        ("extra", "said"),
        [
            (
                {"email": "old@acme.example"},
                "The connection debitoor has old@acme.example in its field 'E-mail at Debitoor' (email), but",
            ),
            ({"web_url": "nowhere"}, "The field 'web_url' has to be a web address"),
        ],
    )
    def test_a_field_of_a_connection_with_which_runs_go_on_is_a_warning_that_names_it(
        self, cli, account, monkeypatch, extra, said
    ):
        account()
        connection = json.loads(os.environ["AIRFLOW_CONN_DEBITOOR"])
        connection["extra"] |= extra
        monkeypatch.setenv("AIRFLOW_CONN_DEBITOOR", json.dumps(connection))
        done = cli("accounts", "validate", "--connections", "-o", "json")
        warning, well = done.rows
        assert (done.code, warning["result"], well["result"]) == (0, "warning", "well")
        assert (warning["field"], said in warning["message"]) == ("connections.debitoor", True)
        health = cli("accounts", "health", "--connections")
        assert (health.code, "acme: warning: wrong field: " in health.out, said in health.out) == (1, True, True)

    def test_a_company_that_has_a_new_address_at_debitoor_is_the_same_one(self, cli, account, acme, moved):
        acme.change(email="new@acme.example")
        account(debitoor_id="new@acme.example")
        assert self.problems(cli) == {}

    def test_books_that_have_nothing_of_what_was_sent_are_an_error_since_they_stop_a_run(
        self, cli, account, acme, sandbox, monkeypatch, moved
    ):
        other = sandbox.create_company("Other GmbH", limits=None)
        connection = json.loads(os.environ["AIRFLOW_CONN_DEBITOOR"]) | {"password": other.debitoor_token}
        monkeypatch.setenv("AIRFLOW_CONN_DEBITOOR", json.dumps(connection))
        account(debitoor_id=other.debitoor_email)
        (problem,) = self.problems(cli).values()
        assert f"has sent its documents to {acme.debitoor_email} so far" in problem
        health = cli("accounts", "health", "--connections")
        assert (health.code, "acme: critical: not connected: " in health.out) == (2, True)

    def test_a_category_that_debitoor_lacks(self, cli, account):
        account(category="office.suplies")
        found = self.problems(cli)
        assert list(found) == ["category"]
        assert "no expense category 'office.suplies'" in found["category"]

    def test_a_company_that_an_import_cannot_create(self, cli, account, sandbox, acme):
        account("import", defaults={"company": "New Ltd", "create_company": True})
        assert self.problems(cli) == {}
        sandbox.fault("status", operation="gmi.countries.list", company=acme, status=200, body=[])
        assert "cannot be created" in self.problems(cli)["defaults.company"]

    def test_an_import_whose_books_do_not_answer_is_not_blamed_on_its_company(self, cli, account, acme):
        account("import", defaults={"company": "New Ltd", "create_company": True})
        acme.revoke_token()
        assert list(self.problems(cli)) == ["connections.debitoor"]

    @pytest.mark.parametrize(
        ("settings", "field"),
        [
            ({"debitoor_id": "another@company.example"}, "debitoor_id"),
            ({"books": {"country": "AT"}}, "books.country"),
            ({"books": {"currency": "SEK"}}, "books.currency"),
        ],
    )
    def test_books_that_are_not_those_of_the_file_are_reported_at_what_the_file_says(
        self, cli, account, acme, settings, field
    ):
        account(**settings)
        assert list(self.problems(cli)) == [field]
        health = cli("accounts", "health", "--connections")
        assert (health.code, health.out.startswith("acme: critical: not connected: ")) == (2, True)

    @pytest.mark.parametrize("books", [{}, {"country": "DE"}])
    def test_a_reverse_charge_rate_that_the_books_country_lacks_is_said_once(self, cli, account, acme, books):
        rule = {"tax_rate": 20, "product_or_service": "service", "consumption_or_resale": "consumption"}
        account(reverse_charge=rule, books=books)
        warning, well = cli("accounts", "validate", "--connections", "-o", "json").rows
        assert (warning["result"], warning["field"], well["result"]) == ("warning", "reverse_charge.tax_rate", "well")
        assert "20 % is not a VAT rate of DE" in warning["message"]

    @pytest.mark.parametrize("books", [{}, {"country": "DE"}])
    @pytest.mark.parametrize("wrong", ["category", "source", "tag"])
    def test_a_reverse_charge_rate_that_the_books_country_lacks_is_said_whatever_else_is_wrong(
        self, cli, account, acme, books, wrong
    ):
        rule = {"tax_rate": 20, "product_or_service": "service", "consumption_or_resale": "consumption"}
        more = {"category": {"category": "no.such"}, "tag": {"filter": {"tags": {"any": ["bokos"]}}}}.get(wrong, {})
        account(reverse_charge=rule, books=books, **more)
        if wrong == "source":
            acme.block_key()
        rows = cli("accounts", "validate", "--connections", "-o", "json").rows
        said = [row["message"] for row in rows if row.get("field") == "reverse_charge.tax_rate"]
        assert [text.partition(",")[0] for text in said] == ["20 % is not a VAT rate of DE"]
        assert "20 % is not a VAT rate of DE" in cli("accounts", "health", "--connections").out

    def test_the_rate_of_books_that_are_another_company_s_is_not_judged(self, cli, account):
        rule = {"tax_rate": 20, "product_or_service": "service", "consumption_or_resale": "consumption"}
        account(reverse_charge=rule, debitoor_id="another@company.example")
        assert list(self.problems(cli)) == ["debitoor_id"]

    @pytest.mark.parametrize(
        ("filter", "field", "said"),
        [
            ({"companies": {"include": [999999]}}, "filter.companies.include", "the number 999999"),
            ({"companies": {"exclude": ["Papr Ltd"]}}, "filter.companies.exclude", "Did you mean Paper Ltd?"),
            ({"tags": {"none": ["privat"]}}, "filter.tags.none", "Did you mean private?"),
            ({"tags": {"all": ["private", "2026"]}}, "filter.tags.all", "no tag '2026'"),
        ],
    )
    def test_what_the_filter_names_and_getmyinvoices_lacks_is_a_warning(
        self, cli, account, receipt, filter, field, said
    ):
        receipt(tags=["private"])
        account(filter=filter)
        done = cli("accounts", "validate", "--connections", "-o", "json")
        warning, well = done.rows
        assert (done.code, warning["result"], warning["field"], well["result"]) == (0, "warning", field, "well")
        assert said in f"{warning['message']} {warning['remedy']}"

    def test_what_the_filter_names_and_getmyinvoices_has(self, cli, account, receipt):
        receipt(tags=["Private"])
        account(filter={"companies": {"include": ["PAPER ltd"]}, "tags": {"none": ["private"]}})
        rows = cli("accounts", "validate", "--connections", "-o", "json").rows
        assert [row["result"] for row in rows] == ["well"]

    def test_a_service_that_does_not_answer(self, cli, account, monkeypatch):
        account()
        nowhere = {
            "conn_type": "debitoor",
            "host": "http://127.0.0.1:9",
            "password": "k",
            "extra": {"allow_http": True},
        }
        monkeypatch.setenv("AIRFLOW_CONN_DEBITOOR", json.dumps(nowhere))
        assert "connections.debitoor" in self.problems(cli)

    def test_one_connection_used_for_both(self, cli, account):
        account(connections={"getmyinvoices": "gmi", "debitoor": "gmi"})
        assert set(self.problems(cli)) == {"connections.debitoor"}

    def test_the_connection_by_which_people_are_notified(self, cli, account, monkeypatch):
        account(notify={"connection": "tell", "to": ["anna@acme.example"]})
        assert "no connection tell" in self.problems(cli)["notify.connection"]
        monkeypatch.setenv("AIRFLOW_CONN_TELL", json.dumps({"conn_type": "ftp", "host": "h"}))
        assert "http, slackwebhook, smtp" in self.problems(cli)["notify.connection"]
        sender = {"from_email": "airflow@acme.example"}
        monkeypatch.setenv("AIRFLOW_CONN_TELL", json.dumps({"conn_type": "smtp", "host": "h", "extra": sender}))
        assert self.problems(cli) == {}


def test_the_schema_is_one(cli, account, tmp_path):
    schema = json.loads(cli("accounts", "schema").out)
    account()
    jsonschema.validate(json.loads((tmp_path / "accounts" / "acme.yaml").read_text()), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"type": "export"}, schema)


class TestAllow:
    @pytest.fixture
    def stopped(self, account, ledger):
        account()
        message = Message("limit_new_documents", account="acme", number=500, most=100)
        ledger.stops.ask("acme", "new_documents", 500, message, run_id="d/1", settings_fingerprint="f")

    def test_what_stopped_the_account_may_happen_once(self, cli, stopped, ledger):
        done = cli("accounts", "allow", "acme", "--reason", "the first run", "-o", "json")
        [row] = done.rows
        assert (row["limit"], row["number"]) == ("new_documents", 500)
        assert row["why"].startswith("The run has 500 documents to move")
        assert "The next run may exceed the limit once." in done.err
        assert ledger.stops.use("acme", "new_documents", 500, "d/2")

    def test_nothing_is_stopped(self, cli, account):
        account()
        done = cli("accounts", "allow", "acme")
        assert done.code == 1
        assert "No limit stops the account acme, or the run is already allowed." in done.out
        done = cli("accounts", "allow", "acme", "-o", "json")
        assert (done.code, done.rows) == (1, [])

    def test_an_account_that_is_not_there(self, cli, account):
        account()
        assert cli("accounts", "allow", "acne").sentence.endswith("Did you mean acme?")


class TestPreview:
    def test_a_limit_of_the_account_that_would_stop_the_run(self, cli, account, receipt):
        account(limits={"new_documents": 1})
        receipt(), receipt()
        assert (
            "A run would stop with this message: The run has 2 documents to move"
            in cli("accounts", "preview", "acme").err
        )

    def test_what_a_run_would_do(self, cli, acme, account, receipt):
        account(rename="{company}_{document_number}")
        uid = receipt(supplier="[b]Ünïcode[/b]", document_number="R-1")
        receipt(currency="USD")
        first, second = sorted(cli("accounts", "preview", "acme", "-o", "json").rows, key=lambda row: row["outcome"])
        assert (first["outcome"], second["outcome"]) == ("held", "send")
        assert (second["source_id"], Decimal(second["gross_amount"])) == (str(uid), Decimal("119.00"))
        assert second["lines"][0].startswith("19 %: 119")
        assert second["target_name"].endswith("_R-1.pdf")
        assert "[b]Ünïcode[/b]" in cli("accounts", "preview", "acme").out
        assert acme.expenses() == []

    def test_of_a_period(self, cli, account, receipt):
        account()
        receipt(document_date="2026-01-31")
        uid = receipt(document_date="2026-02-01")
        rows = cli("accounts", "preview", "acme", "--from", "2026-02-01", "-o", "json").rows
        assert [row["source_id"] for row in rows] == [str(uid)]

    def test_a_reached_limit_is_reported(self, cli, account, receipt):
        account()
        receipt(), receipt()
        done = cli("accounts", "preview", "acme", "--limit", "1", "-o", "json")
        assert len(done.rows) == 1
        assert "--limit shows more" in done.err
        assert "--limit shows more" not in cli("accounts", "preview", "acme", "--limit", "2", "-o", "json").err

    def test_nothing_new(self, cli, account):
        account()
        assert cli("accounts", "preview", "acme").out == "There is nothing new.\n"
        assert cli("accounts", "preview", "acme", "-o", "json").rows == []

    def test_what_the_filter_names_and_getmyinvoices_lacks(self, cli, account):
        account(filter={"tags": {"none": ["privat"]}})
        assert "GetMyInvoices has no tag 'privat'" in cli("accounts", "preview", "acme").err

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (["nobody"], "There is no account 'nobody'. List them with: airflow debitoor accounts list"),
            (["acme", "--from", "yesterday"], "--from: 'yesterday' is not a date. Write it as YYYY-MM-DD."),
        ],
    )
    def test_a_wrong_option_is_reported_in_one_sentence(self, cli, account, words, sentence):
        account()
        assert cli("accounts", "preview", *words).sentence.endswith(sentence)

    def test_a_connection_that_is_not_there(self, cli, account):
        account(connections={"getmyinvoices": "none_a", "debitoor": "none_b"})
        assert "Airflow has no connection none_" in cli("accounts", "preview", "acme").sentence

    def test_a_key_that_is_not_accepted(self, cli, acme, account):
        account()
        acme.block_key()
        sentence = cli("accounts", "preview", "acme").sentence
        assert "blocked" in sentence
        assert acme.gmi_api_key not in sentence

    @pytest.mark.parametrize("limit", ["0", "-1", "many"])
    def test_a_limit_that_is_no_number(self, cli, account, limit):
        account()
        done = cli("accounts", "preview", "acme", "--limit", limit)
        assert done.code != 0
        assert f"argument --limit: '{limit}' is not a whole number of 1 or more" in done.err
