from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debitoor_provider.sync.account_files.yaml_source import BYTE_LIMIT, SourceError, read


def refusal(text: str | bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(text.encode() if isinstance(text, str) else text)
    return caught.value


def test_values_are_read_as_yaml_1_2_has_them() -> None:
    source = read(
        b"""\
        no: no
        on: on
        truth: true
        time: 12:30
        day: 2026-01-01
        number: 12
        padded: 0815
        rate: 19.50
        thousand: 1_000
        hexadecimal: 0x1F
        quoted: "12"
        nothing: ~
        tagged: !!str 12
        list: [a, 1]
        """
    )

    assert source.data == {
        "no": "no",
        "on": "on",
        "truth": True,
        "time": "12:30",
        "day": "2026-01-01",
        "number": 12,
        "padded": "0815",
        "rate": "19.50",
        "thousand": "1_000",
        "hexadecimal": "0x1F",
        "quoted": "12",
        "nothing": None,
        "tagged": "12",
        "list": ["a", 1],
    }


def test_every_value_has_its_place() -> None:
    source = read(b"a: 1\nb:\n  c: [x, y]\n")

    assert source.place(("b", "c", 1)) == (3, 10)
    assert source.place(("b", "c")) == (3, 3)
    assert source.place(("b", "missing")) == (2, 1)
    assert source.place(("missing",)) == (1, 1)


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter() -> None:
    assert read(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n").data == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", None, "empty"),
        ("# nothing yet\n", None, "empty"),
        ("---\n", 2, "empty"),
        ("- a\n- b\n", 1, "no fields"),
        ("just text\n", 1, "no fields"),
        ("a: 1\nb: 2\na: 3\n", 3, "set twice, first in line 1"),
        ("a: {b: 1, b: 2}\n", 1, "set twice"),
        ("a: [1, 2\nb: 3\n", 2, "not valid YAML"),
        ("a: 1\n b: 2\n", 2, "not valid YAML"),
        ("a:\n\t- b\n", 2, "not valid YAML"),
        ("a: x: y\n", 1, "not valid YAML"),
        ('a: "x\n', 2, "not valid YAML"),
        ("a: 1\n---\na: 2\n", 2, "more than one YAML document"),
        ("a: &x 1\nb: *x\n", 1, "Anchors"),
        ("a: *x\n", 1, "Anchors"),
        ("&x a: 1\n", 1, "Anchors"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "tag"),
        ("a: !!binary aGk=\n", 1, "tag"),
        ("a: !secret key\n", 1, "tag"),
        ("? [a, b]\n: 1\n", 1, "name of a field must be text"),
        ("{a: 1}: 2\n", 1, "name of a field must be text"),
    ],
)
def test_an_invalid_account_file_is_refused_with_its_line(text: str, line: int | None, words: str) -> None:
    error = refusal(text)

    assert words in error.message.text()
    assert error.line == line
    assert error.message.remedy()


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("frequency: */5 * * * *\n", "starts with *"),
        ("frequency: @daily\n", "starts with @"),
        ("name: Acme: receipts\n", "contains a colon"),
        ("rename: {document_date}_{company}\n", "in quotes"),
        ('rename: "{company}"_x\n', "entirely in quotes"),
        ("tags: [books\n", "Close each bracket"),
        ("name: &Co\n", "starts with & or *"),
        ("name: !important\n", "starts with !"),
    ],
)
def test_common_slips_are_explained(text: str, remedy: str) -> None:
    assert remedy in refusal(text).message.remedy()


def test_bytes_that_are_no_text_are_refused() -> None:
    assert refusal(b"a: 1\nb: \xff\n").line == 2
    assert "UTF-8" in refusal("a: 1".encode("utf-16")).message.text()
    assert "control characters" in refusal("a: \x00\n").message.text()


def test_a_large_file_is_refused() -> None:
    assert "larger than 256 KiB" in refusal(b"#" * (BYTE_LIMIT + 1)).message.text()


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    levels = [
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]" for before, name in zip("abcdefg", "bcdefgh", strict=True)
    ]
    bomb = "a: &a [lol, lol]\n" + "\n".join(levels)

    assert refusal(bomb).line == 1


@pytest.mark.parametrize(
    ("piece", "words"),
    [("[", "nested too deeply"), ("- ", "nested too deeply"), ("{a: ", "nested too deeply"), ("? ", "name of a field")],
)
def test_deep_nesting_is_refused_without_following_it(piece: str, words: str) -> None:
    assert words in refusal(piece * (BYTE_LIMIT // len(piece))).message.text()


@settings(deadline=None, derandomize=True)
@given(st.binary(max_size=200) | st.text(alphabet="a:-[]{}&*!|>'\"#%@`,? \n\t~0", max_size=60).map(str.encode))
def test_whatever_is_read_there_is_an_answer_or_a_refusal(content: bytes) -> None:
    try:
        source = read(content)
    except SourceError:
        return
    assert isinstance(source.data, dict)
    assert source.place(("anything", 1)) >= (1, 1)
