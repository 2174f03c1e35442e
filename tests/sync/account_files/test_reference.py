from __future__ import annotations

from pathlib import Path

from debitoor_provider.sync.account_files.reference import reference

PAGE = Path(__file__).parents[3] / "docs" / "accounts.md"


def test_the_published_page_is_up_to_date() -> None:
    assert PAGE.read_text() == reference(), "run: make docs"


def test_every_setting_of_the_nested_sections_is_documented() -> None:
    text = reference()
    for field in (
        "filter.tags.any",
        "period.from",
        "reverse_charge.tax_rate",
        "defaults.company",
        "connections.debitoor",
    ):
        assert f"| `{field}` |" in text
