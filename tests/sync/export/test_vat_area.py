from __future__ import annotations

from datetime import date

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from debitoor_provider.sync.countries import iso_code
from debitoor_provider.sync.export.vat_area import in_eu, place_of

TODAY = date(2026, 1, 1)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize(
    ("country", "day", "expected"),
    [
        ("DE", date(2026, 1, 1), True),
        ("DE", date(1990, 1, 1), True),
        ("GB", date(2020, 12, 31), True),
        ("GB", date(2021, 1, 1), False),
        ("HR", date(2013, 6, 30), False),
        ("HR", date(2013, 7, 1), True),
        ("BG", date(2006, 12, 31), False),
        ("RO", date(2007, 1, 1), True),
        ("CH", date(2026, 1, 1), False),
        ("NO", date(2026, 1, 1), False),
        ("US", date(2026, 1, 1), False),
        ("", date(2026, 1, 1), False),
    ],
)
def test_an_invoice_is_booked_by_the_union_of_its_day(country: str, day: date, expected: bool) -> None:
    assert in_eu(country, day) is expected


def test_the_union_has_27_members_today() -> None:
    assert sum(in_eu(one + other, TODAY) for one in LETTERS for other in LETTERS) == 27


@pytest.mark.parametrize(
    ("country", "postcode", "day", "place"),
    [
        ("FR", "", TODAY, "member FR"),
        ("FR", "75001", TODAY, "member FR"),
        ("US", "", TODAY, "outside US"),
        ("GB", "SW1A 1AA", TODAY, "outside GB"),
        ("GB", "", date(2020, 12, 31), "member GB"),
        # counts as a member state (article 7)
        ("MC", "", TODAY, "member FR"),
        ("FR", "98000", TODAY, "member FR"),
        ("IM", "", date(2020, 12, 31), "member GB"),
        ("IM", "", TODAY, "outside GB"),
        ("CY", "", TODAY, "member CY"),  # and the bases in it
        # Northern Ireland
        ("XI", "", TODAY, "goods_only GB Northern Ireland"),
        ("GB", "BT1 5GS", TODAY, "goods_only GB Northern Ireland"),
        ("XI", "", date(2020, 12, 31), "member GB"),
        # belongs to a member state, not to the VAT area (article 6)
        ("AX", "", TODAY, "outlying FI AX"),
        ("FI", "22100", TODAY, "outlying FI AX"),
        ("FI", "FI-22100", TODAY, "outlying FI AX"),
        ("FI", "00100", TODAY, "member FI"),
        ("IC", "", TODAY, "outlying ES IC"),
        ("ES", "35001", TODAY, "outlying ES IC"),
        ("ES", "38001", TODAY, "outlying ES IC"),
        ("EA", "", TODAY, "outlying ES EA"),
        ("ES", "51001", TODAY, "outlying ES EA"),
        ("ES", "52001", TODAY, "outlying ES EA"),
        ("ES", "28001", TODAY, "member ES"),
        ("DE", "78266", TODAY, "outlying DE Büsingen"),
        ("DE", "27498", TODAY, "outlying DE Heligoland"),
        ("DE", "10115", TODAY, "member DE"),
        ("IT", "23041", TODAY, "outlying IT Livigno"),
        ("IT", "22061", TODAY, "outlying IT Campione d'Italia"),
        ("GR", "63086", TODAY, "outlying GR Mount Athos"),
        ("GR", "630 87", TODAY, "outlying GR Mount Athos"),
        ("GP", "", TODAY, "outlying FR GP"),
        ("MQ", "", TODAY, "outlying FR MQ"),
        ("GF", "", TODAY, "outlying FR GF"),
        ("RE", "", TODAY, "outlying FR RE"),
        ("YT", "", TODAY, "outlying FR YT"),
        ("MF", "", TODAY, "outlying FR MF"),
        ("FR", "97400", TODAY, "outlying FR RE"),
        ("FR", "97133", TODAY, "outlying FR GP"),
        ("FR", "98800", TODAY, "outlying FR NC"),
        ("DK", "3900", TODAY, "outlying DK GL"),
        ("DK", "100", TODAY, "outlying DK FO"),
        ("DK", "2100", TODAY, "member DK"),
        # other tax areas
        ("GL", "", TODAY, "outside GL"),
        ("FO", "", TODAY, "outside FO"),
        ("NC", "", TODAY, "outside NC"),
        ("BL", "", TODAY, "outside BL"),
        ("SM", "", TODAY, "outside SM"),
        ("VA", "", TODAY, "outside VA"),
        ("AD", "", TODAY, "outside AD"),
        ("LI", "", TODAY, "outside LI"),
        ("GI", "", TODAY, "outside GI"),
        ("JE", "", TODAY, "outside JE"),
        # recorded as the neighbour whose postcodes they share
        ("GB", "JE2 3AB", TODAY, "outside JE"),
        ("GB", "JE2 3AB", date(2019, 1, 1), "outside JE"),
        ("GB", "gy1 1aa", TODAY, "outside GG"),
        ("IT", "47890", TODAY, "outside SM"),
        ("IT", "I-47899", TODAY, "outside SM"),
        ("IT", "00120", TODAY, "outside VA"),
        ("IT", "47900", TODAY, "member IT"),
        # within the VAT area, only with other rates
        ("PT", "9000-055", TODAY, "member PT"),
        ("AT", "6691", TODAY, "member AT"),
    ],
)
def test_a_place_is_within_the_vat_area_by_its_code_and_postcode(
    country: str, postcode: str, day: date, place: str
) -> None:
    found = place_of(country, day, postcode)
    assert found
    assert f"{found.area} {found.state} {found.name}".strip() == place


@pytest.mark.parametrize("country", ["", "ZZ", "QQ", "EU", "XX", "Germany"])
def test_a_country_outside_the_tables_is_not_placed(country: str) -> None:
    assert place_of(country, TODAY) is None


def test_every_country_has_its_place() -> None:
    names = {code for code in Locale("en").territories if len(code) == 2 and code.isalpha()}
    no_country = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ", "AC", "CP", "DG", "TA", "CQ"}
    assert {code for code in names if place_of(code, TODAY) is None} <= no_country
    known = {one + other for one in LETTERS for other in LETTERS if place_of(one + other, TODAY)}
    assert known - names == {"XI"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("DE", "DE"), (" fr ", "FR"), ("UK", "GB"), ("el", "GR"), ("Germany", ""), ("D", ""), ("4Ä", ""), ("", "")),
        *(("DEU", "DE"), ("esp", "ES"), ("GBR", "GB"), ("ALA", "AX"), ("SCG", ""), ("ZXQ", ""), ("276", "")),
    ],
)
def test_a_country_code_has_two_letters_or_the_three_of_iso_3166(text: str, code: str) -> None:
    assert iso_code(text) == code


@given(st.text(), st.text())
def test_any_text_is_read(text: str, postcode: str) -> None:
    assert len(iso_code(text)) in {0, 2}
    place_of(iso_code(text), TODAY, postcode)
