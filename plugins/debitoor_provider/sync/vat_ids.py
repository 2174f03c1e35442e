"""VAT identification numbers: one form for each number, and the country that issued it.

python-stdnum knows the national forms; the rules here are what it leaves open. A number of the right form is plausible,
never known to be registered, and its normal form is no key of a company: a firm may have several.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError
from stdnum.ie.vat import convert as new_irish_form
from stdnum.util import get_cc_module

from debitoor_provider.sync.text import fold, one_line

if TYPE_CHECKING:
    from stdnum.util import NumberValidationModule

# Directive 2006/112/EC, article 215, in which Greece is EL and XI Northern Ireland for goods; and three neighbours. Not
# EU and IM: these one-stop-shop numbers (Regulation 282/2011, article 57d) belong to no country.
_PREFIXES = {
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE", "IT"),
    *("LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI"),
    *("CH", "GB", "NO"),
}
_PREFIX_ALIASES = {"GR": "EL", "UK": "GB"}
_COUNTRIES = {"EL": "GR"}  # where the ISO code is another than the prefix; XI stays XI
_MODULES = {"EL": ("gr", "vat"), "XI": ("gb", "vat"), "CH": ("ch", "uid"), "NO": ("no", "mva")}
_WRITTEN = {"XI": "GB"}  # how the national module wants the prefix
_BRANCHES = {"GB": 9, "XI": 9, "HU": 8}  # digits that name the firm; what follows names its branch or its tax office

_LABEL = re.compile(
    r"(VAT|UST|UMSATZSTEUER|MWST|UID|BTW|TVA|MOMS|CVR|P\.? ?IVA|PARTITA IVA|IVA|NIP|NIF|CIF|DIČ|DIC|ALV|ΑΦΜ)"
    r"(?:[ .:#/\-]*(?:ID|NR|NO|N°|NUMBER|NUMMER|NUMÉRO|REG|INTRACOM\w*|IDENT\w*))*(?![A-Z])[ .:#/\-]*"
)
_COUNTRY_OF_LABEL = {"CVR": "DK", "NIP": "PL", "PIVA": "IT", "PARTITAIVA": "IT"}  # labels of one country alone
_SEPARATORS = re.compile(r"[\s.\-\u2013/:,()]+")
_WORDS = re.compile(r"[^\W\d](?:[^\d]*[^\W\d])?")  # all before the first digit
_PREFIX_IN_WORDS = re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(_PREFIXES | set(_PREFIX_ALIASES)))})")
_LONGEST = 120
_SWISS_SUFFIX = re.compile(r"(?:MWST|TVA|IVA|TPV)$")
_NORWEGIAN = re.compile(r"\d{9}MVA")


@lru_cache(maxsize=4096)
def normal_form(vat_id: str) -> str:
    """Return the one form of a VAT number, with its prefix; what is no VAT number is returned caseless.

    :param vat_id: as recorded, e.g. ``USt-IdNr. de 123 456 789``
    """
    return _recognised(vat_id) or fold(vat_id)


def same_id(one: str, other: str) -> bool:
    """Return whether two texts are the same VAT number; texts without any are the same as nothing."""
    key = normal_form(one)
    return bool(key) and key == normal_form(other)


@lru_cache(maxsize=4096)
def country_of(vat_id: str) -> str:
    """Return the ISO code of the country that issued a VAT number, ``XI`` for Northern Ireland; empty if unknown.

    :param vat_id: as recorded
    """
    prefix = _recognised(vat_id)[:2]
    return _COUNTRIES.get(prefix, prefix)


def _recognised(vat_id: str) -> str:
    """Return a VAT number with its prefix if it has the form of one; empty otherwise."""
    text = one_line(unicodedata.normalize("NFKC", one_line(vat_id))).upper()
    compact, country = _without_label(text)
    if _NORWEGIAN.fullmatch(compact):
        compact = f"NO{compact}"
    prefix = _PREFIX_ALIASES.get(compact[:2], compact[:2])
    if prefix in _PREFIXES:
        found = _with_prefix(prefix, compact[2:])
    else:
        found = _with_prefix(country, compact) if country else ""
    return found or _after_words(text)


def _after_words(text: str) -> str:
    """Return the number that stands behind a label in any words, which have no digits; empty when there is none.

    A prefix begins a word: ``IDNR DE 136695976`` is German, and ``INDE136695976`` nothing.
    """
    words = _WORDS.match(text[:_LONGEST])
    for prefix in _PREFIX_IN_WORDS.finditer(text, 0, words.end() if words else 0):
        code = _PREFIX_ALIASES.get(prefix[0], prefix[0])
        if found := _with_prefix(code, _SEPARATORS.sub("", text[prefix.end() :])):
            return found
    return ""


def _without_label(text: str) -> tuple[str, str]:
    """Return the number without what is written before it, and the country that its label names."""
    found = _LABEL.match(text)
    if not found:
        return _SEPARATORS.sub("", text), ""
    label = _SEPARATORS.sub("", found[1])
    return _SEPARATORS.sub("", text[found.end() :]), _COUNTRY_OF_LABEL.get(label, "")


def _with_prefix(prefix: str, number: str) -> str:
    """Return a number in its national form behind its prefix; empty when it has not the form of one."""
    if (length := _BRANCHES.get(prefix)) and number.isdigit():
        number = number[:length]
    if prefix == "CH":
        number = _SWISS_SUFFIX.sub("", number)
    if prefix == "NO":
        number = f"{number.removesuffix('MVA')}MVA"
    written = f"{_WRITTEN.get(prefix, prefix)}{number}"
    national = _national(prefix)
    try:
        number = national.validate(written)
    except (InvalidChecksum, InvalidComponent):  # plausible is all that it can be: the form is right
        number = national.compact(written)
    except ValidationError:
        return ""
    if prefix == "IE":
        number = new_irish_form(number)
    if prefix == "FR":
        return f"FR{number}"  # a French number may itself begin with FR
    return f"{prefix}{number.removeprefix(prefix).removesuffix('MVA')}"


@lru_cache(maxsize=64)
def _national(prefix: str) -> NumberValidationModule:
    module = get_cc_module(*_MODULES.get(prefix, (prefix, "vat")))
    if module is None:
        raise LookupError(prefix)
    return module
