"""Why a document cannot go by itself, in words for the person who keeps the books."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What the ledger makes of an obstacle."""

    HELD = "held"  # a rule of the account wants a person's decision
    REJECTED = "rejected"  # the document cannot go as it is recorded


class Obstacle(Exception):
    """A document that stays where it is until somebody has mended something.

    :param kind: whether the account's rules hold it or its own figures reject it
    :param code: stable short name, e.g. ``foreign_currency``
    :param reason: what is wrong, one plain sentence
    :param mend: what a person can do about it
    """

    def __init__(self, kind: Kind, code: str, reason: str, mend: str) -> None:
        super().__init__(f"{reason} {mend}")
        self.kind = kind
        self.code = code
        self.reason = reason
        self.mend = mend


def held(code: str, reason: str, mend: str) -> Obstacle:
    """Build the obstacle of a rule that wants a decision."""
    return Obstacle(Kind.HELD, code, reason, mend)


def rejected(code: str, reason: str, mend: str) -> Obstacle:
    """Build the obstacle of a document that cannot go as it is."""
    return Obstacle(Kind.REJECTED, code, reason, mend)
