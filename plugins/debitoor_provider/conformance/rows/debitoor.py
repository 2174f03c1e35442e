"""Rows of ``docs/contracts/debitoor.md``."""

from __future__ import annotations

from typing import Final

from debitoor_provider.conformance.rows.row import BAD_KEY, TO_THE_LIMIT, UNSEEN, WRITES, Row

_CONSENT = "needs the consent of a person"

ROWS: Final = (
    Row("3.2", "answers are JSON, and a single record has an `ETag`"),
    Row("3.3", "schemas can be read"),
    Row("3.4", "ids have 24 hexadecimal digits, dates and times their forms, amounts are numbers"),
    Row("3.5", "what has no value is left out, not sent as null"),
    Row("5.2", "`/api/files/{id}/v1` answers with the bytes"),
    Row("5.3", "a file has `id`, `fileName`, `type`, `sizeBytes` and an address relative to the API"),
    Row("6.1", "`/api/expenses/v4` is a bare array of whole expenses; one of them can be read by its id"),
    Row("6.2", "`fromDate` and `toDate` bound the date; both belong to it"),
    Row("6.3", "an expense has `lines`, a currency that is that of the books, and totals"),
    Row("7.1", "invoices, credit notes and their PDFs are at their paths"),
    Row("7.3", "a sales document has a number, a date, a currency and totals"),
    Row("8.1", "the settings have the address of the account, its company and `strictBookkeeping`"),
    Row("8.2", "suppliers are a bare array of `id` and `name`"),
    Row("8.5", "tax rates of purchases, payment accounts and countries are at their paths"),
    Row("9", "`skip` and `limit` page a list, and a page past the end is empty"),
    Row("10", "an unknown id gets 404, and an object with `message`"),
    Row("A1", "`code` of an error body is the status"),
    Row("A2", "a 401 has `code` and `message`", BAD_KEY),
    Row("A3", "a failed exchange of a code gets 400", _CONSENT),
    Row("A4", "a code lives 600 seconds", _CONSENT),
    Row("A5", "a list without `limit` has all rows"),
    Row("A6", "`limit` has no upper bound"),
    Row("A7", "lists are ordered by falling `date`, `createdDate`, `id`"),
    Row("A8", "`changedSince` takes a time with `Z`, with or without milliseconds, or a date; else 400"),
    Row("A9", "the bound of `changedSince` belongs to the result, that of `changedBefore` does not"),
    Row("A10", "file types are PDF, JPEG, PNG and GIF", WRITES),
    Row("A11", "the largest file has 10 MiB", WRITES),
    Row("A12", "another type or size is refused with 412", WRITES),
    Row("A13", "an upload answers with the file", WRITES),
    Row("A14", "a file cannot be deleted", WRITES),
    Row("A15", "metadata of a file is within documents alone", UNSEEN),
    Row("A16", "an unknown `fileId` is refused with 400", WRITES),
    Row("A17", "two documents may have one `fileId`", WRITES),
    Row("A18", "DELETE answers `success: true`", WRITES),
    Row("A19", "a deleted expense gets 404 when it is read"),
    Row("A20", "an expense needs `number` or `autonumber`", WRITES),
    Row("A21", "strict bookkeeping has a call for booking", WRITES),
    Row("A22", "a line without `priceDisplayType` is gross", WRITES),
    Row("A23", "gross is net and tax, in each line and in the totals"),
    Row("A24", "`reverseCharge` left out within the EU is let pass", WRITES),
    Row("A25", "an unknown category is refused with 400", WRITES),
    Row("A26", "categories are a bare array of `id`, `name` and `type`"),
    Row("A27", "the environment has `id`, `email`, `countryCode` and `currency`"),
    Row("A28", "credit notes are among the invoices, with the same ids; `isCreditNote` narrows"),
    Row("A29", "a PDF comes as `application/pdf`, with its number in `Content-Disposition`"),
    Row("A30", "there are no limits", TO_THE_LIMIT),
    Row("A31", "an overload gets 503", TO_THE_LIMIT),
    Row("A32", "unknown parameters are ignored"),
    Row("A33", "another method on a known path gets 404", "needs other methods than GET"),
    Row("A34", "booleans in a query are `true` and `false`"),
    Row("A35", "amounts of a credit note are negative"),
    Row("A36", "a supplier in a territory has the country of its state", WRITES),
)
