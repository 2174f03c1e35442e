from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from debitoor_provider.sync.naming.filename import (
    BYTE_LIMIT,
    STEM_LIMIT,
    file_name,
    is_numbered,
    name_key,
    split_name,
    unique,
)

HOSTILE = st.text(max_size=300) | st.text(
    alphabet=st.sampled_from('aA1 ._-,/\\:*?"<>|%\x00\n\u202e\u0301é汉👩\u200d💻\ud800CONaux'), max_size=300
)
EXTENSIONS = st.sampled_from(["", "pdf", ".pdf", "PDF", ".e/x\\e", ".tar.gz", "\n", "x" * 300])


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("2026-01-31_Paper Ltd_R-17", "2026-01-31_Paper Ltd_R-17.pdf"),
        ("2026-01-31__R-17", "2026-01-31_R-17.pdf"),
        ("_Paper_", "Paper.pdf"),
        ("A -  - C", "A - C.pdf"),
        ("A, , C", "A, C.pdf"),
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j.pdf"),
        ("../../etc/passwd", "etc_passwd.pdf"),
        ("100%41", "100_41.pdf"),
        ("a\r\nSet-Cookie: b", "a Set-Cookie_ b.pdf"),
        ("evil\u202egpj", "evilgpj.pdf"),
        ("a\x00b", "ab.pdf"),
        ("u\u0308ber", "über.pdf"),
        ("Rechnung Müller 汉字", "Rechnung Müller 汉字.pdf"),
        ("CON", "CON_.pdf"),
        ("nul.2026", "nul_.2026.pdf"),
        ("com1", "com1_.pdf"),
        ("console", "console.pdf"),
        ("  . name . ", "name.pdf"),
        ("", "document-7.pdf"),
        ("...", "document-7.pdf"),
        ("???", "document-7.pdf"),
    ],
)
def test_a_name_is_safe_everywhere(stem: str, name: str) -> None:
    assert file_name(stem, "pdf", fallback="document-7") == name


@pytest.mark.parametrize(
    ("extension", "tail"),
    [("pdf", ".pdf"), (".PDF", ".PDF"), ("", ""), (".p/df\n", ".pdf"), ("x" * 99, "." + "x" * 16)],
)
def test_the_extension_is_kept_as_far_as_it_is_one(extension: str, tail: str) -> None:
    assert file_name("a", extension) == "a" + tail


def test_a_long_name_is_cut_before_its_extension() -> None:
    assert file_name("a" * 500, "pdf") == "a" * STEM_LIMIT + ".pdf"
    assert file_name("a" * 119 + " b", "pdf") == "a" * 119 + ".pdf"
    assert len(file_name("汉" * 500, "pdf").encode()) <= BYTE_LIMIT


def test_a_reserved_name_has_room_for_its_mark() -> None:
    assert file_name("con." + "a" * 116, "pdf") == "con_." + "a" * 115 + ".pdf"
    assert len(file_name("lpt1.aa" + "😀" * 61, "pdf").encode()) <= BYTE_LIMIT


def test_a_cut_does_not_tear_an_accent_from_its_letter() -> None:
    assert file_name("a" * 119 + "x\u0323\u0302", "pdf") == "a" * 119 + ".pdf"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("scan.pdf", ("scan", ".pdf")),
        ("scan.v2.PDF", ("scan.v2", ".PDF")),
        ("scan", ("scan", "")),
        ("scan.", ("scan.", "")),
        (".pdf", ("", ".pdf")),
        ("Invoice No. 12 of March", ("Invoice No. 12 of March", "")),
        ("", ("", "")),
    ],
)
def test_a_name_is_taken_apart(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


@settings(deadline=None, derandomize=True)
@given(HOSTILE, EXTENSIONS)
@example("CON.CON.", "")
@example("_aux_.x", ".pdf")
@example("a. . .b", "pdf")
@example("0:.0", "")
def test_a_name_is_never_dangerous_and_stays_what_it_is(stem: str, extension: str) -> None:
    name = file_name(stem, extension)

    assert name
    assert len(name.encode()) <= BYTE_LIMIT
    assert len(split_name(name)[0]) <= STEM_LIMIT + 16
    assert not set(name) & set('<>:"/\\|?*%\r\n\x00')
    assert name[0] not in " ._-"
    assert name[-1] not in " ."
    assert all(char == " " or unicodedata.category(char)[0] not in "CZ" for char in name)
    assert unicodedata.is_normalized("NFC", name)
    assert name.split(".")[0].strip().upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1", "CONIN$", "CONOUT$"}
    assert file_name(*split_name(name)) == name


@pytest.mark.parametrize("wish", ["scan.pdf", "scan", "a" * 120 + ".pdf", "😀" * 60 + ".pdf", "R_2.pdf"])
def test_a_numbered_name_is_known_by_its_wish(wish: str) -> None:
    taken = {name_key(wish)}
    for _ in range(12):
        name = unique(wish, taken)
        taken.add(name_key(name))
        assert is_numbered(name, wish)
        assert not is_numbered(name, "other.pdf")
    assert not is_numbered(wish, wish)


def test_a_taken_name_gets_a_number_before_its_extension() -> None:
    taken = {name_key("Scan.PDF"), name_key("scan_2.pdf")}

    assert unique("other.pdf", taken) == "other.pdf"
    assert unique("scan.pdf", taken) == "scan_3.pdf"
    assert unique("scan", {"scan"}) == "scan_2"
    assert unique("scan.pdf", lambda key: key == "scan.pdf") == "scan_2.pdf"


def test_names_that_some_system_takes_for_the_same_are_the_same() -> None:
    assert unique("MÜLLER.pdf", {name_key("mu\u0308ller.pdf")}) == "MÜLLER_2.pdf"
    assert unique("Straße.pdf", {name_key("STRASSE.pdf")}) == "Straße_2.pdf"


def test_a_number_has_room_in_the_longest_name() -> None:
    longest = file_name("a" * 500, "pdf")

    assert unique(longest, {name_key(longest)}) == "a" * (STEM_LIMIT - 2) + "_2.pdf"


def test_many_equal_names_cost_few_questions() -> None:
    asked = 0

    def taken(key: str) -> bool:
        nonlocal asked
        asked += 1
        number = key.removeprefix("scan").removesuffix(".pdf").removeprefix("_")
        return int(number or 1) <= 10_000

    assert unique("scan.pdf", taken) == "scan_10001.pdf"
    assert asked < 40


@settings(deadline=None, derandomize=True)
@given(st.lists(HOSTILE.map(lambda stem: stem[:4]), max_size=30), EXTENSIONS)
def test_unique_names_are_unique_and_within_their_limits(stems: list[str], extension: str) -> None:
    keys: set[str] = set()
    for stem in stems:
        name = unique(file_name(stem, extension), keys)
        assert name_key(name) not in keys
        assert file_name(*split_name(name)) == name
        assert len(name.encode()) <= BYTE_LIMIT
        keys.add(name_key(name))

    assert len(keys) == len(stems)
