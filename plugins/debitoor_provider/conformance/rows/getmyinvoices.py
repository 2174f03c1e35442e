"""Rows of ``docs/contracts/getmyinvoices.md``."""

from __future__ import annotations

from typing import Final

from debitoor_provider.conformance.rows.row import BAD_KEY, TO_THE_LIMIT, UNSEEN, WRITES, ContractRow

ROWS: Final = (
    ContractRow("1.5", "a path that does not exist is refused with 400, `Action is not valid.`"),
    ContractRow("3.1", "`/apiStatus` answers `success: true`"),
    ContractRow("3.2", "`/account` has `accountId` as `G-` and a number, and a time zone that is known"),
    ContractRow("3.3", "`/companies` is a bare array of `companyUid` and `name`"),
    ContractRow(
        "3.4", "tags and VAT rates are lists in `data`; countries and currencies are bare arrays with their codes"
    ),
    ContractRow("4.1", "filters bound the list; a time without its hour is refused with 422 and code 140"),
    ContractRow("4.2", "a list is an object with `totalCount`, `maxPages` and an array `records`"),
    ContractRow("4.3", "ids are integers, dates `YYYY-MM-DD`, amounts numbers, tax rates and tags lists"),
    ContractRow(
        "5.1", "one document has `meta_data`, and parts that are asked for; an unknown id gets 422 and code 106"
    ),
    ContractRow("5.2", "`/documents/{uid}/file` answers with the bytes; a `pdf` begins with `%PDF-`"),
    ContractRow("5.3", "line items have `quantity`, `description`, `tax_percentage`, `unit_net_price`, `total_gross`"),
    ContractRow("7.3", "`/documents/deleted` has `totalCount` and `records` of `documentUid` and `deletedAt`"),
    ContractRow("8.1", "document types are those of the contract"),
    ContractRow("8.2", "payment statuses are those of the contract"),
    ContractRow("8.3", "payment methods are those of the contract"),
    ContractRow("A-01", "parameters are also read from the body of a GET", "the client writes queries alone"),
    ContractRow("A-02", "booleans in a query are `true` and `false`"),
    ContractRow("A-03", "the largest file has 25 MiB", WRITES),
    ContractRow("A-04", "answers have `X-RateLimit-Remaining-Minute` and `-Hour`"),
    ContractRow("A-05", "a refusal has `success: false` and a list `errors` of `code` and `detail`"),
    ContractRow("A-06", "a user agent without the account's number is refused with 400, but for `/account`"),
    ContractRow("A-07", "without `archivedFilter` the list has what is not archived"),
    ContractRow("A-08", "`documentNumberFilter` finds a part of a number, in either case"),
    ContractRow("A-09", "of several tags one is enough, in either case"),
    ContractRow(
        "A-10", "`maxPages` rounds up and is 0 for nothing, `offset` counts rows, `perPage` is brought into 1 to 500"
    ),
    ContractRow("A-11", "the list is ordered by falling `documentUid`"),
    ContractRow("A-12", "what is empty is an empty text or list, never null"),
    ContractRow("A-13", "a document without a workflow has no `workflowDetails`; otherwise it has `isCompleted`"),
    ContractRow("A-14", "written amounts may be numbers", WRITES),
    ContractRow("A-15", "written tags replace the old ones", WRITES),
    ContractRow("A-16", "without `runOCR` no text is recognised", WRITES),
    ContractRow("A-17", "`fileHash` is MD5, SHA-1 or SHA-256", "needs a POST, and the suite sends GET alone"),
    ContractRow("A-18", "PUT ignores unknown keys and sets the time of change", WRITES),
    ContractRow(
        "A-19", "times of change are in the account's zone", "needs a document that is changed at a known moment"
    ),
    ContractRow("A-20", "key, user agent, content type, limits, path and content are checked in this order", BAD_KEY),
    ContractRow("A-21", "intervals of the vendor's own synchronisation", UNSEEN),
    ContractRow("A-22", "placeholders of its file names", UNSEEN),
    ContractRow("A-23", "its account types", UNSEEN),
    ContractRow("A-24", "what its records say", UNSEEN),
    ContractRow("A-25", "a period includes both ends and leaves out documents without a date"),
    ContractRow("A-26", "settings of its import", UNSEEN),
    ContractRow("A-27", "an upload without a type is stored as `MISC`", WRITES),
    ContractRow("A-28", "a file comes with the content type of its extension, and its name in `Content-Disposition`"),
    ContractRow("A-29", "a deleted document gets code 106 when it is read"),
    ContractRow("1.4", "a call beyond the limits gets 429", TO_THE_LIMIT),
    ContractRow("6.3", "a file that is stored already is refused with 422 and code 127", WRITES),
    ContractRow("10.3", "whether tags, archiving and approval count as a change", WRITES),
)
