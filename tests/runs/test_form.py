from __future__ import annotations

import pytest

from debitoor_provider.runs.form import FORM, check_form, require_read
from debitoor_provider.services.errors import Misconfigured


@pytest.mark.parametrize(
    "conf", [None, {}, dict.fromkeys(FORM), {"dry_run": True, "from": "2026-01-01", "document_ids": ["4711"]}]
)
def test_what_the_form_has_is_accepted(conf):
    check_form(conf, FORM)


@pytest.mark.parametrize("key", FORM)
def test_what_airflow_did_not_pass_on_is_named(key):
    """With ``[core] dag_run_conf_overrides_params = False`` a dry run would move documents."""
    with pytest.raises(Misconfigured, match=f"triggered with {key}, .* dag_run_conf_overrides_params"):
        check_form({key: ["4711"]}, {*FORM} - {key})
    check_form({key: None}, ())


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("dryrun", "dry_run"),
        ("dry-run", "dry_run"),
        ("DRY_RUN", "dry_run"),
        ("From", "from"),
        ("documents_id", "document_ids"),
    ],
)
def test_a_misspelt_key_is_named_with_the_nearest_one(key, meant):
    with pytest.raises(Misconfigured, match=f"'{key}'.* did you mean {meant}"):
        check_form({key: True}, FORM)


def test_any_other_key_is_named_with_all_that_there_are():
    with pytest.raises(Misconfigured, match=r"'x'.* no other keys than from, to, document_ids, dry_run"):
        check_form({"x": 1}, FORM)


def test_a_long_key_is_cut():
    with pytest.raises(Misconfigured) as wrong:
        check_form({"x" * 10_000: 1}, FORM)
    assert len(str(wrong.value)) < 300


@pytest.mark.parametrize("conf", [None, {}, {"report": "busy"}, {"dry_run": False, "from": None}, {"today": "x"}])
def test_what_is_not_ours_is_left_to_the_dag(conf):
    require_read(conf, ())


@pytest.mark.parametrize(
    "conf", [{"dry_run": True}, {"dryrun": True}, {"DRY-RUN": "yes"}, {"from": "2026-01-01"}, {"document_ids": ["1"]}]
)
def test_what_no_step_reads_moves_nothing(conf):
    with pytest.raises(Misconfigured, match="no step of this DAG reads"):
        require_read(conf, ())


def test_what_a_step_was_given_is_read():
    require_read({"dry_run": True, "from": "2026-01-01"}, {"dry_run", "from"})
