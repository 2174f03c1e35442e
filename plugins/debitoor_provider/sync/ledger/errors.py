"""What can go wrong in the ledger, named by what has to happen next."""

from __future__ import annotations

from debitoor_provider.messages import Message


class LedgerError(Exception):
    """Anything the ledger could not do.

    :param message: what is wrong, and what to do about it; holds no secret. A plain text is kept as it is written.
    """

    def __init__(self, message: Message | str) -> None:
        super().__init__(message)
        self.message = message if isinstance(message, Message) else Message("as_written", text=message, remedy="")

    def __str__(self) -> str:
        return str(self.message)


class LedgerUnavailable(LedgerError):
    """Transient: the database is not reachable, busy or full. Trying again later may succeed."""


class LedgerMisconfigured(LedgerError):
    """The ledger's URL cannot work; a person has to correct it."""


class LedgerOutdated(LedgerError):
    """The tables are of an older version: ``airflow debitoor ledger upgrade`` brings them up to date."""


class LedgerTooNew(LedgerError):
    """The tables are of a newer version than this code: the provider has to be updated."""


class LeaseLost(LedgerError):
    """The caller does not hold the document's lease (any more): another run may be working on it."""


class IllegalTransition(LedgerError):
    """The document is not in a state from which this step is possible. Nothing was written."""


class EntryChanged(IllegalTransition):
    """The source record was planned again since the caller read it. Nothing was written; read it again."""


class TargetChanged(LedgerError):
    """Documents of a plan were sent to another target than the account has now. Nothing was written.

    :param source_ids: of those documents
    :param before: the target that they were sent to
    """

    def __init__(self, source_ids: list[str], before: str) -> None:
        super().__init__(f"{len(source_ids)} documents were sent to {before}.")
        self.source_ids = source_ids
        self.before = before
