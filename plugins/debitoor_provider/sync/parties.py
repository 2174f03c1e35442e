"""Whether two names of suppliers mean the same supplier."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from debitoor_provider.sync.text import fold

_ALIKE = 90.0  # of 100: more than one letter in ten differs below that
_LONGEST = 200
_LETTERS = {
    "ä": ("a", "ae"),
    "ö": ("o", "oe"),
    "ü": ("u", "ue"),
    "ø": ("o", "oe"),
    "å": ("a", "aa"),
    "æ": ("ae", "ae"),
    "ß": ("ss", "ss"),
    "ł": ("l", "l"),
    "đ": ("d", "d"),
}
"""Both ways of writing letters that ASCII lacks."""
_LEGAL_FORM = re.compile(
    r"""(?<=[\s,(]) (?:
        g?ug | haftungsbeschr(?:ä|ae)nkt | ggmbh | mbh | ges\.?\s?m\.?\s?b\.?\s?h | gesellschaft\ m\.\s?b\.\s?h
        | e(?:\.\s?|\s)k | e\.?\s?kf[mr] | egbr | partg(?:\s?mbb)? | i\.\s?l | in\ liquidation
        | s\.?\s?[àa]\.?\s?r\.?\s?l | s\.?l\.?u | ivs | dac | clg | (?:& | \+ | u\. | und)\s?co
    ) [.)]* $""",
    re.VERBOSE,
)
"""What cleanco 2.3 leaves at the end of a name, as it is folded."""


def same_party(one: str, other: str) -> bool:
    """Return whether two names differ at most in legal form, accents, order of words and a slip of the pen.

    Only the whole names are compared: the ratio of sets of words takes any two names that share their legal form.
    """
    from rapidfuzz.fuzz import ratio, token_sort_ratio  # only documents that are alike otherwise pay for it

    return any(
        max(ratio(left, right), token_sort_ratio(left, right)) >= _ALIKE
        for left, right in zip(_forms(one), _forms(other), strict=True)
        if left and right
    )


def same_first_words(one: str, other: str) -> bool:
    """Return whether one of two names begins with the words of the other, e.g. *Amazon* and *Amazon EU*."""
    for left, right in zip(_forms(one), _forms(other), strict=True):
        short, long = sorted((left.split(), right.split()), key=len)
        if short and long[: len(short)] == short:
            return True
    return False


@lru_cache(maxsize=4096)
def _forms(name: str) -> tuple[str, str]:
    """Return a name without its legal form, written in both ways, e.g. *muller* and *mueller*."""
    text = _without_form(fold(name)[:_LONGEST])
    return _spelled(text, 0), _spelled(text, 1)


def _without_form(text: str) -> str:
    """Remove legal forms from the end, one after the other: *se & co. kgaa* are three.

    A name is never removed whole, as cleanco does with *coop a/s*.
    """
    from cleanco import basename

    shorter = _LEGAL_FORM.sub("", basename(text) or text.rpartition(" ")[0]).strip(" ,(")
    return _without_form(shorter) if shorter and shorter != text else text


def _spelled(text: str, way: int) -> str:
    letters = "".join(_LETTERS[char][way] if char in _LETTERS else char for char in text)
    plain = "".join(char for char in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in plain).split())
