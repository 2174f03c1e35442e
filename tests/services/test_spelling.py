from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debitoor_provider.services.spelling import fold, one_line, spellings, switch_of


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Paper \t Ltd ", "Paper Ltd"),
        ("first\r\nsecond\u2028third", "first second third"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("u\u0308", "ü"),
        ("e\u200b\u0301", "é"),
        ("\ud800x\ue000", "x"),
        ("汉字 ابجد", "汉字 ابجد"),
    ],
)
def test_hostile_text_comes_out_as_one_visible_line(text: str, line: str) -> None:
    assert one_line(text) == line


@settings(deadline=None, derandomize=True)
@given(st.text())
def test_a_line_stays_as_it_is(text: str) -> None:
    line = one_line(text)

    assert one_line(line) == line
    assert unicodedata.is_normalized("NFC", line)


def test_names_are_compared_as_a_person_would() -> None:
    assert fold("MU\u0308LLER  GmbH ") == fold("müller gmbh")
    assert fold("Straße") == fold("STRASSE")
    assert fold("Acme") != fold("Acmé")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L'Oréal", "L\u2019Ore\u0301al"),
        ("L`Oréal", "L\u00b4Oréal"),
        ("Saint-Gobain", "Saint\u2011Gobain"),
        ("A-B", "A\u2013B"),
        ("Café 2026", "CAFÉ\u00a02026"),
        ("Café 2026", "Café\u202f2026"),
        ("\uff21\uff23\uff2d\uff25\u3000GmbH", "Acme GmbH"),
        ("\ufb01rma", "FIRMA"),
        ("Bü\u00adro", "büro"),
        ("Bü\u200bro", "büro"),
        ("ΟΔΟΣ", "οδος"),
        ("Nordea\u2122", "NordeaTM"),
    ],
)
def test_what_programs_make_of_a_name_does_not_matter(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@settings(deadline=None, derandomize=True)
@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_the_key_of_a_name_is_its_own_key(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_name_has_all_the_spellings_that_are_known_of_it() -> None:
    assert spellings(["Büro", "new", "BÜRO"], ["Bu\u0308ro", "other", "büro "]) == ["Bu\u0308ro", "büro ", "new"]


@pytest.mark.parametrize(
    ("text", "is_on"),
    [("true", True), (" On ", True), ("Y", True), ("1", True), ("no", False), ("OFF", False), ("", False), ("0", False)]
    + [(neither, None) for neither in ("tru", "ja", "2", "none", "-1", "yes no")],
)
def test_a_switch_is_on_or_off_or_says_neither(text: str, is_on: bool | None) -> None:
    assert switch_of(text) is is_on
