"""The parsers of ``airflow debitoor …``, below Airflow's own.

Airflow's parser of a group of commands speaks English, and answers an option that a command does not have with the help
of all commands. These are argparse's own, which says what is wrong in one sentence, in the language that
:mod:`gettext` is set to (see :func:`debitoor_provider.cli.language.translate_argparse`).
"""

from __future__ import annotations

from argparse import ArgumentParser
from functools import partial
from gettext import gettext
from typing import TYPE_CHECKING, Any

from airflow.cli.cli_config import Arg, GroupCommand

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from airflow.cli.cli_config import CLICommand


class CommandParser(ArgumentParser):
    """Parser that answers for what its command does not know, instead of leaving that to Airflow's."""

    def parse_known_args(  # type: ignore[override]  # argparse's has overloads for types of namespaces
        self, args: Any = None, namespace: Any = None
    ) -> tuple[Namespace, list[str]]:
        """Parse arguments.

        :raises SystemExit: for one that is not known
        """
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(gettext("unrecognized arguments: %s") % " ".join(unknown))
        return found, unknown


class Commands(Arg):
    """Commands below a command, as Airflow takes its arguments.

    :param commands: groups or single ones
    """

    def __init__(self, commands: Sequence[CLICommand]) -> None:
        super().__init__(flags=("subcommand",))  # type: ignore[no-untyped-call]  # Airflow's has no annotations
        self.commands = commands

    def add_to_parser(self, parser: ArgumentParser) -> None:
        """Add the commands to the parser that Airflow has made for them."""
        # Airflow's method frames each error in English, and prints the whole help to standard output.
        parser.error = partial(ArgumentParser.error, parser)  # type: ignore[method-assign]  # a parser has no setting for it
        _add(parser, self.commands)


def _add(parser: ArgumentParser, commands: Sequence[CLICommand]) -> None:
    choices = parser.add_subparsers(dest="subcommand", metavar="COMMAND", required=True, parser_class=CommandParser)
    for command in sorted(commands, key=lambda one: one.name):
        made = choices.add_parser(
            command.name,
            help=gettext(command.help),
            description=gettext(command.description or command.help),
            epilog=gettext(command.epilog) if command.epilog else None,
            formatter_class=parser.formatter_class,
        )
        if isinstance(command, GroupCommand):
            _add(made, list(command.subcommands))
        else:
            for arg in sorted(command.args, key=_place):
                _translated(arg).add_to_parser(made)
            made.set_defaults(func=command.func)


def _place(arg: Arg) -> tuple[bool, str]:
    """Sort options by their names, as Airflow does; what has no name keeps its place."""
    is_option = arg.flags[0].startswith("-")
    return is_option, arg.flags[-1].lower() if is_option else ""


def _translated(arg: Arg) -> Arg:
    return Arg(arg.flags, **{**arg.kwargs, "help": gettext(arg.kwargs["help"])})
