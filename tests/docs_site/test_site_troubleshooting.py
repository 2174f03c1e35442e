"""The page of sentences, as it is made from the catalogue."""

from __future__ import annotations

import json
import re

import pytest

from debitoor_provider.messages.catalogue import ENGLISH
from debitoor_provider.messages.catalogue import entries as catalogue
from docs_site import troubleshooting
from docs_site.troubleshooting import CATALOGUE, PARTS, entries, shown, users

PAGE = entries()


def test_every_code_of_the_catalogue_is_there_once() -> None:
    listed = re.findall(r"^### `(\w+)`$|^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(one or other for one, other in listed) == sorted(catalogue(ENGLISH))


def test_a_remedy_stands_with_its_sentence() -> None:
    entry = PAGE.partition("### `base_url_plain_http`")[2].partition("###")[0]
    assert "> The base URL is plain HTTP, which would send the key and the documents unprotected." in entry
    assert "**What to do:** Use https, or switch on 'Plain HTTP' when the service runs on the same machine." in entry
    assert "**Used in:** `services/http/session.py`" in entry


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The document is in {currency}.", "The document is in {currency}."),
        ("{gross:amount} on {day:day}", "{gross} on {day}"),
        ("{reason} {reason.remedy}", "{reason} {what to do about reason}"),
        ("Choose {@documents.do.mark_moved}.", "Choose “Mark as there”."),
        ("The field {@field.{field}}", "The field “{field}”"),
        ("at most 100 of a-z, 0-9, _ and <b>*|", r"at most 100 of a-z, 0-9, \_ and \<b\>\*\|"),
    ],
)
def test_parameters_are_named_and_labels_written_out(text: str, said: str) -> None:
    assert shown(text) == said


def test_the_forms_of_a_plural_are_both_shown() -> None:
    entry = PAGE.partition("### `clock_slow`")[2].partition("###")[0]
    assert "{count} minute slow." in entry
    assert "{count} minutes slow." in entry


def test_a_code_is_found_where_it_is_used() -> None:
    assert users()["field_plain_http"] == ["hooks/fields.py"]


def test_a_new_file_of_the_catalogue_is_shown_as_well(monkeypatch, tmp_path) -> None:
    (tmp_path / "novel.json").write_text(json.dumps({"brand_new": {"text": "It is new.", "remedy": "Read it."}}))
    monkeypatch.setattr(troubleshooting, "CATALOGUE", tmp_path)
    monkeypatch.setattr(troubleshooting, "PARTS", {})
    assert entries() == (
        "## Novel\n\n### `brand_new`\n\n> It is new.\n\n**What to do:** Read it.\n\n"
        "**Used in:** named by its parameters\n"
    )


def test_each_part_says_where_its_sentences_appear() -> None:
    assert set(PARTS) <= {path.stem for path in CATALOGUE.glob("*.json")}
    assert all(title and where for title, where in PARTS.values())
