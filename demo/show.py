"""The output of the demo: its progress and the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.live import Live
from rich.table import Table

from debitoor_provider.runs.tables import cell, money, table
from debitoor_provider.sync.ledger import ATTENTION, DONE, DUE, Ledger, State

_STATE_STYLE = {
    State.MOVED: "green",
    State.ARCHIVED: "green",
    State.HELD: "yellow",
    State.REJECTED: "red",
    State.WAITING: "cyan",
}


def progress_table(ledger: Ledger | None, accounts: Sequence[str]) -> Table:
    """Show how far each account is."""
    made = table("Account", "To do", "Done", "Waiting", "Needs attention", right=["To do", "Done", "Waiting"])
    for account in accounts:
        counts = ledger.documents.count(account=account) if ledger else {}
        groups = (DUE, DONE, {State.WAITING}, ATTENTION)
        made.add_row(account, *(str(sum(counts.get(state, 0) for state in group)) for group in groups))
    return made


def watch(
    console: Console,
    ledger: Callable[[], Ledger | None],
    accounts: Sequence[str],
    wait: Callable[[Callable[[], None]], None],
) -> None:
    """Show the progress while something is waited for.

    :param wait: waits, and calls what it is given from time to time
    """
    if not console.is_terminal:
        wait(lambda: None)
        console.print(progress_table(ledger(), accounts))
        return
    with Live(progress_table(None, accounts), console=console, refresh_per_second=4) as live:
        wait(lambda: live.update(progress_table(ledger(), accounts)))
        live.update(progress_table(ledger(), accounts))


def result_table(ledger: Ledger, accounts: Sequence[str]) -> Table:
    """Show each document: its name at the target, its amount, its state and what it needs."""
    made = table("Account", "Document", "Name at the target", "Gross", "State", "Needs attention", right=["Gross"])
    for account in accounts:
        for entry in ledger.documents.entries(account, order="listed"):
            why = " ".join(part for part in (entry.reason, entry.remedy) if part)
            made.add_row(
                cell(account),
                cell(entry.source_id if entry.direction == "export" else entry.document_number),
                cell(entry.target_name or ""),
                cell(money(entry.gross_amount, entry.currency)),
                f"[{_STATE_STYLE.get(entry.state, 'white')}]{entry.state}[/]",
                cell(why),
            )
        made.add_section()
    return made
