"""Entry point of ``python -m debitoor_provider.sandbox``."""

from __future__ import annotations

import sys


def _main() -> None:
    try:
        from debitoor_provider.sandbox.cli import main

        main()
    except ModuleNotFoundError as error:
        sys.exit(
            f"The sandbox needs {error.name}, which is not installed. Install what it needs with: "
            'pip install "airflow-provider-debitoor[sandbox]"'
        )


if __name__ == "__main__":
    _main()
