"""What a person has chosen for a document, question by question.

The column ``choice`` holds one word for each question that was answered: the reason for which the document was held,
and whose figures the person wants, such as ``invoice_contradicts=invoice odd_exchange_rate=record``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def answer(reason_code: str, figures: str) -> str:
    """Return what the column has in addition after a person has answered.

    :param reason_code: why the document is held, which is what the person was shown
    :param figures: what the person wants
    """
    return f" {reason_code}={figures}"


def read_choices(stored: str) -> Mapping[str, str]:
    """Return what a person wants by the reason that was shown; of two answers to one question the later counts.

    A word without its question, as earlier versions kept it, answers none: the document is held again.
    """
    pairs = (word.partition("=") for word in stored.split())
    return {reason_code: figures for reason_code, _, figures in pairs if figures}
