"""Which countries were in the EU's VAT area on a day: an old invoice is booked by the rules of its day."""

from __future__ import annotations

from datetime import date

# Council Directive 2006/112/EC, article 5, and the accession treaties. Only what changed since 2004 needs a date.
_ALWAYS = {
    *("AT", "BE", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "SE", "SI", "SK"),
}
_SINCE = {"BG": date(2007, 1, 1), "RO": date(2007, 1, 1), "HR": date(2013, 7, 1)}
_UNTIL = {"GB": date(2020, 12, 31)}  # end of the transition period of the Withdrawal Agreement, article 126
_ALIASES = {"EL": "GR", "UK": "GB"}  # the EU's own codes, also the prefix of Greece's VAT numbers


def in_eu(country: str, day: date) -> bool:
    """Tell whether a country belonged to the EU's VAT area on a day.

    :param country: ISO two-letter code, any case
    :param day: the document's date
    """
    code = country.upper()
    if code in _SINCE:
        return day >= _SINCE[code]
    if code in _UNTIL:
        return day <= _UNTIL[code]
    return code in _ALWAYS


def iso_code(country: str) -> str:
    """Make an ISO two-letter code of what a service calls a country code; empty when it is none."""
    code = country.strip().upper()
    return _ALIASES.get(code, code) if len(code) == 2 and code.isascii() and code.isalpha() else ""
