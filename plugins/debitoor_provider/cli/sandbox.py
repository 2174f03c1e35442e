"""``airflow debitoor sandbox``. The sandbox is a program of its own: nothing of it is imported here."""

from __future__ import annotations

import os
import sys
from importlib.metadata import PackageNotFoundError, distribution, requires
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from debitoor_provider.messages import Message, current_reader

if TYPE_CHECKING:
    from argparse import Namespace

_DISTRIBUTION = "airflow-provider-debitoor"
_EXTRA = "sandbox"


def sandbox(args: Namespace) -> None:
    """Start the sandbox in place of this process."""
    if missing := _missing():
        raise SystemExit(str(Message("sandbox_not_installed", missing=missing, package=f"{_DISTRIBUTION}[{_EXTRA}]")))
    given = {
        "--port": args.port,
        "--data": args.data,
        "--companies": args.companies,
        "--documents": args.documents,
        "--invoices": args.invoices,
    }
    options = [word for name, value in given.items() if value is not None for word in (name, str(value))]
    options += [word for name in args.company for word in ("--company", name)]
    command = [sys.executable, "-P", "-m", "debitoor_provider.sandbox", *options, *args.options]
    os.environ["LANGUAGE"] = current_reader().language  # of which gettext takes it there
    os.execv(sys.executable, command)  # noqa: S606  our own program, with the words of this command line


def _missing() -> list[str]:
    """Return the packages of the extra that are not installed."""
    missing = []
    for line in requires(_DISTRIBUTION) or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker and marker.evaluate({"extra": _EXTRA}) and not marker.evaluate({"extra": ""}):
            try:
                distribution(requirement.name)
            except PackageNotFoundError:
                missing.append(requirement.name)
    return missing
