"""Debitoor: expenses, their lists and their files (contract sections 2, 3, 5, 6, 9)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.conformance.shapes import array, expect_fields, is_date, is_id, is_number, is_time, kind
from debitoor_provider.conformance.verdict import Differs, NotTried, expect, names, need
from debitoor_provider.services.debitoor import constants
from debitoor_provider.services.http.session import segment

if TYPE_CHECKING:
    from debitoor_provider.conformance.probe import Probe, QueryParams
    from debitoor_provider.conformance.shapes import JsonRecord
    from debitoor_provider.conformance.verdict import Seen

pytestmark = pytest.mark.service("debitoor")

_NONE = "the books have no expenses"
_TOTALS = ("totalGrossAmount", "totalNetAmount", "totalTaxAmount")


def ids(debitoor: Probe, params: QueryParams) -> set[str]:
    """Return the ids of a list of expenses."""
    return {str(row.get("id")) for row in array(debitoor, constants.EXPENSES, params)}


@pytest.mark.row("6.1")
def test_an_expense_is_in_the_list_and_alone(debitoor: Probe, expenses: list[JsonRecord], seen: Seen) -> None:
    """Read one of the list."""
    listed = need(expenses, _NONE)[0]
    alone = debitoor.get(constants.EXPENSE.format(id=segment(listed["id"])))
    expect(isinstance(alone, dict) and alone.get("id") == listed["id"], "another expense is answered than asked for")
    missing = alone.keys() - listed.keys()
    expect(not missing, f"the list leaves out {names(missing)}")
    seen(f"{len(expenses)} expenses, with all fields in the list")


@pytest.mark.row("6.3")
def test_an_expense_has_its_fields(debitoor: Probe, expenses: list[JsonRecord], seen: Seen) -> None:
    """Look at the fields that the provider reads."""
    expect_fields(need(expenses, _NONE), ("id", "date", "lines", "currency", *_TOTALS))
    currencies = {row["currency"] for row in expenses}
    books = debitoor.get(constants.ENVIRONMENT).get("currency")
    expect(len(currencies) == 1, f"expenses have {len(currencies)} currencies")
    expect(not books or currencies == {books}, "the currency of expenses is not that of the books")
    expect_fields([line for row in expenses for line in row["lines"]], ("taxRate",))
    seen(f"fields: {names(field for row in expenses for field in row)}")


@pytest.mark.row("3.4")
def test_values_have_their_forms(expenses: list[JsonRecord], seen: Seen) -> None:
    """Look at ids, dates, times and amounts."""
    need(expenses, _NONE)
    fits = {"id": is_id, "date": is_date, "createdDate": is_time, "lastModifiedDate": is_time}
    for field, form in {**fits, **dict.fromkeys(_TOTALS, is_number)}.items():
        wrong = {kind(row.get(field)) for row in expenses if not form(row.get(field))}
        expect(not wrong, f"`{field}` is {' or '.join(sorted(wrong))} of another form")
    seen(f"{len(expenses)} expenses")


@pytest.mark.row("3.5")
def test_what_has_no_value_is_left_out(expenses: list[JsonRecord], seen: Seen) -> None:
    """Look for null."""
    null = {field for row in need(expenses, _NONE) for field, value in row.items() if value is None}
    expect(not null, f"null in {names(null)}")
    seen(f"{len(expenses)} expenses without null")


@pytest.mark.row("3.2")
def test_an_answer_has_its_headers(debitoor: Probe, expenses: list[JsonRecord], seen: Seen) -> None:
    """Look at the headers of a single record."""
    headers = debitoor.answer(constants.EXPENSE.format(id=segment(need(expenses, _NONE)[0]["id"]))).headers
    content_type = headers.get("Content-Type", "").partition(";")[0].strip()
    expect(content_type == "application/json", "the content type is not `application/json`")
    expect("ETag" in headers, f"without `ETag`; headers: {', '.join(sorted(headers))}")
    seen(f"headers: {', '.join(sorted(headers))}")


@pytest.mark.row("A5", "9")
def test_a_list_without_a_limit_is_whole(debitoor: Probe, expenses: list[JsonRecord], seen: Seen) -> None:
    """Ask for what comes after all rows."""
    need(expenses, _NONE)
    rest = array(debitoor, constants.EXPENSES, {"skip": len(expenses)})
    if rest and {row.get("id") for row in rest} <= {row.get("id") for row in expenses}:
        raise Differs("`skip` is not followed")
    expect(not rest, f"without a limit the list ends after {len(expenses)} rows, though there are more")
    seen(f"{len(expenses)} rows, and an empty page after them")


@pytest.mark.row("9")
def test_pages_follow_each_other(debitoor: Probe, expenses: list[JsonRecord], seen: Seen) -> None:
    """Read two pages of one row."""
    if len(expenses) < 2:
        raise NotTried("the books have fewer than two expenses")
    pages = [array(debitoor, constants.EXPENSES, {"skip": skip, "limit": 1}) for skip in (0, 1)]
    expect([len(page) for page in pages] == [1, 1], "`limit=1` does not give one row")
    found = [page[0].get("id") for page in pages]
    expect(found == [row.get("id") for row in expenses[:2]], "the rows of two pages are not those of the whole list")
    seen("`skip` and `limit` are followed")


@pytest.mark.row("A6")
def test_a_limit_is_followed_however_large(debitoor: Probe, expenses: list[JsonRecord], seen: Seen) -> None:
    """Ask for more rows than there are."""
    need(expenses, _NONE)
    rows = array(debitoor, constants.EXPENSES, {"limit": 100_000})
    rest = array(debitoor, constants.EXPENSES, {"limit": 1, "skip": len(rows)})
    expect(not rest, f"`limit=100000` gives {len(rows)} rows, though there are more")
    seen(f"`limit=100000` gives all {len(rows)} rows")


@pytest.mark.row("A7")
def test_the_newest_comes_first(expenses: list[JsonRecord], seen: Seen) -> None:
    """Look at the order."""
    if len(expenses) < 3:
        raise NotTried("the books have fewer than three expenses")
    keys = [tuple(str(row.get(field)) for field in ("date", "createdDate", "id")) for row in expenses]
    dates = [key[0] for key in keys]
    expect(dates == sorted(dates, reverse=True), "not by falling `date`")
    expect(keys == sorted(keys, reverse=True), "within a date, not by falling `createdDate` and `id`")
    seen(f"{len(keys)} expenses in this order")


@pytest.mark.row("6.2")
def test_both_dates_belong_to_the_period(debitoor: Probe, expenses: list[JsonRecord], seen: Seen) -> None:
    """Ask for the day of an expense."""
    expense = need(expenses, _NONE)[0]
    found = array(debitoor, constants.EXPENSES, {"fromDate": expense["date"], "toDate": expense["date"]})
    expect(expense["id"] in {row.get("id") for row in found}, "the ends do not belong to the period")
    outside = sum(row.get("date") != expense["date"] for row in found)
    expect(not outside, f"{outside} of {len(found)} expenses are outside of the period")
    seen(f"{len(found)} expenses of that day")


@pytest.mark.row("A8")
def test_bounds_of_change_are_times_or_dates(debitoor: Probe, seen: Seen) -> None:
    """Send the forms of a time, and one that is none."""
    for form in ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z", "2026-01-01"):
        if failure := debitoor.failure(constants.EXPENSES, {"changedSince": form, "limit": 1}):
            raise Differs(f"`{form}` is refused with status {failure.status}")
    failure = debitoor.failure(constants.EXPENSES, {"changedSince": "yesterday", "limit": 1})
    expect(failure, "what is no time is taken")
    expect(not failure or failure.status == 400, f"what is no time is refused with status {failure and failure.status}")
    seen("three forms taken, another refused with 400")


@pytest.mark.row("A9")
def test_the_lower_bound_of_change_belongs_to_the_result(
    debitoor: Probe, expenses: list[JsonRecord], seen: Seen
) -> None:
    """Ask with the time of an expense's last change."""
    expense = need(expenses, _NONE)[0]
    changed = expense["lastModifiedDate"]
    expect(expense["id"] in ids(debitoor, {"changedSince": changed}), "`changedSince` excludes its bound")
    expect(expense["id"] not in ids(debitoor, {"changedBefore": changed}), "`changedBefore` includes its bound")
    seen("since includes, before excludes")


@pytest.mark.row("A34")
def test_booleans_are_words(debitoor: Probe, expenses: list[JsonRecord], seen: Seen) -> None:
    """Ask for unpaid and for paid expenses."""
    need(expenses, _NONE)
    unpaid, paid = (ids(debitoor, {"isUnpaid": word}) for word in ("true", "false"))
    expect(not unpaid & paid, "`true` and `false` give the same expenses")
    expect(len(unpaid | paid) == len(expenses), "`true` and `false` together do not give all expenses")
    seen(f"{len(unpaid)} for `true`, {len(paid)} for `false`")


@pytest.mark.row("A23")
def test_gross_is_net_and_tax(expenses: list[JsonRecord], seen: Seen) -> None:
    """Add up the amounts of each expense."""
    sums = [[Decimal(str(row.get(field, 0))) for field in _TOTALS] for row in need(expenses, _NONE)]
    wrong = sum(gross != net + tax for gross, net, tax in sums)
    expect(not wrong, f"in {wrong} of {len(sums)} expenses gross is not net and tax")
    off = 0
    for row in expenses:
        lines = [line.get("grossAmount") for line in row["lines"]]
        off += all(map(is_number, lines)) and sum(map(Decimal, lines)) != Decimal(str(row.get("totalGrossAmount")))
    expect(not off, f"in {off} of {len(sums)} expenses the total is not that of the lines")
    seen(f"{len(sums)} expenses")


@pytest.mark.row("A19")
def test_a_deleted_expense_is_listed_and_not_read(debitoor: Probe, seen: Seen) -> None:
    """Read an expense that was deleted."""
    listed = array(debitoor, constants.EXPENSES, {"includeDeleted": "true"})
    deleted = need([row for row in listed if row.get("deletedDate")], "no expense was deleted")
    failure = debitoor.failure(constants.EXPENSE.format(id=segment(deleted[0]["id"])))
    expect(failure, "a deleted expense can be read")
    expect(not failure or failure.status == 404, f"answered with status {failure and failure.status}")
    seen(f"{len(deleted)} deleted; 404 when read")


@pytest.mark.row("5.3")
def test_a_file_is_described_within_its_expense(expenses: list[JsonRecord], seen: Seen) -> None:
    """Look at the files of expenses."""
    files = _files(expenses)
    expect_fields(files, ("id", "fileName", "type", "sizeBytes", "url"))
    absolute = sum(not str(file["url"]).startswith("/") for file in files)
    expect(not absolute, f"{absolute} of {len(files)} addresses are not relative to the API")
    seen(f"{len(files)} files; fields: {names(field for file in files for field in file)}")


@pytest.mark.row("5.2")
def test_a_file_comes_as_its_bytes(debitoor: Probe, expenses: list[JsonRecord], seen: Seen) -> None:
    """Read the smallest file."""
    file = min(_files(expenses), key=lambda each: int(each.get("sizeBytes") or 0))
    answer = debitoor.answer(constants.FILE.format(id=segment(file["id"])), headers={"Accept": "*/*"})
    content_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    expect(content_type == file.get("type"), "the content type is not that of the file")
    expect(len(answer.content) == file.get("sizeBytes"), "the file has another size than `sizeBytes`")
    seen("the bytes, with type and size as described")


def _files(expenses: list[JsonRecord]) -> list[dict[str, Any]]:
    return need([row["file"] for row in expenses if isinstance(row.get("file"), dict)], "no expense has a file")
