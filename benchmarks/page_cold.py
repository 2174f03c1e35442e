"""How long a browser that has nothing in its cache takes until a list is there."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping

from playwright.sync_api import Browser, sync_playwright

OURS = "accounts of the page"
AIRFLOW = "Airflow's own DAG list"
_PLACES = {
    OURS: ("/plugin/synchronisation", "[data-testid=synchronisation] a[href*='/accounts/']"),
    AIRFLOW: ("/dags", "a[href*='/dags/debitoor__']"),
}
_PATIENCE = 60_000  # milliseconds


def cold_loads(url: str, rounds: int) -> Mapping[str, list[float]]:
    """Open both lists in turn, each time in a new browser profile; return the milliseconds until the first row.

    :raises FileNotFoundError: when there is no Chromium
    """
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise FileNotFoundError("There is no Chromium: apt-get install chromium")
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to put root into its sandbox
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        found: dict[str, list[float]] = {what: [] for what in _PLACES}
        for number in range(rounds + 1):
            for what, (path, row) in _PLACES.items():
                taken = _load(browser, url + path, row)
                if number:  # the first one also loads what the server needs
                    found[what].append(taken)
        browser.close()
    return found


def _load(browser: Browser, url: str, row: str) -> float:
    context = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 900})
    page = context.new_page()
    start = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator(row).first.wait_for(timeout=_PATIENCE)
    taken = (time.perf_counter() - start) * 1000
    context.close()
    return taken
