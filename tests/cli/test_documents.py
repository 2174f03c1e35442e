from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import yaml

from debitoor_provider.messages import Message, words
from debitoor_provider.sync.ledger import Run, State, read_choices

DIFFERENCES = [
    Message("differs_in_date", record="2026-01-31", invoice="2026-02-01"),
    Message("differs_in_gross", record="1238", invoice="119.00"),
    Message("differs_in_rates", record=["7 %"], invoice=["7 %", "19 %"]),
    Message(
        "differs_by_rate",
        record=[Message("amount_at_rate", gross="1238.00", rate="7")],
        invoice=[
            Message("amount_at_rate", gross=gross, rate=rate) for gross, rate in (("19.00", "7"), ("100.00", "19"))
        ],
    ),
]
"""What record and e-invoice of a document say differently."""
HOSTILE = "[red]Evil[/red]\n\u202egnp.exe \x1b[31m"


@pytest.fixture
def held(ledger, planned):
    """Enter a held document, ``1``, and a rejected one, ``2``."""
    planned("1", "2", company="Paper Ltd", gross_amount=Decimal("119.00"), currency="EUR")
    by_id = {
        entry.source_id: entry for entry in ledger.leases.claim(ledger.documents.entries(), "me", timedelta(minutes=1))
    }
    ledger.steps.hold(
        by_id["1"], Message("as_written", text="It is in USD.", remedy="Book it by hand."), code="foreign_currency"
    )
    ledger.steps.reject(
        by_id["2"], Message("as_written", text="It has no file.", remedy="Upload it again."), code="no_file"
    )
    ledger.leases.release("me")


def states(ledger) -> dict[str, State]:
    return {entry.source_id: entry.state for entry in ledger.documents.entries()}


class TestList:
    def test_documents_and_their_states(self, cli, held):
        rows = {row["document"]: row for row in cli("documents", "list", "-o", "json").rows}
        assert rows["1"] == {
            "account": "acme",
            "document": "1",
            "state": "held",
            "date": "",
            "number": "",
            "company": "Paper Ltd",
            "gross": "119.00",
            "currency": "EUR",
            "booked": "",
            "name": "",
            "at_target": "",
            "why": "It is in USD. Book it by hand.",
            "invoice": "",
            "mark": "",
        }
        assert rows["2"]["state"] == "rejected"

    @pytest.mark.parametrize(
        ("stored", "currency", "shown"), [("119", "EUR", "119.00"), ("119.00", "JPY", "119"), ("119.5", "", "119.50")]
    )
    def test_an_amount_has_one_form_for_programs(self, cli, planned, stored, currency, shown):
        planned("1", gross_amount=Decimal(stored), currency=currency)
        (row,) = cli("documents", "list", "-o", "json").rows
        assert row["gross"] == shown

    @pytest.mark.parametrize(
        ("words", "ids"),
        [
            (["--attention"], {"1", "2"}),
            (["--state", "held"], {"1"}),
            (["--state", "Planned", "--state", "rejected"], {"2", "3"}),
            (["--attention", "--state", "planned"], {"1", "2", "3"}),
            (["--text", "paper"], {"1", "2"}),
            (["--from", "2026-03-01", "--to", "2026-03-31"], {"3"}),
            (["--from", "2026-04-01"], set()),
            (["--mark", "nearest_split"], set()),
            (["--mark", "unbooked"], set()),
        ],
    )
    def test_only_some(self, cli, held, planned, words, ids):
        planned("3", company="Other", document_date=date(2026, 3, 15))
        assert {row["document"] for row in cli("documents", "list", *words, "-o", "json").rows} == ids

    def test_a_reached_limit_is_reported(self, cli, held):
        done = cli("documents", "list", "--limit", "1", "-o", "json")
        assert len(done.rows) == 1
        assert done.err == "These are 1 of 2 documents; --limit shows more.\n"
        assert cli("documents", "list", "--limit", "2").err == ""

    def test_names_are_never_markup(self, cli, planned):
        planned("1", company=HOSTILE, source_name=HOSTILE, document_number="[link=http://evil]x[/link]")
        shown = cli("documents", "list").out
        assert "[red]Evil[/red]" in shown
        assert not {"\u202e", "\x1b"} & set(shown)
        (row,) = cli("documents", "list", "-o", "json").rows
        assert row["number"] == "[link=http://evil]x[/link]"

    def test_none(self, cli):
        assert cli("documents", "list").out == "There are no such documents.\n"

    def test_an_unknown_state(self, cli):
        sentence = cli("documents", "list", "--state", "lost").sentence
        assert sentence.startswith("'lost' is not a valid state. Use one of waiting, planned")

    def test_an_invalid_date(self, cli):
        sentence = cli("documents", "list", "--to", "2026-13-01").sentence
        assert sentence == "--to: '2026-13-01' is not a date. Write it as YYYY-MM-DD."


class TestChange:
    @pytest.mark.parametrize(
        ("command", "state"), [("retry", State.PLANNED), ("ignore", State.IGNORED), ("mark-moved", State.MOVED)]
    )
    def test_several_at_once_with_a_reason_for_the_history(self, cli, ledger, held, command, state):
        done = cli("documents", command, "acme", "1", "2", "--reason", "as agreed", "-o", "json")
        assert done.code == 0
        assert {row["state"] for row in done.rows} == {str(state)}
        assert states(ledger) == {"1": state, "2": state}
        for entry in ledger.documents.entries():
            last = ledger.documents.history(entry)[-1]
            assert (last.actor, last.detail["reason"]) == (f"user:{getpass.getuser()}", "as agreed")

    def test_documents_that_allow_it_are_changed_and_the_others_are_reported(self, cli, ledger, held, planned):
        planned("3")
        done = cli("documents", "retry", "acme", "1", "3", "-o", "json")
        assert done.code == 1
        assert [row["document"] for row in done.rows] == ["1"]
        assert done.err == "Document 3 is planned already. The next run moves it."
        assert states(ledger)["1"] is State.PLANNED

    def test_none_allows_it(self, cli, planned):
        planned("3")
        assert "planned" in cli("documents", "retry", "acme", "3").sentence

    def test_a_record_deleted_at_the_target_is_sent_again(self, cli, ledger, held):
        cli("documents", "mark-moved", "acme", "1")
        assert "moved" in cli("documents", "retry", "acme", "1").sentence
        done = cli("documents", "retry", "acme", "1", "--if-missing", "-o", "json")
        assert [row["state"] for row in done.rows] == ["planned"]

    def test_a_document_that_is_not_known_leaves_all_as_they_are(self, cli, ledger, held):
        sentence = cli("documents", "ignore", "acme", "1", "99").sentence
        assert sentence == (
            "The ledger does not know 99 of the account acme. "
            "Show what it knows with: airflow debitoor documents list acme"
        )
        assert states(ledger)["1"] is State.HELD

    def test_an_account_that_is_not_known(self, cli, held):
        assert cli("documents", "retry", "nobody", "1").sentence.startswith("There is no account 'nobody'.")


class TestWhoseFigures:
    @pytest.fixture
    def contradicted(self, ledger, planned):
        """Enter a document whose record and e-invoice disagree, ``1``, and one that is only planned, ``2``."""
        planned("1", "2")
        (entry,) = ledger.leases.claim(
            ledger.documents.known("acme", "export", ["1"]).values(), "me", timedelta(minutes=1)
        )
        ledger.steps.hold(entry, Message("invoice_contradicts", differences=[]), invoice="contradicts")
        ledger.leases.release("me")

    def test_a_person_chooses_them(self, cli, ledger, contradicted):
        cli("documents", "book", "acme", "1", "--figures", "invoice", "--reason", "as on the paper")
        entry = ledger.documents.known("acme", "export", ["1"])["1"]
        assert (entry.state, read_choices(entry.choice)) == (State.PLANNED, {"invoice_contradicts": "invoice"})

    def test_a_document_without_a_contradiction_leaves_no_choice(self, cli, ledger, contradicted):
        sentence = cli("documents", "book", "acme", "1", "2", "--figures", "record", "--reason", "why not").sentence
        assert sentence.splitlines()[0] == "Document 2 does not wait for this decision: It is planned."
        assert states(ledger) == {"1": State.HELD, "2": State.PLANNED}

    def test_other_figures_may_be_chosen_after_a_rejection(self, cli, ledger, contradicted):
        cli("documents", "book", "acme", "1", "--figures", "record", "--reason", "as paid")
        (entry,) = ledger.leases.claim(
            ledger.documents.known("acme", "export", ["1"]).values(), "me", timedelta(minutes=1)
        )
        refused = Message("as_written", text="No.", remedy="")
        ledger.steps.reject(entry, refused, code="refused", invoice="contradicts")
        ledger.leases.release("me")
        done = cli(
            "documents", "book", "acme", "1", "--figures", "invoice", "--reason", "as on the paper", "-o", "json"
        )
        assert [(row["document"], row["state"]) for row in done.rows] == [("1", "planned")]
        entry = ledger.documents.known("acme", "export", ["1"])["1"]
        assert read_choices(entry.choice) == {"invoice_contradicts": "invoice"}

    def test_documents_are_listed_by_their_e_invoice(self, cli, contradicted):
        assert [row["document"] for row in cli("documents", "list", "--invoice", "contradicts", "-o", "json").rows] == [
            "1"
        ]


class TestDistinct:
    @pytest.fixture
    def alike(self, ledger, planned):
        """Enter a document that is held as a possible duplicate, ``1``, and one that is only planned, ``2``."""
        planned("1", "2")
        (entry,) = ledger.leases.claim(
            ledger.documents.known("acme", "export", ["1"]).values(), "me", timedelta(minutes=1)
        )
        ledger.steps.hold(entry, Message("possible_duplicate", records=[], keys=["acme/7"]))
        ledger.leases.release("me")

    def test_a_person_says_that_it_is_another_document(self, cli, ledger, alike):
        (row,) = cli("documents", "distinct", "acme", "1", "--reason", "two deliveries", "-o", "json").rows
        assert (row["document"], row["state"]) == ("1", "planned")
        entry = ledger.documents.known("acme", "export", ["1"])["1"]
        assert ledger.documents.history(entry)[-1].detail == {"reason": "two deliveries", "distinct_from": ["acme/7"]}

    def test_a_document_that_is_like_no_other_is_left_as_it_is(self, cli, ledger, alike):
        done = cli("documents", "distinct", "acme", "1", "2", "--reason", "why not")
        assert done.code == 1
        assert done.sentence.startswith("2: not marked or held as a possible duplicate. Nothing was changed.")
        assert states(ledger) == {"1": State.HELD, "2": State.PLANNED}
        _, advice = done.sentence.split("airflow debitoor ")
        assert [row["document"] for row in cli(*advice.split(), "-o", "json").rows] == ["1"]

    @pytest.mark.parametrize(
        ("option", "word", "meant"),
        [("--mark", "nearest", "nearest_split"), ("--invoice", "contradict", "contradicts")],
    )
    def test_a_misspelt_filter_is_refused_with_the_nearest_word(self, cli, alike, option, word, meant):
        done = cli("documents", "list", option, word)
        assert (done.code, done.sentence.endswith(f"Did you mean {meant}?")) == (2, True)


class TestWhatIsNotPossible:
    def test_an_account_that_is_not_known_is_named_with_the_nearest_one(self, cli, account, held):
        account(stem="acme-receipts")
        done = cli("documents", "list", "--account", "acme-receipt")
        assert done.sentence == "There is no account 'acme-receipt'. Did you mean acme-receipts?"
        assert cli("documents", "list", "acme-receipt").sentence == done.sentence
        assert cli("documents", "list", "--account", "nope").sentence.endswith("airflow debitoor accounts list")
        assert cli("documents", "retry", "acme-receipt", "1").sentence.endswith("Did you mean acme-receipts?")

    def test_an_account_without_documents_has_none(self, cli, account, held):
        account(stem="other")
        assert cli("documents", "list", "--account", "other", "-o", "json").rows == []

    def test_documents_of_an_account_whose_file_is_gone_are_listed(self, cli, held):
        assert len(cli("documents", "list", "--account", "acme", "-o", "json").rows) == 2

    def test_a_misspelt_state_is_named_with_the_nearest_one(self, cli, held):
        assert (
            cli("documents", "list", "--state", "rejectd").sentence
            == "'rejectd' is not a valid state. Did you mean rejected?"
        )

    @pytest.mark.parametrize(("option", "section", "code"), [("state", "state", "held"), ("mark", "mark", "unbooked")])
    @pytest.mark.parametrize("language", ["fr", "de", "da"])
    def test_the_choices_are_in_the_words_of_the_reader_which_are_taken_as_the_codes_are(
        self, cli, held, language, option, section, code
    ):
        said = words(language)[f"{section}.{code}"]
        refused = cli("documents", "list", f"--{option}", "zzzz", "--language", language).sentence
        assert (said in refused, code in refused) == (True, False)
        for name in (said, said.upper(), code):
            assert cli("documents", "list", f"--{option}", name, "--language", language).code == 0
        assert said in cli("documents", "list", f"--{option}", said[:-1], "--language", language).sentence

    @pytest.mark.parametrize(
        ("command", "sentence"),
        [
            (("retry", "acme", "1"), "If somebody deleted it there, use retry --if-missing."),
            (("ignore", "acme", "1"), "is moved: it is at the target already."),
            (("mark-moved", "acme", "1"), "is moved: it is at the target already."),
        ],
    )
    def test_the_alternatives_are_shown(self, cli, ledger, held, command, sentence):
        cli("documents", "mark-moved", "acme", "1")
        done = cli("documents", *command)
        assert done.code == 1
        assert done.sentence.startswith("Document 1 ")
        assert done.sentence.endswith(sentence)

    def test_the_possible_part_is_still_done(self, cli, ledger, held):
        cli("documents", "mark-moved", "acme", "1")
        done = cli("documents", "retry", "acme", "1", "2")
        assert done.code == 1
        assert "Document 1 is moved: it is at the target already." in done.err
        assert states(ledger) == {"1": State.MOVED, "2": State.PLANNED}

    @pytest.mark.parametrize("command", [("documents", "retry"), ("accounts", "validate"), ("accounts", "health")])
    def test_help_says_the_exit_codes(self, cli, command):
        assert "Exit codes: 0 " in " ".join(cli(*command, "--help").out.split())


class TestHistory:
    def test_everything_that_happened(self, cli, held):
        cli("documents", "retry", "acme", "1", "--reason", "date entered")
        rows = cli("documents", "history", "acme", "1", "-o", "json").rows
        assert [(row["what"], row["state"]) for row in rows] == [
            ("listed", "planned"),
            ("held", "held"),
            ("retried", "planned"),
        ]
        assert rows[-1]["by"] == f"user:{getpass.getuser()}"
        assert rows[-1]["detail"] == {"reason": "date entered"}

    @pytest.mark.parametrize("code", ["invoice_contradicts", "unproven_contradicts"])
    def test_both_figures_of_what_record_and_e_invoice_contradict_each_other_in(self, cli, planned, code):
        planned("1", currency="EUR", state=State.HELD, message=Message(code, differences=DIFFERENCES))
        _, *lines = cli("documents", "history", "acme", "1", "--language", "fr").out.split(
            "Fiche et facture électronique"
        )
        table = lines[-1].replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
        head, *rows = [[cell.strip() for cell in line.split("|")] for line in table.splitlines() if "|" in line]
        assert head == ["Champ", "Dans la fiche", "Dans la facture électronique"]
        assert rows == [
            ["Date", "31 janv. 2026", "1er févr. 2026"],
            ["TTC", "1 238,00 EUR", "119,00 EUR"],
            ["Taux de TVA", "7 %", "7 %; 19 %"],
            ["TTC par taux de TVA", "7 % : 1 238,00 EUR", "7 % : 19,00 EUR; 19 % : 100,00 EUR"],
        ]

    def test_a_document_of_another_kind_and_currency(self, cli, planned):
        kinds = {"record": Message("kind_invoice"), "invoice": Message("kind_credit_note")}
        differs = [
            Message("differs_in_kind", **kinds),
            Message("differs_in_currency", record="EUR", invoice="JPY"),
            Message("differs_in_gross", record="238", invoice="119.00"),
        ]
        planned("1", currency="EUR", state=State.HELD, message=Message("invoice_contradicts", differences=differs))
        said = cli("documents", "history", "acme", "1").out
        assert "Record and e-invoice" in said
        for figure in ("Kind of document", "an invoice", "a credit note", "238.00 EUR", "119 JPY"):
            assert figure in said

    @pytest.mark.parametrize("language", ["en", "fr"])
    @pytest.mark.parametrize("output", ["json", "yaml"])
    def test_programs_get_both_figures_with_the_event_of_the_present_state(
        self, cli, planned, ledger, output, language
    ):
        planned("1", currency="EUR")
        (entry,) = ledger.leases.claim(ledger.documents.entries("acme"), "me", timedelta(minutes=1))
        ledger.steps.hold(entry, Message("invoice_contradicts", differences=DIFFERENCES))
        options = ("-o", output, "--language", language)
        events = yaml.safe_load(cli("documents", "history", "acme", "1", *options).out)
        assert [set(event) for event in events] == [{"at", "what", "state", "by", "detail", "contradictions"}] * 2
        assert [event["contradictions"] for event in events[:-1]] == [[]]

        def value(text=None, rate=None, currency=None):
            return {"text": text, "rate": rate, "currency": currency}

        assert events[-1]["contradictions"] == [
            {"what": "date", "record": [value("2026-01-31")], "invoice": [value("2026-02-01")]},
            {
                "what": "gross",
                "record": [value("1238.00", currency="EUR")],
                "invoice": [value("119.00", currency="EUR")],
            },
            {"what": "rates", "record": [value(rate="7")], "invoice": [value(rate="7"), value(rate="19")]},
            {
                "what": "by_rate",
                "record": [value("1238.00", "7", "EUR")],
                "invoice": [value("19.00", "7", "EUR"), value("100.00", "19", "EUR")],
            },
        ]

    def test_the_kind_is_the_same_for_programs_in_every_language(self, cli, planned):
        kinds = {"record": Message("kind_invoice"), "invoice": Message("kind_credit_note")}
        reason = Message("invoice_contradicts", differences=[Message("differs_in_kind", **kinds)])
        planned("1", state=State.HELD, message=reason)
        german = cli("documents", "history", "acme", "1", "-o", "json", "--language", "de").rows
        assert german == cli("documents", "history", "acme", "1", "-o", "json", "--language", "en").rows

    def test_a_plain_table_has_the_events_alone(self, cli, planned):
        planned("1", state=State.HELD, message=Message("invoice_contradicts", differences=DIFFERENCES))
        assert "Record and e-invoice" not in cli("documents", "history", "acme", "1", "-o", "plain").out

    @pytest.mark.parametrize("output", ["json", "yaml"])
    def test_programs_get_the_detail_as_codes_and_values(self, cli, planned, ledger, output):
        planned("1", state=State.HELD)
        (entry,) = ledger.documents.entries("acme")
        detail = {"invoice": "contradicts", "invoice_says": [DIFFERENCES[0].as_json()]}
        ledger.documents.correct([entry], "", "user:anna", "seen", detail=detail)
        event = yaml.safe_load(cli("documents", "history", "acme", "1", "-o", output).out)[-1]
        assert event["detail"] == detail | {"reason": "seen"}
        assert event["detail"]["invoice_says"][0]["code"] == "differs_in_date"
        assert "date 2026-01-31 in the record" in cli("documents", "history", "acme", "1", "-o", "plain").out

    def test_a_document_without_a_contradiction_has_no_such_table(self, cli, held):
        assert "Record and e-invoice" not in cli("documents", "history", "acme", "1").out

    def test_of_nothing(self, cli, ledger):
        assert cli("documents", "history", "acme", "1").sentence == (
            "There is no account 'acme'. List them with: airflow debitoor accounts list"
        )


def airflow(*words: str, level: str = "INFO") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "airflow", "debitoor", *words]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "150", "AIRFLOW__LOGGING__LOGGING_LEVEL": level},
    )


class TestAsAProcess:
    """The same, as a person at a terminal or another program meets it."""

    def test_json_is_all_there_is_on_stdout(self, airflow_database, acme, account, ledger, planned):
        ledger.runs.start(Run("d/1", account(), "export", "manual", started_at=datetime(2026, 3, 1, tzinfo=UTC)))
        planned("1", company="Müller 😀")
        done = airflow("documents", "list", "-o", "json")
        assert done.returncode == 0, done.stderr
        assert [row["company"] for row in json.loads(done.stdout)] == ["Müller 😀"]

    def test_a_refusal_is_one_sentence_on_stderr(self, airflow_database, acme, ledger):
        done = airflow("documents", "retry", "acme", "7")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.splitlines()[-1] == (
            "There is no account 'acme'. List them with: airflow debitoor accounts list"
        )
        assert "Traceback" not in done.stderr

    def test_secrets_appear_nowhere(self, airflow_database, acme, account, receipt, ledger_file):
        ledger_file.unlink()
        account()
        receipt()
        done = airflow("accounts", "preview", "acme", "--verbose", level="DEBUG")
        assert done.returncode == 0, done.stderr
        said = done.stdout + done.stderr
        assert "urllib3" in said  # the log is complete
        assert "119.00 EUR" in said
        assert not [secret for secret in (acme.gmi_api_key, acme.debitoor_token) if secret in said]
        assert ledger_file.exists()


class TestCorrect:
    @pytest.fixture
    def undated(self, ledger, planned, account):
        """Enter a document that is rejected because it has no date, ``1``."""
        account()
        planned("1")
        (entry,) = ledger.leases.claim(
            ledger.documents.known("acme", "export", ["1"]).values(), "me", timedelta(minutes=1)
        )
        ledger.steps.reject(entry, Message("no_date"))
        ledger.leases.release("me")

    def test_a_person_states_what_the_record_lacks(self, cli, ledger, undated):
        (row,) = cli("documents", "correct", "acme", "1", "--date", "2026-03-01", "--reason", "seen", "-o", "json").rows
        assert (row["document"], row["state"]) == ("1", "planned")
        assert ledger.documents.known("acme", "export", ["1"])["1"].corrections == "date=2026-03-01"

    def test_the_account_of_a_dag_needs_no_file(self, cli, ledger, undated, tmp_path):
        (tmp_path / "accounts" / "acme.yaml").unlink()
        words = ("documents", "correct", "acme", "1", "--date", "2026-03-01", "--reason", "seen")
        assert cli(*words).code == 1  # its file was deleted
        ledger.runs.start(Run("tagged/r#acme", "acme", "export", "manual"))
        cli(*words)
        assert ledger.documents.known("acme", "export", ["1"])["1"].corrections == "date=2026-03-01"

    def test_what_was_stated_before_stays(self, cli, ledger, undated):
        cli("documents", "correct", "acme", "1", "--date", "2026-03-01", "--reason", "seen")
        cli("documents", "correct", "acme", "1", "--tax", "19", "--reason", "seen")
        assert ledger.documents.known("acme", "export", ["1"])["1"].corrections == "date=2026-03-01 tax=19"
        cli("documents", "correct", "acme", "1", "--withdraw", "--reason", "wrong document")
        assert ledger.documents.known("acme", "export", ["1"])["1"].corrections == ""

    def test_a_document_that_is_there_is_not_corrected(self, cli, ledger, undated):
        ledger.documents.mark_moved([ledger.documents.known("acme", "export", ["1"])["1"]], "user:ada")
        sentence = cli("documents", "correct", "acme", "1", "--date", "2026-03-01", "--reason", "late").sentence
        assert sentence.startswith("Nothing can be stated about document 1 now: ")

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            (["--date", "1.3.2026"], "'1.3.2026' is not a date"),
            (["--date", "1969-12-31"], "1969-12-31 is too early for Debitoor."),
            ([], "State --date, --currency, --tax, --exchange-rate or --supply; or only --withdraw."),
            (["--exchange-rate", "1_1"], "'1_1' is not an exchange rate."),
            (["--tax", "19:1_19.00"], "'1_19.00' is not a number."),
            (["--tax", "19:1.190"], "'1.190' may mean two amounts."),
            (["--tax", "20:241,00"], "'241,00' is not a number. Write it as 19 or 19.50."),
            (["--tax", "20=241.00"], "'20=241.00' does not have the form RATE[:GROSS]. Write a rate as 20, "),
            (["--date", "2026-03-01", "--withdraw"], "State --date, "),
        ],
    )
    def test_invalid_facts_end_with_a_sentence_and_change_nothing(self, cli, ledger, undated, options, sentence):
        done = cli("documents", "correct", "acme", "1", *options, "--reason", "seen")
        assert done.code == 2
        assert sentence in done.sentence
        assert states(ledger) == {"1": State.REJECTED}

    @pytest.fixture
    def foreign(self, acme, ledger, planned, account, receipt):
        """Enter a document that is held because its French supplier charged tax; return its id."""
        account(foreign_currency="convert")
        uid = str(receipt(supplier="Papier SARL", supplier_country="FR"))
        planned(uid)
        (entry,) = ledger.leases.claim(
            ledger.documents.known("acme", "export", [uid]).values(), "me", timedelta(minutes=1)
        )
        ledger.steps.hold(entry, Message("foreign_tax", country="FR", tax=["19 %"]))
        ledger.leases.release("me")
        return uid

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            (["--supply", "eu"], "state the rate 0 too"),
            (["--supply", "eu", "--tax", "19"], "state the rate 0 too"),
            (["--supply", "eu", "--tax", "0"], "Fill in reverse_charge in the account"),
            (["--tax", "19"], "and state the kind of purchase"),
            (["--supply", "domestic", "--exchange-rate", "1.1"], "is in the currency of the books (EUR)"),
            (["--exchange-rate", "abc"], "'abc' is not an exchange rate. Enter a number such as 0.2345."),
        ],
    )
    def test_what_leaves_the_document_held_is_refused_with_what_is_missing(
        self, cli, ledger, foreign, options, sentence
    ):
        done = cli("documents", "correct", "acme", foreign, *options, "--reason", "seen")
        assert done.code == 2
        assert sentence in done.sentence
        assert states(ledger) == {foreign: State.HELD}

    def test_amounts_that_contradict_the_only_amount_of_the_record_are_refused_with_both_net_amounts(
        self, cli, ledger, planned, account, receipt
    ):
        account()
        uid = str(receipt(net_amount="1000.00", gross_amount=None, tax_rates=[]))
        planned(uid)
        correct = ["documents", "correct", "acme", uid, "--reason", "seen", "--tax", "5.5:527.50"]
        done = cli(*correct, "--tax", "20:1700.00")
        assert done.code == 2
        assert "come to 1916.67 net, but the net amount in GetMyInvoices is 1000.00." in done.sentence
        assert cli(*correct, "--tax", "20:600.00").code == 0

    def test_what_settles_the_reason_is_taken(self, cli, ledger, foreign):
        assert cli("documents", "correct", "acme", foreign, "--supply", "domestic", "--reason", "seen").code == 0
        assert states(ledger) == {foreign: State.PLANNED}

    @pytest.mark.parametrize("language", ["fr", "de", "da"])
    def test_a_number_has_the_decimal_comma_of_the_reader(self, cli, ledger, undated, language):
        words = ["--tax", "19,5:119,00", "--tax", "7:1,5", "--exchange-rate", "0,2345", "--language", language]
        assert cli("documents", "correct", "acme", "1", *words, "--reason", "seen").code == 0
        stored = ledger.documents.known("acme", "export", ["1"])["1"].corrections
        assert stored == "tax=19.5:119.00,7:1.5 exchange_rate=0.2345"

    @pytest.mark.parametrize(
        ("language", "gross"), [("fr", "1 700,00"), ("fr", "1\u202f700,00"), ("de", "1.700,00"), ("en", "1,700.00")]
    )
    def test_an_amount_may_have_groups_of_three_digits(self, cli, ledger, undated, language, gross):
        words = ["--tax", f"20 %:{gross}", "--tax", "7:1", "--language", language]
        assert cli("documents", "correct", "acme", "1", *words, "--reason", "seen").code == 0
        assert ledger.documents.known("acme", "export", ["1"])["1"].corrections == "tax=20:1700.00,7:1"

    def test_a_refused_tax_is_quoted_as_it_was_typed(self, cli, undated):
        words = ["--tax", "20=241,00", "--language", "fr", "--reason", "seen"]
        done = cli("documents", "correct", "acme", "1", *words)
        assert (done.code, "20=241,00" in done.sentence, "20:241,00" in done.sentence) == (2, True, True)

    @pytest.mark.parametrize(
        ("language", "options"),
        [
            ("fr", ["--tax", "19:1,190"]),
            ("fr", ["--exchange-rate", "1,234"]),
            ("fr", ["--exchange-rate", "1.234,5"]),
            ("en", ["--exchange-rate", "0,23"]),
        ],
    )
    def test_a_comma_is_never_taken_for_one_between_thousands(self, cli, ledger, undated, language, options):
        done = cli("documents", "correct", "acme", "1", *options, "--language", language, "--reason", "seen")
        assert done.code == 2
        assert states(ledger) == {"1": State.REJECTED}
