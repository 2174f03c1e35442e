"""What may be said when something is wrong: the catalogue of sentences, and the modules that use them."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from debitoor_provider.messages.labels import label
from debitoor_provider.messages.reader import Reader

PACKAGE = Path(__file__).parent.parent / "plugins" / "debitoor_provider"
CATALOGUE = PACKAGE / "messages" / "en"

PARTS = {
    "services": (
        "The two services",
        "logs, the report of a run, the document, the test of a connection, and the exceptions of a hook",
    ),
    "hooks": ("Connections", "*Test* of a connection, and `airflow debitoor accounts validate --connections`"),
    "documents": (
        "Held and rejected documents",
        "*Needs attention* and a document's history on the page, `airflow debitoor documents list` and `… history`",
    ),
    "selection": ("Documents that are left out or wait", "the list of an account's documents, and previews"),
    "invoices": ("E-invoices", "the history of a document whose e-invoice was not used"),
    "runs": ("Runs", "the report of a run, the log of its tasks, and the form that triggers it"),
    "accounts": (
        "Account files",
        "`airflow debitoor accounts validate`, the form of the page, and the log of a broken account's DAG",
    ),
    "check": ("The check", "`airflow debitoor check`, and the tab *Check* of an account"),
    "ledger": ("The ledger", "commands, the page and the log of a task that cannot use the ledger"),
    "notifications": ("Notifications", "what is sent, and the log of the report when it cannot be sent"),
    "page": ("The page", "the Synchronisation page, and the answers of its API"),
    "commands": ("The commands", "what `airflow debitoor documents` says of documents that it leaves as they are"),
    "common": ("Elsewhere", "wherever a service or another part wrote the sentence itself"),
}
"""What a file of the catalogue is about, and where its sentences appear."""

_PAGE = Reader("en", page=True)
_LABEL = re.compile(r"\{@([\w.]+)(?:\{(\w+)\})?\}")
_REMEDY = re.compile(r"\{(\w+)\.remedy\}")
_FORM = re.compile(r"\{(\w+):\w+\}")
_MARKUP = re.compile(r"([\\*_<>\[\]`|])")


def entries() -> str:
    """Return all sentences as Markdown: those with a remedy one by one, the others in tables."""
    there = sorted(path.stem for path in CATALOGUE.glob("*.json"))
    return "\n".join(_part(name) for name in [*PARTS, *(name for name in there if name not in PARTS)])


def catalogue(part: str) -> dict[str, dict[str, Any]]:
    """Return the sentences of a file of the catalogue, by code."""
    found: dict[str, dict[str, Any]] = json.loads((CATALOGUE / f"{part}.json").read_text("utf-8"))
    return found


def shown(text: str) -> str:
    """Return a sentence with its parameters by name and the labels of the page."""
    text = _LABEL.sub(lambda found: f"“{{{found[2]}}}”" if found[2] else label(found[1], _PAGE), text)
    text = _FORM.sub(r"{\1}", _REMEDY.sub(r"{what to do about \1}", text))
    return _MARKUP.sub(r"\\\1", text).strip()


@cache
def users() -> dict[str, list[str]]:
    """Return for each code the modules of the package that name it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        literals = {
            node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)
        }
        for text in literals:
            if isinstance(text, str) and text.isidentifier():
                found[text].append(path.relative_to(PACKAGE).as_posix())
    return found


def _part(name: str) -> str:
    title, where = PARTS.get(name, (name.capitalize(), ""))
    known = catalogue(name)
    helped = {code: entry for code, entry in known.items() if _has_own_remedy(entry)}
    others = {code: entry for code, entry in known.items() if code not in helped}
    head = f"## {title}\n\n**Where:** {where}\n" if where else f"## {title}\n"
    parts = [head, *(_entry(code, entry) for code, entry in helped.items())]
    if others:
        rows = (
            f"| `{code}` | {' / '.join(_texts(entry['text']))} | {_modules(code)} |" for code, entry in others.items()
        )
        columns = "| Code | Sentence | Used in |\n| --- | --- | --- |\n"
        parts.append(f"### {title}: sentences without a remedy\n\n{columns}" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def _has_own_remedy(entry: dict[str, Any]) -> bool:
    """Return whether it says what to do in words of its own, not only in those of a sentence that it puts in."""
    return any(_REMEDY.sub("", text).strip() for text in _forms(entry.get("remedy", "")))


def _entry(code: str, entry: dict[str, Any]) -> str:
    said = "\n>\n".join(f"> {text}" for text in _texts(entry["text"]))
    remedy = " / ".join(_texts(entry["remedy"]))
    return f"### `{code}`\n\n{said}\n\n**What to do:** {remedy}\n\n**Used in:** {_modules(code)}\n"


def _texts(text: str | dict[str, str]) -> list[str]:
    return [shown(form) for form in _forms(text)]


def _forms(text: str | dict[str, str]) -> list[str]:
    """Return the forms of a plural, or the one that there is."""
    return list(text.values()) if isinstance(text, dict) else [text]


def _modules(code: str) -> str:
    return ", ".join(f"`{module}`" for module in users().get(code, [])) or "named by its parameters"
