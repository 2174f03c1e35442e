"""The legal rates of the currencies that joined the euro, from the day on which they did.

Each is the national currency's units for one euro, fixed by Council Regulation (EC) No 2866/98 and the regulations that
amended it for later members. From its changeover day on a currency has no market rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class LegalRate:
    """The fixed rate of a currency that joined the euro.

    :param units: of the currency for one euro
    :param since: the changeover day
    :param source: the regulation
    """

    units: Decimal
    since: date
    source: str


_FIRST = date(1999, 1, 1), "Regulation (EC) No 2866/98"

LEGAL_RATES: dict[str, LegalRate] = {
    "ATS": LegalRate(Decimal("13.7603"), *_FIRST),
    "BEF": LegalRate(Decimal("40.3399"), *_FIRST),
    "DEM": LegalRate(Decimal("1.95583"), *_FIRST),
    "ESP": LegalRate(Decimal("166.386"), *_FIRST),
    "FIM": LegalRate(Decimal("5.94573"), *_FIRST),
    "FRF": LegalRate(Decimal("6.55957"), *_FIRST),
    "IEP": LegalRate(Decimal("0.787564"), *_FIRST),
    "ITL": LegalRate(Decimal("1936.27"), *_FIRST),
    "LUF": LegalRate(Decimal("40.3399"), *_FIRST),
    "NLG": LegalRate(Decimal("2.20371"), *_FIRST),
    "PTE": LegalRate(Decimal("200.482"), *_FIRST),
    "GRD": LegalRate(Decimal("340.750"), date(2001, 1, 1), "Regulation (EC) No 1478/2000"),
    "SIT": LegalRate(Decimal("239.640"), date(2007, 1, 1), "Regulation (EC) No 1086/2006"),
    "CYP": LegalRate(Decimal("0.585274"), date(2008, 1, 1), "Regulation (EC) No 1135/2007"),
    "MTL": LegalRate(Decimal("0.429300"), date(2008, 1, 1), "Regulation (EC) No 1134/2007"),
    "SKK": LegalRate(Decimal("30.1260"), date(2009, 1, 1), "Regulation (EC) No 694/2008"),
    "EEK": LegalRate(Decimal("15.6466"), date(2011, 1, 1), "Regulation (EU) No 671/2010"),
    "LVL": LegalRate(Decimal("0.702804"), date(2014, 1, 1), "Regulation (EU) No 870/2013"),
    "LTL": LegalRate(Decimal("3.45280"), date(2015, 1, 1), "Regulation (EU) No 851/2014"),
    "HRK": LegalRate(Decimal("7.53450"), date(2023, 1, 1), "Regulation (EU) 2022/1208"),
    "BGN": LegalRate(Decimal("1.95583"), date(2026, 1, 1), "Regulation (EU) 2025/1409"),
}


def legal_rate(currency: str, day: date) -> LegalRate | None:
    """Return the legal rate of a currency that had joined the euro by a day; ``None`` for every other."""
    rate = LEGAL_RATES.get(currency)
    return rate if rate and day >= rate.since else None
