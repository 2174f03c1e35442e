"""The client of the Debitoor API, in the versions that the contract pins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from debitoor_provider.services.debitoor import body, constants, parse
from debitoor_provider.services.debitoor.lookups import Lookups
from debitoor_provider.services.debitoor.models import File
from debitoor_provider.services.debitoor.sales import Sales
from debitoor_provider.services.http.answer import LARGEST_RECORD
from debitoor_provider.services.http.call import Call, Subject
from debitoor_provider.services.http.files import check_upload
from debitoor_provider.services.http.retry import REPEATABLE
from debitoor_provider.services.http.session import segment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, MutableMapping
    from datetime import date, datetime

    from debitoor_provider.services.debitoor.models import Expense, Income, NewExpense, NewIncome

T = TypeVar("T")

_ALLOW_UNMATCH = {"allowUnmatch": "true"}  # 6.1


class DebitoorClient(Lookups, Sales):
    """Typed access to one account; may be used by many threads at once.

    Every method raises :class:`~debitoor_provider.services.errors.ServiceError`; the subclasses that a caller may
    want to distinguish are listed at each method.

    :param token: access token; does not expire, but can be revoked
    :param base_url: where the API is, without ``/api``
    :param allow_http: accept a base URL without TLS
    :param connect_timeout: seconds to connect
    :param read_timeout: seconds to wait for each part of an answer
    :param upload_timeout: the same for uploads
    :param max_file_bytes: largest file to be sent or received (A11)
    :param pool_size: connections kept open
    :param proxy: URL of a proxy; ``None`` takes the environment's for HTTPS, an empty text takes none
    :param pacing: keeps the calls within an allowance, if there is one
    :param backoff: how often and how long failed calls are tried again
    """

    def upload_file(self, name: str, content: BinaryIO, size: int) -> File:
        """Upload a file, which becomes part of an expense by :meth:`create_expense` (contract section 5).

        Tried again after a fault: a file that was stored twice is attached nowhere and does no harm.

        :param name: with the ending of its type: PDF, JPEG, PNG or GIF
        :param content: seekable; sent from its present position while it is read
        :param size: bytes to send
        :raises FileRefused: for an empty or too large file, or one of a wrong type
        """
        check_upload(size, self.max_file_bytes, constants.SERVICE, "upload_file")
        start = content.tell()
        boundary = body.boundary()

        def rewound() -> object:
            content.seek(start)
            return body.multipart(name, content, size, boundary)

        call = Call(
            "upload_file",
            "POST",
            constants.FILES,
            {"fileName": name},
            Subject.NEW_RECORD,
            body=rewound,
            headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
            rule=REPEATABLE,
            timeouts=self._upload_timeouts,
            largest=LARGEST_RECORD,
            sends_file=True,
        )
        return self.transport.call(call, parse.file)

    def download_file(self, file: File | str, into: BinaryIO) -> int:
        """Write a file's content to a seekable binary file, in pieces.

        :param file: as it is found on an expense, or its id
        :return: number of bytes written
        :raises FileRefused: for an empty or too large file
        :raises NotFound: when it does not exist
        :raises Refused: when the file's address leads to another host
        """
        given = file if isinstance(file, File) else File(id=file)
        path = given.url or constants.FILE.format(id=segment(given.id))
        call = Call("download_file", "GET", path, headers={"Accept": "*/*"})
        return self.transport.stream(call, into, largest=self.max_file_bytes)

    def expenses(
        self,
        *,
        from_date: date | None = None,
        to_date: date | None = None,
        changed_since: datetime | None = None,
        changed_before: datetime | None = None,
        include_deleted: bool = False,
        supplier_id: str | None = None,
        unpaid: bool | None = None,
        page_size: int | None = None,
    ) -> list[Expense]:
        """Return the expenses, each once, in the service's order.

        :param from_date: first expense date, inclusive
        :param to_date: last expense date, inclusive
        :param changed_since: aware; whether the bound itself counts is not known (A9)
        :param page_size: rows requested in one call; without it the service decides
        """
        filters = {
            "fromDate": _known(from_date),
            "toDate": _known(to_date),
            "changedSince": changed_since,
            "changedBefore": changed_before,
            "includeDeleted": include_deleted or None,
            "supplierId": supplier_id,
            "isUnpaid": unpaid,
        }
        return self._list("list_expenses", constants.EXPENSES, parse.expense, filters, page_size=page_size)

    def expenses_as(self, make: Callable[[Expense], T], *, changed_since: datetime | None) -> list[T]:
        """Return the expenses changed since then, each once, as the little that a caller needs of a long list.

        :param make: is given each expense; what it returns is kept
        """

        def read(payload: Any) -> T:
            return make(parse.expense(payload))

        return self._list(
            "list_expenses", constants.EXPENSES, read, {"changedSince": changed_since}, page_size=constants.PAGE_SIZE
        )

    def expense_descriptions_as(
        self, make: Callable[[Iterable[str]], T], *, changed_since: datetime | None, at_least: int = 0
    ) -> list[T]:
        """Return what is made of the lines' descriptions of each expense changed since then; no more of it is read.

        :param make: is given the descriptions of an expense; what it returns is kept
        :param at_least: how many expenses there are, as far as the caller knows
        """

        def read(payload: Any) -> T:
            return make(parse.descriptions(payload))

        filters = {"changedSince": changed_since}
        return self._list(
            "list_expenses", constants.EXPENSES, read, filters, page_size=constants.PAGE_SIZE, at_least=at_least
        )

    def expenses_kept_in(
        self, keep: MutableMapping[str, Expense], *, from_date: date | None = None, to_date: date | None = None
    ) -> Collection[Expense]:
        """Return what :meth:`expenses` returns, for a list of any length.

        :param keep: where the expenses are kept, e.g. a
            :class:`~debitoor_provider.services.record_file.RecordFileMapping`
        """
        filters = {"fromDate": _known(from_date), "toDate": _known(to_date)}
        return self._listed(
            "list_expenses", constants.EXPENSES, parse.expense, keep, filters, page_size=constants.PAGE_SIZE
        )

    def expense(self, id: str) -> Expense:
        """Return one expense.

        :raises NotFound: when it does not exist (any more)
        """
        return self._get("read_expense", constants.EXPENSE.format(id=segment(id)), parse.expense)

    def create_expense(self, expense: NewExpense) -> Expense:
        """Book an expense; without a number it gets the next one.

        Never sent twice: look for its ``file_id`` after an unclear outcome (contract section 11).

        :raises Refused: for data that is not accepted; names the fields
        :raises UnclearOutcome: after a timeout, a server fault or a broken connection: it may be booked
        """
        return self._send(
            "create_expense",
            "POST",
            constants.EXPENSES,
            parse.expense,
            body.expense_body(expense),
            constants.AUTONUMBER if expense.number is None else None,
            subject=Subject.NEW_RECORD,
        )

    def replace_expense(self, id: str, expense: NewExpense, allow_unmatch: bool = False) -> Expense:
        """Replace an expense; what the new one lacks is emptied, its payments included.

        :param allow_unmatch: allow that payments are deleted or unmatched (contract 6.1)
        """
        return self._send(
            "change_expense",
            "PUT",
            constants.EXPENSE.format(id=segment(id)),
            parse.expense,
            body.expense_body(expense),
            {
                **(constants.AUTONUMBER if expense.number is None else {}),
                **(_ALLOW_UNMATCH if allow_unmatch else {}),
            },
        )

    def delete_expense(self, id: str, allow_unmatch: bool = False) -> None:
        """Delete an expense; the service keeps it marked as deleted.

        :raises NotFound: when it does not exist (any more)
        """
        self._send(
            "delete_expense",
            "DELETE",
            constants.EXPENSE.format(id=segment(id)),
            lambda _: None,
            params=_ALLOW_UNMATCH if allow_unmatch else None,
        )

    def book_expense(self, id: str) -> Expense:
        """Give an expense its number on an account with strict bookkeeping (A21)."""
        return self._send("book_expense", "POST", constants.EXPENSE_BOOK.format(id=segment(id)), parse.expense)

    def income(
        self,
        *,
        from_date: date | None = None,
        to_date: date | None = None,
        changed_since: datetime | None = None,
        changed_before: datetime | None = None,
        include_deleted: bool = False,
        unpaid: bool | None = None,
        page_size: int | None = None,
    ) -> list[Income]:
        """Return other income, each once; parameters as for :meth:`expenses`."""
        filters = {
            "fromDate": _known(from_date),
            "toDate": _known(to_date),
            "changedSince": changed_since,
            "changedBefore": changed_before,
            "includeDeleted": include_deleted or None,
            "isUnpaid": unpaid,
        }
        return self._list("list_income", constants.INCOME, parse.income, filters, page_size=page_size)

    def income_item(self, id: str) -> Income:
        """Return one item of other income.

        :raises NotFound: when it does not exist (any more)
        """
        return self._get("read_income", constants.INCOME_ITEM.format(id=segment(id)), parse.income)

    def create_income(self, income: NewIncome) -> Income:
        """Book other income; never sent twice.

        :raises Refused: for data that is not accepted; names the fields
        :raises UnclearOutcome: after a timeout, a server fault or a broken connection: it may be booked
        """
        return self._send(
            "create_income",
            "POST",
            constants.INCOME,
            parse.income,
            body.income_body(income),
            constants.AUTONUMBER,
            subject=Subject.NEW_RECORD,
        )


def _known(day: date | None) -> date | None:
    """Return the nearest day that Debitoor accepts (contract section 3.4); it has nothing of earlier ones."""
    return day and max(day, constants.FIRST_DAY)
