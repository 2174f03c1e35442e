from __future__ import annotations

import threading

from debitoor_provider.sync.steps.turns import SharedJudgement, Turns


def test_a_document_has_its_turn_when_those_that_began_before_have_ended_also_those_of_an_earlier_batch() -> None:
    turns = Turns()
    turns.add(["a", "b"])
    turns.add(["c"])
    reached: list[str] = []

    def wait() -> None:
        turns.wait("c")
        reached.append("c")

    waiting = threading.Thread(target=wait)
    waiting.start()
    turns.end("b")
    assert reached == []
    turns.end("a")
    waiting.join(10)
    assert reached == ["c"]


def test_a_batch_does_not_see_the_documents_of_a_later_one() -> None:
    judged = SharedJudgement()
    first = judged.begin(["a", "b"])
    second = judged.begin(["c"])
    assert [judged.turns.is_among(key, first) for key in "abc"] == [True, True, False]
    assert [judged.turns.is_among(key, second) for key in "abc"] == [True, True, True]


def test_only_the_last_batches_are_remembered() -> None:
    judged = SharedJudgement()
    for key in "abcd":
        last = judged.begin([key])
        judged.repeats[key] = ["another"]
    assert [judged.turns.is_among(key, last) for key in "abcd"] == [False, True, True, True]
    assert sorted(judged.repeats) == ["b", "c", "d"]
    judged.turns.wait("b")  # the forgotten one, whose turn did not end, delays no other
