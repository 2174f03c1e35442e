from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.messages import Message
from debitoor_provider.sync.ledger import Ledger, PlannedDocument, Sent, State, read_choices

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.models.log import Log
    from starlette.testclient import TestClient

RUN = "debitoor__acme/manual__1"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def enter(ledger: Ledger, account_file: Callable[..., object]) -> Callable[..., list[int]]:
    """Enter documents of an account as a run would; return their ids."""
    account_file()

    def plan(*source_ids: str, account: str = "acme", **fields: Any) -> list[int]:
        found = [PlannedDocument(id_, f"{account}:{id_}", "{}", **fields) for id_ in source_ids]
        ledger.plans.enter(account, "export", RUN, found)
        known = ledger.documents.known(account, "export", source_ids)
        return [known[id_].id for id_ in source_ids]

    return plan


@pytest.fixture
def shelf(enter: Callable[..., list[int]], ledger: Ledger) -> list[int]:
    """Return one moved document, one held, one planned; all different."""
    moved, held, planned = (
        *enter("1", document_date=date(2026, 1, 31), company="Paper Ltd", gross_amount=Decimal("119.00")),
        *enter("2", document_date=date(2026, 2, 1), company="Ink & Co", state=State.HELD, message=Message("currency")),
        *enter("3", document_number="R-3", source_name="scan.pdf"),
    )
    (entry,) = ledger.leases.claim(ledger.documents.by_ids([moved]), "task", MINUTE, run_id=RUN)
    ledger.steps.moved(ledger.steps.intend(entry), "expense-1")
    ledger.leases.release("task")
    return [moved, held, planned]


def listed(client: TestClient, **query: Any) -> list[str]:
    answer = client.get("api/accounts/acme/documents", params=query)
    assert answer.status_code == 200, answer.text
    return [document["source_id"] for document in answer.json()["documents"]]


class TestList:
    def test_it_returns_everything_about_a_document(self, page, shelf):
        (found,) = page().get("api/accounts/acme/documents", params={"state": "moved"}).json()["documents"]
        times = {name: found.pop(name) for name in ("created_at", "changed_at", "moved_at")}
        assert all(datetime.fromisoformat(moment).utcoffset() == timedelta() for moment in times.values())
        assert found == {
            "id": shelf[0],
            "account": "acme",
            "direction": "export",
            "source_id": "1",
            "state": "moved",
            "reason_code": "",
            "reason": "",
            "remedy": "",
            "marks": [],
            "invoice": "",
            "source_name": "",
            "target_name": None,
            "document_date": "2026-01-31",
            "document_number": "",
            "company": "Paper Ltd",
            "currency": "",
            "net_amount": None,
            "gross_amount": "119.00",
            "booked_gross": None,
            "booked_currency": "",
            "target_id": "expense-1",
            "planned_by": {"dag_id": "debitoor__acme", "dag_run_id": "manual__1"},
            "moved_by": {"dag_id": "debitoor__acme", "dag_run_id": "manual__1"},
            "attempts": 1,
            "archived_at": None,
            "actions": ["send_again", "only_if_missing"],
        }

    def test_it_is_filtered_and_all_states_are_counted(self, page, shelf):
        client = page()
        found = client.get("api/accounts/acme/documents", params={"state": ["held", "planned"]}).json()
        assert {document["source_id"] for document in found["documents"]} == {"2", "3"}
        assert (found["total"], found["states"]) == (2, {"moved": 1, "held": 1, "planned": 1})
        assert listed(client, **{"from": "2026-02-01"}) == ["2"]
        assert listed(client, to="2026-01-31") == ["1"]
        assert listed(client, search="INK") == ["2"]
        assert set(listed(client, run="manual__1")) == {"1", "2", "3"}
        assert listed(client, run="manual__2") == []

    def test_it_is_sorted_and_comes_in_pages(self, page, shelf):
        client = page()
        assert listed(client, order="date") == ["1", "2", "3"]
        assert listed(client, order="-company", limit=1, offset=1) == ["2"]

    def test_documents_of_other_accounts_are_not_there(self, page, shelf, enter):
        enter("9", account="other")
        assert set(listed(page())) == {"1", "2", "3"}

    @pytest.mark.parametrize(
        "query", [{"state": "lost"}, {"order": "secret"}, {"from": "yesterday"}, {"limit": 1000}, {"search": "x" * 201}]
    )
    def test_a_question_that_makes_no_sense_is_refused(self, page, shelf, query):
        assert page().get("api/accounts/acme/documents", params=query).status_code == 422

    @pytest.mark.parametrize("words", ["\x00", "' OR 1=1 --", "%_\\", "\u202e", "<b>"])
    def test_any_words_can_be_searched_for(self, page, shelf, words):
        assert listed(page(), search=words) == []


class TestDetail:
    def test_the_history_is_returned(self, page, shelf):
        found = page().get(f"api/accounts/acme/documents/{shelf[0]}").json()
        assert [(line["kind"], line["from_state"], line["to_state"]) for line in found["history"]] == [
            ("listed", None, "planned"),
            ("intent", "planned", "sending"),
            ("moved", "sending", "moved"),
        ]
        last = found["history"][-1]
        assert last["run"] == {"dag_id": "debitoor__acme", "dag_run_id": "manual__1"}
        assert (last["actor"], last["detail"]) == ("run", {})

    def test_a_document_of_another_account_is_not_there(self, page, shelf, enter):
        (other,) = enter("9", account="other")
        for id_ in (other, 999_999):
            assert page().get(f"api/accounts/acme/documents/{id_}").status_code == 404


class TestAmounts:
    """Each amount has one form, however it was stored."""

    @pytest.mark.parametrize(
        ("stored", "currency", "shown"),
        [
            ("119", "EUR", "119.00"),
            ("119.000", "EUR", "119.00"),
            ("119.005", "EUR", "119.005"),
            ("119.00", "JPY", "119"),
        ],
    )
    def test_it_is_that_of_the_currency(self, page, enter, stored, currency, shown):
        amount = Decimal(stored)
        (id_,) = enter("1", gross_amount=amount, net_amount=amount, currency=currency, document_date=date(2026, 1, 31))
        client = page()
        (listed_,) = client.get("api/accounts/acme/documents").json()["documents"]
        one = client.get(f"api/accounts/acme/documents/{id_}").json()
        for found in (listed_, one):
            assert (found["net_amount"], found["gross_amount"]) == (shown, shown)
        (total,) = client.get("api/accounts/acme/documents/sums").json()["sums"]
        assert total["gross"] == shown
        (row,) = csv.DictReader(io.StringIO(client.get("api/accounts/acme/documents.csv").text))
        assert (row["net"], row["gross"]) == (shown, shown)

    def test_so_has_what_was_booked_what_it_looks_like_and_what_its_history_says(self, page, enter, ledger):
        (id_,) = enter("1", currency="JPY")
        (entry,) = ledger.leases.claim(ledger.documents.by_ids([id_]), "task", MINUTE, run_id=RUN)
        facts = {"number": "", "date": "2026-01-31", "gross": "119", "currency": "EUR", "party": "Paper Ltd"}
        where = Message("lookalike_record", record="7", service="Debitoor")
        record = Message("lookalike", what="Paper Ltd", where=where, **facts)
        duplicate = Message("possible_duplicate", records=[record], keys=["target:7"])
        sent = Sent(Decimal("1.5"), "EUR", date(2026, 1, 31), None, Decimal(180), "JPY")
        detail = {
            "by_rate": {"19": "1.5"},
            "nearest": {"7": ["1", "2"]},
            "rounding": "0.010",
            "own_tax": {"19": "180.00"},
        }
        ledger.steps.moved(ledger.steps.intend(entry, duplicate=duplicate, sent=sent, detail=detail), "expense-1")
        ledger.leases.release("task")
        found = page().get(f"api/accounts/acme/documents/{id_}").json()
        assert (found["booked_gross"], found["lookalikes"][0]["gross"]) == ("1.50", "119.00")
        details = [event["detail"] for event in found["history"] if "by_rate" in event["detail"]]
        assert details == [
            {
                "by_rate": {"19": "1.50"},
                "nearest": {"7": ["1.00", "2.00"]},
                "rounding": "0.01",
                "own_tax": {"19": "180"},
            }
        ]

    def test_so_has_what_record_and_e_invoice_say_differently(self, page, enter, ledger):
        differences = [
            Message("differs_in_currency", record="EUR", invoice="JPY"),
            Message("differs_in_gross", record="238", invoice="119.00"),
            Message(
                "differs_by_rate",
                record=[Message("amount_at_rate", gross="238", rate="19")],
                invoice=[Message("amount_at_rate", gross="119.00", rate="19")],
            ),
        ]
        reason = Message("invoice_contradicts", differences=differences)
        (id_,) = enter("1", currency="EUR", state=State.HELD, message=reason)
        _, *amounts = page().get(f"api/accounts/acme/documents/{id_}").json()["contradictions"]
        assert [(one["record"][0]["text"], one["invoice"][0]["text"]) for one in amounts] == [("238.00", "119")] * 2


class TestMarks:
    """Documents whose figures a person should know something about."""

    @pytest.fixture
    def marked(self, ledger: Ledger, enter: Callable[..., list[int]]) -> list[int]:
        """Return two moved documents, of which the second is booked by the nearest of several splits."""
        ids = enter("1", "2")
        spans = [Message("gross_at_rate", lowest="106.91", highest="107.09", rate="7")]
        marks = {ids[0]: None, ids[1]: Message("nearest_split", spans=spans)}
        for entry in ledger.leases.claim(ledger.documents.by_ids(ids), "task", MINUTE, run_id=RUN):
            ledger.steps.moved(ledger.steps.intend(entry, mark=marks[entry.id]), f"expense-{entry.source_id}")
        ledger.leases.release("task")
        return ids

    def test_a_list_shows_and_counts_them(self, page, marked):
        found = page().get("api/accounts/acme/documents").json()
        assert (found["total"], found["marks"]) == (2, {"nearest_split": 1})
        by_id = {document["source_id"]: document for document in found["documents"]}
        assert by_id["1"]["marks"] == []
        (mark,) = by_id["2"]["marks"]
        assert mark["code"] == "nearest_split"
        assert "106.91 to 107.09 at 7 %" in mark["text"]

    def test_a_list_can_be_narrowed_to_them(self, page, marked):
        found = page().get("api/accounts/acme/documents", params={"mark": "nearest_split"}).json()
        assert [document["source_id"] for document in found["documents"]] == ["2"]
        assert (found["total"], found["states"], found["marks"]) == (1, {"moved": 1}, {"nearest_split": 1})

    @pytest.mark.parametrize(
        "query", [{"mark": "nearest"}, {"invoice": "contradict"}, {"from": "2026-02-02", "to": "2026-02-01"}]
    )
    def test_a_filter_that_is_not_known_is_refused(self, page, shelf, query):
        for path in ("documents", "documents.csv"):
            assert page().get(f"api/accounts/acme/{path}", params=query).status_code == 422

    def test_all_that_fit_can_be_sent_again_and_lose_their_mark(self, page, marked, ledger):
        wish = {"action": "send_again", "fitting": {"mark": "nearest_split"}, "reason": "line items entered"}
        answer = page().post("api/accounts/acme/documents/actions", json=wish)
        assert answer.json() == {"changed": 1, "left": 0}
        entry = ledger.documents.entry(marked[1])
        assert (entry.state, entry.mark_code, entry.mark) == (State.PLANNED, "", None)

    def test_the_table_has_them_with_their_bounds(self, page, marked):
        text = page().get("api/accounts/acme/documents.csv", params={"mark": "nearest_split"}).content
        (row,) = csv.DictReader(io.StringIO(text.decode("utf-8-sig")))
        assert "106.91 to 107.09 at 7 %" in row["mark"]


class TestLookalikes:
    """Documents that may be duplicates of others."""

    @pytest.fixture
    def alike(self, ledger: Ledger, enter: Callable[..., list[int]]) -> list[int]:
        """Return three documents: the first was sent, the second too but marked as its duplicate, the third is held."""
        ids = enter("1", "2", "3")
        where = Message("lookalike_document", source_id="1", account="acme")
        facts = {"number": "R-1", "date": "2026-01-31", "gross": "119.00", "currency": "EUR", "party": "Paper Ltd"}
        record = Message("lookalike", what="Paper Ltd, R-1", where=where, **facts)
        there = Message("lookalike_record", record="7", service="Debitoor")
        records = [record, Message("lookalike", what="Paper Ltd", where=there, **facts | {"number": ""})]
        message = Message("possible_duplicate", records=records, keys=["acme/1", "target:7"])
        for entry in ledger.leases.claim(ledger.documents.by_ids(ids), "task", MINUTE, run_id=RUN):
            if entry.id == ids[2]:
                ledger.steps.hold(entry, message)
                continue
            duplicate = message if entry.id == ids[1] else None
            ledger.steps.moved(ledger.steps.intend(entry, duplicate=duplicate), f"expense-{entry.source_id}")
        ledger.leases.release("task")
        return ids

    def test_they_are_marked_counted_and_filtered(self, page, alike):
        found = page().get("api/accounts/acme/documents").json()
        assert found["marks"] == {"possible_duplicate": 2}
        assert sorted(listed(page(), mark="possible_duplicate")) == ["2", "3"]
        assert listed(page(), mark="possible_duplicate", state="held") == ["3"]
        assert listed(page(), mark="nearest_split") == []

    def test_a_document_is_shown_beside_what_it_looks_like(self, page, alike):
        found = page().get(f"api/accounts/acme/documents/{alike[1]}").json()["lookalikes"]
        common = {"date": "2026-01-31", "gross": "119.00", "currency": "EUR", "party": "Paper Ltd"}
        assert found == [
            common
            | {
                "where": "document 1 of the account acme",
                "account": "acme",
                "source_id": "1",
                "number": "R-1",
                "id": alike[0],
            },
            common | {"where": "record 7 in Debitoor", "account": "", "source_id": "", "number": "", "id": None},
        ]
        assert page().get(f"api/accounts/acme/documents/{alike[0]}").json()["lookalikes"] == []

    def test_a_person_says_that_they_are_other_documents(self, page, alike, ledger):
        rows = page().get("api/accounts/acme/documents").json()["documents"]
        assert {row["source_id"] for row in rows if "distinct" in row["actions"]} == {"2", "3"}
        wish = {"action": "distinct", "ids": alike, "reason": "two deliveries"}
        answer = page().post("api/accounts/acme/documents/actions", json=wish)
        assert answer.json() == {"changed": 2, "left": 1}
        assert [entry.state for entry in ledger.documents.by_ids(alike)] == [State.MOVED, State.MOVED, State.PLANNED]
        assert ledger.lists.marks(account="acme") == {}
        last = ledger.documents.history(ledger.documents.by_ids(alike)[1])[-1]
        assert (last.kind, last.actor) == ("distinct", "user:admin")
        assert last.detail == {"reason": "two deliveries", "distinct_from": ["acme/1", "target:7"]}

    def test_two_that_are_marked_because_of_each_other_are_settled_at_once(self, page, enter, ledger):
        ids = enter("1", "2")
        for entry in ledger.leases.claim(ledger.documents.by_ids(ids), "task", MINUTE, run_id=RUN):
            other = Message("possible_duplicate", records=[], keys=[f"acme/{3 - int(entry.source_id)}"])
            ledger.steps.moved(ledger.steps.intend(entry, duplicate=other), f"expense-{entry.source_id}")
        ledger.leases.release("task")
        wish = {"action": "distinct", "ids": ids[:1], "reason": "two deliveries"}
        answer = page().post("api/accounts/acme/documents/actions", json=wish)
        assert answer.json() == {"changed": 1, "left": 0}
        assert ledger.lists.marks(account="acme") == {}


class TestEInvoices:
    """Documents whose e-invoice was read, and what a person decides about a contradiction."""

    @pytest.fixture
    def contradicted(self, ledger: Ledger, enter: Callable[..., list[int]]) -> int:
        """Return a document that is held since record and e-invoice contradict each other, and one that was proven."""
        ids = enter("1", "2")
        by_id = {
            entry.id: entry for entry in ledger.leases.claim(ledger.documents.by_ids(ids), "task", MINUTE, run_id=RUN)
        }
        differs = Message("differs_in_gross", record="238.00", invoice="119.00")
        reason = Message("invoice_contradicts", differences=[differs])
        ledger.steps.hold(by_id[ids[0]], reason, invoice="contradicts")
        ledger.steps.moved(ledger.steps.intend(by_id[ids[1]], invoice="proven"), "expense-2")
        ledger.leases.release("task")
        return ids[0]

    def test_whose_figures_may_be_chosen_again_after_a_rejection(self, page, contradicted, ledger):
        wish = {"ids": [contradicted], "reason": "as paid"}
        assert page().post("api/accounts/acme/documents/actions", json=wish | {"action": "book_record"}).is_success
        (entry,) = ledger.leases.claim(ledger.documents.by_ids([contradicted]), "task", MINUTE, run_id=RUN)
        ledger.steps.reject(entry, Message("as_written", text="No.", remedy=""), code="refused", invoice="contradicts")
        ledger.leases.release("task")
        shown = page().get(f"api/accounts/acme/documents/{contradicted}").json()
        assert {"book_invoice", "book_record"} <= set(shown["actions"])
        answer = page().post("api/accounts/acme/documents/actions", json=wish | {"action": "book_invoice"})
        assert answer.json() == {"changed": 1, "left": 0}
        (entry,) = ledger.documents.by_ids([contradicted])
        assert (entry.state, read_choices(entry.choice)) == (State.PLANNED, {"invoice_contradicts": "invoice"})

    def test_a_list_shows_counts_and_filters_them(self, page, contradicted):
        found = page().get("api/accounts/acme/documents").json()
        assert found["invoices"] == {"contradicts": 1, "proven": 1}
        assert {one["source_id"]: one["invoice"] for one in found["documents"]} == {"1": "contradicts", "2": "proven"}
        assert listed(page(), invoice="proven") == ["2"]
        assert listed(page(), invoice="contradicts", state="moved") == []

    def test_both_figures_are_shown_and_a_person_chooses(self, page, contradicted, ledger):
        found = page().get(f"api/accounts/acme/documents/{contradicted}").json()
        assert "gross 238.00 in the record, 119.00 in the invoice" in found["reason"]
        assert found["actions"][:2] == ["book_invoice", "book_record"]
        wish = {"action": "book_invoice", "ids": [contradicted], "reason": "as on the paper"}
        assert page().post("api/accounts/acme/documents/actions", json=wish).json() == {"changed": 1, "left": 0}
        entry = ledger.documents.entry(contradicted)
        assert (entry.state, read_choices(entry.choice)) == (State.PLANNED, {"invoice_contradicts": "invoice"})
        *_, decided = page().get(f"api/accounts/acme/documents/{contradicted}").json()["history"]
        assert decided["detail"] == {"reason": "as on the paper", "figures": "invoice"}

    def test_a_page_that_shows_another_reason_decides_nothing(self, page, contradicted, ledger):
        """Another reason has come up since: its question was not the one that the person answered."""
        wish = {"action": "book_invoice", "ids": [contradicted], "reason": "why", "reason_code": "odd_exchange_rate"}
        assert page().post("api/accounts/acme/documents/actions", json=wish).status_code == 409
        assert ledger.documents.entry(contradicted).state is State.HELD

    def test_what_differs_is_there_as_values_too(self, page, contradicted):
        found = page().get(f"api/accounts/acme/documents/{contradicted}").json()["contradictions"]
        values = {"record": [{"text": "238.00", "rate": None}], "invoice": [{"text": "119.00", "rate": None}]}
        assert found == [{"what": "gross"} | values]

    @pytest.mark.parametrize("code", ["invoice_contradicts", "unproven_contradicts", "invoice_other_kind"])
    def test_another_kind_of_document_is_in_the_readers_words(self, page, contradicted, ledger, code):
        differs = Message("differs_in_kind", record=Message("kind_invoice"), invoice=Message("kind_credit_note"))
        reason = Message(code, differences=[differs], **differs.params)
        held = PlannedDocument("9", "getmyinvoices:9", "{}", State.HELD, reason)
        ledger.plans.enter("acme", "export", RUN, [held])
        (listed,) = page().get("api/accounts/acme/documents", params={"search": "9"}).json()["documents"]
        address = f"api/accounts/acme/documents/{listed['id']}"
        (found,) = page().get(address, headers={"Accept-Language": "fr"}).json()["contradictions"]
        assert found["what"] == "kind"
        assert [found[side][0]["text"] for side in ("record", "invoice")] == ["une facture", "un avoir"]

    def test_what_was_decided_is_no_contradiction_any_more(self, page, contradicted):
        wish = {"action": "book_invoice", "ids": [contradicted], "reason": "as on the paper"}
        page().post("api/accounts/acme/documents/actions", json=wish)
        assert page().get(f"api/accounts/acme/documents/{contradicted}").json()["contradictions"] == []

    def test_no_other_document_leaves_the_choice(self, page, shelf):
        wish = {"action": "book_record", "ids": shelf, "reason": "why not"}
        assert page().post("api/accounts/acme/documents/actions", json=wish).status_code == 409
        for document in page().get("api/accounts/acme/documents").json()["documents"]:
            assert not {"book_invoice", "book_record"} & set(document["actions"])


class TestTable:
    def read(self, client: TestClient, **query: Any) -> list[dict[str, str]]:
        answer = client.get("api/accounts/acme/documents.csv", params=query)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''acme.csv"
        assert answer.content.startswith(b"\xef\xbb\xbf")
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    def test_it_holds_all_that_fit(self, page, shelf):
        rows = self.read(page(), state=["moved", "held"])
        assert [(row["document"], row["state"], row["gross"]) for row in rows] == [
            ("1", "moved", "119.00"),
            ("2", "held", ""),
        ]
        assert rows[0]["moved by"] == "manual__1"

    def test_it_holds_more_than_a_page(self, page, enter):
        enter(*map(str, range(1201)))
        assert len(self.read(page())) == 1201

    @pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\uff1d1"])
    def test_nothing_in_it_is_a_formula(self, page, enter, evil):
        enter("1", company=evil, document_number=evil, source_name=evil)
        (row,) = self.read(page())
        assert row["company"] == row["number"] == row["source name"] == f"'{evil}"

    @pytest.mark.parametrize(
        "evil",
        [
            "Evil;=1+1;x",
            "Evil; \t@SUM(A1)",
            "\t=1",
            "\r=1",
            "x\n+1",
            'x;"=1+1"',
            'x;""=1+1',
            ";-1",
            "x\u2028=1",
            'a";"=1',
            "x;\uff1d1",
        ],
    )
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_no_reader_finds_a_formula_whatever_it_takes_for_the_end_of_a_cell(self, page, enter, evil, delimiter):
        enter("1", company=evil, document_number=evil, source_name=evil)
        text = page().get("api/accounts/acme/documents.csv").content.decode("utf-8-sig")
        whole = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        lines = csv.reader(text.splitlines(), delimiter=delimiter)
        cells = [cell.lstrip(' "') for row in (*whole, *lines) for cell in row]
        assert len(cells) > 1
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\uff1d"))]

    def test_amounts_stay_numbers(self, page, enter):
        enter("1", gross_amount=Decimal("-119.00"), company='quoted "name", with; signs\nand lines')
        (row,) = self.read(page())
        assert (row["gross"], row["company"]) == ("-119.00", 'quoted "name", with; signs\nand lines')


class TestActions:
    @pytest.fixture
    def act(self, page) -> Callable[..., Any]:
        client = page("op")

        def send(action: str, ids: list[int] | None = None, reason: str = "agreed", **wish: Any) -> Any:
            body = {"action": action, "ids": ids, "reason": reason, **wish}
            return client.post("api/accounts/acme/documents/actions", json=body)

        return send

    @pytest.mark.parametrize(
        ("action", "which", "state", "kind"),
        [
            ("send", 1, "planned", "retried"),
            ("send_again", 0, "planned", "sent_again"),
            ("only_if_missing", 0, "planned", "sent_again"),
            ("mark_moved", 1, "moved", "marked_moved"),
            ("ignore", 1, "ignored", "ignored"),
            ("ignore", 2, "ignored", "ignored"),
        ],
    )
    def test_it_is_done_and_in_the_history_with_name_and_reason(
        self, act, shelf, ledger, audit_log, action, which, state, kind
    ):
        answer = act(action, [shelf[which]], "as agreed on the phone")
        assert (answer.status_code, answer.json()) == (200, {"changed": 1, "left": 0})
        entry = ledger.documents.entry(shelf[which])
        assert entry.state == state
        last = ledger.documents.history(entry)[-1]
        assert (last.kind, last.actor, last.detail["reason"]) == (kind, "user:op", "as agreed on the phone")
        (noted,) = audit_log()
        assert (noted.event, noted.dag_id, noted.owner) == (f"debitoor.documents_{action}", "debitoor__acme", "op")
        assert json.loads(noted.extra) == {"changed": 1, "left": 0, "reason": "as agreed on the phone"}

    def test_sent_again_is_a_new_record_and_only_if_missing_is_not(self, act, shelf, ledger):
        act("send_again", shelf[:1])
        assert ledger.documents.entry(shelf[0]).wants_new_record
        ledger.documents.mark_moved(ledger.documents.by_ids(shelf[:1]), "user:ada", target_id="expense-1")
        act("only_if_missing", shelf[:1])
        assert not ledger.documents.entry(shelf[0]).wants_new_record

    @pytest.mark.parametrize("action", ["send", "ignore", "mark_moved"])
    def test_what_a_run_has_sent_since_the_person_looked_gets_no_second_record(self, act, shelf, ledger, action):
        held = shelf[1]
        ledger.documents.mark_moved(ledger.documents.by_ids([held]), "user:ada", target_id="expense-1")
        assert act(action, [held]).status_code == 409
        assert act(action, fitting={"search": "2"}).status_code == 409
        entry = ledger.documents.entry(held)
        assert (entry.state, entry.target_id) == (State.MOVED, "expense-1")

    def test_what_was_not_sent_is_not_sent_again(self, act, shelf, ledger):
        assert act("send_again", shelf).json() == {"changed": 1, "left": 2}
        assert ledger.documents.entry(shelf[1]).state is State.HELD

    def test_those_that_allow_it_are_changed_and_the_others_left(self, act, shelf, ledger):
        assert act("ignore", shelf).json() == {"changed": 2, "left": 1}
        assert ledger.documents.entry(shelf[0]).state is State.MOVED

    def test_every_action_that_a_document_offers_can_be_done_and_no_other(self, act, page, shelf, ledger):
        client = page()
        for id_ in shelf:
            offered = client.get(f"api/accounts/acme/documents/{id_}").json()["actions"]
            for action in {"send", "send_again", "only_if_missing", "mark_moved", "ignore"} - set(offered):
                assert act(action, [id_]).status_code == 409, (id_, action)
            assert act(offered[0], [id_]).status_code == 200

    def test_nothing_is_noted_when_nothing_could_be_done(self, act, shelf, audit_log: Callable[[], list[Log]]):
        answer = act("ignore", shelf[:1])
        assert answer.status_code == 409
        assert answer.json() == {"detail": "No document is in a state that allows this; nothing was changed."}
        assert audit_log() == []

    def test_all_that_fit_are_changed_however_many(self, act, enter, ledger):
        enter(*map(str, range(1100)), state=State.HELD, company="Paper Ltd")
        enter("a", state=State.HELD, company="Ink")
        enter("b", company="Paper Ltd")
        answer = act("ignore", fitting={"states": ["held"], "search": "paper"})
        assert answer.json() == {"changed": 1100, "left": 0}
        assert ledger.documents.count("acme") == {State.IGNORED: 1100, State.HELD: 1, State.PLANNED: 1}

    def test_a_period_narrows_what_fits(self, act, shelf, ledger):
        assert act("ignore", fitting={"from": "2026-02-01", "to": "2026-02-01"}).json() == {"changed": 1, "left": 0}
        assert ledger.documents.entry(shelf[1]).state is State.IGNORED

    def test_nothing_fits(self, act, shelf):
        assert act("ignore", fitting={"search": "nothing like this"}).json() == {"changed": 0, "left": 0}

    def test_documents_of_other_accounts_are_left_alone(self, act, shelf, enter, ledger):
        (other,) = enter("9", account="other", state=State.HELD)
        assert act("ignore", [shelf[1], other]).json() == {"changed": 1, "left": 1}
        assert ledger.documents.entry(other).state is State.HELD

    @pytest.mark.parametrize(
        "wish",
        [
            {"reason": ""},
            {"reason": "   "},
            {"reason": "x" * 501},
            {"ids": []},
            {"ids": None},
            {"fitting": {}},
            {"ids": None, "fitting": {"everything": True}},
            {"action": "delete"},
            {"ids": ["1; DROP TABLE"]},
        ],
        ids=str,
    )
    def test_a_wish_that_is_not_clear_changes_nothing(self, act, shelf, ledger, wish):
        before = ledger.documents.count()
        assert act(**{"action": "ignore", "ids": [shelf[1]]} | wish).status_code == 422
        assert ledger.documents.count() == before


def test_a_reason_is_kept_as_it_was_written(page, shelf, ledger):
    reason = "<script>alert('x')</script> \u202e"
    body = {"action": "ignore", "ids": [shelf[1]], "reason": reason}
    page().post("api/accounts/acme/documents/actions", json=body)
    found = page().get(f"api/accounts/acme/documents/{shelf[1]}")
    assert found.headers["content-type"] == "application/json"
    assert found.json()["history"][-1]["detail"]["reason"] == reason


class TestFile:
    @pytest.fixture
    def sent(self, acme, account, receipt, page, ledger) -> int:
        """Export a receipt; return the id of its document."""
        account()
        receipt()
        exported("acme", ledger)
        (entry,) = ledger.documents.entries("acme")
        return entry.id

    @pytest.mark.parametrize("side", ["source", "target"])
    def test_it_comes_from_the_service_and_is_never_a_page(self, page, sent, side):
        answer = page("user").get(f"api/accounts/acme/documents/{sent}/file", params={"at": side})
        assert answer.status_code == 200, answer.text
        assert answer.content.startswith(b"%PDF-1.4")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"

    def test_it_is_not_there_any_more(self, page, acme, sent):
        acme.delete_entity(acme.expenses()[0]["id"])
        answer = page().get(f"api/accounts/acme/documents/{sent}/file", params={"at": "target"})
        assert answer.status_code == 404

    def test_the_record_is_unknown(self, page, account, acme, ledger):
        account()
        ledger.plans.enter("acme", "export", RUN, [PlannedDocument("1", "k:1", "{}")])
        (entry,) = ledger.documents.mark_moved(ledger.documents.entries("acme"), "user:ada")
        answer = page().get(f"api/accounts/acme/documents/{entry.id}/file", params={"at": "target"})
        assert (answer.status_code, answer.json()) == (
            404,
            {"detail": "It is not known which record of the target it is."},
        )

    def test_the_service_refuses_the_key(self, page, acme, sent):
        acme.block_key()
        answer = page().get(f"api/accounts/acme/documents/{sent}/file", params={"at": "source"})
        assert answer.status_code == 502
        assert answer.json().keys() == {"detail", "remedy"}
        assert acme.gmi_api_key not in answer.text

    def test_the_account_is_broken(self, page, accounts, ledger):
        (accounts / "acme.yaml").write_text("nothing")
        ledger.plans.enter("acme", "export", RUN, [PlannedDocument("1", "k:1", "{}")])
        answer = page().get(
            f"api/accounts/acme/documents/{ledger.documents.entries()[0].id}/file", params={"at": "source"}
        )
        assert (answer.status_code, answer.json()) == (409, {"detail": "The account's file has to be corrected first."})


def exported(account_id: str, ledger: Ledger) -> None:
    """Move what there is, as a run would."""
    from debitoor_provider.runs.jobs import account_of, job_of
    from debitoor_provider.sync.steps.plan import plan
    from debitoor_provider.sync.steps.rename import rename
    from debitoor_provider.sync.steps.transfer import transfer

    with job_of(account_id, account_of(account_id, None), ledger, run_id=RUN) as job:
        plan(job)
        rename(job)
        transfer(job)


def test_times_are_in_utc(page, shelf):
    (document, *_) = page().get("api/accounts/acme/documents").json()["documents"]
    assert datetime.fromisoformat(document["changed_at"]).tzinfo == UTC
