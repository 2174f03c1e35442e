"""The language of the command line: that of ``LANGUAGE``, or of the terminal, as :mod:`gettext` has it."""

from __future__ import annotations

import gettext
from pathlib import Path

_DOMAIN = "debitoor"


def speak() -> None:
    """Let this process, argparse's own sentences included, take its texts from the catalogue of the commands."""
    gettext.bindtextdomain(_DOMAIN, str(Path(__file__).parents[1] / "cli" / "locale"))
    gettext.textdomain(_DOMAIN)
