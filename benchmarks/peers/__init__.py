"""The peers: what else people move documents with. They run by a Python of their own (``requirements-peers.txt``)."""

from __future__ import annotations

from pathlib import Path

_PYTHON = Path(__file__).parents[2] / ".venv-peers" / "bin" / "python"


def python() -> Path:
    """Return the Python that has the peers.

    :raises FileNotFoundError: when it was not made yet
    """
    if not _PYTHON.exists():
        raise FileNotFoundError(f"{_PYTHON.parent.parent} is not there: make bench makes it")
    return _PYTHON
