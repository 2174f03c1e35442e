from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.services.http import reading

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    "reader",
    [
        *(reading.text, reading.texts, reading.integer, reading.decimal, reading.amount),
        *(reading.rate, reading.rates, reading.unread_rates, reading.code),
    ],
)
@given(value=JSON)
def test_nothing_a_service_may_send_breaks_a_reader(reader, value):
    reader(value)


@pytest.mark.parametrize("reader", [reading.day, reading.moment, reading.flag])
@given(value=JSON)
def test_nothing_a_service_may_send_breaks_a_reader_of_days_and_flags(reader, value):
    reader(value)


@pytest.mark.parametrize(
    ("written", "rates", "unread"),
    [
        (["19.00", 7], "19.00 7", ()),
        (["19 %", "7,5%", "5.5\u202f%"], "19 7.5 5.5", ()),
        ({"0": "19.00"}, "19.00", ()),
        ("19.00", "19.00", ()),
        (19, "19", ()),
        ([None, "", " "], "", ()),
        (None, "", ()),
        ({}, "", ()),
        (["19 % VAT", "7", True, {"rate": 5}], "7", ("19 % VAT", "?", "?")),
        ("19, 7", "", ("19, 7",)),
    ],
)
def test_rates_are_read_or_reported_as_unread(written, rates, unread):
    assert reading.rates(written) == tuple(map(Decimal, rates.split()))
    assert reading.unread_rates(written) == unread


@pytest.mark.parametrize(
    ("written", "unread"),
    [
        *((value, "") for value in (None, "", " ", 0, "0.00", "119,00", Decimal("1.19E+2"), "1\u2007190,00")),
        *((text, text) for text in ("1.190", "119.00-", "(119.00)", "119.00 EUR", "119,-", "1e5", "NaN", "\uff11")),
        *((value, "?") for value in (True, [119], {"value": 119})),
        (Decimal("1E+30"), "1E+30"),
    ],
)
def test_an_amount_that_cannot_be_read_is_reported(written, unread):
    assert reading.unread_amount(written) == unread


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *((" EUR ", "EUR"), ("eur", "EUR"), ("E\u200bUR\ufeff", "EUR"), ("\uff25\uff35\uff32", "EUR"), ("€", "EUR")),
        *((" de\n", "DE"), ("Germany ", "Germany"), ("$", "$"), (978, "978"), (None, ""), (True, "")),
    ],
)
def test_a_code_is_read_whatever_surrounds_it(written, code):
    assert reading.code(written) == code


ONE_READING = {
    "119,00": "119.00",
    "119.00": "119.00",
    "1,234.50": "1234.50",
    "1.234,56": "1234.56",
    "1,234,567.00": "1234567.00",
    "1.234.567,00": "1234567.00",
    "1,234,567": "1234567",
    "1.234.567": "1234567",
    "1 234,56": "1234.56",
    "1\u00a0234,56": "1234.56",
    "1\u202f234.56": "1234.56",
    "1'234.56": "1234.56",
    "1 234": "1234",
    "1234,567": "1234.567",
    "1234.567": "1234.567",
    "0,125": "0.125",
    "0.125": "0.125",
    "1,5": "1.5",
    "1,2345": "1.2345",
    "1234": "1234",
    "-1,234.50": "-1234.50",
    "\u2212119,00": "-119.00",
    "+7": "7",
    " 7.00 ": "7.00",
    ".5": "0.5",
}
NO_READING = ["", "n/a", "NaN", "Infinity", "1e5", "1e999999", "1_000", "12,34,567.00", "1,234.567,00",
              "1,,234.00", "1.2.3", "12,345,67", "1 234 56", "5.", "119,00-", "EUR 5", "--1", "\u0661\u0662",
              "1,234 567.00"]  # fmt: skip
TWO_READINGS = ["1,234", "12,345", "123,456", "-1,234", "1.234", "12.345", "-123.456"]


@pytest.mark.parametrize(("written", "amount"), ONE_READING.items())
def test_an_amount_with_one_reading_is_read(written, amount):
    assert str(reading.amount(written)) == amount
    assert str(reading.decimal(written)) == amount


@pytest.mark.parametrize("written", [*NO_READING, 10**30, True, None, [], {}])
def test_a_non_number_is_not_read(written):
    assert reading.amount(written) is None
    assert reading.decimal(written) is None


@pytest.mark.parametrize("written", TWO_READINGS)
def test_an_amount_with_two_readings_is_not_read(written):
    assert reading.amount(written) is None


@pytest.mark.parametrize(("written", "number"), [("136.750", "136.750"), ("19.000", "19.000"), ("1,234", None)])
def test_a_rate_or_quantity_has_a_dot_as_decimal_mark(written, number):
    assert reading.decimal(written) == (Decimal(number) if number else None)


@pytest.mark.parametrize("written", [19, Decimal("11.90"), Decimal("1.234")])
def test_a_json_number_is_read_exactly(written):
    assert reading.amount(written) == written


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, places=2), st.sampled_from([(",", "."), (".", ","), (" ", ",")])
)
def test_an_amount_with_two_decimals_is_read_in_every_notation(value, marks):
    thousands, mark = marks
    written = f"{value:,.2f}".replace(",", "T").replace(".", mark).replace("T", thousands)
    assert reading.amount(written) == value


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("2026-02-28", date(2026, 2, 28)),
        ("2026-02-30", None),
        ("0000-00-00", None),
        ("2026-2-3", None),
        ("28.02.2026", None),
        ("2026-02-28 10:00", None),
        (" 2026-02-28 ", date(2026, 2, 28)),
        ("2026-02-28 00:00:00", date(2026, 2, 28)),
        ("2026-02-28T00:00:00.000Z", date(2026, 2, 28)),
        ("2026-02-28T00:00:00+01:00", date(2026, 2, 28)),
        ("2026-02-28T23:00:00Z", None),
        ("2026-02-28T00:00:01", None),
        ("", None),
        (20260228, None),
        (None, None),
    ],
)
def test_a_day_is_a_real_date_or_none(written, found):
    assert reading.day(written) == found


@pytest.mark.parametrize(
    ("written", "unread"),
    [
        ("31.02.2026", "31.02.2026"),
        ("2026-02-31", "2026-02-31"),
        (" soon ", "soon"),
        (20260131, "20260131"),
        (["2026-01-31"], "?"),
        ("2026-01-31", ""),
        ("2026-01-31T00:00:00Z", ""),
        ("0000-00-00", ""),
        ("0000-00-00 00:00:00", ""),
        ("", ""),
        (" ", ""),
        (None, ""),
    ],
)
def test_a_date_that_cannot_be_read_is_kept_as_it_is_written(written, unread):
    assert reading.unread_day(written) == unread


@pytest.mark.parametrize("written", ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z", "2026-01-02T04:04:05+01:00"])
def test_a_moment_is_read_with_and_without_milliseconds_and_in_utc(written):
    assert reading.moment(written) == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2026-01-02T03:04:05", "yesterday", "", None, 5, "0001-01-01T00:00:00+14:00"])
def test_a_time_without_zone_or_outside_the_calendar_is_not_read(written):
    assert reading.moment(written) is None


@pytest.mark.parametrize("yes", [True, 1, "1", "true", "True", Decimal(1)])
def test_a_flag_may_be_written_in_many_ways(yes):
    assert reading.flag(yes) is True


@pytest.mark.parametrize("no", [False, 0, "0", "false", "", None, 2, "yes please", [], {}])
def test_a_flag_that_is_not_clearly_set_is_not_set(no):
    assert reading.flag(no) is False


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (7, 7),
        ("7", 7),
        (" 7 ", 7),
        ("7.5", None),
        (True, None),
        ("", None),
        (10**18, None),
        (Decimal("7.0"), 7),
        (Decimal("7.5"), None),
        (Decimal("1E+30"), None),
    ],
)
def test_an_integer_may_be_a_numeric_string(written, number):
    assert reading.integer(written) == number


@pytest.mark.parametrize("written", [0, -1, None, "", "x", True])
def test_an_id_has_to_be_there(written):
    with pytest.raises(reading.Unexpected, match="documentUid is missing"):
        reading.identifier(written, "documentUid")


def test_rows_come_as_a_list_or_as_an_object_keyed_by_id():
    assert reading.rows({"7": {"a": 1}, "8": {"a": 2}}, "x") == reading.rows([{"a": 1}, {"a": 2}], "x")


@pytest.mark.parametrize("value", [None, "text", 5, [1], [[]], ["x"]])
def test_what_is_not_a_collection_of_objects_is_unexpected(value):
    with pytest.raises(reading.Unexpected):
        reading.rows(value, "the list")


def test_a_list_may_be_keyed_by_id_but_an_empty_object_is_no_list():
    assert reading.rows({"1": {"id": 1}}, "the list") == [{"id": 1}]
    assert reading.rows([], "the list") == []
    with pytest.raises(reading.Unexpected):
        reading.rows({}, "the list")


@pytest.mark.parametrize(("text", "number"), [("19", 19), ("-0.50", Decimal("-0.5")), (".5", Decimal("0.5")), ("0", 0)])
def test_a_plain_number_has_digits_a_sign_and_a_point(text, number):
    assert reading.plain_number(text) == number


@pytest.mark.parametrize("text", ["", "1_1", "1e2", "NaN", "Infinity", "\uff11", "1,5", "1.", "1 000", "0x1", "1" * 40])
def test_what_python_alone_would_read_is_no_plain_number(text):
    assert reading.plain_number(text) is None


@pytest.mark.parametrize("value", ["1_1", "1_1.00", "\uff11", "1e2", "NaN"])
def test_no_reader_of_numbers_takes_what_python_alone_would_read(value):
    assert (reading.amount(value), reading.decimal(value), reading.integer(value)) == (None, None, None)
