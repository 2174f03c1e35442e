"""GetMyInvoices: what the list of documents can be asked, and in which form it comes (contract section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.conformance.shapes import is_date, is_integer, kind, rows_of
from debitoor_provider.conformance.verdict import Differs, NotTried, expect, need
from debitoor_provider.services.getmyinvoices import constants

if TYPE_CHECKING:
    from debitoor_provider.conformance.probe import Probe, QueryParams
    from debitoor_provider.conformance.shapes import JsonRecord
    from debitoor_provider.conformance.verdict import Seen

pytestmark = pytest.mark.service("getmyinvoices")

_NONE = "the account has no documents"
_NOTHING = {"documentNumberFilter": "no-such-number-4c1f0a"}
_LONGEST = 500


def listed(gmi: Probe, params: QueryParams, *, archived: int = 1) -> dict[str, Any]:
    """Return a page of the list, of all documents whether archived or not."""
    page: dict[str, Any] = gmi.get(constants.DOCUMENTS, {"archivedFilter": archived, **params})
    return page


def has(gmi: Probe, document: JsonRecord, params: QueryParams) -> bool:
    """Whether a document is in a list; the filter for ids above leaves out most of the others."""
    uid = document["documentUid"]
    found = rows_of(listed(gmi, {"documentUidStartFilter": uid - 1, "perPage": _LONGEST, **params}))
    return any(row.get("documentUid") == uid for row in found)


@pytest.mark.row("4.2")
def test_a_page_is_an_object_with_records(page: dict[str, Any], seen: Seen) -> None:
    """Look at the envelope."""
    missing = {"totalCount", "maxPages", "records"} - page.keys()
    expect(not missing, f"without {', '.join(sorted(missing))}")
    expect(isinstance(page["records"], list), f"`records` is {kind(page['records'])}, not an array")
    for field in ("totalCount", "maxPages"):
        expect(is_integer(page[field]), f"`{field}` is {kind(page[field])} of another form")
    seen(f"totalCount {page['totalCount']}, {len(page['records'])} records looked at")


@pytest.mark.row("4.1")
def test_a_date_without_its_time_is_refused(gmi: Probe, seen: Seen) -> None:
    """Ask for changes since a date."""
    failure = gmi.failure(constants.DOCUMENTS, {"updatedOrNewSinceFilter": "2026-01-01"})
    expect(failure, "a date without a time was taken")
    if failure:
        expect(failure.status == 422, f"refused with status {failure.status}")
        expect("140" in str(failure.payload), "refused with 422 and another code")
    seen("422 with code 140")


@pytest.mark.row("4.1")
@pytest.mark.parametrize(
    ("field", "parameter", "values"),
    [
        ("documentType", "documentTypeFilter", {}),
        ("companyUid", "companyFilter", {}),
        ("paymentStatus", "paymentStatusFilter", {"Paid": "paid", "Not paid": "not_paid", "Unknown": "unknown"}),
    ],
)
def test_a_filter_bounds_the_list(
    gmi: Probe, documents: list[JsonRecord], field: str, parameter: str, values: dict[str, str], seen: Seen
) -> None:
    """Ask for the value of one document, and look whether others come."""
    wanted = need(next((row[field] for row in documents if row.get(field) and row[field] != "Partially"), None), _NONE)
    found = rows_of(listed(gmi, {parameter: values.get(wanted, wanted), "perPage": _LONGEST}))
    others = sum(row.get(field) != wanted for row in found)
    expect(found, f"`{parameter}` finds nothing, not even the document that has the value")
    expect(not others, f"`{parameter}` gives {others} of {len(found)} documents with another value")
    seen(f"`{parameter}` gives {len(found)} documents, all with the value")


@pytest.mark.row("A-02")
def test_booleans_are_words(gmi: Probe, documents: list[JsonRecord], seen: Seen) -> None:
    """Ask for line items and for none."""
    need(documents, _NONE)
    without = rows_of(listed(gmi, {"perPage": 1, "loadLineItems": "false"}))
    expect("lineItems" in documents[0], "`true` does not add the line items")
    expect(not any(row.get("lineItems") for row in without), "`false` adds the line items")
    seen("`loadLineItems` follows `true` and `false`")


@pytest.mark.row("A-07")
def test_what_is_not_archived_is_the_default(gmi: Probe, seen: Seen) -> None:
    """Count with and without the filter."""
    counts = [listed(gmi, {"perPage": 1}, archived=value).get("totalCount") for value in (0, 1, 2)]
    unset = gmi.get(constants.DOCUMENTS, {"perPage": 1}).get("totalCount")
    if counts[0] == counts[1]:
        raise NotTried("the account has no archived documents")
    known = {counts[1]: "all documents", counts[2]: "the archived ones"}
    expect(unset == counts[0], f"without the filter the list has {known.get(unset, 'another number of documents')}")
    seen("as many documents without the filter as with 0")


@pytest.mark.row("A-08")
def test_a_number_is_found_by_a_part_in_either_case(gmi: Probe, documents: list[JsonRecord], seen: Seen) -> None:
    """Look for the middle of a document's number."""
    numbered = (row for row in documents if len(_middle(row)) > 1)
    document = need(next(numbered, None), "no document has a number of four characters")
    part = _middle(document)
    expect(has(gmi, document, {"documentNumberFilter": part}), "a part of a number does not find its document")
    cased = next((row for row in documents if _middle(row).lower() != _middle(row).upper()), None)
    if cased is None:
        seen("a part is enough; no number has a letter inside, so the case was not tried")
        return
    other = _middle(cased).swapcase()
    expect(has(gmi, cased, {"documentNumberFilter": other}), "a part in the other case does not find its document")
    seen("a part is enough, in either case")


def _middle(document: JsonRecord) -> str:
    return str(document.get("documentNumber") or "")[1:-1]


@pytest.mark.row("A-09")
def test_one_of_several_tags_is_enough(gmi: Probe, documents: list[JsonRecord], seen: Seen) -> None:
    """Ask for a document's tag, for it next to another one, and for it in the other case."""
    document = need(next((row for row in documents if row.get("tags")), None), "no document has a tag")
    tag = str(document["tags"][0])
    expect(has(gmi, document, {"tagFilter[]": [tag]}), "a tag does not find its document")
    several = [tag, "no-such-tag-4c1f0a"]
    expect(has(gmi, document, {"tagFilter[]": several}), "a document has to have all tags that are asked for")
    if tag.swapcase() == tag:
        seen("one tag is enough; it has no letters, so the case was not tried")
        return
    expect(has(gmi, document, {"tagFilter[]": [tag.swapcase()]}), "tags are compared with their case")
    seen("one tag is enough, in either case")


@pytest.mark.row("A-10")
def test_pages_are_counted(gmi: Probe, page: dict[str, Any], seen: Seen) -> None:
    """Ask for pages of one document, beyond the last, of nothing, and of too many."""
    total = need(page.get("totalCount"), _NONE)
    second = listed(gmi, {"perPage": 1, "pageNumber": 2})
    expect(second.get("maxPages") == total, "`maxPages` is not the number of pages of one document each")
    expect(second.get("offset") == 1, "`offset` of the second page is not 1")
    expect(second.get("maxAmount") == total, "`maxAmount` is not the number of documents")
    beyond = rows_of(listed(gmi, {"perPage": 1, "pageNumber": total + 1}))
    expect(not beyond, "the page past the last one is not empty")
    empty = listed(gmi, _NOTHING)
    expect(empty.get("totalCount") == 0, "a number that does not exist is found")
    expect(empty.get("maxPages") == 0, f"`maxPages` of nothing is {kind(empty.get('maxPages'))}, not 0")
    if gmi.failure(constants.DOCUMENTS, {"archivedFilter": 1, "perPage": _LONGEST + 1}):
        raise Differs("`perPage` beyond 500 is refused")
    seen("pages, offset and the empty result are as described")


@pytest.mark.row("A-11")
def test_the_newest_id_comes_first(documents: list[JsonRecord], seen: Seen) -> None:
    """Look at the order."""
    if len(documents) < 3:
        raise NotTried("the account has fewer than three documents")
    ids = [row.get("documentUid") for row in documents]
    expect(all(map(is_integer, ids)), "some `documentUid` is no integer")
    known = [uid for uid in ids if isinstance(uid, int)]
    if known == sorted(known):
        raise Differs("by rising `documentUid`")
    expect(known == sorted(known, reverse=True), "by nothing that the ids would show")
    seen(f"{len(known)} documents by falling `documentUid`")


@pytest.mark.row("A-25")
def test_a_period_includes_its_ends_and_no_undated_document(
    gmi: Probe, documents: list[JsonRecord], seen: Seen
) -> None:
    """Ask for the day of a document, and for all days there are."""
    dated = need(next((row for row in documents if is_date(row.get("documentDate"))), None), "no document has a date")
    date = dated["documentDate"]
    expect(has(gmi, dated, {"startDateFilter": date, "endDateFilter": date}), "the ends do not belong to the period")
    undated = next((row for row in documents if not is_date(row.get("documentDate"))), None)
    if undated is None:
        seen("both ends belong to it; no document lacks its date, so that was not tried")
        return
    kept = has(gmi, undated, {"startDateFilter": "1900-01-01", "endDateFilter": "2999-12-31"})
    expect(not kept, "a period keeps documents without a date")
    seen("both ends belong to it, documents without a date do not")
