from __future__ import annotations

import pytest

from debitoor_provider.sync.export.restored import number_in

USUAL = ("document_number", "company", "note")


@pytest.mark.parametrize(
    ("text", "specification", "number"),
    [
        ("R-1 / Paper Ltd", USUAL, "R-1"),
        ("R-1 / Paper / by post / today", USUAL, "R-1"),
        ("2026 / 7 / Paper Ltd", USUAL, "2026 / 7"),
        ("Paper Ltd / 5 pieces", USUAL, ""),
        ("R-1", USUAL, "R-1"),
        ("by post", USUAL, ""),
        ("", USUAL, ""),
        ("Paper Ltd / R-1 / 5 pieces", ("company", "document_number", "note"), "R-1"),
        ("R-1 / 5 pieces", ("company", "document_number", "note"), ""),
        ("5 pieces / Paper Ltd / R-1", ("note", "company", "document_number"), "R-1"),
        ("2026-01-31 / R-1", ("document_date", "order_number", "document_number"), "R-1"),
        ("2026-01-31 / 4711", ("document_date", "document_uid", "document_number"), ""),
        ("R-1 / Paper Ltd", ("company", "note"), ""),
    ],
)
def test_the_number_is_found_among_the_fields_if_it_is_certain(
    text: str, specification: tuple[str, ...], number: str
) -> None:
    assert number_in(text.split(" / "), specification, ["4711", "2026-01-31"], "Paper Ltd") == number
