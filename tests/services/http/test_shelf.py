"""Records that lie on disk until they are asked for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from debitoor_provider.services.getmyinvoices.models import Document
from debitoor_provider.services.http.shelf import Shelf, Spool


def test_a_record_comes_back_as_it_was() -> None:
    document = Document(28715, "RECEIPT", document_number="Nr. 7 \N{SNOWMAN}", gross_amount=Decimal("119.00"))
    with Shelf[int, Document]() as shelf:
        shelf[document.document_uid] = document
        assert shelf[28715] == document
        assert str(shelf[28715].gross_amount) == "119.00"


def test_the_latest_of_a_key_counts_and_keeps_its_place() -> None:
    with Shelf[str, int]() as shelf:
        shelf.update({"a": 1, "b": 2, "c": 3})
        shelf["a"] = 4
        del shelf["b"]
        assert dict(shelf) == {"a": 4, "c": 3}
        assert list(shelf) == ["a", "c"]
        assert "b" not in shelf
        with pytest.raises(KeyError):
            shelf["b"]


def test_records_come_back_in_the_order_in_which_they_came_however_often() -> None:
    with Spool[str]() as spool:
        for text in ("one", "", "three"):
            spool.append(text)
        assert list(spool) == ["one", "", "three"]
        spool.append("four")
        assert list(spool) == ["one", "", "three", "four"]
        assert list(zip(spool, spool, strict=True)) == [(text, text) for text in ("one", "", "three", "four")]


def test_it_may_be_written_while_it_is_read() -> None:
    with Shelf[int, str]() as shelf:
        shelf.update({number: str(number) for number in range(3)})
        read = []
        for key in list(shelf):
            shelf[key + 3] = str(key + 3)
            read.append(shelf[key])
        assert read == ["0", "1", "2"]
        assert list(shelf.values()) == ["0", "1", "2", "3", "4", "5"]


def test_what_it_kept_goes_when_it_is_closed() -> None:
    with Shelf[int, str]() as shelf:
        shelf[1] = "one"
    with pytest.raises(ValueError, match="closed"):
        shelf[1]
