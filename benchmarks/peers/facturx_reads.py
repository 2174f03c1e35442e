"""factur-x, as its documentation shows it: the XML out of the PDF, then its figures, each with its default checks."""

from __future__ import annotations

from decimal import Decimal

import facturx

from benchmarks import p10_files
from benchmarks.p10_files import CII, HYBRID, PLAIN, UBL


def of_pdf(content: bytes) -> Decimal | None:
    """Find the XML in a PDF and read it."""
    _, xml = facturx.get_xml_from_pdf(content)
    return of_xml(xml) if xml else None


def of_xml(content: bytes) -> Decimal:
    """Read the total with tax (BT-112)."""
    return Decimal(facturx.parse_ubl_cii_xml(content)["BT-112"])


if __name__ == "__main__":
    p10_files.main({HYBRID: of_pdf, PLAIN: of_pdf, CII: of_xml, UBL: of_xml})
