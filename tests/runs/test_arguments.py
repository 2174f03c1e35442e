from __future__ import annotations

from typing import Any

import pytest

from debitoor_provider.runs.arguments import (
    ArgumentError,
    account_of_arguments,
    require_choice,
    require_count,
    require_known,
)
from debitoor_provider.sync.account_files.files import parse_account
from debitoor_provider.sync.accounts.settings import ExportAccount, ImportAccount

WHO = {"debitoor_id": "books@acme.example"}


def built(direction: str | None = "export", connections: dict[str, str] | None = None, **arguments: Any) -> Any:
    return account_of_arguments("acme", {**WHO, **arguments}, connections or {}, direction)


def test_an_account_has_the_same_settings_as_from_a_file():
    content = b"""\
type: export
name: acme
frequency: manual
debitoor_id: books@acme.example
connections: {getmyinvoices: gmi, debitoor: deb}
rename: "{company}"
filter: {tags: {any: [books]}}
accept_rates: [16.34]
period: {from: 2026-01-01}
"""
    account, _ = parse_account(content, "acme.yaml")
    given = {"rename": "{company}", "filter": {"tags": {"any": ["books"]}}, "accept_rates": [16.34]}
    assert account == built(
        connections={"getmyinvoices": "gmi", "debitoor": "deb"}, period={"from": "2026-01-01"}, **given
    )


def test_the_connections_are_those_that_airflow_s_hooks_take_by_default():
    made = built()
    by_service = [made.connection_of(service) for service in ("getmyinvoices", "debitoor")]
    assert by_service == ["getmyinvoices_default", "debitoor_default"]
    assert built(connections={"debitoor": "deb"}).connections.debitoor == "deb"
    in_settings = {**WHO, "connections": {"getmyinvoices": "gmi", "debitoor": "deb"}}
    made = account_of_arguments("acme", in_settings, {"debitoor": "other"}, "export")
    assert (made.connection_of("getmyinvoices"), made.connection_of("debitoor")) == ("gmi", "other")


def test_the_direction_is_the_operator_s_or_the_argument_type():
    assert isinstance(built(), ExportAccount)
    assert isinstance(built(None, type="import"), ImportAccount)


@pytest.mark.parametrize(
    ("direction", "arguments", "problem"),
    [
        (None, {}, "type: This field is missing. Start with the account's type: one of export, import."),
        ("export", {"type": "exprot"}, "type: 'exprot' is not an account type. .* Did you mean export?"),
        ("export", {"rename": "{compny}"}, "rename: There is no placeholder {compny} .* Did you mean {company}"),
        ("export", {"filter": {"tgas": {}}}, "filter.tgas: There is no such field. Did you mean tags?"),
        ("export", {"defaults": {}}, "defaults: There is no such field. It is a setting of accounts with type: import"),
        ("import", {"documents": ["invoice"]}, "documents.*Did you mean invoices"),
        ("export", {"parallel": 0}, "parallel: '0' is too small"),
        ("export", {"debitoor_id": None}, "debitoor_id: "),
    ],
)
def test_what_cannot_be_used_is_named_with_what_was_probably_meant(direction, arguments, problem):
    with pytest.raises(ArgumentError, match=problem.replace("{", r"\{")):
        built(direction, **arguments)


def test_a_connection_is_named_by_its_argument():
    with pytest.raises(ArgumentError, match=r"^Account acme: getmyinvoices_conn_id: This is not a connection id"):
        built(connections={"getmyinvoices": "with blanks"})


def test_every_problem_is_named_at_once():
    with pytest.raises(ArgumentError) as refused:
        account_of_arguments("acme", {"rename": "{x}", "parallel": 0}, {}, "export")
    named = [line.split(":")[0] for line in str(refused.value).removeprefix("Account acme: ").splitlines()]
    assert sorted(named) == ["debitoor_id", "parallel", "rename"]


def test_a_choice_may_be_left_to_a_template_or_out():
    require_choice("kind", "{{ params.kind }}", ["a"])
    require_choice("kind", "", ["", "a"])
    with pytest.raises(ArgumentError, match=r"kind: 'b' is not known\. Use one of a\."):
        require_choice("kind", "b", ["", "a"])


@pytest.mark.parametrize("number", [0, -1, True, "2", 1.5])
def test_a_count_is_a_whole_number(number):
    with pytest.raises(ArgumentError, match="at_least"):
        require_count("at_least", number)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("frequency", "set the DAG's schedule"),
        ("connections", "Name the connections with getmyinvoices_conn_id, debitoor_conn_id"),
        ("renam", "Did you mean rename?"),
    ],
)
def test_an_argument_that_no_operator_has_is_named_with_what_to_write_instead(name, remedy):
    with pytest.raises(ArgumentError, match=remedy):
        require_known("PlanOperator", [name], ["getmyinvoices_conn_id", "debitoor_conn_id"])
