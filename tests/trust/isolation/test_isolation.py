"""One account's trouble stays its own: in its file, in its connections, at its services and in its documents."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from debitoor_provider.dag_factory import sync_dags
from debitoor_provider.hooks import base as hooks
from debitoor_provider.sandbox.server import running
from debitoor_provider.services.http.retry import Backoff
from tests.sync.stage import Clock, Stage
from tests.test_dag_factory import BROKEN, serialised, steps
from tests.trust.common.account_at_work import WAYS, AccountAtWork, Way
from tests.trust.common.account_files import SOURCES
from tests.trust.common.neighbours import TROUBLES, Result, Trouble, run, take_token_of
from tests.trust.common.worker import Ending, Run, Workers, dag_of, wait

if TYPE_CHECKING:
    from pathlib import Path

    from airflow.sdk import DAG

    from tests.trust.common.tally import Tally

ACCOUNTS, BROKEN_ACCOUNTS = 1000, 50
GOOD = {
    "type": "export",
    "name": "Acme GmbH",
    "debitoor_id": "books@acme.example",
    "connections": {"getmyinvoices": "nowhere", "debitoor": "nowhere"},
}
EXPORT_STEPS = ["plan", "rename", "export", "archive", "report"]


def break_accounts(folder: Path) -> list[str]:
    """Write account files, each broken in another way; return the beginnings of their DAGs' ids."""
    broken = {stem: text if isinstance(text, bytes) else text.encode() for stem, (text, _) in BROKEN.items()}
    broken |= {f"source-{number}": text for number, text in enumerate(SOURCES)}
    broken = dict(list(broken.items())[: BROKEN_ACCOUNTS - 8])
    for stem, text in broken.items():
        (folder / f"{stem}.yaml").write_bytes(text)
    for name in ("twice.yaml", "Twice.yml"):
        (folder / name).write_text(json.dumps(GOOD))
    (folder / "nowhere.yaml").symlink_to(folder / "missing")
    return [*broken, "twice", "Twice", "nowhere"]


@pytest.fixture
def company(stage_of: Callable[..., Stage], account_file: Callable[..., str]) -> Callable[..., AccountAtWork]:
    """Create companies with an account each, in one ledger; everything of one carries its name."""
    stages: list[Stage] = []

    def make(account_id: str, way: Any = "export", **settings: Any) -> AccountAtWork:
        stage = stage_of(f"{account_id}-GmbH", account_id=account_id, sharing=stages[0] if stages else None)
        stages.append(stage)
        settings = {"retries": 0, "rename": "{company}_{document_number}"} if way == "export" else {"retries": 0}
        settings |= {"archive_after_transfer": True} if way == "export" else {}
        account_file(stage, way, **settings)
        return AccountAtWork(stage, way, **settings)

    return make


def arrive(exchange: AccountAtWork, count: int, **fields: Any) -> list[str]:
    """Let documents arrive that have the same numbers, dates and amounts as those of all other companies."""
    own = exchange.stage.company.name
    kind = {"supplier": own, "note": own} if exchange.way == "export" else {"customer_name": own}
    key = "document_number" if exchange.way == "export" else "number"
    return [exchange.arrive(**{key: f"R-{number}", **kind, **fields})[0] for number in range(count)]


def test_a_thousand_accounts_of_which_fifty_are_broken(
    company: Callable[..., AccountAtWork], sample: Callable[[int, int], int], tally: Tally, tmp_path: Path
) -> None:
    folder = tmp_path / "accounts"
    broken = break_accounts(folder)
    without = [f"without-connection-{number}" for number in range(BROKEN_ACCOUNTS - len(broken))]
    runs = [company(f"runs-{number}", ("export", "import")[number % 2]) for number in range(sample(12, 300))]
    for exchange in runs:
        arrive(exchange, 2)
    for stem in without:
        (folder / f"{stem}.yaml").write_text(json.dumps(GOOD))
    idle = [f"idle-{number}" for number in range(ACCOUNTS - BROKEN_ACCOUNTS - len(runs))]
    for stem in idle:
        (folder / f"{stem}.yaml").write_text(json.dumps({**GOOD, "archive_after_transfer": True}))

    dags = sync_dags(folder)
    tally.case(len(dags))
    assert len(dags) == ACCOUNTS
    shown = [dag for dag in dags.values() if "broken" in dag.tags]
    assert len(shown) == len(broken)
    for dag in shown:
        if problem := _does_not_show_its_error(dag):
            tally.add("wrong", f"{dag.dag_id}: {problem}")
    for stem in idle:
        if steps(dags[f"debitoor__{stem}"]) != EXPORT_STEPS:
            tally.add("wrong", f"{stem} has no DAG of its own")
    kept = [*shown, *(dags[f"debitoor__{stem}"] for stem in idle[: sample(20, ACCOUNTS)])]
    assert len(serialised({dag.dag_id: dag for dag in kept})) > len(kept) * 1000

    with ThreadPoolExecutor(4) as pool:
        here = [*(exchange.stage.account_id for exchange in runs), *without]
        results = dict(zip(here, pool.map(lambda stem: run(dags[f"debitoor__{stem}"], "first"), here), strict=True))
    for exchange in runs:
        if errors := results[exchange.stage.account_id].errors:
            tally.add("wrong", f"{exchange.stage.account_id}: {errors}")
        exchange.judge(tally, exchange.stage.account_id)
    for stem in without:
        if "Airflow has no connection nowhere." not in str(results[stem].errors.get("plan")):
            tally.add("wrong", f"{stem}: {results[stem]}")


def _does_not_show_its_error(dag: DAG) -> str:
    """Return what is missing where a person would look for an account's error; empty when nothing is."""
    (task,) = dag.tasks
    try:
        task.execute({})
    except AirflowFailException as error:
        first = str(error).splitlines()[0]
    else:
        return "its task does not fail"
    if dag.schedule is not None:
        return "it is scheduled"
    if not str(dag.description).startswith(f"Broken account file: {first[:100]}"):
        return f"its description is {dag.description}"
    return "" if first[:60] in str(dag.doc_md) else "its page does not show it"


def test_the_trouble_of_some_is_not_felt_by_the_others(
    company: Callable[..., AccountAtWork],
    workers: Workers,
    sample: Callable[[int, int], int],
    tally: Tally,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hooks, "Backoff", partial(Backoff, sleep=lambda _: None))
    well = [company(f"well-{number:03}", ("export", "import")[number % 2]) for number in range(sample(8, 100))]
    mixed_up = Trouble(take_token_of(lambda: well[0]), lambda _: None)
    kinds = {**TROUBLES, "token of another": mixed_up}
    ill = {kind: company(f"ill-{number:03}") for number, kind in enumerate(kinds)}
    crashed = company("crashed-000")
    for exchange in (*well, *ill.values(), crashed):
        arrive(exchange, 3)
    for kind, exchange in ill.items():
        kinds[kind].begin(exchange, monkeypatch)

    process, _ = workers.start(Run(dag_of("crashed-000"), "first"), ending=Ending("kill", "create_expense: sent"))
    all_accounts = [*well, *ill.values()]
    dags = {exchange.stage.account_id: dag_of(exchange.stage.account_id) for exchange in all_accounts}
    with ThreadPoolExecutor(8) as pool:
        results = dict(zip(dags, pool.map(lambda dag: run(dag, "first"), dags.values()), strict=True))
    assert wait(process) == -signal.SIGKILL

    for exchange in well:
        if errors := results[exchange.stage.account_id].errors:
            tally.add("wrong", f"{exchange.stage.account_id} felt it: {errors}")
        exchange.judge(tally, exchange.stage.account_id)
    for kind, exchange in ill.items():
        if not results[exchange.stage.account_id].errors:
            tally.add("wrong", f"{kind}: no error was raised")
        kinds[kind].end(exchange)
    names = {exchange.stage.account_id for exchange in (*all_accounts, crashed)}
    for kind, exchange in {**ill, "crash": crashed}.items():
        exchange.settle(tally, kind)
        exchange.judge(tally, kind)
    for exchange in (*all_accounts, crashed):
        tally.case()
        name = exchange.stage.account_id
        here = traces(exchange, results.get(name))
        for other in names - {name}:
            if other in here.replace(well[0].stage.company.debitoor_email, ""):  # shown to the owner of its token
                tally.add("leaked", f"{other} is named where {name} is at home")
        if name not in here:
            tally.add("wrong", f"{name} is not named where it is at home")


def traces(exchange: AccountAtWork, result: Result | None) -> str:
    """Return everything that is kept of an account: at its services, in the ledger, and with Airflow."""
    stage = exchange.stage
    at_home = [stage.company.files(), stage.company.expenses(), stage.company.documents(), stage.company.invoices()]
    entries = stage.ledger.documents.entries(stage.account_id)
    in_the_ledger = [(entry, stage.ledger.documents.history(entry)) for entry in entries]
    return repr((at_home, in_the_ledger, stage.ledger.runs.latest(stage.account_id), str(result)))


@pytest.mark.parametrize("way", WAYS)
def test_equal_ids_numbers_and_names_of_two_companies_are_distinguished(
    stage_of: Callable[..., Stage], empty_ledger: Path, tmp_path: Path, tally: Tally, way: Way
) -> None:
    """As in two installations of the services: even the ids of the documents and the accounts' numbers are the same."""
    with running(thread=True) as here, running(thread=True) as there:
        stages = [
            Stage(
                sandbox, sandbox.create_company("Same GmbH", limits=None), tmp_path, empty_ledger, Clock(sandbox), name
            )
            for sandbox, name in ((here, "one"), (there, "other"))
        ]
        one, other = (AccountAtWork(stage, way) for stage in stages)
        now = datetime.now(UTC)  # of which the ids are made
        for sandbox, exchange in ((here, one), (there, other)):
            sandbox.set_clock(now, frozen=True)
            arrive(exchange, 3)
            sandbox.set_clock()
        assert one.arrived == other.arrived
        for _ in range(2):
            for exchange in (one, other):
                exchange.run()
        for exchange in (one, other):
            tally.case()
            exchange.judge(tally, f"{way} of the {exchange.stage.account_id} company")
        for stage in stages:
            stage.close()
