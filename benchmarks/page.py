"""``python -m benchmarks.page``: how fast the page's API answers with a thousand accounts and a million documents."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa
from rich.console import Console

from benchmarks.shelf import BIG, fill_airflow, fill_ledger, name_of, write_accounts
from debitoor_provider.runs.tables import table

_SMALL = name_of(1)
_START = 180.0
_WARM_UP = 3
_READS_ALL = {f"100,000 {what}" for what in ("searched", "searched in vain", "by company", "by -number", "by name")} | {
    "attention, searched",
    "all documents, searched",
    "all documents, sums",
}
"""Calls that read each of very many documents; they are shown, and not held to the limit."""


@dataclass
class Page:
    """The API, with a user's session."""

    url: str
    session: requests.Session

    def get(self, path: str, **params: Any) -> requests.Response:
        """Ask."""
        return self._checked(self.session.get(f"{self.url}/debitoor/{path}", params=params, timeout=60))

    def post(self, path: str, body: object) -> requests.Response:
        """Change something."""
        return self._checked(self.session.post(f"{self.url}/debitoor/{path}", json=body, timeout=60))

    @staticmethod
    def _checked(answer: requests.Response) -> requests.Response:
        if not answer.ok:
            raise SystemExit(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:500]}")
        return answer


def main() -> None:
    """Fill a home of Airflow, ask everything many times, and show how long it took."""
    options = _parser().parse_args()
    home = Path(options.home or tempfile.mkdtemp(prefix="page-"))
    env = _environment(home, options)
    os.environ |= env
    is_new = not (home / "filled").exists()
    if is_new:
        _fill(home, options, env)
    try:
        with _api_server(home, env) as page:
            calls, before = _calls(page)
            times = {what: _measure(call, options.rounds, before.get(what)) for what, call in calls.items()}
    finally:
        if not options.home:
            shutil.rmtree(home, ignore_errors=True)
    slow = _show(times, options.limit)
    if slow:
        raise SystemExit(f"Slower than {options.limit:g} ms: {', '.join(slow)}")


def _calls(page: Page) -> tuple[dict[str, Callable[[], object]], dict[str, Callable[[], object]]]:
    """Return the calls, and what is done before each time that some of them are measured."""
    big, small = f"api/accounts/{BIG}", f"api/accounts/{_SMALL}"
    held = [document["id"] for document in page.get(f"{big}/documents", state="held", limit=50).json()["documents"]]
    some_id = page.get(f"{big}/documents", limit=1).json()["documents"][0]["id"]
    turns = iter(["ignore", "send_again"] * 10_000)

    def act() -> object:
        body = {"action": next(turns), "ids": held, "reason": "to see how long it takes"}
        return page.post(f"{big}/documents/actions", body)

    calls: dict[str, Callable[[], object]] = {
        "me": lambda: page.get("api/me"),
        "choices": lambda: page.get("api/choices"),
        "connections": lambda: page.get("api/connections"),
        "accounts": lambda: page.get("api/accounts"),
        "accounts, searched": lambda: page.get("api/accounts", search="energy 4"),
        "accounts, by state and attention": lambda: page.get("api/accounts", state="attention", order="-attention"),
        "accounts, last page": lambda: page.get("api/accounts", offset=950, order="-moved"),
        "one account, large": lambda: page.get(big),
        "one account": lambda: page.get(small),
        "documents of 900": lambda: page.get(f"{small}/documents"),
        "documents of 100,000": lambda: page.get(f"{big}/documents"),
        "100,000 of some states": lambda: page.get(f"{big}/documents", state=["held", "waiting"]),
        "100,000 searched": lambda: page.get(f"{big}/documents", search="energy 44"),
        "100,000 searched in vain": lambda: page.get(f"{big}/documents", search="nothing like this"),
        "100,000 of a period": lambda: page.get(f"{big}/documents", **{"from": _day(20), "to": _day(10)}),
        **{
            f"100,000 by {order}": lambda order=order: page.get(f"{big}/documents", order=order)  # type: ignore[misc]
            for order in ("date", "-date", "company", "-number", "-amount", "name")
        },
        "100,000 deep down": lambda: page.get(f"{big}/documents", offset=90_000),
        "all documents": lambda: page.get("api/documents"),
        "all documents, by date": lambda: page.get("api/documents", order="date"),
        "all documents, some states": lambda: page.get("api/documents", state=["archived", "moved", "held"]),
        "all documents, of a period": lambda: page.get("api/documents", **{"from": _day(20), "to": _day(19)}),
        "all documents, of an e-invoice": lambda: page.get("api/documents", invoice="contradicts"),
        "all documents, without e-invoice": lambda: page.get("api/documents", invoice="none"),
        "all documents, of a period without": lambda: page.get(
            "api/documents", invoice="none", **{"from": _day(20), "to": _day(19)}
        ),
        "100,000 without e-invoice": lambda: page.get(f"{big}/documents", invoice="none", state=["moved"]),
        "all documents, searched": lambda: page.get("api/documents", search="energy 44"),
        "all documents, sums": lambda: page.get("api/documents/sums"),
        "count of attention": lambda: page.get("api/attention/count"),
        "one document": lambda: page.get(f"{big}/documents/{some_id}"),
        "table of 900": lambda: page.get(f"{small}/documents.csv"),
        "attention": lambda: page.get("api/attention"),
        "attention, one reason": lambda: page.get("api/attention", code="reverse_charge", offset=1_000),
        "attention, searched": lambda: page.get("api/attention", search="energy 44"),
        "attention, one account": lambda: page.get("api/attention", account=BIG),
        "runs": lambda: page.get("api/runs"),
        "runs of an account": lambda: page.get(f"{small}/runs"),
        "script of the page": lambda: page.get("static/x/app.js"),
        "openapi.json": lambda: page.get("openapi.json"),
        "action on 50 documents": act,
        "accounts after an action": lambda: page.get("api/accounts"),
    }
    return calls, {"accounts after an action": act}


def _measure(call: Callable[[], object], rounds: int, before: Callable[[], object] | None) -> list[float]:
    for _ in range(_WARM_UP):
        call()
    times = []
    for _ in range(rounds):
        if before:
            before()
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return times


def _show(times: dict[str, list[float]], limit: float) -> list[str]:
    made = table("Call", "p50 ms", "p95 ms", "most", right=["p50 ms", "p95 ms", "most"])
    slow = []
    for what, taken in times.items():
        p95 = statistics.quantiles(taken, n=20, method="inclusive")[-1]
        made.add_row(what, f"{statistics.median(taken):.1f}", f"{p95:.1f}", f"{max(taken):.1f}")
        if p95 > limit and what not in _READS_ALL:
            slow.append(what)
    Console().print(made)
    return slow


def _fill(home: Path, options: argparse.Namespace, env: dict[str, str]) -> None:
    print(f"Filling {options.accounts:,} accounts and {options.documents:,} documents ...", flush=True)
    write_accounts(home / "accounts", options.accounts)
    command = [sys.executable, "-m", "airflow", "db", "migrate"]
    subprocess.run(command, env=os.environ | env, check=True, capture_output=True)  # noqa: S603
    engine = sa.create_engine(env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    fill_airflow(engine, options.accounts)
    engine.dispose()
    fill_ledger(env["AIRFLOW__DEBITOOR__LEDGER_CONN"], options.accounts, options.documents)
    (home / "filled").touch()


def _environment(home: Path, options: argparse.Namespace) -> dict[str, str]:
    home.mkdir(parents=True, exist_ok=True)
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": options.airflow or f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__DEBITOOR__LEDGER_CONN": options.ledger or f"sqlite:///{home / 'ledger.db'}",
        "AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER": str(home / "accounts"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    }


@contextmanager
def _api_server(home: Path, env: dict[str, str]) -> Iterator[Page]:
    """Run Airflow's API server."""
    port = _free_port()
    command = [sys.executable, "-m", "airflow", "api-server", "--host", "127.0.0.1", "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with (home / "api-server.log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603
            [*command, "--apps", "core"], env=os.environ | env, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            session = requests.Session()
            session.trust_env = False
            session.headers["Authorization"] = f"Bearer {_token(session, url, process)}"
            yield Page(url, session)
        finally:
            process.terminate()
            process.wait(30)


def _token(session: requests.Session, url: str, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            answer = session.get(f"{url}/auth/token", timeout=10)
        except requests.ConnectionError:
            time.sleep(0.5)
        else:
            answer.raise_for_status()
            return str(answer.json()["access_token"])
    raise SystemExit("Airflow's API server does not answer; see api-server.log")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _day(ago: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() - ago * 86_400))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    parser.add_argument("--accounts", type=int, default=1_000)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40, help="times that each call is measured")
    parser.add_argument("--limit", type=float, default=50.0, help="milliseconds that the 95th percentile may have")
    parser.add_argument("--home", help="folder to fill and to keep; filled already, it is used as it is")
    parser.add_argument("--ledger", help="an empty database, e.g. postgresql://user@host/ledger; default SQLite")
    parser.add_argument("--airflow", help="the same for Airflow's own database")
    return parser


if __name__ == "__main__":
    main()
