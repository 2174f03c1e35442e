"""Figures, days, countries and steps are written as the reader's language does."""

from __future__ import annotations

import pytest

from debitoor_provider.messages import Message, Reader, localized, written_for


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "1,234.50"), ("fr", "1\u202f234,50"), ("de", "1.234,50"), ("da", "1.234,50")],
)
def test_amounts_and_dates_have_the_form_of_the_language_on_the_page(language: str, shown: str) -> None:
    message = Message("odd_amount", gross="1234.5", largest="999999.99")
    assert "1234.5:" in message.text()
    with written_for(Reader(language, page=True)):
        assert shown in message.text()


def test_digits_next_to_a_number_are_no_date() -> None:
    text = "1234.5 USD = 1 EUR, ECB 2026-06-10, (EU) 2022/1208, -7.5"
    with written_for(Reader("de", page=True)):
        assert localized(text) == "1.234,5 USD = 1 EUR, ECB 2026-06-10, (EU) 2022/1208, -7,5"


def test_countries_are_called_by_their_names_on_the_page() -> None:
    message = Message("reverse_charge", country="EL")
    assert "(EL)" in message.text()
    with written_for(Reader("de", page=True)):
        assert "Griechenland" in message.text()


@pytest.mark.parametrize(
    ("language", "named"),
    [("fr", "étape «\xa0planification\xa0», «\xa0own_step\xa0» a"), ("de", "im Schritt „Planung“, „own_step“ fehl")],
)
def test_a_step_of_a_run_is_called_by_its_word_and_in_the_log_by_its_task(language: str, named: str) -> None:
    message = Message("run_step_failed", steps=["plan", "own_step"])
    assert message.text() == "The step plan, own_step failed."
    for reader in (Reader(language, page=True), Reader(language, figures=True)):
        with written_for(reader):
            assert named in message.text()


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    dated = [Message("period", date=day).text for day in ("2026-03-01", "2026-03-11")]
    late = Message("sync_never", since="2026-03-01 06:30")
    with written_for(Reader("fr", page=True)):
        assert [text().partition(" est")[0] for text in dated] == ["Sa date 1er mars 2026", "Sa date 11 mars 2026"]
        assert "depuis le 1er mars 2026, 06:30" in late.text()
    with written_for(Reader("de", page=True)):
        assert "01.03.2026" in dated[0]()


def test_a_countrys_name_needs_no_article() -> None:
    message = Message("country_unclear", country="FR", issuer="CH")
    with written_for(Reader("fr", page=True)):
        assert message.text().startswith(
            "Pays du fournisseur\xa0: France\u202f; pays de son numéro de TVA\xa0: Suisse."
        )
    with written_for(Reader("de", page=True)):
        assert message.text().startswith("Land des Lieferanten: Frankreich; Land seiner USt-IdNr.: Schweiz.")
