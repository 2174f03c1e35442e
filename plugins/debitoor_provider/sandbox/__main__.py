"""Entry point of ``python -m debitoor_provider.sandbox``."""

from __future__ import annotations

from debitoor_provider.sandbox.cli import main

if __name__ == "__main__":
    main()
