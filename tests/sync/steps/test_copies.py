"""Records at the target that carry the same marker."""

from __future__ import annotations

from debitoor_provider.sync.steps.copies import repeated


def test_ids_that_occur_more_than_once_are_repeated() -> None:
    assert repeated(["a", "b", "a", "c", "b", "a"]) == {"a", "b"}
    assert repeated(iter([1, 2, 3])) == set()
