"""What of a message its reader may see: a possible duplicate can be a document of an account that is not theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message, current_reader
from debitoor_provider.sync.steps.lookalikes import TARGET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Redaction:
    """Writes a document of an account that the reader may not see without its account, its id and its figures.

    One for each request. Until the rule of its route has named the user, they see no other account.
    """

    def __init__(self) -> None:
        self._sees: Callable[[str], bool] | None = None
        self._known: dict[str, bool] = {}

    def by(self, sees: Callable[[str], bool]) -> None:
        """Take note of who reads.

        :param sees: returns whether they may see an account
        """
        self._sees = sees

    def sees(self, account_id: str) -> bool:
        """Return whether the reader may see an account."""
        if account_id not in self._known:
            if self._sees is None:
                return False
            self._known[account_id] = self._sees(account_id)
        return self._known[account_id]

    def __call__(self, code: str, params: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """Return what the reader may see of a message."""
        where = params.get("where") if code == "lookalike" else None
        account_id = where.get("params", {}).get("account") if isinstance(where, dict) else None
        return (ELSEWHERE.code, {}) if account_id and not self.sees(account_id) else (code, params)


ELSEWHERE = Message("lookalike_elsewhere")


def sees(account_id: str) -> bool:
    """Return whether the current reader may see an account."""
    redaction = current_reader().redact
    return not isinstance(redaction, Redaction) or redaction.sees(account_id)


def redacted_detail(detail: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the details of an event as the reader may see them, as far as they are no messages."""
    if "distinct_from" not in detail:
        return detail
    return {**detail, "distinct_from": list(map(_redacted_key, detail["distinct_from"]))}


def _redacted_key(key: str) -> str:
    is_shown = key.startswith(f"{TARGET}:") or sees(key.rpartition("/")[0])
    return key if is_shown else ELSEWHERE.text()
