"""The description of the package on an index is the README, with links that lead somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from hatch_build import ReadmeHook, for_index

ROOT = Path(__file__).parent.parent
SOURCE = "https://code.example/books/provider/"
RAW, BLOB = f"{SOURCE}raw/v1.2.3", f"{SOURCE}blob/v1.2.3"
ABSOLUTE = "[Airflow](https://airflow.apache.org)"
WITHIN = "[below](#below)"
CODE = "`[a](b)` and\n```text\n[a](b)\n```\n"


@pytest.mark.parametrize(
    ("written", "with_source", "without"),
    [
        ("[start](docs/start.md)", f"[start]({BLOB}/docs/start.md)", "start"),
        ("[two\nlines](docs/a.md#part)", f"[two\nlines]({BLOB}/docs/a.md#part)", "two\nlines"),
        ("[`code`](docs/a.md)", f"[`code`]({BLOB}/docs/a.md)", "`code`"),
        ("![The page](docs/page.png)", f"![The page]({RAW}/docs/page.png)", ""),
        (ABSOLUTE, ABSOLUTE, ABSOLUTE),
        (WITHIN, WITHIN, WITHIN),
        (CODE, CODE, CODE),
    ],
)
def test_a_link_leads_to_the_file_of_the_version_or_is_its_text_alone(
    written: str, with_source: str, without: str
) -> None:
    assert for_index(written, SOURCE, "1.2.3") == with_source
    assert for_index(written, None, "1.2.3") == without


@pytest.mark.parametrize("urls", [{}, {"Source": SOURCE}])
def test_the_readme_has_no_link_that_leads_nowhere(urls: dict[str, str]) -> None:
    metadata = {"version": "1.2.3", "urls": urls}
    ReadmeHook(str(ROOT), {}).update(metadata)
    readme = metadata["readme"]
    assert readme["content-type"] == "text/markdown"
    targets = re.findall(r"\]\(([^)]*)\)", readme["text"])
    assert targets
    assert all(target.startswith("https://") for target in targets)
    paths = [target.partition("#")[0].partition("/v1.2.3/")[2] for target in targets if target.startswith(SOURCE)]
    assert bool(paths) == bool(urls)
    assert all((ROOT / path).exists() for path in paths)


def test_pyproject_leaves_the_readme_to_the_hook() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "readme" in declared["project"]["dynamic"]
    assert declared["tool"]["hatch"]["metadata"]["hooks"]["custom"]["path"] == "hatch_build.py"
