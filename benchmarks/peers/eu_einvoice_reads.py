"""eu-einvoice's parsing, without any of its checks."""

from __future__ import annotations

from decimal import Decimal

from eu_einvoice.parse import parse_bytes

from benchmarks import p10_files
from benchmarks.p10_files import CII, HYBRID, UBL


def gross(content: bytes) -> Decimal:
    """Read the total with tax."""
    model, _ = parse_bytes(content)
    return Decimal(str(model["totals"]["tax_inclusive"]))


if __name__ == "__main__":
    p10_files.main({HYBRID: gross, CII: gross, UBL: gross})
