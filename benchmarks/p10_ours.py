"""The reader of e-invoices in a process of its own."""

from __future__ import annotations

import io
from decimal import Decimal

import debitoor_provider.sync.invoice.pdf  # noqa: F401 imports do not count, late ones neither
from benchmarks import p10_files
from benchmarks.p10_files import CII, HYBRID, PLAIN, UBL
from debitoor_provider.sync.invoice.proof import by_rate, disproof
from debitoor_provider.sync.invoice.reading import read


def prove(content: bytes) -> Decimal | None:
    """Find the e-invoice of a file, and have it prove its figures, as a run does.

    :raises AssertionError: when it does not prove them
    """
    found = read(io.BytesIO(content))
    if found.problem is not None:
        raise AssertionError(found.problem.text())
    if not found.invoices:
        return None
    (invoice,) = found.invoices
    if disproof(invoice):
        raise AssertionError(f"{invoice.number} is not proven")
    return abs(sum(by_rate(invoice).values(), Decimal(0)))


if __name__ == "__main__":
    p10_files.main(dict.fromkeys([HYBRID, CII, UBL, PLAIN], prove))
