"""Wrong inputs at all doors: a triggered run, the command line, the page's API. None is accepted, and none fails."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.definitions.param import process_params
from airflow.sdk.exceptions import AirflowFailException, ParamValidationError

from debitoor_provider.sync.ledger import PlannedDocument
from tests.cli.conftest import cli
from tests.trust.common.worker import dag_of
from tests.trust.inputs.wrong import TEXTS, confs, misspelt
from tests.ui.conftest import accounts, airflow, ledger, page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from airflow.sdk import DAG
    from starlette.testclient import TestClient

    from debitoor_provider.sandbox.client import SandboxAdmin
    from debitoor_provider.sync.ledger import Ledger
    from tests.sync.stage import Stage
    from tests.trust.common.tally import Tally

__all__ = ["accounts", "airflow", "cli", "ledger", "page"]


@pytest.fixture
def account(account_file: Callable[..., str], acme: Stage, tmp_path: Path) -> Callable[[], str]:
    """Write the account file of a company, for the ledger that the page shows."""
    return lambda: account_file(acme, ledger=f"sqlite:///{tmp_path / 'ledger.db'}", account="acme")


FILTERS = ("state", "from", "to", "search", "run", "order", "limit", "offset")


@pytest.mark.parametrize("way", ["export", "import"])
def test_a_triggered_run_takes_no_wrong_input(
    way: str,
    stage_of: Callable[..., Stage],
    account_file: Callable[..., str],
    context: Callable[..., dict[str, Any]],
    tally: Tally,
    sample: Callable[[int, int], int],
) -> None:
    stage = stage_of()
    dag, accepted = dag_of(account_file(stage, way)), 0
    seen, now = stage.sandbox.last_seq(), context("manual")
    for number, conf in enumerate(confs(random.Random(way), sample(300, 20_000))):
        refusal = _refusal(dag, conf, now | {"dag_run": SimpleNamespace(run_id=f"manual__{number}")})
        tally.case()
        if refusal is None:
            accepted += 1
            tally.add("wrong", f"{way}: {conf!r:.200} was accepted")
        elif "Traceback" in refusal:
            tally.add("wrong", f"{way}: {conf!r:.200} is answered with {refusal:.200}")
    if calls := stage.sandbox.calls(since=seen, company=stage.company):
        tally.add("wrong", f"{way}: {len(calls)} calls were made")
    tally.figure("inputs: wrong ones accepted by triggered runs", accepted)


def _refusal(dag: DAG, conf: dict[str, Any], now: dict[str, Any]) -> str | None:
    """Return what Airflow, when the run is triggered, or its first step says to a configuration."""
    task = dag.get_task("plan").prepare_for_execution()
    try:
        params = process_params(dag, task, conf, suppress_exception=False)
    except ParamValidationError as error:
        return str(error).partition("\n")[0]
    now |= {"dag": dag, "params": params}
    now["dag_run"] = SimpleNamespace(dag_id=dag.dag_id, run_id=now["dag_run"].run_id, run_type="manual", conf=conf)
    task.render_template_fields(now)
    try:
        task.execute(now)
    except AirflowFailException as error:
        return str(error)
    return None


COMMANDS = [
    ("documents", "list", "--account", "WRONG"),
    ("documents", "list", "--state", "WRONG"),
    ("documents", "list", "--from", "WRONG"),
    ("documents", "list", "--to", "WRONG"),
    ("documents", "list", "--limit", "WRONG"),
    ("documents", "list", "--from", "2026-05-01", "--to", "2026-03-01"),
    ("documents", "list", "--WRONG", "x"),
    ("documents", "retry", "WRONG", "1"),
    ("documents", "retry", "acme", "WRONG"),
    ("documents", "ignore", "acme", "1", "WRONG"),
    ("documents", "mark-moved", "WRONG", "1"),
    ("documents", "history", "acme", "WRONG"),
    ("documents", "history", "WRONG", "1"),
    ("documents", "WRONG"),
    ("accounts", "preview", "WRONG"),
    ("accounts", "preview", "acme", "--from", "WRONG"),
    ("accounts", "preview", "acme", "--from", "2026-05-01", "--to", "2026-03-01"),
    ("accounts", "validate", "WRONG"),
    ("accounts", "health", "WRONG"),
    ("accounts", "health", "--late", "WRONG"),
    ("ledger", "rebuild", "WRONG"),
]
_WORDS = ["acme", "planned", "moved", "retry", "account", "2026-01-01"]
_MEANT = {"", *_WORDS}  # an empty date is none at all


def test_a_command_takes_no_wrong_input(
    account: Callable[[], str],
    cli: Callable[..., Any],
    sandbox: SandboxAdmin,
    acme: Stage,
    ledger: Ledger,
    tally: Tally,
    sample: Callable[[int, int], int],
) -> None:
    account()
    _enter(ledger)
    chance, accepted, tracebacks = random.Random(5), 0, 0
    seen = sandbox.last_seq()
    for command in COMMANDS:
        for _ in range(sample(6, 200)):
            wrong = chance.choice([misspelt(chance, _WORDS), chance.choice(TEXTS)])
            if not wrong.isprintable() or wrong.startswith("-") or wrong.strip().lower() in _MEANT:
                wrong = "nope"
            done = cli(*(part.replace("WRONG", wrong) for part in command))
            tally.case()
            if done.code == 0:
                accepted += 1
                tally.add("wrong", f"{command} with {wrong!r:.100} ended with 0: {done.out:.200}")
            if "Traceback" in done.err + done.out:
                tracebacks += 1
                tally.add("wrong", f"{command} with {wrong!r:.100}: {done.err[-300:]}")
    if sandbox.calls(since=seen, company=acme.company):
        tally.add("wrong", "a service was asked")
    _is_untouched(ledger, tally)
    tally.figure("inputs: wrong ones accepted by commands", accepted)
    tally.figure("inputs: tracebacks of commands", tracebacks)


def test_the_api_takes_no_wrong_input(
    account: Callable[[], str],
    page: Callable[..., TestClient],
    ledger: Ledger,
    tally: Tally,
    sample: Callable[[int, int], int],
) -> None:
    account()
    _enter(ledger)
    client, chance = page("admin"), random.Random(7)
    statuses: list[int] = []
    accepted = 0
    for _ in range(sample(150, 5_000)):
        method, path, sent = _request(chance)
        answer = client.request(method, path, **sent)
        statuses.append(answer.status_code)
        tally.case()
        if answer.status_code < 400:
            accepted += 1
            tally.add("wrong", f"{method} {path:.100} {sent!r:.200} was answered with {answer.status_code}")
        if answer.status_code >= 500 or "Traceback" in answer.text:
            tally.add("wrong", f"{method} {path:.100} {sent!r:.200}: {answer.status_code} {answer.text:.200}")
    _is_untouched(ledger, tally)
    tally.figure("inputs: wrong ones accepted by the API", accepted)
    tally.figure("inputs: answers of the API with 500 or above", sum(status >= 500 for status in statuses))


def _request(chance: random.Random) -> tuple[str, str, dict[str, Any]]:
    """Return a request that cannot be meant as it is."""
    base = "api/accounts/acme"
    right = {"action": "send_again", "ids": [1], "reason": "x"}
    text = chance.choice([text for text in TEXTS if text.isprintable() and text.strip()])
    kind = chance.randrange(6)
    if kind == 0:
        return "GET", f"{base}/documents", {"params": {misspelt(chance, FILTERS): "1"}}
    if kind == 1:
        name = chance.choice(["state", "from", "to", "order", "limit", "offset"])
        wrong = "x" if text == "20260101" or (name == "offset" and text.isdecimal() and len(text) < 8) else text
        return "GET", f"{base}/documents", {"params": {name: wrong}}
    if kind == 2:
        return "POST", f"{base}/documents/actions", {"json": right | {misspelt(chance, tuple(right)): 1}}
    if kind == 3:
        wrong_ids: list[Any] = [[], ["1"], [True], [1.0], [0], [-1], [10**40], "1", 1, {}, [None], [[1]], None]
        return "POST", f"{base}/documents/actions", {"json": right | {"ids": chance.choice(wrong_ids)}}
    if kind == 4:
        document = chance.choice(["9" * 40, "0", "-1", "x", "1.5", "%00", str(2**63)])
        return "GET", f"{base}/documents/{document}", {}
    return "GET", f"static/0/{chance.choice(['%00', 'x' * 5_000, '%ff', '..%2fapp.py', 'nothing.js', '%0a'])}", {}


def _enter(ledger: Ledger) -> None:
    """Enter a document that no run and no preview looks at."""
    ledger.plans.enter("acme", "export", "debitoor__acme/1", [PlannedDocument("1", exchange_key="k:1", snapshot="{}")])
    ledger.documents.ignore(ledger.documents.entries(), "user:ada")


def _is_untouched(ledger: Ledger, tally: Tally) -> None:
    if [str(entry.state) for entry in ledger.documents.entries()] != ["ignored"]:
        tally.add("wrong", "a document was changed")
