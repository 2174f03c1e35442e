"""Debitoor: transport, errors, account and look-ups (contract sections 2, 3, 8, 10)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.conformance.shapes import array, expect_fields, kind
from debitoor_provider.conformance.verdict import Differs, expect, names, need
from debitoor_provider.services.debitoor import constants

if TYPE_CHECKING:
    from debitoor_provider.conformance.probe import Failure, Probe
    from debitoor_provider.conformance.verdict import Seen

pytestmark = pytest.mark.service("debitoor")

_UNKNOWN_ID = "0" * 24


@pytest.mark.row("A27")
def test_the_environment_has_its_fields(debitoor: Probe, seen: Seen) -> None:
    """Ask whose token it is."""
    environment = debitoor.get(constants.ENVIRONMENT)
    expect(environment.get("id"), "without `id`")
    missing = {"email", "countryCode", "currency"} - environment.keys()
    expect(not missing, f"without {names(missing)}")
    seen(f"fields: {names(environment)}")


@pytest.mark.row("8.1")
def test_the_settings_have_their_fields(debitoor: Probe, seen: Seen) -> None:
    """Read the settings."""
    settings = debitoor.get(constants.SETTINGS)
    expect_fields([settings], ("accountEmail", "companyProfile", "strictBookkeeping"))
    strict = settings["strictBookkeeping"]
    expect(isinstance(strict, bool), f"`strictBookkeeping` is {kind(strict)}")
    seen(f"`strictBookkeeping` is {str(strict).lower()}")


@pytest.mark.row("A26")
def test_categories_are_a_bare_array(debitoor: Probe, seen: Seen) -> None:
    """List the categories."""
    categories = array(debitoor, constants.EXPENSE_CATEGORIES)
    expect_fields(categories, ("id", "name", "type"))
    seen(f"{len(categories)} categories; types: {names(row['type'] for row in categories)}")


@pytest.mark.row("8.2")
def test_suppliers_are_a_bare_array(debitoor: Probe, seen: Seen) -> None:
    """List some suppliers."""
    suppliers = need(array(debitoor, constants.SUPPLIERS, {"limit": 10}), "the books have no suppliers")
    expect_fields(suppliers, ("id", "name"))
    seen(f"{len(suppliers)} suppliers looked at")


@pytest.mark.row("8.5")
def test_look_ups_are_at_their_paths(debitoor: Probe, seen: Seen) -> None:
    """Read tax rates, payment accounts and countries."""
    asked = {"supplierCountry": "DE", "date": datetime.now(UTC).date().isoformat()}
    base: Any = debitoor.get(constants.PURCHASE_TAX_RATES, asked).get("baseTax")
    expect(isinstance(base, dict) and {"defaultRate", "rates"} <= base.keys(), "tax rates have no `baseTax` with rates")
    expect_fields(array(debitoor, constants.PAYMENT_ACCOUNTS), ("id", "name"))
    countries = array(debitoor, constants.COUNTRIES)
    expect_fields(countries, ("id", "name"))
    seen(f"{len(countries)} countries")


@pytest.mark.row("3.3")
def test_the_schema_of_an_expense_can_be_read(debitoor: Probe, seen: Seen) -> None:
    """Read the schema of the version that is used."""
    schema = debitoor.get(constants.SCHEMA.format(name="expense", version=4))
    properties = schema.get("properties")
    expect(isinstance(properties, dict), f"without `properties`; fields: {names(schema)}")
    seen(f"properties: {names(properties)}")


@pytest.mark.row("10")
def test_an_unknown_id_is_not_found(debitoor: Probe, seen: Seen) -> None:
    """Read an expense that does not exist."""
    failure = _unknown(debitoor)
    expect(failure.status == 404, f"answered with status {failure.status}")
    expect(isinstance(failure.payload, dict), f"404 has {kind(failure.payload)} as its body")
    expect("message" in failure.payload, f"404 without `message`; fields: {names(failure.payload)}")
    seen(f"404; fields: {names(failure.payload)}")


@pytest.mark.row("A1")
def test_the_code_of_an_error_is_its_status(debitoor: Probe, seen: Seen) -> None:
    """Look at the code of a 404."""
    failure = _unknown(debitoor)
    code = failure.payload.get("code") if isinstance(failure.payload, dict) else None
    expect(code == failure.status, f"the code of a {failure.status} is {kind(code)}, and not the status")
    seen("the status, as an integer")


def _unknown(debitoor: Probe) -> Failure:
    if failure := debitoor.failure(constants.EXPENSE.format(id=_UNKNOWN_ID)):
        return failure
    raise Differs("an unknown id is answered with success")


@pytest.mark.row("A32")
def test_an_unknown_parameter_is_ignored(debitoor: Probe, seen: Seen) -> None:
    """Send a parameter that no call has."""
    if failure := debitoor.failure(constants.EXPENSES, {"limit": 1, "conformance": "1"}):
        raise Differs(f"refused with status {failure.status}")
    seen("answered with success")
