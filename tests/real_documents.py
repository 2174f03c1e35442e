"""Fourteen e-invoices that other programs have written, for the tests that read them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_PLACES = [parent / "shared" / "documents" for parent in Path(__file__).parents[2:4]]

FOLDER = Path(os.environ.get("DEBITOOR_TEST_DOCUMENTS") or next(filter(Path.is_dir, _PLACES), _PLACES[0]))

needs_real_documents = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason="needs fourteen sample e-invoices of other projects (ZUGFeRD, Factur-X, Mustang), which are not part of "
    f"this repository, and their documents.json, in {FOLDER} or the folder of DEBITOOR_TEST_DOCUMENTS",
)
