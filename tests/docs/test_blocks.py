"""Every block of code says its language, and so is run or read by the test of that language."""

from __future__ import annotations

import configparser
import json
import re
from pathlib import Path

import pytest

from debitoor_provider.get_provider_info import get_provider_info
from docs_site.repository import BLOCK
from tests.docs.pages import BLOCKS, PAGES, ROOT, Block, each, name_of

TESTED = {"python", "sh", "yaml", "json", "ini"}
SHOWN = {"text", "promql", "mermaid", "{eval-rst}"}
"""What no test can run: output, queries and configuration of other programs, and what the site's builder reads."""
_INCLUDED = re.compile(r"\{literalinclude\} (\S+)")


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.place)
def test_a_block_says_its_language(block: Block) -> None:
    assert block.language in TESTED | SHOWN or _INCLUDED.fullmatch(block.language)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_each_fence_is_closed(page: Path) -> None:
    rest = BLOCK.sub("", page.read_text())
    assert re.findall(r"^ *```.*", rest, re.MULTILINE) == []


@pytest.mark.parametrize("block", [block for block in BLOCKS if _INCLUDED.match(block.language)], ids=lambda b: b.place)
def test_a_file_that_is_shown_is_there(block: Block) -> None:
    assert (block.page.parent / _INCLUDED.fullmatch(block.language)[1]).is_file()


@each("json")
def test_json_can_be_read(block: Block) -> None:
    json.loads(block.text)


@each("ini")
def test_options_of_the_configuration_exist(block: Block) -> None:
    from airflow.configuration import conf

    read = configparser.ConfigParser(interpolation=None)
    read.read_string(block.text)
    own = {name: set(section["options"]) for name, section in get_provider_info()["config"].items()}
    known = {section: own.get(section) or set(conf.getsection(section) or ()) for section in read.sections()}
    assert [(name, option) for name in read.sections() for option in read[name] if option not in known[name]] == []


def test_all_pages_are_looked_at() -> None:
    assert {"README.md", "docs/index.md", "docs/how-to/export.md"} <= {name_of(page) for page in PAGES}
    assert len(BLOCKS) > 40
    assert ROOT.joinpath("docs").is_dir()
