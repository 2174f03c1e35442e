"""How the package is cut: a name is one idea, and a module can be read at once."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import debitoor_provider

PACKAGE = Path(debitoor_provider.__file__).parent
MODULES = {path.relative_to(PACKAGE).as_posix(): path.read_text() for path in sorted(PACKAGE.rglob("*.py"))}

LONGEST = 300
MIRRORED = {
    "Company",  # of GetMyInvoices; the sandbox keeps one with both its accounts
    "NewDocument",  # what is uploaded to GetMyInvoices; in the sandbox, what a test puts there
}
"""Names that the sandbox, which shares nothing with the provider, takes from the services as the provider does."""


def public_names(text: str) -> set[str]:
    """Return the names of a module's classes and type aliases; a type variable stands for any type, wherever it is."""
    tree = ast.parse(text)
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if not _is_type_variable(value):
                names.add(name)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id="TypeAlias")):
                names.add(name)
    return {name for name in names if name[0].isupper() and not name.isupper()}


def _is_type_variable(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "TypeVar"


def test_each_name_of_a_class_or_a_type_is_one_idea() -> None:
    places = defaultdict(set)
    for module, text in MODULES.items():
        for name in public_names(text):
            places[name].add(module)
    twice = {name: sorted(modules) for name, modules in places.items() if len(modules) > 1}
    assert {name: modules for name, modules in twice.items() if name not in MIRRORED} == {}
    for name in MIRRORED:
        assert [module.startswith("sandbox/") for module in twice[name]] == [True, False]


def test_a_module_can_be_read_at_once() -> None:
    lengths = {module: text.count("\n") for module, text in MODULES.items()}
    assert {module: length for module, length in lengths.items() if length > LONGEST} == {}
