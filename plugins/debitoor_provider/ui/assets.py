"""The files of the web app, and the version under which browsers keep them."""

from __future__ import annotations

import hashlib
from pathlib import Path

FOLDER = Path(__file__).parent / "static"


FILES = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*") if path.is_file()}
"""The files by their path below the folder; nothing else is served."""


def _digest() -> str:
    """Return a few characters that change when any of the files has changed."""
    digest = hashlib.sha256()
    for name, path in sorted(FILES.items()):
        digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


VERSION = _digest()
