"""Entry point of ``python -m debitoor_provider.sandbox``."""

from __future__ import annotations

import sys
from gettext import gettext

from debitoor_provider.sandbox.words import speak


def _main() -> None:
    speak()
    try:
        from debitoor_provider.sandbox.cli import main

        main()
    except ModuleNotFoundError as error:
        sys.exit(
            gettext("The sandbox needs %s, which is not installed. Install what it needs with: %s")
            % (error.name, 'pip install "airflow-provider-debitoor[sandbox]"')
        )


if __name__ == "__main__":
    _main()
