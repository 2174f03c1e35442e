from __future__ import annotations

from decimal import Decimal

from debitoor_provider.sync.check.target import Unmatched
from debitoor_provider.sync.statement import Statement, TargetRecord


def record(id_: str, *markers: str) -> TargetRecord:
    return TargetRecord(id_, frozenset(markers), "", "", Statement(None, {}, Decimal(0), "EUR"))


def test_records_are_taken_once_by_their_mark():
    with Unmatched() as unmatched:
        unmatched.add([record("a", "1"), record("b", "1"), record("c", "2")])
        assert [one.id for one in unmatched.take("1")] == ["a", "b"]
        assert unmatched.take("1") == []
        assert unmatched.markers() == ["2"]


def test_a_record_without_a_mark_is_taken_by_its_id():
    with Unmatched() as unmatched:
        unmatched.add([record("a"), record("b")])
        assert [one.id for one in unmatched.take("1", "a")] == ["a"]
        assert [one.id for one in unmatched.others()] == ["b"]


def test_only_the_records_of_wanted_documents_are_added():
    with Unmatched() as unmatched:
        unmatched.add([record("a", "1"), record("b", "2"), record("c")], only={"2"})
        assert (unmatched.markers(), list(unmatched.others())) == (["2"], [])
