"""The VAT area of the European Union on a day, with the territories whose tax law is not their country's.

Sources: Council Directive 2006/112/EC, articles 5 to 8, and the accession treaties; Withdrawal Agreement, article 126;
Protocol on Ireland/Northern Ireland, article 8; Treaty on the Functioning of the European Union, articles 349 and 355;
ISO 3166-1 for the other countries. What is not in these tables is unknown, never taken for domestic or foreign.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from debitoor_provider.sync.text import one_line

# Only what changed since 2004 needs a date.
_MEMBERS = {
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE"),
    *("IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
}
_SINCE = {"BG": date(2007, 1, 1), "RO": date(2007, 1, 1), "HR": date(2013, 7, 1)}
_UNTIL = {"GB": date(2020, 12, 31)}  # the end of the transition period
_NORTHERN_IRELAND_SINCE = date(2021, 1, 1)

_COUNTS_AS = {"MC": "FR", "IM": "GB"}  # article 7: Monaco, Isle of Man; the bases in Cyprus have no code of their own

# Article 6 and article 349 TFEU, by ISO code: what belongs to a member state (the second name), not to the VAT area.
_OUTLYING = {
    **dict.fromkeys(("EA", "IC"), "ES"),  # Ceuta and Melilla; the Canary Islands
    **dict.fromkeys(("GF", "GP", "MF", "MQ", "RE", "YT"), "FR"),
    "AX": "FI",
}
# The same, and territories beyond the directive (article 355 TFEU), by the postcodes of their state.
_POSTCODES = {
    "DE": {"Heligoland": r"27498", "Büsingen": r"78266|8238"},
    "DK": {"FO": r"\d{3}", "GL": r"39\d\d"},
    "ES": {"EA": r"5[12]\d{3}", "IC": r"3[58]\d{3}"},
    "FI": {"AX": r"22\d{3}"},
    "FR": {
        "GP": r"971\d\d",
        "MQ": r"972\d\d",
        "GF": r"973\d\d",
        "RE": r"974\d\d",
        "PM": r"975\d\d",
        "YT": r"976\d\d",
        "BL": r"977\d\d",
        "MF": r"978\d\d",
        "WF": r"986\d\d",
        "PF": r"987\d\d",
        "NC": r"988\d\d",
    },
    "GR": {"Mount Athos": r"6308[67]"},
    "IT": {"Livigno": r"23041", "Campione d'Italia": r"22061|6911"},
}
# Countries of their own that share the postcodes of another one, and are often recorded as that one.
_POSTCODES_OF_NEIGHBOURS = {
    "GB": {"GG": r"GY\d.*", "JE": r"JE\d.*"},
    "IT": {"SM": r"4789\d", "VA": r"00120"},
}
# Where the law of the state, or else its tax, may apply nevertheless, so that tax at its rates is its own. The others
# have a tax of their own, or none (the Canary Islands, Ceuta and Melilla, French Guiana, Mayotte, Saint-Martin ...).
_WITH_TAX_OF_STATE = {
    *("AX", "GP", "MQ", "RE"),
    *("Heligoland", "Büsingen", "Mount Athos", "Livigno", "Campione d'Italia"),
}
_SWISS_AREA = {"CH", "LI"}  # treaty of 28 October 1994 between Switzerland and Liechtenstein
_COUNTRY_MARK = re.compile(r"[A-Z]{1,3}-(?=[A-Z]?\d)")
_BELFAST = re.compile(r"BT\d.*")

_OTHERS = {
    code
    for row in (
        "AD AE AF AG AI AL AM AO AQ AR AS AU AW AZ BA BB BD BF BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC",
        "CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX DJ DM DO DZ EC EG EH ER ET FJ FK FM FO GA GD GE GG GH GI GL",
        "GM GN GQ GS GT GU GW GY HK HM HN HT ID IL IN IO IQ IR IS JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA",
        "LB LC LI LK LR LS LY MA MD ME MG MH MK ML MM MN MO MP MR MS MU MV MW MX MY MZ NA NC NE NF NG NI NO NP NR",
        "NU NZ OM PA PE PF PG PH PK PM PN PR PS PW PY QA RS RU RW SA SB SC SD SG SH SJ SL SM SN SO SR SS ST SV SX",
        "SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE",
        "ZA ZM ZW",
    )
    for code in row.split()
}


class Area(StrEnum):
    """How a place stands to the VAT area."""

    MEMBER = "member"
    GOODS_ONLY = "goods_only"  # Northern Ireland: goods as a member, services as Great Britain
    OUTLYING = "outlying"  # belongs to a member state, not to the VAT area
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Place:
    """A place as value added tax sees it.

    :param area: how it stands to the VAT area on the day
    :param state: ISO code of the country whose tax law it counts to, or belongs to
    :param name: ISO code or else name of the territory, if it is not the state itself
    """

    area: Area
    state: str
    name: str = ""

    @property
    def territory(self) -> str:
        """The territory outside the VAT area, of a member state; empty for the state itself."""
        return self.name if self.area is Area.OUTLYING else ""

    @property
    def has_tax_of_state(self) -> bool:
        """Whether tax at the rates of the state can be charged here."""
        return not self.territory or self.territory in _WITH_TAX_OF_STATE


@lru_cache(maxsize=1024)  # a run has few countries, days and postcodes
def place_of(country: str, day: date, postcode: str = "") -> Place | None:
    """Return the place of a country code, or ``None`` for a code that is not in the tables.

    :param country: ISO two-letter code, see :func:`~debitoor_provider.sync.countries.iso_code`; or ``XI`` for Northern
        Ireland
    :param day: the document's date
    :param postcode: distinguishes territories without a code of their own; empty if unknown
    """
    state = _COUNTS_AS.get(country, country)
    postcode = bare_postcode(postcode)
    if state == "XI" or (state == "GB" and _BELFAST.fullmatch(postcode)):
        since_then = day >= _NORTHERN_IRELAND_SINCE
        return Place(Area.GOODS_ONLY, "GB", "Northern Ireland") if since_then else Place(Area.MEMBER, "GB")
    if state in _OUTLYING:
        return Place(Area.OUTLYING, _OUTLYING[state], state)
    for neighbour, pattern in _POSTCODES_OF_NEIGHBOURS.get(state, {}).items():
        if re.fullmatch(pattern, postcode):
            return Place(Area.OUTSIDE, neighbour)
    if state not in _MEMBERS:
        return Place(Area.OUTSIDE, state) if state in _OTHERS else None
    if not in_eu(state, day):
        return Place(Area.OUTSIDE, state)
    for name, pattern in _POSTCODES.get(state, {}).items():
        if re.fullmatch(pattern, postcode):
            return Place(Area.OUTLYING, state, name)
    return Place(Area.MEMBER, state)


def bare_postcode(postcode: str) -> str:
    """Return a postcode without blanks and the mark of its country, e.g. ``78266`` for ``D-78 266``."""
    if not postcode or (postcode.isascii() and postcode.isalnum()):
        return postcode.upper()
    return _COUNTRY_MARK.sub("", "".join(one_line(unicodedata.normalize("NFKC", postcode)).split()).upper(), count=1)


def in_eu(country: str, day: date) -> bool:
    """Return whether a country was a member of the VAT area on a day.

    :param country: ISO two-letter code
    """
    return country in _MEMBERS and _SINCE.get(country, day) <= day <= _UNTIL.get(country, day)


def has_outlying_territories(country: str) -> bool:
    """Return whether only the postcode shows if a place in a country belongs to the VAT area."""
    return country in _POSTCODES or country in _POSTCODES_OF_NEIGHBOURS


def share_their_tax(one: Place, other: Place) -> bool:
    """Return whether two countries outside the VAT area are one for value added tax."""
    return {one.state, other.state} == _SWISS_AREA
