"""``airflow debitoor …``. Read at every Airflow command, so it imports nothing heavy."""

from __future__ import annotations

import sys
from gettext import gettext
from typing import TYPE_CHECKING

from airflow.cli.cli_config import ActionCommand, CLICommand

from debitoor_provider.cli.commands import COMMANDS
from debitoor_provider.cli.parsers import Commands

if TYPE_CHECKING:
    from argparse import Namespace

_NAME = "debitoor"


def get_debitoor_cli_commands() -> list[CLICommand]:
    """Offer the commands to Airflow (see ``cli`` in :mod:`debitoor_provider.get_provider_info`)."""
    if sys.argv[1:2] == [_NAME]:
        from debitoor_provider.cli.language import translate_argparse

        translate_argparse(sys.argv)
    text = gettext("Exchange documents between GetMyInvoices and Debitoor")
    return [ActionCommand(_NAME, text, _no_command, (Commands(COMMANDS),))]


def _no_command(_: Namespace) -> None:
    """Do nothing: Airflow requires a function for a group of commands."""
