"""Records in a temporary file."""

from __future__ import annotations

import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest

from debitoor_provider.services.errors import RetryError
from debitoor_provider.services.getmyinvoices.models import Document
from debitoor_provider.services.record_file import RecordFile, RecordFileMapping


def test_a_record_is_read_back_unchanged() -> None:
    document = Document(28715, "RECEIPT", document_number="Nr. 7 \N{SNOWMAN}", gross_amount=Decimal("119.00"))
    with RecordFileMapping[int, Document]() as mapping:
        mapping[document.document_uid] = document
        assert mapping[28715] == document
        assert str(mapping[28715].gross_amount) == "119.00"


def test_the_latest_of_a_key_counts_and_keeps_its_place() -> None:
    with RecordFileMapping[str, int]() as mapping:
        mapping.update({"a": 1, "b": 2, "c": 3})
        mapping["a"] = 4
        del mapping["b"]
        assert dict(mapping) == {"a": 4, "c": 3}
        assert list(mapping) == ["a", "c"]
        assert "b" not in mapping
        with pytest.raises(KeyError):
            mapping["b"]


def test_records_are_returned_in_the_order_they_were_written_each_time() -> None:
    with RecordFile[str]() as records:
        for text in ("one", "", "three"):
            records.append(text)
        assert list(records) == ["one", "", "three"]
        records.append("four")
        assert list(records) == ["one", "", "three", "four"]
        assert list(zip(records, records, strict=True)) == [(text, text) for text in ("one", "", "three", "four")]


def test_it_may_be_written_while_it_is_read() -> None:
    with RecordFileMapping[int, str]() as mapping:
        mapping.update({number: str(number) for number in range(3)})
        read = []
        for key in list(mapping):
            mapping[key + 3] = str(key + 3)
            read.append(mapping[key])
        assert read == ["0", "1", "2"]
        assert list(mapping.values()) == ["0", "1", "2", "3", "4", "5"]


def test_what_it_kept_goes_when_it_is_closed() -> None:
    with RecordFileMapping[int, str]() as mapping:
        mapping[1] = "one"
    with pytest.raises(ValueError, match="closed"):
        mapping[1]


def test_a_full_disk_is_an_error_with_the_full_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "w+b") as full:  # noqa: PTH123 - a device that never has room
        monkeypatch.setattr("debitoor_provider.services.record_file.TemporaryFile", lambda: full)
        with RecordFile[str]() as records:
            records.append("kept in the buffer")
            with pytest.raises(RetryError, match=r"temporary files of this run \(.+\).*No space left.*Make room"):
                list(records)


def test_keys_are_kept_in_their_order_however_many_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with RecordFileMapping[int, str]() as mapping:
        assert not mapping
        mapping.update({number: str(number) for number in range(1_800, 0, -1)})
        assert mapping
        assert (len(mapping), list(mapping)) == (1_800, list(range(1_800, 0, -1)))
        assert (mapping.pop(900), mapping.pop(900, None), 900 in mapping, 901 in mapping) == ("900", None, False, True)
        assert list(tmp_path.iterdir()) == []  # no other process can open what it keeps


def test_neither_records_nor_keys_are_kept_in_memory() -> None:
    with RecordFileMapping[str, int]() as mapping:
        mapping["first"] = 0
        tracemalloc.start()
        for number in range(20_000):
            mapping[f"key {number:06}"] = number
        kept, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert kept < 200_000


def test_a_disk_too_full_for_the_keys_is_an_error_with_the_full_folder() -> None:
    with RecordFileMapping[int, str]() as mapping:
        mapping[0] = ""
        mapping._keys.execute("PRAGMA max_page_count = 8")
        with pytest.raises(RetryError, match=r"temporary files of this run \(.+\).*No space left.*Make room"):
            mapping.update(dict.fromkeys(range(5_000), ""))
