"""Records that pass through Airflow's XCom come out as they went in, whatever is in them."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from airflow.sdk.serde import deserialize, serialize
from hypothesis import given, settings
from hypothesis import strategies as st

from debitoor_provider.runs.values import allow_values
from debitoor_provider.services.debitoor import models as of_debitoor
from debitoor_provider.services.debitoor.enums import SalesType
from debitoor_provider.services.debitoor.models import NewExpense, NewExpenseLine, SalesDocument
from debitoor_provider.services.getmyinvoices import models as of_getmyinvoices
from debitoor_provider.services.getmyinvoices.models import Attachment, Company, Document, DocumentDetail, LineItem
from debitoor_provider.services.value import Value

AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**13), max_value=10**13, places=4)
TIMES = st.datetimes(timezones=st.just(UTC))
RECORDS = [
    found
    for module in (of_getmyinvoices, of_debitoor)
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, Value) and found is not Value
]


@pytest.fixture(scope="module", autouse=True)
def _allowed() -> None:
    allow_values()


def through_xcom(value: Any) -> Any:
    """Return what another task gets, by way of the database."""
    return deserialize(json.loads(json.dumps(serialize(value))))


def any_of(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for a type of a field, amounts and times as the services can have them."""
    if hint is Decimal:
        return AMOUNTS
    if hint is datetime:
        return TIMES
    if dataclasses.is_dataclass(hint):
        hints = get_type_hints(hint)
        return st.builds(hint, **{field.name: any_of(hints[field.name]) for field in dataclasses.fields(hint)})
    if get_origin(hint) is tuple:
        return st.lists(any_of(get_args(hint)[0]), max_size=3).map(tuple)
    if get_origin(hint) is UnionType:
        return st.one_of(*map(any_of, get_args(hint)))
    return st.from_type(hint)


def test_each_record_is_a_value():
    classes = {
        found
        for module in (of_getmyinvoices, of_debitoor)
        for found in vars(module).values()
        if dataclasses.is_dataclass(found) and found.__module__ == module.__name__
    }
    assert classes == set(RECORDS)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: f"{record.__module__.split('.')[-2]}.{record.__name__}")
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_each_comes_back_as_it_was(record, data):
    value = data.draw(any_of(record))
    assert through_xcom(value) == value


def test_lists_and_what_is_nested_keep_their_classes():
    line = LineItem("Paper", Decimal("1.5"), Decimal("0.333333"), Decimal(19), None, None)
    document = Document(7, "RECEIPT", document_date=date(2026, 3, 1), gross_amount=Decimal("0.10"), line_items=(line,))
    (again,) = through_xcom([document])
    assert again == document
    assert isinstance(again.line_items, tuple)
    assert isinstance(again.line_items[0], LineItem)
    assert str(again.gross_amount) == "0.10"


@pytest.mark.parametrize("hours", [-5, 0, 1])
def test_a_time_with_an_offset_is_kept(hours):
    """Outside a record, Airflow 3.3.2 writes a datetime with such a time zone and cannot read it."""
    moment = datetime(2026, 11, 30, 10, tzinfo=timezone(timedelta(hours=hours)))
    sale = SalesDocument("1", SalesType.INVOICE, created_date=moment)
    again = through_xcom(sale)
    assert (again, again.created_date.utcoffset()) == (sale, timedelta(hours=hours))


def test_an_amount_is_kept_to_the_digit():
    exact = Decimal("12345678901234567.89")
    assert through_xcom(NewExpenseLine(Decimal(19), exact)).gross_amount == exact


def test_a_file_is_kept_to_the_byte():
    content = bytes(range(256))
    assert through_xcom(Attachment(1, "a.bin", content=content)).content == content
    assert through_xcom(DocumentDetail(Document(1, "MISC"), None, content)).content == content


def test_a_broken_character_becomes_one_that_a_database_stores():
    assert through_xcom(Company(1, "half \ud83d")).name == "half \ufffd\ufffd\ufffd"


def test_what_a_newer_version_wrote_is_not_guessed():
    stored: Any = serialize(Company(1, "Acme"))
    with pytest.raises(TypeError, match="newer version"):
        deserialize(stored | {"__version__": 2})


def test_it_can_be_written_again_by_the_client():
    expense = NewExpense(date(2026, 3, 1), (NewExpenseLine(Decimal(19), Decimal("119.00")),), supplier_name="Paper Ltd")
    assert through_xcom(expense) == expense
