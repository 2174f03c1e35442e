"""``python -m benchmarks.page``: each call of P14 once more, in a table, without the peers."""

from __future__ import annotations

import argparse
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from benchmarks.build import Build
from benchmarks.p14_page import ACCOUNTS, DOCUMENTS, LIMIT, THOROUGH_LIMIT, USUAL
from benchmarks.page_calls import is_thorough, limit_here, measured, milliseconds, p95
from benchmarks.page_cold import AIRFLOW, OURS, cold_loads
from benchmarks.page_server import Home
from benchmarks.page_writers import writing
from debitoor_provider.runs.tables import table
from demo.postgresql import cluster, new_database

_COLD = 5


def main() -> None:
    """Fill a home of Airflow, ask everything many times, and show how long it took."""
    options = _parser().parse_args()
    with ExitStack() as stack:
        folder = Path(options.home or stack.enter_context(tempfile.TemporaryDirectory(prefix="page-")))
        folder.mkdir(parents=True, exist_ok=True)
        home = _home(stack, folder, options)
        print(f"{options.accounts:,} accounts and {options.documents:,} documents in {folder} ...", flush=True)
        home.fill(options.accounts, options.documents)
        page = stack.enter_context(home.serving())
        if options.writers:
            stack.enter_context(writing(home.build, home.ledger))
        times, refused = milliseconds(page, options.rounds)
        others = {f"{AIRFLOW} (its call)": measured(lambda: page.airflow("ui/dags", limit=50), options.rounds)}
        cold = cold_loads(page.url, _COLD)
    others |= {f"cold load, {what}": loads for what, loads in cold.items()}
    limit = options.limit or limit_here(times, LIMIT, USUAL)
    limits = {what: limit * (THOROUGH_LIMIT / LIMIT if is_thorough(what) else 1) for what in times}
    slow = _show(times | others, limits)
    if statistics.median(cold[OURS]) > statistics.median(cold[AIRFLOW]):
        slow.append("the cold load, compared with Airflow's own")
    print(f"Allowed here: {limit:.0f} ms a call, {limit * THOROUGH_LIMIT / LIMIT:.0f} ms to look through everything.")
    if slow or refused:
        raise SystemExit(f"Too slow: {', '.join(slow) or 'nothing'}; refused: {', '.join(refused) or 'nothing'}")


def _home(stack: ExitStack, folder: Path, options: argparse.Namespace) -> Home:
    home = Home.on_sqlite(folder, Build())
    airflow, ledger = options.airflow, options.ledger
    if options.postgresql:
        server = stack.enter_context(cluster(folder / "postgresql.log"))
        airflow, ledger = (next(new_database(server.url)) for _ in range(2))
        airflow = airflow.replace("postgresql://", "postgresql+psycopg://")
    return Home(folder, airflow or home.airflow, ledger or home.ledger)


def _show(times: dict[str, list[float]], limits: dict[str, float]) -> list[str]:
    made = table("Call", "p50 ms", "p95 ms", "most", right=["p50 ms", "p95 ms", "most"])
    slow = []
    for what, taken in times.items():
        made.add_row(what, f"{statistics.median(taken):.1f}", f"{p95(taken):.1f}", f"{max(taken):.1f}")
        if what in limits and p95(taken) > limits[what]:
            slow.append(what)
    Console().print(made)
    return slow


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    parser.add_argument("--rounds", type=int, default=40, help="times that each call is measured")
    parser.add_argument("--limit", type=float, help="milliseconds that the 95th percentile may have; default as in P14")
    parser.add_argument("--no-writers", dest="writers", action="store_false", help="no workers that write")
    parser.add_argument("--home", help="folder to fill and to keep; filled already, it is used as it is")
    parser.add_argument("--postgresql", action="store_true", help="a new PostgreSQL for both; default SQLite")
    parser.add_argument("--ledger", help="an empty database, e.g. postgresql://user@host/ledger")
    parser.add_argument("--airflow", help="the same for Airflow's own database")
    return parser


if __name__ == "__main__":
    main()
