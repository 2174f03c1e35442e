"""The test for texts that do not fit finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.looks import NARROW, cut, faint, narrow

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.system, pytest.mark.takes(10)]

LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
PAGE = """<style>
body {{ margin: 0; background: white }}
@media (prefers-color-scheme: dark) {{ body {{ background: #222 }} }}
</style>
<div data-testid="synchronisation" style="color: #333">{content}</div>"""


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("<p>A short text</p>", []),
        (f"<p style='overflow-wrap: anywhere'>{LONG}</p>", []),
        (f"<div style='overflow: auto'><p style='width: 60rem'>{LONG}</p></div>", []),
        (f"<p style='width: 9rem'>{LONG}</p>", ["the page scrolls sideways", "is wider than its box"]),
        (f"<p style='width: 9rem; overflow: hidden'>{LONG}</p>", ["is wider than its box"]),
        (f"<div style='width: 9rem; overflow: hidden'><p style='width: 60rem'>{LONG}</p></div>", ["is cut by div"]),
        (f"<p style='width: 60rem'>{LONG}</p>", ["the page scrolls sideways", "is cut by html"]),
    ],
)
def test_a_text_that_does_not_fit_is_found(browser: Browser, content: str, found: list[str]) -> None:
    page = browser.new_page(viewport=NARROW)
    page.set_content(PAGE.format(content=content))
    faults = cut(page)
    page.close()
    assert len(faults) == len(found), faults
    assert all(part in fault for part, fault in zip(found, faults, strict=True))


def test_a_colour_that_is_too_faint_in_the_dark_is_found_there_alone(browser: Browser) -> None:
    page = browser.new_page(color_scheme="light")
    page.set_content(PAGE.format(content="<p>A short text</p>"))
    assert faint(page) == []
    with narrow(page, is_dark=True):
        assert [fault.partition(":")[0] for fault in faint(page)] == ["color-contrast"]
    assert faint(page) == []
    page.close()
