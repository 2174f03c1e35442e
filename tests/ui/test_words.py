"""The page speaks four languages: the same keys in all of them, each key used, and no used one missing."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.accounts.frequency import FREQUENCIES
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.ledger.states import EventKind, State
from debitoor_provider.ui.assets import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = ("en", "fr", "de", "da")
PLURAL = re.compile(r"_(one|other|many|few|two|zero)$")
# A key is written as it is, or begun in a template and ended by a value: t(`state.${row.state}`).
WRITTEN = re.compile(r"""["`]([a-z]\w*(?:\.\w+)*)["`]""")
BEGUN = re.compile(r"`([a-z]\w*(?:\.\w+)*\.)\$\{")
ASKED = re.compile(r"""\bt\(\s*"([^"]+)\"""")
TABLES = ("ui/csv_export.py", "runs/check.py", "runs/tables.py", "runs/words.py", "cli/accounts.py")
"""Where columns of tables have their words."""
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def words(language: str) -> dict[str, str]:
    found = json.loads((FOLDER / "words" / f"{language}.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_that_a_refused_request_names_has_its_label(language: str) -> None:
    table = (FOLDER / "request_fields.js").read_text("utf-8")
    labels = dict(re.findall(r'^  (\w+): "([\w.]+)",$', table, re.MULTILINE))
    assert {"connection_id", "api_key", "account_id", "reason", "from"} <= labels.keys()
    assert [label for label in labels.values() if label not in words(language)] == []


@pytest.fixture(scope="module")
def code() -> str:
    """Return all of the page's code, without comments and the API's paths."""
    text = "\n".join(path.read_text("utf-8") for path in sorted(FOLDER.rglob("*.js")))
    return re.sub(r"/\*\*.*?\*/|^\s*//[^\n]*|\bat\(\"[^\"]+\"\)", "", text, flags=re.DOTALL | re.MULTILINE)


def without_plural(keys: Iterator[str] | dict[str, str]) -> set[str]:
    return {PLURAL.sub("", key) for key in keys}


def test_the_page_offers_the_languages_that_have_words(code: str) -> None:
    assert sorted(path.stem for path in (FOLDER / "words").glob("*.json")) == sorted(LANGUAGES)
    (offered,) = re.findall(r"LANGUAGES = \{([^}]*)\}", code)
    assert sorted(re.findall(r"(\w+):", offered)) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys(language: str) -> None:
    assert without_plural(words(language)) == without_plural(words("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_sorted_and_not_empty(language: str) -> None:
    found = words(language)
    assert list(found) == sorted(found)
    assert not [key for key, text in found.items() if not text.strip() or text != text.strip()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plural_has_both_forms(language: str) -> None:
    keys = set(words(language))
    plurals = {PLURAL.sub("", key) for key in keys if PLURAL.search(key)}
    assert not [key for key in plurals if not {f"{key}_one", f"{key}_other"} <= keys]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_translations_hold_the_same_values(language: str) -> None:
    def values(texts: dict[str, str]) -> dict[str, set[str]]:
        # "One document" may leave out the number.
        return {key: set(PLACEHOLDER.findall(text)) - {"count"} for key, text in texts.items()}

    english, translated = values(words("en")), values(words(language))
    assert {key: translated[key] for key in english if key in translated} == {
        key: english[key] for key in english if key in translated
    }


def test_every_key_that_the_page_asks_for_is_there(code: str) -> None:
    there = without_plural(words("en")) | set(words("en"))
    sections = {key.split(".")[0] for key in there}
    written = {key for key in WRITTEN.findall(code) if "." in key and key.split(".")[0] in sections}
    assert len(written) > 100
    assert not sorted((set(ASKED.findall(code)) | written) - there)


def test_every_key_is_used(code: str) -> None:
    tables = "".join((FOLDER.parents[1] / name).read_text("utf-8") for name in TABLES)
    written, begun = set(WRITTEN.findall(code + tables)), ("health.", "step.", *set(BEGUN.findall(code)))
    unused = [key for key in without_plural(words("en")) if key not in written and not key.startswith(begun)]
    assert not sorted(unused)


@pytest.mark.parametrize("state", State)
def test_every_state_of_a_document_has_a_word(state: State) -> None:
    assert f"state.{state}" in words("en")


@pytest.mark.parametrize("kind", EventKind)
def test_every_step_of_a_document_has_a_word(kind: EventKind) -> None:
    assert f"history.{kind}" in words("en")


def test_every_task_of_an_account_has_a_word_and_there_are_no_others() -> None:
    text = (FOLDER.parents[1] / "dag_factory.py").read_text("utf-8")
    tasks = set(re.findall(r'task_id="(\w+)"', text)) | {row.task_id for row in DIRECTIONS.values()}
    assert {key.partition(".")[2] for key in words("en") if key.startswith("step.")} == tasks


def test_every_finding_of_the_health_command_has_a_word_and_there_are_no_others() -> None:
    text = (FOLDER.parents[1] / "cli/health.py").read_text("utf-8")
    states = set(
        re.findall(
            r'Health\(\s*Level\.\w+, "([^"]+)"|: "(no \w+)"'
            r'|"(no file|not connected|wrong \w+|odd rate|unknown name)"',
            text,
        )
    )
    found = {state.replace(" ", "_") for several in states for state in several if state}
    found |= {level.lower() for level in re.findall(r"^    ([A-Z]+) = \d$", text, re.MULTILINE)}
    assert {"no_pool", "no_ledger", "warning"} <= found
    there = {key.partition(".")[2] for key in words("en") if key.startswith(("health.", "state."))}
    assert not found - there
    assert not {key.partition(".")[2] for key in words("en") if key.startswith("health.")} - found


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_every_frequency_has_a_word(frequency: str) -> None:
    assert f"choice.frequency.{frequency.replace(' ', '_')}" in words("en")


def test_every_reason_has_a_word() -> None:
    """Codes of obstacles, and of what a document waits for, as the code writes them."""
    source = FOLDER.parents[1] / "sync"
    code_pattern = re.compile(
        r"""\b(?:held|rejected)\(\s*"(\w+)"|\.(?:reject|hold)\(entry, message, code="(\w+)"|"""
        r"""LeftOut\(Message\("(\w+)"[^\n]*waits=True"""
    )
    text = "\n".join(path.read_text("utf-8") for path in sorted(source.rglob("*.py")))
    codes = {code for found in code_pattern.findall(text) for code in found if code}
    assert {"foreign_currency", "not_approved", "refused_by_service"} <= codes
    assert not sorted(code for code in codes if f"reason.{code}" not in words("en"))
