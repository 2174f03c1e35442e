"""The API reference: which classes stand on which page. Their texts are the docstrings, read by Sphinx."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "plugins" / "debitoor_provider"

PAGES = {
    "hooks": ["hooks/getmyinvoices.py", "hooks/debitoor.py"],
    "getmyinvoices_client": ["services/getmyinvoices/client.py"],
    "getmyinvoices_models": [f"services/getmyinvoices/{name}.py" for name in ("models", "listing", "body", "enums")],
    "debitoor_client": ["services/debitoor/client.py"],
    "debitoor_models": [f"services/debitoor/{name}.py" for name in ("models", "sales", "lookups", "enums")],
    "operators": ["operators"],
    "sensors": ["sensors"],
    "notifications": ["notifications"],
    "links": ["links"],
    "policies": ["policies"],
    "errors": ["services/errors.py"],
    "messages": ["messages/message.py"],
}
"""Files and folders of the package, by the name in a page's mark; a folder stands for all of its modules."""

_ALL = ":members:\n   :inherited-members:"
_SHOWN = {"hooks": _ALL, "getmyinvoices_client": _ALL, "debitoor_client": _ALL, "operators": ""}
"""What is shown of the classes of a page in addition to their own text; for all others, their own members."""

_INNER = {"DocumentQuery", "FileBody", "BrokenAccountOperator", "PathInDoubt", "Sales", "Lookups"}
"""Public by name only: what callers neither make nor get."""


def reference(name: str) -> str:
    """Return the classes of a page as directives for Sphinx, with their names as targets of links."""
    files = [path for part in PAGES[name] for path in modules(part)]
    return "\n".join(_entry(path, found, _SHOWN.get(name, ":members:")) for path in files for found in classes(path))


def modules(part: str) -> list[Path]:
    """Return the modules of a file or folder of the package, the base of the others first; none if it is not there."""
    path = PACKAGE / part
    if path.is_dir():
        return sorted(path.glob("*.py"), key=lambda module: (module.name != "base.py", module.name))
    return [path] if path.exists() else []


def classes(path: Path) -> list[str]:
    """Return the public classes of a module, in their order."""
    nodes = ast.parse(path.read_text("utf-8")).body
    named = [node.name for node in nodes if isinstance(node, ast.ClassDef)]
    return [name for name in named if not name.startswith("_") and name not in _INNER]


def _entry(path: Path, name: str, options: str) -> str:
    module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    return f"""\
({name.lower()})=

```{{eval-rst}}
.. autoapiclass:: {module}.{name}
   :show-inheritance:
   {options}
```
"""
