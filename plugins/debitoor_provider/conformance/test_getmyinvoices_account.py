"""GetMyInvoices: transport, account and the small resources (contract sections 1 and 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

import pytest

from debitoor_provider.conformance.shapes import array, expect_fields, kind
from debitoor_provider.conformance.verdict import expect, names, need
from debitoor_provider.services.getmyinvoices import constants

if TYPE_CHECKING:
    from debitoor_provider.conformance.probe import Probe
    from debitoor_provider.conformance.verdict import Seen

pytestmark = pytest.mark.service("getmyinvoices")

_NAMELESS = {"User-Agent": "conformance"}
_LIMIT = "X-RateLimit-Remaining-"
_TRIES = 3


@pytest.mark.row("3.1")
def test_the_status_says_success(gmi: Probe) -> None:
    """Ask for the status."""
    expect(gmi.get(constants.API_STATUS).get("success") is True, "`success` is not true")


@pytest.mark.row("3.2")
def test_the_account_names_itself(gmi: Probe, seen: Seen) -> None:
    """Ask whose key it is."""
    account = gmi.get(constants.ACCOUNT)
    number = str(account.get("accountId", ""))
    expect(number.removeprefix("G-").partition("-")[0].isdigit(), "`accountId` has no number")
    expect(number.startswith("G-"), "`accountId` does not begin with `G-`")
    expect(account.get("timezone") in available_timezones(), "`timezone` is no time zone that is known")
    seen(f"fields: {names(account)}")


@pytest.mark.row("A-06")
def test_a_user_agent_without_the_number_is_refused(gmi: Probe, seen: Seen) -> None:
    """Ask without the account's number, several times because not every call may be checked."""
    failures = [gmi.failure(constants.API_STATUS, headers=_NAMELESS) for _ in range(_TRIES)]
    taken = failures.count(None)
    expect(not taken, f"{taken} of {_TRIES} calls without the number were answered")
    statuses = {failure.status for failure in failures if failure}
    expect(statuses == {400}, f"refused with status {names_of(statuses)}")
    expect(gmi.failure(constants.ACCOUNT, headers=_NAMELESS) is None, "`/account` is refused too")
    seen(f"{_TRIES} of {_TRIES} refused with 400, `/account` answered")


@pytest.mark.row("1.5")
def test_a_path_that_is_not_there_is_refused(gmi: Probe, seen: Seen) -> None:
    """Ask for a path that does not exist."""
    failure = gmi.failure("/conformance")
    expect(failure, "answered with success")
    status = failure.status if failure else 0
    expect(status == 400, f"answered with status {status}")
    expect("Action is not valid" in str(failure), "answered with 400 and another text")
    seen("400, `Action is not valid.`")


@pytest.mark.row("A-05")
def test_a_refusal_has_a_list_of_errors(gmi: Probe, seen: Seen) -> None:
    """Ask for something that is refused, and look at the body."""
    failure = need(gmi.failure(constants.DOCUMENTS, {"updatedOrNewSinceFilter": "2026-01-01"}), "nothing was refused")
    body: Any = failure.payload
    expect(isinstance(body, dict), f"status {failure.status} has {kind(body)} as its body")
    errors = body.get("errors")
    expect(isinstance(errors, list) and errors, f"status {failure.status} has no list `errors`; fields: {names(body)}")
    expect(body.get("success") is False, "`success` is not false")
    expect_fields(errors, ("code", "detail"))
    seen(f"status {failure.status}; fields: {names(body)}; of an entry: {names(errors[0])}")


@pytest.mark.row("A-04")
def test_answers_say_how_many_calls_remain(gmi: Probe, seen: Seen) -> None:
    """Look for the headers of the limits."""
    found = {name for name in gmi.answer(constants.API_STATUS).headers if "ratelimit" in name.lower()}
    lower = {name.lower() for name in found}
    missing = [f"{_LIMIT}{part}" for part in ("Minute", "Hour") if f"{_LIMIT}{part}".lower() not in lower]
    expect(not missing, f"without {', '.join(missing)}; there are: {', '.join(sorted(found)) or 'none'}")
    seen(", ".join(sorted(found)))


@pytest.mark.row("3.3")
def test_companies_are_a_bare_array(gmi: Probe, seen: Seen) -> None:
    """List the companies."""
    companies = need(array(gmi, constants.COMPANIES), "the account has no companies")
    expect_fields(companies, ("companyUid", "name", "companyType"))
    seen(f"{len(companies)} companies")


@pytest.mark.row("3.4")
def test_reference_data_has_its_shapes(gmi: Probe, seen: Seen) -> None:
    """List tags, rates, countries and currencies."""
    for path in (constants.TAGS, constants.VAT_RATES):
        data = gmi.get(path).get("data")
        expect(isinstance(data, list), f"`data` of {path} is {kind(data)}")
        expect(all(isinstance(each, str) for each in data), f"`data` of {path} has entries that are no texts")
    countries = array(gmi, constants.COUNTRIES)
    expect_fields(countries, ("countryUid", "name", "is_eu"))
    coded = sum("countryCode" in country or "country_code" in country for country in countries)
    expect(coded == len(countries), f"{len(countries) - coded} countries have no code")
    currencies = array(gmi, constants.CURRENCIES)
    expect_fields(currencies, ("name", "currencyCode"))
    seen(f"{len(countries)} countries, {len(currencies)} currencies")


def names_of(statuses: set[int]) -> str:
    """Return statuses as a list in a sentence."""
    return ", ".join(map(str, sorted(statuses)))
