from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from debitoor_provider.sync.account_files.files import parse_account
from debitoor_provider.sync.account_files.writing import slim, write
from debitoor_provider.sync.account_files.yaml_source import read
from debitoor_provider.sync.accounts.settings import ExportAccount

EXAMPLES = Path(__file__).parents[3] / "dags" / "accounts"
LEAST: dict[str, Any] = {
    "type": "export",
    "name": "Acme",
    "debitoor_id": "books@acme.example",
    "connections": {"getmyinvoices": "gmi", "debitoor": "debitoor"},
}


def account_of(text: str) -> Any:
    account, problems = parse_account(text.encode(), "acme.yaml")
    assert not problems, (text, problems)
    return account


def test_a_file_is_written_as_people_write_it():
    text = write(
        {
            "archive_after_transfer": True,
            "filter": {"tags": {"none": ["private"], "any": ["books"]}, "document_types": ["RECEIPT"]},
            "period": {"to": None, "from": "2026-01-01"},
            **LEAST,
            "frequency": "every 4 hours",
            "rename": "{document_date}_{company}",
            "note": "first line\nsecond: line",
        }
    )
    assert text == (
        "type: export\n"
        "name: Acme\n"
        "debitoor_id: books@acme.example\n"
        "frequency: every 4 hours\n"
        "note: |-\n"
        "  first line\n"
        "  second: line\n"
        "connections: {getmyinvoices: gmi, debitoor: debitoor}\n"
        "period: {from: 2026-01-01}\n"
        "filter:\n"
        "  document_types: [RECEIPT]\n"
        "  tags:\n"
        "    any: [books]\n"
        "    none: [private]\n"
        "rename: '{document_date}_{company}'\n"
        "archive_after_transfer: true\n"
    )


def test_what_is_as_by_default_is_left_out():
    defaults = {
        "frequency": "daily",
        "timezone": "Europe/Berlin",
        "note": "",
        "period": {"from": None, "to": None},
        "filter": {
            "document_types": ["INCOMING_INVOICE", "RECEIPT", "CREDIT_NOTE"],
            "tags": {"any": [], "all": [], "none": []},
            "companies": {"exclude": []},
            "approved_only": False,
        },
        "rename": "",
        "reverse_charge": None,
        "category": None,
        "retries": 3,
    }
    assert write(LEAST | defaults) == write(LEAST)


@pytest.mark.parametrize("name", ["acme-receipts", "acme-sales"])
def test_the_examples_come_out_as_they_were(name: str):
    text = (EXAMPLES / f"{name}.yaml.example").read_text()
    data = read(text.encode()).data
    assert account_of(write(data)) == account_of(text)
    assert write(data, text) == text


@pytest.mark.parametrize(
    "word",
    [
        "no",
        "0815",
        "2026-01-01",
        "1e3",
        "~",
        "null",
        "True",
        "# a",
        "a: b",
        "- a",
        "&x",
        "*",
        "@a",
        "%",
        "!x",
        "'",
        '"',
    ],
)
def test_words_that_yaml_reads_as_something_else_stay_words(word: str):
    account = account_of(write(LEAST | {"name": word, "filter": {"tags": {"any": [word]}}, "note": f"{word}\n{word}"}))
    assert (account.name, account.filter.tags.any, account.note) == (word, (word,), f"{word}\n{word}")


@pytest.mark.parametrize("word", ["01099", "0815", "1e3", "0o17", "12:30", "NO", "-007", "19.50"])
def test_a_word_is_a_word_in_every_version_of_yaml(word: str):
    """PyYAML (1.1) reads the time as 750 and *NO* as false, ruamel.yaml (1.2) the postcode as 1099."""
    text = write(LEAST | {"name": word})
    assert (yaml.safe_load(text)["name"], YAML(typ="safe", pure=True).load(text)["name"]) == (word, word)
    changed = write(LEAST | {"name": word}, f"{write(LEAST)}  # a comment\n")
    assert yaml.safe_load(changed)["name"] == word


@pytest.mark.parametrize("mark", ["\x85", "\u2028", "\u2029"])
def test_a_line_break_that_cannot_be_seen_is_not_lost_on_the_way(mark: str):
    assert read(write(LEAST | {"note": f"a{mark}b"}).encode()).data["note"] == f"a{mark}b"


@given(st.text(min_size=1))
@settings(max_examples=200, deadline=None)
def test_whatever_was_typed_is_read_again_or_is_a_problem(text: str):
    entered = LEAST | {"name": text, "note": text}
    account, problems = parse_account(write(entered).encode("utf-8", "replace"), "acme.yaml")
    assert problems if account is None else account == ExportAccount.model_validate(entered)


class TestAFileThatIsThere:
    OLD = (
        "# Acme, agreed with the tax adviser\n"
        "type: export   # from GetMyInvoices\n"
        "name: Acme\n"
        'debitoor_id: "books@acme.example"\n'
        "\n"
        "# both of the same company\n"
        "connections:\n"
        "  getmyinvoices: gmi   # read only\n"
        "  debitoor: debitoor\n"
        "timezone: Europe/Berlin   # as everybody\n"
        "# the names\n"
        "rename: '{company}'\n"
        "# the end\n"
    )

    def settings(self, **changes: Any) -> dict[str, Any]:
        return read(self.OLD.encode()).data | changes

    def test_an_unchanged_file_stays_as_it_is(self):
        assert write(self.settings(), self.OLD) == self.OLD

    def test_with_one_change_keeps_all_other_lines(self):
        text = write(self.settings(name="Acme GmbH", rename="{year}"), self.OLD)
        assert text == self.OLD.replace("name: Acme\n", "name: Acme GmbH\n").replace("'{company}'", "'{year}'")

    def test_a_changed_field_keeps_its_comments(self):
        text = write(
            self.settings(timezone="Asia/Tokyo", connections={"getmyinvoices": "b", "debitoor": "d"}), self.OLD
        )
        assert "timezone: Asia/Tokyo      # as everybody\n" in text
        assert "# both of the same company\nconnections:\n  getmyinvoices: b     # read only\n  debitoor: d\n" in text

    def test_a_section_keeps_the_comments_of_what_does_not_change(self):
        old = (
            self.OLD + "filter:\n  # agreed in March\n  tags: {any: [books]}   # one of these\n  approved_only: true\n"
        )
        text = write(self.settings(filter={"tags": {"any": ["books"], "none": ["private"]}}), old)
        assert text == self.OLD + (
            "filter:\n  # agreed in March\n  tags: {any: [books], none: [private]} # one of these\n"
        )

    def test_gets_new_fields_where_they_belong(self):
        text = write(self.settings(note="see A", frequency="hourly"), self.OLD)
        lines = text.splitlines()
        assert lines.index("frequency: hourly") == lines.index('debitoor_id: "books@acme.example"') + 2
        assert [line for line in lines if line not in ("frequency: hourly", "note: see A")] == self.OLD.splitlines()

    def test_loses_what_was_taken_out(self):
        changed = self.settings()
        del changed["rename"]
        assert "rename" not in write(changed, self.OLD)

    def test_an_explicit_default_is_removed_only_when_it_is_changed(self):
        assert "timezone: Europe/Berlin   # as everybody\n" in write(self.settings(name="B"), self.OLD)
        changed = write(self.settings(timezone="Asia/Tokyo"), self.OLD)
        assert read(changed.encode()).data["timezone"] == "Asia/Tokyo"
        assert "timezone" not in read(write(self.settings(timezone="Europe/Berlin"), changed).encode()).data

    NUMBERS = (
        "type: export\n"
        "name: Acme\n"
        "debitoor_id: books@acme.example\n"
        "note: ours\n"
        "connections: {getmyinvoices: gmi, debitoor: debitoor}\n"
        "reverse_charge:  # from Sweden\n"
        "  tax_rate: 19  # at home\n"
        "  product_or_service: service\n"
        "  consumption_or_resale: consumption\n"
        "accept_rates: [16.34, 5.50, '7', 12]  # agreed\n"
        "limits:\n"
        "  new_documents: 500\n"
        "  amount: 10000.50  # a month\n"
    )

    def as_shown(self) -> dict[str, Any]:
        """Return the settings as the form gets them: decimals are texts."""
        shown: dict[str, Any] = account_of(self.NUMBERS).model_dump(mode="json", by_alias=True, exclude_unset=True)
        return shown

    def test_keeps_its_numbers_as_they_are_written(self):
        shown = self.as_shown()
        assert shown["limits"]["amount"] == "10000.50"
        assert write(shown, self.NUMBERS) == self.NUMBERS
        assert write(shown | {"note": "read"}, self.NUMBERS) == self.NUMBERS.replace("ours", "read")

    @pytest.mark.parametrize(
        ("name", "changes", "old", "new"),
        [
            ("reverse_charge", {"tax_rate": 25}, "rate: 19 ", "rate: 25 "),
            ("reverse_charge", {"tax_rate": 7.5}, "rate: 19 ", "rate: 7.5 "),
            ("reverse_charge", {"tax_rate": "7.5"}, "rate: 19 ", "rate: 7.5 "),
            ("reverse_charge", {"product_or_service": "product"}, "service: service", "service: product"),
            ("limits", {"amount": 1700}, "10000.50", "1700"),
            ("limits", {"amount": 999_999_999.99}, "10000.50", "999999999.99"),
            ("limits", {"new_documents": 600}, "500", "600"),
        ],
    )
    def test_changes_one_number_and_no_other(self, name: str, changes: dict[str, Any], old: str, new: str):
        shown = self.as_shown()
        text = write(shown | {name: shown[name] | changes}, self.NUMBERS)
        assert re.sub(" +#", "  #", text) == self.NUMBERS.replace(old, new, 1)

    def test_a_changed_list_of_numbers_is_written_as_numbers(self):
        shown = self.as_shown()
        text = write(shown | {"accept_rates": [*shown["accept_rates"][:-1], 21]}, self.NUMBERS)
        assert "accept_rates: [16.34, 5.5, 7, 21]" in text
        assert account_of(text).accept_rates == (Decimal("16.34"), Decimal("5.5"), Decimal(7), Decimal(21))

    def test_a_number_of_two_meanings_stays_as_it_was_typed(self):
        shown = self.as_shown()
        text = write(shown | {"limits": shown["limits"] | {"amount": "1.230"}}, self.NUMBERS)
        (problem,) = parse_account(text.encode(), "acme.yaml")[1]
        assert (problem.field, "1.230" in problem.message.text()) == ("limits.amount", True)

    def test_a_file_of_another_direction_is_rewritten(self):
        text = write({**LEAST, "type": "import", "documents": ["invoices"]}, self.OLD)
        assert account_of(text).type == "import"

    @pytest.mark.parametrize(
        "old",
        [
            json.dumps(LEAST),
            "{type: export, name: Acme}",
            "not: [closed",
            "\ufeff" + OLD,
            OLD.replace("\n", "\r\n"),
            OLD.replace("rename: '{company}'", 'rename: "a\n# b\n  c"'),
            "",
            "# only a comment",
        ],
    )
    def test_of_any_kind_says_in_the_end_what_was_meant(self, old: str):
        wanted = self.settings(name="B", rename="{year}", note="two\nlines")
        assert account_of(write(wanted, old)) == account_of(write(wanted))


WORDS = st.sampled_from(["books", "no", "0815", "# a", "2026-01-01", "a: b", "", "two\nlines", "2026-13-45"])
LISTS = st.lists(WORDS, max_size=3, unique=True)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "name": WORDS,
        "note": WORDS,
        "rename": WORDS,
        "timezone": WORDS,
        "retries": st.integers(0, 9),
        "period": st.fixed_dictionaries({}, optional={"from": WORDS, "to": WORDS}),
        "filter": st.fixed_dictionaries(
            {},
            optional={
                "approved_only": st.booleans(),
                "payment_status": LISTS,
                "tags": st.fixed_dictionaries({}, optional={"any": LISTS, "none": LISTS}),
            },
        ),
    },
)


@given(CHANGES, CHANGES, st.data())
@settings(max_examples=200, deadline=None)
def test_a_file_with_comments_anywhere_says_what_was_meant(before: Any, after: Any, data: st.DataObject):
    lines = [
        f"{line}   # why"
        if data.draw(st.booleans()) and line.count('"') + line.count("'") + line.count("|") == 0
        else line
        for line in write(LEAST | before).splitlines()
    ]
    old = "".join(("# above\n" if data.draw(st.booleans()) else "") + f"{line}\n" for line in lines)
    text = write(LEAST | after, old)
    assert slim(read(text.encode()).data) == slim(read(write(LEAST | after).encode()).data)


def test_settings_that_are_no_account_are_written_as_they_are():
    assert read(write({"a": 1, "b": [{"c": "d"}]}).encode()).data == {"a": 1, "b": [{"c": "d"}]}


def test_unknown_fields_are_kept_for_the_judge():
    _, problems = parse_account(write(LEAST | {"renam": "x", "filter": {"tag": 1}}).encode(), "acme.yaml")
    assert [problem.field for problem in problems] == ["filter.tag", "renam"]


def test_no_settings_are_deep():
    deep: Any = "x"
    for _ in range(500):
        deep = [deep]
    with pytest.raises(ValueError, match="too deeply"):
        write(LEAST | {"filter": deep})


@pytest.mark.parametrize("value", [None, 5, [], {"a": {}}, True, "text"])
@pytest.mark.parametrize("name", ["type", "filter", "period", "connections", "reverse_charge", "note"])
def test_values_of_any_kind_are_written_and_judged(name: str, value: Any):
    account, problems = parse_account(write(LEAST | {name: value}).encode(), "acme.yaml")
    assert bool(account) != bool(problems)


def test_slim_is_the_same_the_second_time():
    once = slim(LEAST | {"filter": {"tags": {"any": ["a"]}, "archived": False}})
    assert slim(once) == once == {**LEAST, "filter": {"tags": {"any": ["a"]}}}
