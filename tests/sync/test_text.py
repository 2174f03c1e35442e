from __future__ import annotations

from debitoor_provider.sync.text import cut, nearest, shorten


def test_the_nearest_word_is_the_one_that_was_meant() -> None:
    words = ["document_date", "document_type", "company"]

    assert nearest("Document-Date", words) == "document_date"
    assert nearest("compny", words) == "company"
    assert nearest("zebra", words) is None
    assert nearest("company" * 20, words) is None


def test_a_cut_does_not_tear_an_accent_from_its_letter() -> None:
    accented = "ax\u0323\u0302"  # there is no single character for it

    assert cut(accented, 4) == accented
    assert cut(accented, 3) == "a"
    assert cut(accented, 1) == "a"
    assert cut("\u0302" * 5, 3) == "\u0302" * 3


def test_shortened_text_is_marked_as_shortened() -> None:
    assert shorten("abc", 3) == "abc"
    assert shorten("ab cd", 4) == "ab…"
