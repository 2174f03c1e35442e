"""Rows of ``docs/contracts/debitoor.md``."""

from __future__ import annotations

from typing import Final

from debitoor_provider.conformance.rows.row import BAD_KEY, TO_THE_LIMIT, UNSEEN, WRITES, ContractRow

_CONSENT = "needs the consent of a person"

ROWS: Final = (
    ContractRow("3.2", "answers are JSON, and a single record has an `ETag`"),
    ContractRow("3.3", "schemas can be read"),
    ContractRow("3.4", "ids have 24 hexadecimal digits, dates and times their forms, amounts are numbers"),
    ContractRow("3.5", "what has no value is left out, not sent as null"),
    ContractRow("5.2", "`/api/files/{id}/v1` answers with the bytes"),
    ContractRow("5.3", "a file has `id`, `fileName`, `type`, `sizeBytes` and an address relative to the API"),
    ContractRow("6.1", "`/api/expenses/v4` is a bare array of whole expenses; one of them can be read by its id"),
    ContractRow("6.2", "`fromDate` and `toDate` bound the date; both belong to it"),
    ContractRow("6.3", "an expense has `lines`, a currency that is that of the books, and totals"),
    ContractRow("7.1", "invoices, credit notes and their PDFs are at their paths"),
    ContractRow("7.3", "a sales document has a number, a date, a currency and totals"),
    ContractRow("8.1", "the settings have the address of the account, its company and `strictBookkeeping`"),
    ContractRow("8.2", "suppliers are a bare array of `id` and `name`"),
    ContractRow("8.5", "tax rates of purchases, payment accounts and countries are at their paths"),
    ContractRow("9", "`skip` and `limit` page a list, and a page past the end is empty"),
    ContractRow("10", "an unknown id gets 404, and an object with `message`"),
    ContractRow("A1", "`code` of an error body is the status"),
    ContractRow("A2", "a 401 has `code` and `message`", BAD_KEY),
    ContractRow("A3", "a failed exchange of a code gets 400", _CONSENT),
    ContractRow("A4", "a code lives 600 seconds", _CONSENT),
    ContractRow("A5", "a list without `limit` has all rows"),
    ContractRow("A6", "`limit` has no upper bound"),
    ContractRow("A7", "lists are ordered by falling `date`, `createdDate`, `id`"),
    ContractRow("A8", "`changedSince` takes a time with `Z`, with or without milliseconds, or a date; else 400"),
    ContractRow("A9", "the bound of `changedSince` belongs to the result, that of `changedBefore` does not"),
    ContractRow("A10", "file types are PDF, JPEG, PNG and GIF", WRITES),
    ContractRow("A11", "the largest file has 10 MiB", WRITES),
    ContractRow("A12", "another type or size is refused with 412", WRITES),
    ContractRow("A13", "an upload answers with the file", WRITES),
    ContractRow("A14", "a file cannot be deleted", WRITES),
    ContractRow("A15", "metadata of a file is within documents alone", UNSEEN),
    ContractRow("A16", "an unknown `fileId` is refused with 400", WRITES),
    ContractRow("A17", "two documents may have one `fileId`", WRITES),
    ContractRow("A18", "DELETE answers `success: true`", WRITES),
    ContractRow("A19", "a deleted expense gets 404 when it is read"),
    ContractRow("A20", "an expense needs `number` or `autonumber`", WRITES),
    ContractRow("A21", "strict bookkeeping has a call for booking", WRITES),
    ContractRow("A22", "a line without `priceDisplayType` is gross", WRITES),
    ContractRow("A23", "gross is net and tax, in each line and in the totals"),
    ContractRow("A24", "`reverseCharge` left out within the EU is let pass", WRITES),
    ContractRow("A25", "an unknown category is refused with 400", WRITES),
    ContractRow("A26", "categories are a bare array of `id`, `name` and `type`"),
    ContractRow("A27", "the environment has `id`, `email`, `countryCode` and `currency`"),
    ContractRow("A28", "credit notes are among the invoices, with the same ids; `isCreditNote` narrows"),
    ContractRow("A29", "a PDF comes as `application/pdf`, with its number in `Content-Disposition`"),
    ContractRow("A30", "there are no limits", TO_THE_LIMIT),
    ContractRow("A31", "an overload gets 503", TO_THE_LIMIT),
    ContractRow("A32", "unknown parameters are ignored"),
    ContractRow("A33", "another method on a known path gets 404", "needs other methods than GET"),
    ContractRow("A34", "booleans in a query are `true` and `false`"),
    ContractRow("A35", "amounts of a credit note are negative"),
    ContractRow("A36", "a supplier in a territory has the country of its state", WRITES),
)
