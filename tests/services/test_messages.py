"""Every text of the services and hooks is in the catalogue, and nothing else is."""

from __future__ import annotations

import ast
import json
from importlib.resources import files
from pathlib import Path

import pytest

import debitoor_provider
from debitoor_provider.messages import Message
from debitoor_provider.services.errors import BadAnswer, Refused, ServiceError, operation_name
from debitoor_provider.services.getmyinvoices.explain import _CODES, _KEY_CODES, ATTACHMENT_CODES

PACKAGE = Path(debitoor_provider.__file__).parent
CALLS = {"Call", "_get", "_list", "_whole", "_send"}


def sources(folder: str) -> list[ast.AST]:
    return [ast.parse(path.read_text("utf-8")) for path in sorted((PACKAGE / folder).rglob("*.py"))]


def texts_of(folder: str) -> set[str]:
    constants = (node for tree in sources(folder) for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {node.value for node in constants if isinstance(node.value, str)}


def operations() -> set[str]:
    calls = (node for tree in sources("services") for node in ast.walk(tree) if isinstance(node, ast.Call))
    first = [call.args[0] for call in calls if call.args and _name_of(call.func) in CALLS]
    hooked = (node for tree in sources("hooks") for node in ast.walk(tree) if isinstance(node, ast.keyword))
    named = [keyword.value for keyword in hooked if keyword.arg == "operation"]
    return {argument.value for argument in (*first, *named) if isinstance(argument, ast.Constant)}


def _name_of(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))


def catalogue(part: str) -> set[str]:
    return set(json.loads(files("debitoor_provider.messages").joinpath("en", f"{part}.json").read_text("utf-8")))


def test_every_operation_has_its_words():
    assert len(operations()) > 50
    assert {operation for operation in operations() if operation_name(operation) == operation} <= {"call"}


@pytest.mark.parametrize("part", ["services", "hooks"])
def test_every_entry_is_used(part):
    operation_codes = {f"operation_{operation}" for operation in operations()}
    assert catalogue(part) <= texts_of(part) | operation_codes


@pytest.mark.parametrize("codes", [_CODES, _KEY_CODES, ATTACHMENT_CODES])
def test_every_code_of_a_service_has_its_sentence(codes):
    assert {name for _, name in codes.values()} <= catalogue("services")


def test_an_error_is_shown_with_service_operation_sentence_and_remedy():
    error = Refused(Message("debitoor_file_type"), service="Debitoor", operation="upload_file")
    assert str(error.heading) == "Debitoor: upload file"
    assert error.remedy == "Convert the file to PDF."
    assert str(error) == ("Debitoor: upload file: Debitoor takes PDF files and images only. Convert the file to PDF.")


def test_an_error_of_a_plain_text_keeps_it():
    error = BadAnswer("It broke.", remedy="Mend it.", operation="of a hook of yours")
    assert (error.message.text(), error.remedy, str(error)) == (
        "It broke.", "Mend it.", "of a hook of yours: It broke. Mend it.",
    )  # fmt: skip


def test_an_error_without_service_and_operation_is_its_message():
    assert str(ServiceError(Message("file_empty"))) == "The file is empty."
