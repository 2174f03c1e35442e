"""What the README shows is what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.accounts.files import parse_account

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.sandbox.client import CompanyAdmin

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


EXAMPLES = [path.read_text() for path in (ROOT / "dags/accounts").glob("*.example")]


@pytest.mark.parametrize("text", [*blocks("yaml"), *EXAMPLES])
def test_its_account_files_are_valid(text: str) -> None:
    account, problems = parse_account(text.encode(), "readme.yaml")
    assert not problems
    assert account is not None


def test_its_lines_for_other_dags_run(acme: CompanyAdmin, receipt: Callable[..., int]) -> None:
    paid, unpaid = receipt(payment_status="Paid"), receipt(payment_status="Not paid")
    hook_lines, dag_lines = blocks("python")
    names: dict[str, object] = {}
    exec(hook_lines.replace("getmyinvoices_acme", "gmi"), names)
    found = {document.document_uid for document in names["unpaid"]}  # type: ignore[attr-defined]
    assert unpaid in found
    assert paid not in found
    exec(dag_lines, names)


def test_its_commands_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"(?:`|\n)make ([a-z-]+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
