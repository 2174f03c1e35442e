"""What the tests of a service share: a probe, and records to look at, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from debitoor_provider.conformance.probe import Probe
from debitoor_provider.conformance.shapes import JsonRecord, array, rows_of
from debitoor_provider.conformance.verdict import expect
from debitoor_provider.hooks.database import connections_of_database
from debitoor_provider.hooks.debitoor import DebitoorHook
from debitoor_provider.hooks.getmyinvoices import GetMyInvoicesHook
from debitoor_provider.services.debitoor import constants as debitoor_paths
from debitoor_provider.services.getmyinvoices import constants as gmi_paths

if TYPE_CHECKING:
    from collections.abc import Iterator


SAMPLE = 100
"""Documents that are looked at, the first of the list."""


@pytest.fixture(scope="session")
def gmi(request: pytest.FixtureRequest) -> Iterator[Probe]:
    """Return what asks GetMyInvoices."""
    with connections_of_database(), GetMyInvoicesHook(request.config.getoption("--getmyinvoices-conn-id")) as hook:
        yield Probe(hook)


@pytest.fixture(scope="session")
def debitoor(request: pytest.FixtureRequest) -> Iterator[Probe]:
    """Return what asks Debitoor."""
    with connections_of_database(), DebitoorHook(request.config.getoption("--debitoor-conn-id")) as hook:
        yield Probe(hook)


@pytest.fixture(scope="session")
def page(gmi: Probe) -> dict[str, Any]:
    """Return the first page of all documents, with its envelope."""
    answer = gmi.get(gmi_paths.DOCUMENTS, {"archivedFilter": 1, "perPage": SAMPLE, "loadLineItems": "true"})
    expect(isinstance(answer, dict), "the list of documents is no object")
    found: dict[str, Any] = answer
    return found


@pytest.fixture(scope="session")
def documents(page: dict[str, Any]) -> list[JsonRecord]:
    """Return the documents of the first page."""
    return rows_of(page)


@pytest.fixture(scope="session")
def expenses(debitoor: Probe) -> list[JsonRecord]:
    """Return all expenses that come without a limit."""
    return array(debitoor, debitoor_paths.EXPENSES)


@pytest.fixture(scope="session")
def invoices(debitoor: Probe) -> list[JsonRecord]:
    """Return all invoices, with the credit notes among them."""
    return array(debitoor, debitoor_paths.INVOICES)


@pytest.fixture(scope="session")
def credit_notes(debitoor: Probe) -> list[JsonRecord]:
    """Return all credit notes."""
    return array(debitoor, debitoor_paths.CREDIT_NOTES)
