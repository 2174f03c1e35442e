"""Account files, whole or in part, are read as a run reads them."""

from __future__ import annotations

import pytest
import yaml

from debitoor_provider.sync.account_files.files import parse_account
from debitoor_provider.sync.account_files.template import Table, make
from debitoor_provider.sync.accounts.settings import ExportAccount, ImportAccount
from tests.docs.pages import ROOT, Block, each, name_of

NO_ACCOUNTS = {"docs/deployment.md"}
"""Pages with other YAML: the values of Airflow's Helm chart, which tests/compose/test_kubernetes.py reads."""
REQUIRED = {
    "type": "export",
    "name": "Acme GmbH",
    "debitoor_id": "books@acme.example",
    "connections": {"getmyinvoices": "getmyinvoices_acme", "debitoor": "debitoor_acme"},
}
ROW = {"account": "acme", "company": "Acme GmbH", "email": "books@acme.example", "retries": "3", "key": "acme"}
"""What fills the templates of many accounts."""
EXAMPLES = sorted((ROOT / "dags" / "accounts").glob("*.example"))


def problems(text: str) -> list[str]:
    account, found = parse_account(text.encode(), "block.yaml")
    return [] if account is not None and not found else [str(problem) for problem in found] or ["no account"]


@each("yaml")
def test_an_account_in_a_block_is_valid(block: Block) -> None:
    content = yaml.safe_load(block.text)
    assert isinstance(content, dict)
    if name_of(block.page) in NO_ACCOUNTS:
        assert "type" not in content
        return
    whole = block.text if "type" in content else yaml.safe_dump(REQUIRED | content)
    if "$(" in whole:
        (made,), wrong = make(whole, Table(list(ROW), [(2, ROW)]), known=[])
        assert wrong == []
        whole = made.text
    assert problems(whole) == []


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_an_example_of_an_account_is_valid(file) -> None:
    assert problems(file.read_text()) == []


def test_a_wrong_setting_would_be_found() -> None:
    assert problems(yaml.safe_dump(REQUIRED | {"frequenzy": "daily"})) != []
    assert {"notify", "limits"} <= set(ExportAccount.model_fields) & set(ImportAccount.model_fields)
