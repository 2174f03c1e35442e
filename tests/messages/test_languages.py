"""Every sentence is there in every language, with the same parameters, and no English is left in the others."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

from debitoor_provider.messages import Message, Reader, languages, preferred_language, words, written_for
from debitoor_provider.messages.catalogue import ENGLISH, entries
from debitoor_provider.sync.accounts.values import quoted
from tests.messages.english import COGNATES, NAMED, SAME, english_left, spoken
from tests.messages.english import texts_of as texts_of_all
from tests.messages.places import parameters_of, places_of

ON_THE_PAGE = ("run_rejected", "limit_new_documents", "limit_archived", "limit_rejected_share", "limit_amount")
OTHERS = [language for language in languages() if language != ENGLISH]
NAMES_ONLY: dict[str, set[str]] = {
    # Names, and parts that are the same word in both languages.
    "fr": {"check_date", "differs_in_date", "supplies_date", "cron_minutes", "span_minutes"},
    "de": set(),
    "da": {"operation_import", "exchange_rate_ecb"},
}


def texts_of(code: str, language: str) -> list[str]:
    entry = entries(language)[code]
    parts = [entry["text"], entry.get("remedy", ""), entry.get("page_remedy", "")]
    return [text for part in parts for text in (part.values() if isinstance(part, dict) else [part])]


def test_the_catalogue_has_the_languages_of_the_page() -> None:
    folder = Path(str(files("debitoor_provider").joinpath("ui", "static", "words")))
    assert sorted(languages()) == sorted(path.stem for path in folder.glob("*.json"))
    assert languages()[0] == ENGLISH


@pytest.mark.parametrize("language", OTHERS)
def test_each_file_has_the_same_codes_in_the_same_order(language: str) -> None:
    folder = files("debitoor_provider.messages")
    for part in folder.joinpath(ENGLISH).iterdir():
        english = json.loads(part.read_text("utf-8"))
        other = json.loads(folder.joinpath(language, part.name).read_text("utf-8"))
        assert list(other) == list(english), part.name


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_same_parts_and_places(language: str) -> None:
    def shape(code: str, language: str) -> tuple[dict[str, type], set[str]]:
        return {name: type(part) for name, part in entries(language)[code].items()}, places_of(code, language)

    assert [code for code in entries(ENGLISH) if shape(code, language) != shape(code, ENGLISH)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_is_left_in_english(language: str) -> None:
    def said(code: str, language: str) -> str:
        return " ".join(texts_of(code, language))

    same = {code for code in entries(ENGLISH) if said(code, language) == said(code, ENGLISH)}
    with_words = {code for code in same if any(char.isalpha() for char in _without_places(said(code, ENGLISH)))}
    assert with_words <= NAMES_ONLY[language]


@pytest.mark.parametrize("language", OTHERS)
def test_no_english_word_is_left_in_a_sentence(language: str) -> None:
    left = [(key, found) for key, text in texts_of_all(language) if (found := english_left(key, text, language))]
    assert left == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_that_two_languages_share_is_said(language: str) -> None:
    """None that is no longer said may hide an English word."""
    said = {word for _, text in texts_of_all(language) for word in spoken(text)}
    assert sorted(SAME - said) == []
    assert sorted(COGNATES[language] - said) == []
    by_code = {code: set[str]() for code in NAMED}
    for code, text in texts_of_all(language):
        by_code.setdefault(code, set()).update(spoken(text))
    assert {code: left for code, names in NAMED.items() if (left := names - by_code[code])} == {}


@pytest.mark.parametrize("language", OTHERS)
def test_english_is_found_also_where_the_language_has_its_words_in_names(language: str) -> None:
    text = "Open Connections. The e-mail at Debitoor. From and To. Company, currency and time zone of the account."
    left = english_left("", text, language)
    assert {"open", "the", "from", "and", "company", "currency", "zone", "account"} <= left


def _without_places(text: str) -> str:
    kept, depth = [], 0
    for char in text:
        depth += (char == "{") - (char == "}")
        kept.append(char if depth == 0 and char != "}" else " ")
    return "".join(kept)


@pytest.mark.parametrize("language", languages())
def test_every_label_that_a_sentence_names_is_a_word_of_the_page(language: str) -> None:
    named = {place[1:] for code in entries(language) for place in places_of(code, language) if place.startswith("@")}
    whole = {name for name in named if "{" not in name}
    assert "documents.do.mark_moved" in whole
    assert whole <= words(language).keys()


BUTTONS = {
    "account.help.reconnect": ["token_refused", "debitoor_not_permitted", "gmi_key_unknown", "gmi_account_id_required"],
    "connect.authorise.again": ["token_refused", "debitoor_not_permitted", "token_of_another_account"],
    "connect.mode.new": ["connection_missing", "setting_connection_missing"],
    "do.backfill": ["interval_without_day", "interval_reversed", "interval_of_now", "logical_date_alone"],
    "documents.do.send": ["booked_twice", "differs_at_target", "stored_differently", "same_file", "plan_refused"],
    "documents.do.only_if_missing": ["check_differs", "check_not_there"],
    "documents.do.mark_moved": ["check_differs_mark", "check_doubled_mark", "check_not_marked"],
}
"""Buttons of the page, each with messages whose remedy on the page is that button."""


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(("button", "codes"), BUTTONS.items(), ids=BUTTONS)
def test_a_remedy_on_the_page_names_the_button_that_is_there(button: str, codes: list[str], language: str) -> None:
    messages = [Message(code, **dict.fromkeys(parameters_of(code), "7")) for code in codes]
    with written_for(Reader(language, page=True)):
        named = words(language)["common.quoted"].format(text=words(language)[button])
        assert [message.code for message in messages if named not in message.remedy()] == []


@pytest.mark.parametrize("language", languages())
def test_every_sentence_can_be_written_in_every_language(language: str) -> None:
    messages = [Message(code, **dict.fromkeys(parameters_of(code), "7")) for code in entries(ENGLISH)]
    with written_for(Reader(language, page=True)):
        assert [message.code for message in messages if "{" in str(message).replace("{{", "")] == []


def test_the_page_names_fields_by_their_labels_and_the_log_as_in_the_account_file() -> None:
    message = Message("two_rates", spans=[])
    assert "set two_rates in the account to nearest" in message.remedy()
    with written_for(Reader("fr", page=True)):
        assert f"«\xa0{words('fr')['field.two_rates']}\xa0»" in message.remedy()


def test_a_label_may_be_named_by_a_parameter() -> None:
    message = Message("setting_of_no_effect", needs="archive_after_transfer")
    assert message.text() == "This has no effect without archive_after_transfer."
    with written_for(Reader("en", page=True)):
        assert message.text() == "This has no effect without “Archive after transfer”."


def test_french_has_no_plural_for_zero() -> None:
    with written_for(Reader("fr", page=True)):
        none, one, two = (Message("span_days", count=count).text() for count in (0, 1, 2))
    assert (none, one, two) == ("0 jour", "1 jour", "2 jours")


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("fr", "fr"),
        ("fr-CH,fr;q=0.9,en;q=0.8", "fr"),
        ("es,da;q=0.5,de;q=0.7", "de"),
        ("da_DK.UTF-8", "da"),
        ("C.UTF-8", None),
        ("es", None),
        ("", None),
        ("fr;q=nonsense,de", "de"),
    ],
)
def test_the_language_that_suits_best_is_chosen(wanted: str, language: str | None) -> None:
    assert preferred_language(wanted) == language


def test_french_marks_never_begin_a_line() -> None:
    texts = [text for code in entries("fr") for text in texts_of(code, "fr")] + list(words("fr").values())
    catalogue = files("debitoor_provider").joinpath("cli", "locale", "fr", "LC_MESSAGES", "debitoor.po")
    texts += re.findall(r'^msgstr (".*(?:\n".*)*)', catalogue.read_text("utf-8"), re.MULTILINE)
    assert [text for text in texts if re.search(r"« | [:;!?»]|\d %(?!\()", text)] == []


@pytest.mark.parametrize(("language", "shown"), [("en", "'x'"), ("fr", "«\xa0x\xa0»"), ("de", "„x“"), ("da", "»x«")])
def test_a_value_has_the_quotes_of_the_language(language: str, shown: str) -> None:
    message = Message("setting_frequency", value=quoted("x"), words=["daily"], hint=None)
    with written_for(Reader(language)):
        assert message.text().startswith(shown)


@pytest.mark.parametrize("language", languages())
def test_messages_on_the_page_name_no_command_and_no_field_of_the_file(language: str) -> None:
    cron = Message("setting_frequency", value=quoted("x"), words=["hourly", "daily"], hint=None)
    with written_for(Reader(language, page=True)):
        assert "hourly" not in cron.remedy()
        assert words(language)["field.frequency"] in cron.remedy()
        found = [remedy for code in ON_THE_PAGE if "airflow " in (remedy := Message(code).remedy())]
    assert found == []
    with written_for(Reader(language)):
        assert "hourly" in cron.remedy()
        assert all("airflow debitoor" in Message(code).remedy() for code in ON_THE_PAGE)
