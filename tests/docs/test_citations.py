"""Each section, assumption and decision that the code cites has a place in the documentation."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = {
    "getmyinvoices": ROOT / "docs" / "contracts" / "getmyinvoices.md",
    "debitoor": ROOT / "docs" / "contracts" / "debitoor.md",
    "design": ROOT / "docs" / "design-decisions.md",
}
CONTRACTS = frozenset({"getmyinvoices", "debitoor"})
SERVICE = {"g": "getmyinvoices", "getmyinvoices": "getmyinvoices", "gmi": "getmyinvoices"}
SERVICE |= {"d": "debitoor", "debitoor": "debitoor"}

SANDBOX = Path("plugins/debitoor_provider/sandbox")

_NUMBER = r"\d{1,2}(?:\.\d{1,2})?(?![\w%])"
_NUMBERS = rf"{_NUMBER}(?:(?:,|,? and| to| or) {_NUMBER})*"
# "contract 6.3", "Debitoor contract, section 10", "contract G 4, 5", "design sections 4 and 5", "D 6.3 to 6.5"
_SECTIONS = re.compile(
    rf"(?:(?P<service>GetMyInvoices|Debitoor)(?:'s)? )?\b(?P<page>(?i:contract|design)),? (?:(?P<letter>[GD]) )?"
    rf"(?:sections? )?(?P<numbers>{_NUMBERS})"
    rf"|(?P<name>GetMyInvoices|Debitoor) (?:section )?(?P<named>{_NUMBERS})"
    rf"|\b(?P<short>[GD]) (?P<lettered>{_NUMBERS})"
)
_ASSUMPTION = re.compile(r"\bA(?P<hyphen>-?)(?P<first>\d{1,2})\b(?: to A-?(?P<last>\d{1,2})\b)?")
# A service's own modules leave the word out: "(4.2)", "(section 10.3)"; its constants have the number alone: "# 6.3"
_BRACKETED = re.compile(rf"\((?:sections? (?P<sections>{_NUMBERS})|(?P<dotted>\d{{1,2}}\.\d{{1,2}}))(?=[);:])")
_BARE = re.compile(rf"# ({_NUMBERS})(?=:|$)")


class Citation(NamedTuple):
    """A section or assumption, and the pages of which one has to have it."""

    mark: str
    pages: frozenset[str]


def texts(source: str) -> list[str]:
    """Return the comments of a Python module and the strings that stand alone in it: its documentation."""
    comments = [t.string for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type == tokenize.COMMENT]
    alone = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Expr))
    return comments + [node.value for node in alone if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def script_texts(source: str) -> list[str]:
    """Return the comments of a JavaScript module."""
    return re.findall(r"/\*.*?\*/|(?:^|(?<=\s))//[^\n]*", source, re.DOTALL)


def citations(text: str, path: Path) -> set[Citation]:
    """Return what a comment or docstring of a module cites.

    A contract that is not named is that of the service whose folder the module is in; elsewhere either will do.
    """
    text = re.sub(r"\s+", " ", text)
    own = {SERVICE[part] for part in [*path.parent.parts, path.stem] if part in SERVICE}
    unnamed = frozenset(own) if len(own) == 1 else CONTRACTS
    found: set[Citation] = set()
    for match in _SECTIONS.finditer(text):
        named = match["service"] or match["letter"] or match["name"] or match["short"]
        pages = frozenset({SERVICE[named.lower()]}) if named else unnamed
        if (match["page"] or "").lower() == "design":
            pages = frozenset({"design"})
        found |= sections(match["numbers"] or match["named"] or match["lettered"], pages)
    if len(own) == 1:
        for match in _BRACKETED.finditer(text):
            found |= sections(match["sections"] or match["dotted"], unnamed)
        if path.stem == "constants" and (bare := _BARE.match(text)):
            found |= sections(bare[1], unnamed)
    for match in _ASSUMPTION.finditer(text):
        pages = frozenset({"getmyinvoices" if match["hyphen"] else "debitoor"})
        numbers = range(int(match["first"]), int(match["last"] or match["first"]) + 1)
        found |= {Citation(f"A-{number:02}" if match["hyphen"] else f"A{number}", pages) for number in numbers}
    return found


def sections(numbers: str, pages: frozenset[str]) -> set[Citation]:
    """Return the sections that a list names: ``5 to 8`` are four, ``1.5 to 1.7`` three."""
    found = set(re.findall(_NUMBER, numbers))
    for first, last in re.findall(rf"({_NUMBER}) to ({_NUMBER})", numbers):
        *chapter, low = first.split(".")
        found |= {".".join([*chapter, str(number)]) for number in range(int(low), int(last.split(".")[-1]) + 1)}
    return {Citation(number, pages) for number in found}


@cache
def marks(page: str) -> frozenset[str]:
    """Return the numbers of a page's headings and the ids of its rows."""
    text = PAGES[page].read_text()
    return frozenset(re.findall(rf"^#{{2,3}} ({_NUMBER})\.? \S", text, re.MULTILINE)) | frozenset(
        re.findall(r"^\| (A-?\d+) \|", text, re.MULTILINE)
    )


def modules() -> list[Path]:
    """Return all Python and JavaScript modules of the provider and the sandbox, and the tests of both."""
    folders = [ROOT / name for name in ("plugins", "tests")]
    found = (path for folder in folders for pattern in ("*.py", "*.js") for path in folder.rglob(pattern))
    return sorted(path.relative_to(ROOT) for path in found if path != Path(__file__))


@cache
def cited_in(path: Path) -> set[Citation]:
    source = (ROOT / path).read_text()
    return set().union(*(citations(text, path) for text in (texts if path.suffix == ".py" else script_texts)(source)))


def test_each_citation_leads_to_a_section_or_a_row() -> None:
    dangling = {
        f"{path}: {cited.mark} is neither a heading nor a row of {' or '.join(sorted(cited.pages))}"
        for path in modules()
        for cited in cited_in(path)
        if not any(cited.mark in marks(page) for page in cited.pages)
    }
    assert sorted(dangling) == []


def test_the_code_cites_all_three_pages() -> None:
    cited = [citation for path in modules() for citation in cited_in(path)]
    assert {page for citation in cited if len(citation.pages) == 1 for page in citation.pages} == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_section_has_one_heading_and_an_assumption_one_row(page: str) -> None:
    numbers = re.findall(r"^#{2,3} ([\d.]*\d)\.? |^\| (A-?\d+) \|", PAGES[page].read_text(), re.MULTILINE)
    assert sorted(set(numbers)) == sorted(numbers)


@pytest.mark.parametrize("page", PAGES)
def test_a_heading_has_text_or_sections_below_it(page: str) -> None:
    _, *parts = re.split(r"^(##+) (.*)\n", PAGES[page].read_text(), flags=re.MULTILINE)
    levels, titles, below = parts[::3], parts[1::3], parts[2::3]
    ends = [len(after) <= len(level) for level, after in zip(levels, [*levels[1:], ""], strict=True)]
    assert [title for title, text, ended in zip(titles, below, ends, strict=True) if ended and not text.strip()] == []


PROVIDER = Path("plugins/debitoor_provider/sync/module.py")
CLIENT = Path("plugins/debitoor_provider/services/getmyinvoices/client.py")
CONSTANTS = Path("plugins/debitoor_provider/services/debitoor/constants.py")
GETMYINVOICES, DEBITOOR = frozenset({"getmyinvoices"}), frozenset({"debitoor"})


@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        ("Book it (contract section 99.1).", PROVIDER, {"99.1": CONTRACTS}),
        ("Contract 4.2, 4.3, 5 and 11: lists.", PROVIDER, dict.fromkeys(["4.2", "4.3", "5", "11"], CONTRACTS)),
        ("what is sent (Debitoor contract,\n    section 10)", PROVIDER, {"10": DEBITOOR}),
        ("(GetMyInvoices 1.4 and 6.4, Debitoor section 10)", PROVIDER,
         {"1.4": GETMYINVOICES, "6.4": GETMYINVOICES, "10": DEBITOOR}),
        ("(contract 7.1)", CLIENT, {"7.1": GETMYINVOICES}),
        ("One page of a list (4.2); see (section 10.3).", CLIENT, {"4.2": GETMYINVOICES, "10.3": GETMYINVOICES}),
        ("# 6.3", CONSTANTS, {"6.3": DEBITOOR}),
        ("contract sections 5 to 8", PROVIDER, dict.fromkeys("5678", CONTRACTS)),
        ("# G 12, D 2", SANDBOX / "switches.py", {"12": GETMYINVOICES, "2": DEBITOOR}),
        ("D 6.3 to 6.5", SANDBOX / "debitoor/schemas.py", dict.fromkeys(["6.3", "6.4", "6.5"], DEBITOOR)),
        ("contract section 3.4, A23; A-07 to A-09", PROVIDER,
         {"3.4": CONTRACTS, "A23": DEBITOOR, **dict.fromkeys(["A-07", "A-08", "A-09"], GETMYINVOICES)}),
        ("(design sections 4 and 5)", PROVIDER, dict.fromkeys("45", frozenset({"design"}))),
        ("``[Debitoor 59f0c1d2]``; 12 contracts; design of 2020; HTTP (1.1)", PROVIDER, {}),
    ],
)  # fmt: skip
def test_citations_are_recognised(text: str, path: Path, found: dict[str, frozenset[str]]) -> None:
    assert dict(citations(text, path)) == found


def test_only_comments_and_documentation_cite() -> None:
    assert texts('"""A1."""\nx = "A2"  # A3\n"""A4."""\n') == ["# A3", "A1.", "A4."]
    assert script_texts('const url = "http://a/A1"; // A2\n/* A3\n */') == ["// A2", "/* A3\n */"]
