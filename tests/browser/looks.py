"""How an open page looks to others, on a narrow screen and in the dark: tried without loading it again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, ViewportSize

WIDE: ViewportSize = {"width": 1366, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
AT_REST = """Promise.allSettled(
    document.getAnimations()
        .filter((animation) => animation.effect.getComputedTiming().endTime !== Infinity)
        .map((animation) => animation.finished)
)"""
OURS = "[data-testid=synchronisation], [role=dialog], [role=alertdialog]"
"""What is ours on a page of Airflow."""
_DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_CUT = """(ours) => {
    const found = [];
    const page = document.documentElement;
    const overhang = page.scrollWidth - page.clientWidth;
    if (overhang > 0) found.push(`the page scrolls sideways by ${overhang}`);
    const overflows = (one) => getComputedStyle(one).overflowX;
    // Text for screen readers alone takes no room; the file's text scrolls in its own frame.
    const isShown = (one) => one.checkVisibility() && one.clientWidth > 1 && one.clientHeight > 1;
    for (const one of [...document.querySelectorAll(ours)].flatMap((root) => [...root.querySelectorAll("*")])) {
        const text = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join("").trim();
        if (!text || !isShown(one) || one.closest("select, textarea, pre")) continue;
        const name = `${one.tagName.toLowerCase()} "${text.slice(0, 60)}"`;
        if (one.scrollWidth > one.clientWidth + 1 && !["auto", "scroll"].includes(overflows(one)))
            found.push(`${name} is wider than its box by ${one.scrollWidth - one.clientWidth}`);
        const { left, right } = one.getBoundingClientRect();
        for (let around = one.parentElement; around; around = around.parentElement) {
            if (["auto", "scroll"].includes(overflows(around))) break; // there one can scroll to it
            const edge = around === page ? { left: 0, right: innerWidth } : around.getBoundingClientRect();
            const isEdge = around === page || ["hidden", "clip"].includes(overflows(around));
            if (isEdge && (right > edge.right + 1 || left < edge.left - 1)) {
                found.push(`${name} is cut by ${around.tagName.toLowerCase()}`);
                break;
            }
        }
    }
    return found;
}"""


@contextmanager
def narrow(page: Page, *, is_dark: bool) -> Iterator[None]:
    """Let an open page be seen on a narrow screen for a while.

    :param is_dark: in the dark, too; that takes as long again
    """
    if is_dark:
        page.emulate_media(color_scheme="dark")
    page.set_viewport_size(NARROW)
    page.evaluate(_DRAWN)
    page.evaluate(AT_REST)
    yield
    page.set_viewport_size(WIDE)
    if is_dark:
        page.emulate_media(color_scheme="light")


def cut(page: Page) -> list[str]:
    """Return the texts that do not fit where they are, and whether the page is wider than the screen."""
    found: list[str] = page.evaluate(_CUT, OURS)
    return found


def faint(page: Page) -> list[str]:
    """Return the texts whose colour is too near to that of what is behind them."""
    page.evaluate(AXE_SCRIPT)
    report = page.evaluate(f"axe.run('{OURS}', {{runOnly: ['color-contrast']}})")
    return [
        f"{violation['id']}: {node['html'][:200]}" for violation in report["violations"] for node in violation["nodes"]
    ]
