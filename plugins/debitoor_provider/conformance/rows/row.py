"""One row of a contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A fact or an assumption.

    :param id: of an assumption (``A-07``), or the section that has the fact (``4.2``)
    :param assumes: what the contract says, in one line
    :param untried: why no test tries it; empty for a row that has a test
    """

    id: str
    assumes: str
    untried: str = ""


WRITES: Final = "needs a write, and the suite only reads"
UNSEEN: Final = "a decision of the provider: no call shows it"
BAD_KEY: Final = "needs calls with a wrong key or token"
TO_THE_LIMIT: Final = "needs the limit to be reached"
