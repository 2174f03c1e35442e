"""A real Chromium on a real Airflow with the real sandbox; pictures of what it saw go to ``.browser``."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect, sync_playwright

from demo.accounts import patterns
from demo.airflow import LocalAirflow
from tests.browser.looks import AT_REST, NARROW, OURS, WIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin

PICTURES = Path(__file__).parent.parent.parent / ".browser"
_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_FAILED = pytest.StashKey[bool]()
_PATIENCE = 30_000  # milliseconds: two processors, a whole Airflow next to the browser


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the newcomer, who wants an Airflow without accounts."""
    items.sort(key=lambda item: item.path.stem != "test_newcomer")
    if _CHROMIUM is None:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="needs Chromium: apt-get install chromium"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
    return report


@contextmanager
def without_accounts(
    home: Path, sandbox: SandboxAdmin, company: CompanyAdmin, **settings: str
) -> Iterator[LocalAirflow]:
    """Run an Airflow without any account, and with the templates of new connections."""
    (home / "accounts").mkdir()
    local = LocalAirflow(
        home / "home",
        home / "accounts",
        patterns(sandbox, company),
        settings={"AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "3", **settings},
    )
    company.change(oauth_redirect_uri=f"{local.url}/debitoor/oauth/callback")
    with local.running() as running:
        yield running


@pytest.fixture(scope="session")
def company(sandbox: SandboxAdmin) -> CompanyAdmin:
    """Return a company that is not connected yet."""
    made = sandbox.create_company("Acme GmbH", limits=None)
    made.generate(documents=14, invoices=5, seed=7)
    return made


@pytest.fixture(scope="session")
def airflow(
    company: CompanyAdmin, sandbox: SandboxAdmin, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalAirflow]:
    """Start an Airflow without any account, whose visitors are administrators."""
    with without_accounts(tmp_path_factory.mktemp("airflow"), sandbox, company) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to put root into its sandbox
        started = playwright.chromium.launch(executable_path=_CHROMIUM, args=flags)
        yield started
        started.close()


@pytest.fixture
def open_context(
    browser: Browser, airflow: LocalAirflow, request: pytest.FixtureRequest
) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser for one person; an error in its pages fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def opened(*, dark: bool = False, narrow: bool = False, **options: Any) -> BrowserContext:
        context = browser.new_context(
            base_url=airflow.url,
            viewport=NARROW if narrow else WIDE,
            color_scheme="dark" if dark else "light",
            **{"locale": "en-GB", "accept_downloads": True} | options,
        )
        context.set_default_timeout(_PATIENCE)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        contexts.append(context)
        return context

    yield opened
    for context in contexts:
        if request.node.stash.get(_FAILED, False):
            for number, page in enumerate(context.pages):
                take(page, f"failed-{request.node.name}-{number}")
        context.close()
    assert not wrong


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    """Return the Synchronisation page in a wide, light window."""
    opened = open_context().new_page()
    opened.goto("/plugin/synchronisation")
    return opened


def take(page: Page, name: str) -> Path:
    """Take a picture for people to look at."""
    PICTURES.mkdir(exist_ok=True)
    file = PICTURES / f"{name}.png"
    page.screenshot(path=file, animations="disabled")
    return file


@pytest.fixture(scope="session")
def barriers() -> Callable[[Page], list[str]]:
    """Return the accessibility violations that axe finds on the page at rest: a colour on its way is none."""

    def found(page: Page) -> list[str]:
        page.evaluate(AT_REST)
        page.evaluate(AXE_SCRIPT)
        report = page.evaluate(f"axe.run('{OURS}')")
        return [
            f"{violation['impact']}: {violation['id']}: {node['html'][:200]}"
            for violation in report["violations"]
            for node in violation["nodes"]
        ]

    return found
