from __future__ import annotations

import pytest

from debitoor_provider.sync.account_files.files import load_account_file
from debitoor_provider.sync.accounts.ids import is_account_id


@pytest.mark.parametrize("text", ["acme", "Acme-2026_sales.v2", "Bücher", "Łódź", "Ærø", "straße"])
def test_an_id_of_latin_letters(text):
    assert is_account_id(text)


@pytest.mark.parametrize(
    "text",
    [
        "\u0430cme",  # Cyrillic a
        "acm\u0435",  # Cyrillic e
        "\u0391cme",  # Greek Alpha
        "\uff41cme",  # full-width a
        "\u0251cme",  # Latin alpha
        "f\u0131le",  # dotless i
        "\u212aiel",  # Kelvin sign
        "acme\u200b",
        "acme\u0661",  # Arabic digit
        "ac me",
        "",
    ],
)
def test_no_id_of_letters_that_look_like_others(text):
    assert not is_account_id(text)


def test_the_problem_says_what_to_do(tmp_path):
    path = tmp_path / "\u0430cme.yaml"
    path.write_text("type: export\n")
    file = load_account_file(path)
    assert file.account is None
    assert "Latin letters" in str(file.problems[0])
