from __future__ import annotations

import subprocess
import sys

import pytest
from airflow.cli.cli_config import ActionCommand, CLICommand, GroupCommand

from debitoor_provider.cli import get_debitoor_cli_commands
from debitoor_provider.cli.parsers import Commands


def actions(command: CLICommand, *before: str) -> list[tuple[str, ActionCommand]]:
    below = command.subcommands if isinstance(command, GroupCommand) else ()
    if isinstance(command, ActionCommand):
        below = next((arg.commands for arg in command.args if isinstance(arg, Commands)), ())
        if not below:
            return [(" ".join([*before, command.name]), command)]
    return [found for sub in below for found in actions(sub, *before, command.name)]


COMMANDS = dict(found for command in get_debitoor_cli_commands() for found in actions(command))


def test_what_there_is():
    assert set(COMMANDS) == {
        "debitoor check",
        "debitoor init",
        "debitoor sandbox",
        "debitoor accounts list",
        "debitoor accounts allow",
        "debitoor accounts create",
        "debitoor accounts validate",
        "debitoor accounts health",
        "debitoor accounts schema",
        "debitoor accounts preview",
        "debitoor documents list",
        "debitoor documents retry",
        "debitoor documents book",
        "debitoor documents correct",
        "debitoor documents distinct",
        "debitoor documents ignore",
        "debitoor documents mark-moved",
        "debitoor documents history",
        "debitoor ledger upgrade",
        "debitoor ledger rebuild",
        "debitoor ledger recount",
    }


@pytest.mark.parametrize("words", COMMANDS)
def test_each_explains_itself(cli, words):
    done = cli(*words.split()[1:], "--help")
    assert done.code == 0
    assert COMMANDS[words].help in " ".join(done.out.split())


def test_knowing_the_commands_costs_other_airflow_commands_nothing():
    code = (
        "import sys; from airflow.cli.cli_config import ActionCommand; before = set(sys.modules);"
        "import debitoor_provider.cli as cli; cli.get_debitoor_cli_commands();"
        "print(*{*sys.modules} - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= {
        "debitoor_provider",
        "debitoor_provider.cli",
        "debitoor_provider.cli.command",
        "debitoor_provider.cli.commands",
        "debitoor_provider.cli.options",
        "debitoor_provider.cli.parsers",
    }
