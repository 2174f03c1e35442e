from __future__ import annotations

import io
import itertools
import json
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from email import message_from_bytes

import pytest

from debitoor_provider.services.debitoor.models import (
    File,
    NewExpense,
    NewExpenseLine,
    NewIncome,
    NewIncomeLine,
)
from debitoor_provider.services.errors import (
    BadAnswer,
    CredentialsRefused,
    FileRefused,
    Misconfigured,
    NotFound,
    PathGone,
    PermissionMissing,
    Refused,
    Unavailable,
    UnclearOutcome,
)
from tests.services.scripted import CANARY, HANG_UP, PDF, Asked, Reply, pdf

FILES = "/api/files/v1"
EXPENSES = "/api/expenses/v4"
EXPENSE = "/api/expenses/5e/v4"
STORED = {"id": "5e", "date": "2026-02-01", "lines": [{"taxRate": 19, "grossAmount": 11.9}]}
NEW = NewExpense(date(2026, 2, 1), (NewExpenseLine(Decimal(19), Decimal("11.90"), "Pens [GMI 7]"),), file_id="f1")


def rows(*ids: str) -> Reply:
    return Reply([{**STORED, "id": id, "lines": [{"taxRate": 19, "description": id}]} for id in ids])


def part_of(asked: Asked):
    head = f"Content-Type: {asked.headers['Content-Type']}\r\n\r\n".encode()
    (part,) = message_from_bytes(head + asked.body).get_payload()
    return part


def test_a_file_is_sent_as_the_single_part_that_the_service_expects(service, client):
    service.on("POST", FILES, Reply({"id": "f1", "fileName": "gmi-7.pdf", "sizeBytes": len(PDF)}))
    stored = client.upload_file("gmi-7.pdf", io.BytesIO(PDF), len(PDF))
    (asked,) = service.asked
    part = part_of(asked)
    assert stored == File("f1", "gmi-7.pdf", size_bytes=len(PDF))
    assert asked.query == {"fileName": ["gmi-7.pdf"]}
    assert asked.headers["x-token"] == CANARY
    assert part.get_param("name", header="Content-Disposition") == "file"
    assert part.get_filename() == "gmi-7.pdf"
    assert part.get_content_type() == "application/pdf"
    assert part.get_payload(decode=True) == PDF


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.JPG", "image/jpeg"), ("a.jpeg", "image/jpeg"), ("a.png", "image/png"), ("a.gif", "image/gif")],
)
def test_the_type_follows_from_the_ending(service, client, name, kind):
    service.on("POST", FILES, Reply({"id": "f1"}))
    client.upload_file(name, io.BytesIO(b"x"), 1)
    assert part_of(service.asked[0]).get_content_type() == kind


@pytest.mark.parametrize("name", ["Rechnung März & Co.pdf", 'a"; filename="evil.exe.pdf', "a\r\nX: y.pdf", "%2e.pdf"])
def test_a_hostile_name_stays_a_name(service, client, name):
    service.on("POST", FILES, Reply({"id": "f1"}))
    client.upload_file(name, io.BytesIO(PDF), len(PDF))
    (asked,) = service.asked
    assert asked.query == {"fileName": [name]}
    assert part_of(asked).get_payload(decode=True) == PDF
    assert "X" not in asked.headers


@pytest.mark.parametrize("opened", [io.BytesIO, lambda content: spooled(content)])
def test_a_file_is_sent_from_its_position_and_again_after_a_fault(service, client, opened, naps):
    service.on("POST", FILES, Reply(b"busy", status=503), HANG_UP, Reply({"id": "f1"}))
    content = opened(b"before" + PDF + b"after")
    content.seek(6)
    client.upload_file("a.pdf", content, len(PDF))
    assert [part_of(asked).get_payload(decode=True) for asked in service.asked] == [PDF] * 3
    assert naps == [1, 2]
    content.close()


def spooled(content: bytes):
    file = tempfile.SpooledTemporaryFile()  # noqa: SIM115 - closed by the test
    file.write(content)
    return file


@pytest.mark.parametrize(("name", "size"), [("a.pdf", 0), ("a.pdf", 10 * 1024 * 1024 + 1), ("a.exe", 5), ("a", 5)])
def test_a_file_that_cannot_be_taken_is_not_sent(service, client, name, size):
    with pytest.raises(FileRefused):
        client.upload_file(name, io.BytesIO(b"12345"), size)
    assert service.asked == []


def test_a_file_shorter_than_stated_is_refused(service, client):
    service.on("POST", FILES, Reply({"id": "f1"}))
    with pytest.raises(FileRefused, match="ended before"):
        client.upload_file("a.pdf", io.BytesIO(b"12345"), 6)


@pytest.mark.parametrize("status", [412, 413])
def test_a_file_the_service_does_not_take_concerns_this_document_only(service, client, status):
    service.on("POST", FILES, Reply({"code": status, "message": "x"}, status=status))
    with pytest.raises(FileRefused):
        client.upload_file("a.pdf", io.BytesIO(PDF), len(PDF))


def test_a_file_is_fetched_from_its_own_address(service, client):
    service.on("GET", "/api/files/f1/v1", pdf())
    for file in (
        File("f1", url="/api/files/f1/v1"),
        File("f1"),
        "f1",
        File("f1", url=f"{service.url}/api/files/f1/v1"),
    ):
        into = io.BytesIO()
        assert client.download_file(file, into) == len(PDF)
        assert into.getvalue() == PDF


def test_a_file_s_address_at_another_host_is_refused(service, client):
    with pytest.raises(Refused, match="another host"):
        client.download_file(File("f1", url="https://evil.example/api/files/f1/v1"), io.BytesIO())
    assert service.asked == []


def test_an_expense_is_booked_with_exact_amounts(service, client):
    service.on("POST", EXPENSES, Reply({**STORED, "number": 12, "file": {"id": "f1", "sizeBytes": 9}}))
    stored = client.create_expense(NEW)
    (asked,) = service.asked
    assert asked.query == {"autonumber": ["true"]}
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.body.count(b'"grossAmount": 11.9}') == 1
    assert asked.json == {
        "date": "2026-02-01",
        "fileId": "f1",
        "lines": [{"description": "Pens [GMI 7]", "taxRate": 19, "priceDisplayType": "gross", "grossAmount": 11.9}],
    }
    assert (stored.id, stored.number, stored.file, stored.lines[0].gross_amount) == (
        "5e",
        12,
        File("f1", size_bytes=9),
        Decimal("11.9"),
    )


@pytest.mark.parametrize(
    "broken",
    [HANG_UP, Reply({}, status=500), Reply(b"busy", status=503), Reply(STORED, missing=9), Reply(b"<html>"), Reply({})],
)
def test_an_expense_that_may_be_booked_is_never_sent_again(service, client, broken):
    service.on("POST", EXPENSES, broken)
    with pytest.raises(UnclearOutcome):
        client.create_expense(NEW)
    assert len(service.asked) == 1


def test_a_rate_limited_expense_is_sent_again(service, client, naps):
    service.on("POST", EXPENSES, Reply({}, status=429, headers={"Retry-After": "2"}), Reply(STORED))
    assert client.create_expense(NEW).id == "5e"
    assert naps == [2]


def test_a_refused_expense_names_the_fields_and_not_the_values(service, client):
    service.on(
        "POST",
        EXPENSES,
        Reply({"code": 400, "message": "Validation failed", "errors": [
            {"property": "fileId", "value": "s3cret", "message": "This is not a valid value"}]}, status=400),
    )  # fmt: skip
    with pytest.raises(Refused, match=r"fileId \(This is not a valid value\)") as refused:
        client.create_expense(NEW)
    assert "s3cret" not in repr(vars(refused.value))


def test_an_amount_with_three_decimals_is_not_sent(service, client):
    line = NewExpenseLine(Decimal(19), Decimal("1.005"))
    with pytest.raises(Refused) as refused:
        client.create_expense(NewExpense(date(2026, 1, 1), (line,)))
    assert refused.value.fields[0].field == "lines.0.grossAmount"
    assert service.asked == []


def test_expenses_are_read_until_a_page_has_no_further_one(service, client):
    service.on("GET", EXPENSES, rows("c", "b"), rows("b", "a"), rows("a"))
    assert [expense.id for expense in client.expenses(page_size=2)] == ["c", "b", "a"]
    assert [asked.query.get("skip") for asked in service.asked] == [None, ["1"], ["2"]]
    assert all(asked.query["limit"] == ["2"] for asked in service.asked)


def test_of_a_long_list_only_what_is_made_of_each_expense_is_kept(service, client):
    service.on("GET", EXPENSES, rows("c", "b"), rows("b", "a"), rows())
    since = datetime(2026, 1, 5, tzinfo=UTC)
    assert client.expenses_as(lambda expense: expense.id * 2, changed_since=since) == ["cc", "bb", "aa"]
    assert service.asked[0].query["changedSince"] == ["2026-01-05T00:00:00Z"]
    assert service.asked[0].query["limit"] == ["500"]


def test_of_a_long_list_only_the_descriptions_are_read(service, client):
    lines = [{"description": "Paper [GMI 7]", "taxRate": 19}, {"taxRate": "unreadable"}]
    service.on("GET", EXPENSES, Reply([{"id": "a", "lines": lines}, {"id": "b", "lines": []}]), rows())
    assert client.expense_descriptions_as(list, changed_since=None) == [["Paper [GMI 7]", ""], []]


def test_an_empty_list_costs_one_call(service, client):
    service.on("GET", EXPENSES, rows())
    assert client.expenses() == []
    assert len(service.asked) == 1


def test_a_silent_cap_does_not_end_the_list(service, client):
    everything = [f"{number:02}" for number in range(7)]

    def capped(asked: Asked) -> Reply:
        skip = int(asked.query.get("skip", ["0"])[0])
        return rows(*everything[skip : skip + 3])

    service.on("GET", EXPENSES, capped)
    assert [expense.id for expense in client.expenses()] == everything


def _pages(everything: list[str], cap: int = 500) -> Callable[[Asked], Reply]:
    def page(asked: Asked) -> Reply:
        skip = int(asked.query.get("skip", ["0"])[0])
        return rows(*everything[skip : skip + min(cap, int(asked.query["limit"][0]))])

    return page


def _skips(service) -> list[int]:
    return sorted(int(asked.query.get("skip", ["0"])[0]) for asked in service.asked)


def _ids(client, **expected: int) -> list[str]:
    return [text for [text] in client.expense_descriptions_as(list, changed_since=None, **expected)]


def test_pages_with_rows_that_the_caller_knows_of_are_asked_for_side_by_side(service, client):
    everything = [f"{number:04}" for number in range(1200)]
    together = threading.Barrier(2, timeout=10)
    page = _pages(everything)

    def meet(asked: Asked) -> Reply:
        if asked.query.get("skip") in (None, ["499"]):
            together.wait()
        return page(asked)

    service.on("GET", EXPENSES, meet)
    assert _ids(client, at_least=1200) == everything
    assert _skips(service) == [0, 499, 998, 1199]


@pytest.mark.parametrize("at_least", [0, 499, 500, 1000])
def test_it_takes_no_more_calls_to_know_how_many_rows_there_are(service, client, at_least):
    everything = [f"{number:04}" for number in range(1000)]
    service.on("GET", EXPENSES, _pages(everything))
    assert _ids(client, at_least=at_least) == everything
    assert _skips(service) == [0, 499, 998, 999]


@pytest.mark.parametrize("cap", [3, 100, 400])
def test_a_silent_cap_loses_no_row_although_more_were_expected(service, client, cap):
    everything = [f"{number:04}" for number in range(cap * 4 + 1)]
    service.on("GET", EXPENSES, _pages(everything, cap))
    assert _ids(client, at_least=1600) == everything


def test_fewer_rows_than_expected_end_the_list(service, client):
    service.on("GET", EXPENSES, _pages([f"{number:04}" for number in range(700)]))
    assert len(_ids(client, at_least=1600)) == 700


def test_rows_added_while_pages_are_read_side_by_side_are_listed_once(service, client):
    old = [f"{number:04}" for number in range(1100)]
    first, later = _pages(old), _pages(["new", *old])
    service.on("GET", EXPENSES, lambda asked: (later if "skip" in asked.query else first)(asked))
    assert _ids(client, at_least=1000) == old


@pytest.mark.parametrize("at_least", [0, 1200])
@pytest.mark.parametrize("removed", [0, 400, 499])
def test_a_row_that_is_removed_between_two_pages_passes_over_no_other(service, client, removed, at_least):
    everything = [f"{number:04}" for number in range(1200)]
    left = [row for row in everything if row != f"{removed:04}"]
    calls = itertools.count()
    page = lambda asked: _pages(left if next(calls) else everything)(asked)  # noqa: E731 - two states of one list
    service.on("GET", EXPENSES, page)
    assert set(left) <= set(_ids(client, at_least=at_least))


def test_rows_that_are_removed_before_the_last_page_pass_over_no_other(service, client):
    everything = [f"{number:04}" for number in range(1000)]
    left = everything[2:]
    calls = itertools.count()
    page = lambda asked: _pages(left if next(calls) > 1 else everything)(asked)  # noqa: E731 - two states of one list
    service.on("GET", EXPENSES, page)
    assert set(left) <= set(_ids(client))


def test_a_row_that_moves_to_the_front_of_a_list_between_two_pages_is_listed(service, client):
    everything = [f"{number:04}" for number in range(1200)]
    moved = ["0700", *(row for row in everything if row != "0700")]
    calls = itertools.count()
    service.on("GET", EXPENSES, lambda asked: _pages(moved if next(calls) else everything)(asked))
    assert set(_ids(client)) == set(everything)


def test_a_list_that_loses_rows_whenever_it_is_read_is_read_later(service, client):
    calls = itertools.count()

    def shrinking(asked: Asked) -> Reply:
        return _pages([f"{number:04}" for number in range(next(calls) * 100, 5000)])(asked)

    service.on("GET", EXPENSES, shrinking)
    with pytest.raises(Unavailable, match="kept changing") as error:
        _ids(client)
    assert (error.value.service, error.value.operation) == ("Debitoor", "list_expenses")
    assert len(service.asked) == 6


def test_rows_added_while_paging_are_listed_once(service, client):
    service.on("GET", EXPENSES, rows("c", "b"), rows("b", "a"), rows())
    assert [expense.id for expense in client.expenses()] == ["c", "b", "a"]


def test_a_service_that_ignores_skip_is_not_called_for_ever(service, client):
    service.on("GET", EXPENSES, rows("b", "a"))
    assert [expense.id for expense in client.expenses()] == ["b", "a"]
    assert len(service.asked) == 2


def test_the_filters_of_expenses(service, client):
    service.on("GET", EXPENSES, rows())
    client.expenses(
        from_date=date(2026, 1, 1),
        to_date=date(2026, 1, 31),
        changed_since=datetime(2026, 1, 5, 12, 0, 0, 999, tzinfo=timezone(timedelta(hours=1))),
        changed_before=datetime(2026, 1, 6, tzinfo=UTC),
        include_deleted=True,
        supplier_id="a1",
        unpaid=False,
    )
    assert service.asked[0].query == {
        "fromDate": ["2026-01-01"],
        "toDate": ["2026-01-31"],
        "changedSince": ["2026-01-05T11:00:00Z"],
        "changedBefore": ["2026-01-06T00:00:00Z"],
        "includeDeleted": ["true"],
        "supplierId": ["a1"],
        "isUnpaid": ["false"],
    }


def test_a_naive_time_is_an_error(client):
    with pytest.raises(ValueError, match="zone"):
        client.expenses(changed_since=datetime(2026, 1, 1))  # noqa: DTZ001 - a naive time is refused


@pytest.mark.parametrize("payload", [{"items": []}, {"id": "5e"}, "x", None, [{"date": "2026-01-01"}], [5]])
def test_an_invalid_list_of_expenses_is_a_bad_answer(service, client, payload):
    if payload == {"items": []}:
        payload = {"items": "none"}
    service.on("GET", EXPENSES, Reply(payload))
    with pytest.raises(BadAnswer):
        client.expenses()


def test_one_expense(service, client):
    service.on("GET", EXPENSE, Reply(STORED), Reply({"code": 404, "message": "x"}, status=404))
    assert client.expense("5e").date == date(2026, 2, 1)
    with pytest.raises(NotFound):
        client.expense("5e")


def test_replacing_deleting_and_booking(service, client):
    service.on("PUT", EXPENSE, Reply(STORED))
    service.on("DELETE", EXPENSE, Reply({"success": True}))
    service.on("POST", "/api/expenses/5e/book/v4", Reply({**STORED, "number": 3}))
    client.replace_expense("5e", NewExpense(NEW.date, NEW.lines, number=12), allow_unmatch=True)
    client.delete_expense("5e")
    assert client.book_expense("5e").number == 3
    put, delete, _ = service.asked
    assert (put.query, put.json["number"]) == ({"allowUnmatch": ["true"]}, 12)
    assert (delete.query, delete.headers["Content-Type"]) == ({}, "application/json")


def test_other_income(service, client):
    stored = {"id": "1c", "date": "2026-02-01", "customerName": "Jo", "lines": [{"taxRate": 0, "grossAmount": 5}]}
    service.on("GET", "/api/income/v2", Reply([stored]), Reply([]))
    service.on("GET", "/api/income/1c/v2", Reply(stored))
    service.on("POST", "/api/income/v2", Reply(stored))
    new = NewIncome(date(2026, 2, 1), (NewIncomeLine(Decimal(0), Decimal(5), tax_enabled=False),), customer_name="Jo")
    assert client.income(unpaid=True)[0].customer_name == "Jo"
    assert client.income_item("1c").id == client.create_income(new).id == "1c"
    assert service.asked[-1].json == {
        "date": "2026-02-01",
        "customerName": "Jo",
        "customerCountry": None,
        "lines": [{"taxEnabled": False, "taxRate": 0, "priceDisplayType": "gross", "grossAmount": 5}],
    }


@pytest.mark.parametrize("status", [401, 403])
def test_a_revoked_token_is_reported_at_once(service, client, status):
    service.answer_all(Reply({"code": status, "message": "x"}, status=status))
    with pytest.raises(CredentialsRefused, match="revoked"):
        client.expenses()
    assert len(service.calls("GET", EXPENSES)) == 1


RETIRED = [
    Reply({"code": 404, "message": "Not found"}, status=404),
    Reply({"code": 410, "message": "Gone"}, status=410),
    Reply(b"<html>Forbidden</html>", status=403, headers={"Content-Type": "text/html"}),
    Reply(b"", status=301, headers={"Location": "/elsewhere"}),
]


@pytest.mark.parametrize("reply", RETIRED, ids=["404", "410", "403 page", "301"])
class TestOneRetiredPath:
    def test_it_is_named_while_the_others_answer(self, service, client, reply):
        service.on("GET", "/api/sales/creditnotes/v4", reply)
        service.on("GET", "/api/environment/v1", Reply({"id": "e1"}))
        with pytest.raises(PathGone, match="answers at /api/sales/creditnotes/v4") as gone:
            client.credit_notes()
        assert gone.value.operation == "list_credit_notes"
        assert "Update the provider" in gone.value.remedy

    def test_it_is_the_token_when_that_is_refused_elsewhere(self, service, client, reply):
        service.on("GET", "/api/sales/creditnotes/v4", reply)
        service.on("GET", "/api/environment/v1", Reply({"code": 401}, status=401))
        with pytest.raises(CredentialsRefused):
            client.credit_notes()

    def test_it_is_the_address_when_no_path_answers(self, service, client, reply):
        service.answer_all(reply)
        with pytest.raises(Misconfigured, match="address"):
            client.credit_notes()


def test_a_token_that_works_elsewhere_lacks_a_permission(service, client):
    service.on("GET", EXPENSES, Reply({"code": 403, "message": "x"}, status=403))
    service.on("GET", "/api/environment/v1", Reply({"id": "e1"}))
    with pytest.raises(PermissionMissing):
        client.expenses()


def test_the_clock_of_the_service_is_known_from_its_answers(service, client):
    assert client.clock_offset is None
    service.on("GET", EXPENSES, rows())
    client.expenses()
    assert abs(client.clock_offset) < timedelta(seconds=2)


def test_a_read_gives_up_after_the_set_number_of_attempts(service, client, naps):
    service.on("GET", EXPENSE, Reply(b"Service unavailable", status=503))
    with pytest.raises(Unavailable):
        client.expense("5e")
    assert naps == [1, 2, 4]


def test_numbers_are_json_numbers(service, client):
    service.on("POST", EXPENSES, Reply(STORED))
    client.create_expense(NewExpense(NEW.date, (NewExpenseLine(Decimal("7.7"), Decimal("70000000000000.01")),)))
    line = json.loads(service.asked[0].body, parse_float=str)["lines"][0]
    assert (line["taxRate"], line["grossAmount"]) == ("7.7", "70000000000000.01")
