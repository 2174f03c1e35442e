"""Files: of any size, any kind and any packing; a bad one is reported, the others are moved, and memory stays flat."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from debitoor_provider.services.errors import RetryError, ServiceError
from tests.sync.stage import pdf
from tests.trust.files.weighing import worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sync.stage import Stage
    from tests.trust.common.referee import Referee
    from tests.trust.common.tally import Tally

GROWTH = 64  # MiB that a worker process may grow by, however large the files
# A parser of files would have loaded one of these. (zipfile is loaded by the import system itself; e-invoices are
# read by pypdf, which loads PIL, and by defusedxml, within limits of size and depth.)
PARSERS = {
    *("PyPDF2", "fitz", "pdfminer", "pikepdf", "pdfplumber", "reportlab", "fpdf", "magic", "imghdr"),
    *("lxml", "bs4", "html5lib", "openpyxl", "docx", "tarfile", "py7zr", "rarfile", "olefile"),
}
MIB = 1 << 20
_JAVASCRIPT = b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF\n"
_ZIP = b"PK\x03\x04" + bytes(40)
_HTML = b"<!doctype html><html><script>alert(1)</script></html>"
_EXE = b"MZ\x90\x00\x03" + bytes(200)
GOOD = [
    ("javascript.pdf", _JAVASCRIPT),
    ("zip and pdf.pdf", b"%PDF-1.4\n" + _ZIP + b"\n%%EOF\n"),
    ("html and pdf.pdf", b"%PDF-1.4\n" + _HTML + b"\n%%EOF\n"),
    ("exe and pdf.pdf", b"%PDF-1.4\n" + _EXE + b"\n%%EOF\n"),
    ("broken.pdf", b"%PDF-\xff\xfe\x00 1 0 obj << /Length 999999999999 >> stream\n%%EOF\n"),
    ("deep.pdf", b"%PDF-1.4\n" + b"[" * 100_000 + b"\n%%EOF\n"),
    ("entities.PDF", b"%PDF-1.4\n<!DOCTYPE x [<!ENTITY a 'aaaa'>]>\n%%EOF\n"),
    ("scan.jpg", b"\xff\xd8\xff\xe0" + bytes(100)),
    ("one byte.png", b"\x89"),
]
"""Name and content of files that are moved as they are: their content is not checked."""
BAD = [
    ("exe.pdf", _EXE),
    ("html.pdf", _HTML),
    ("zip.PDF", _ZIP),
    ("late magic.pdf", b"\n%PDF-1.4\n%%EOF\n"),
    ("mark.pdf", b"\xef\xbb\xbf%PDF-1.4\n%%EOF\n"),
    ("short.pdf", b"%PDF"),
    ("lower.pdf", b"%pdf-1.4\n%%EOF\n"),
    ("empty.pdf", b""),
    ("empty.jpg", b""),
    ("pdf.exe", b"%PDF-1.4\n%%EOF\n"),
    ("pdf", b"%PDF-1.4\n%%EOF\n"),
    ("pdf.pdf.html", b"%PDF-1.4\n%%EOF\n"),
]


def test_a_wrong_file_is_reported_and_the_others_are_moved(
    acme: Stage, referee_of: Callable[[Stage], Referee], tally: Tally
) -> None:
    names: dict[str, str] = {}
    large = [(name, content + b"\n" * (2 * MIB) + b"%%EOF\n") for name, content in (*GOOD[:3], *BAD[:3])]
    for number, (name, content) in enumerate([*GOOD, *BAD, *large]):
        uid = acme.document(content + (b"\n%% %d" % number if content else b""), name)
        names[uid] = name
    for _ in range(2):
        acme.export()
    good = {uid for uid, name in names.items() if name in dict(GOOD)}
    for uid, name in names.items():
        entry = acme.entry(uid)
        if (entry.state == "moved") != (uid in good):
            tally.add("wrong", f"{name} is {entry.state}: {entry.reason}")
        if uid not in good and not (entry.state == "rejected" and _understandable(entry.reason)):
            tally.add("wrong", f"{name} is {entry.state}, and its reason says {entry.reason!r}")
    tally.add_all(referee_of(acme).judge(exported=good, ledgers=[acme.ledger_file]))
    tally.case(len(names))


def test_a_wrong_sales_pdf_is_reported_and_the_others_are_moved(
    acme: Stage, referee_of: Callable[[Stage], Referee], tally: Tally
) -> None:
    good, bad = [], []
    for number, (name, content) in enumerate([*GOOD, *BAD]):
        if name.lower().endswith(".pdf") and content:
            made = acme.company.add_invoice(content=content + b"\n%% %d" % number)["id"]
            (good if (name, content) in GOOD else bad).append(made)
    for _ in range(2):
        acme.import_()
    for source_id in bad:
        entry = acme.entry(source_id, "import")
        if not (entry.state == "rejected" and _understandable(entry.reason)):
            tally.add("wrong", f"{source_id} is {entry.state}, and its reason says {entry.reason!r}")
    tally.add_all(referee_of(acme).judge(imported=good, ledgers=[acme.ledger_file]))
    tally.case(len(good) + len(bad))


def test_memory_stays_flat_with_many_files_at_once(
    acme: Stage, referee_of: Callable[[Stage], Referee], tally: Tally, sample: Callable[[int, int], int]
) -> None:
    uids = [acme.document()]
    sales = [acme.company.add_invoice(content=pdf())["id"]]
    exports = acme.exports(parallel=16, archive_after_transfer=True)
    imports = acme.imports(parallel=16)
    with worker(acme) as process:
        for direction, account in (("export", exports), ("import", imports)):
            assert process.run(direction, account).error == ""  # everything is loaded
        small, large = sample(16, 320), sample(8, 160)
        uids += [acme.document(pdf(MIB - 2000)) for _ in range(small)]
        _weigh(process.run("export", exports), tally, "small files to Debitoor")
        uids += [acme.document(pdf(9_900_000)) for _ in range(large)]
        _weigh(process.run("export", exports), tally, "large files to Debitoor")
        sales += [acme.company.add_invoice(content=pdf(9_900_000))["id"] for _ in range(large)]
        _weigh(process.run("import", imports), tally, "large files to GetMyInvoices")
    tally.add_all(referee_of(acme).judge(exported=uids, imported=sales, ledgers=[acme.ledger_file]))
    tally.case(len(uids) + len(sales))


FLOODED = [
    ("export", "gmi.documents.list", 100),
    ("export", "gmi.documents.get", 100),
    ("export", "gmi.documents.file", 3 * MIB),
    ("export", "gmi.companies.list", 100),
    ("export", "gmi.documents.update", 100),
    ("export", "debitoor.environment", 100),
    ("export", "debitoor.expenses.list", 100),
    ("export", "debitoor.files.create", 100),
    ("export", "debitoor.expenses.create", 100),
    ("import", "debitoor.invoices.list", 100),
    ("import", "debitoor.invoices.pdf", 100),
    ("import", "gmi.documents.create", 100),
]


@pytest.mark.parametrize("form", ["announced", "endless", "packed", "in base64"])
def test_a_flood_is_not_drunk(
    form: str, acme: Stage, referee_of: Callable[[Stage], Referee], tally: Tally, sample: Callable[[int, int], int]
) -> None:
    """200 MB where a kilobyte was announced, with a true length, without any, or packed to a thousandth."""
    megabytes = sample(40, 200) if form == "packed" else 200
    flooded = FLOODED if form == "announced" else FLOODED[:: sample(3, 1)]
    if form == "in base64":
        flooded = [each for each in FLOODED if each[1] == "gmi.documents.file"]
    uids, sales = [acme.document()], [acme.company.add_invoice(content=pdf())["id"]]
    parallel = 1 if form == "in base64" else 16  # a file in base64 is read as a whole
    exports, imports = acme.exports(parallel=parallel, archive_after_transfer=True), acme.imports(parallel=parallel)
    if form == "in base64":
        acme.company.switch(file_endpoint="json")
    with worker(acme) as process:
        for direction, account in (("export", exports), ("import", imports)):
            assert process.run(direction, account).error == ""
        for direction, operation, size in flooded:
            if direction == "export":
                uids += [acme.document(pdf(size)) for _ in range(2)]
            else:
                sales += [acme.company.add_invoice(content=pdf(size))["id"] for _ in range(2)]
            account = exports if direction == "export" else imports
            acme.fault(
                "flood", operation, megabytes=megabytes, announced=form == "announced", compressed=form == "packed"
            )
            weighed = process.run(direction, account)
            _weigh(weighed, tally, f"floods, {form}", operation)
            if weighed.error and not _understandable(weighed.error):
                tally.add("wrong", f"{operation}: {weighed.error}")
            acme.sandbox.clear_faults()
            _retry_rejected(acme, direction, tally, operation)
            acme.clock.pass_by(hours=1)
            for _ in range(2):
                left = process.run(direction, account)
            if left.error:
                tally.add("unclean", f"{operation}: {left.error}")
            tally.case()
    tally.add_all(referee_of(acme).judge(exported=uids, imported=sales, ledgers=[acme.ledger_file]))
    for direction, state in (("export", "archived"), ("import", "moved")):
        if set(acme.states(direction).values()) != {state}:
            tally.add("unclean", f"{direction}: {acme.states(direction)}")


BOMBS: list[tuple[str, str]] = [
    (field, value)
    for field in ("grossAmount", "netAmount", "fileSize")
    for value in (
        *("1e999999999", "-1e999999999", "1e-999999999", "9" * 4000, "9" * 5000, "1" + "0" * 400, '"1e999999999"'),
        *(
            f'"{"9" * 5000}"',
            '"NaN"',
            '"Infinity"',
            "NaN",
            "Infinity",
            "true",
            "[[[[]]]]",
            '"-0"',
            '"1,1,1,1"',
            "1e2",
            '"\u0661"',
        ),
    )
] + [
    *(("documentUid", value) for value in ("9" * 4000, "1e999999999", "-1", "true", '"../1"', '"1e3"', "null", "0")),
    *(("companyUid", value) for value in ("9" * 4000, "1e999999999", '"x"', "[]")),
    *(("taxRates", value) for value in ("[1e999999999]", "[" * 900 + "]" * 900, f"[{'9' * 4000}]", '["NaN"]', "{}")),
    *(
        ("lineItems", value)
        for value in ("[" * 900 + "]" * 900, "[{}]", '[{"total_gross": 1e999999999}]', "{}", '"[]"')
    ),
    *(
        ("documentDate", value)
        for value in ('"9999-99-99"', '"0000-00-00"', '"' + "9" * 5000 + '"', "20260131", "null")
    ),
    *((field, f'"{"x" * 3 * MIB}"') for field in ("note", "companyName", "documentNumber", "filename", "documentDate")),
    *((field, f'"{chr(0x202E) * 300_000}"') for field in ("note", "companyName", "filename")),
    *((field, '"\\ud800"') for field in ("note", "companyName", "documentNumber", "filename")),
    *(
        ("tags", value)
        for value in ("[" * 900 + "]" * 900, '["' + "x" * MIB + '"]', '{"a": {"b": "c"}}', f"[{'1,' * 100_000}1]")
    ),
    *(("unknown", value) for value in ("[" * 900 + "]" * 900, "[" * 200_000, '{"a":' * 900 + "1" + "}" * 900)),
    *(("unknown", '"' + base64.b64encode(bytes(3 * MIB)).decode() + '"'), ("unknown", '1, "documentUid": 999999')),
]
"""A field of a document's record, and what stands there in JSON."""


@pytest.mark.parametrize("part", range(6))
def test_a_bomb_in_json_harms_no_other_document(
    part: int,
    acme: Stage,
    referee_of: Callable[[Stage], Referee],
    tally: Tally,
    sample: Callable[[int, int], int],
) -> None:
    bombs = BOMBS[part :: 6 * sample(4, 1)]
    exported: list[str] = []
    wire = requests.Session()
    wire.trust_env = False
    wire.headers.update({"X-API-KEY": acme.company.gmi_api_key, "User-Agent": f"x ({acme.company.gmi_account_id})"})
    for field, value in bombs:
        victim, other = acme.document(), acme.document()
        exported += [victim, other]
        answer = wire.get(f"{acme.sandbox.gmi_url}/documents/{victim}?includeDocument=true").json()
        meta = _spoilt(answer["meta_data"], field, value)
        page = wire.get(f"{acme.sandbox.gmi_url}/documents?documentUidFilter=0&perPage=500").json()
        records = [
            _spoilt(row, field, value) if str(row["documentUid"]) == victim else json.dumps(row)
            for row in page["records"]
        ]
        whole = {name: part for name, part in page.items() if name != "records"}
        listed = json.dumps(whole)[:-1] + ', "records": [' + ", ".join(records) + "]}"
        detail = f'{{"meta_data": {meta}, "fileContent": {json.dumps(answer["fileContent"])}}}'
        for faults in (
            [("gmi.documents.list", None, listed)],
            [("gmi.documents.get", f"*/documents/{victim}", detail)],
            [("gmi.documents.list", None, listed), ("gmi.documents.get", f"*/documents/{victim}", detail)],
        ):
            for operation, path, body in faults:
                acme.fault("status", operation, status=200, body=body, **({"path": path} if path else {}))
            _run(acme, tally, f"{field}: {value[:40]}")
            acme.sandbox.clear_faults()
            tally.case()
    wire.close()
    acme.clock.pass_by(hours=1)
    rejected = [
        entry
        for entry in acme.ledger.documents.entries("acme", "export", limit=500)
        if entry.state in ("rejected", "held")
    ]
    for entry in rejected:
        if not _understandable(entry.reason):
            tally.add("wrong", f"the reason of {entry.source_id} is {entry.reason!r}")
    acme.ledger.documents.retry(rejected, "user:books")
    for _ in range(2):
        acme.export()
    tally.add_all(referee_of(acme).judge(exported=exported, ledgers=[acme.ledger_file]))


def _run(stage: Stage, tally: Tally, what: str) -> None:
    try:
        stage.export()
    except ServiceError as error:
        if not isinstance(error, RetryError) or not _understandable(str(error)):
            tally.add("wrong", f"{what}: the run ends with {error!r}")
    except Exception as error:  # noqa: BLE001 - whatever else it is, it is wrong
        tally.add("wrong", f"{what}: the run ends with {str(error)[:200]!r} ({type(error).__name__})")


def _spoilt(record: dict[str, Any], field: str, value: str) -> str:
    rest = {name: part for name, part in record.items() if name != field}
    return json.dumps(rest)[:-1] + f', "{field}": {value}}}'


def _weigh(weighed: Any, tally: Tally, what: str, operation: str = "") -> None:
    tally.figure(f"MiB that a worker grew by, {what}", weighed.megabytes)
    if weighed.megabytes > GROWTH:
        tally.add("wrong", f"a worker grew by {weighed.megabytes} MiB: {what} {operation}")
    for module in PARSERS & {name.partition(".")[0] for name in weighed.modules}:
        tally.add("wrong", f"{module} was loaded: {what}")


def _retry_rejected(stage: Stage, direction: Any, tally: Tally, operation: str) -> None:
    """Check that rejected documents have a reason, and retry them: the service works again."""
    entries = stage.ledger.documents.entries(stage.account_id, direction, limit=500)
    rejected = [entry for entry in entries if entry.state in ("rejected", "held")]
    for entry in rejected:
        if not _understandable(entry.reason):
            tally.add("wrong", f"{operation}: the reason is {entry.reason!r}")
    stage.ledger.documents.retry(rejected, "user:books")


def _understandable(reason: str) -> bool:
    """Return whether it is a readable sentence or more, without the words of programmers."""
    words = ("Traceback", "Error(", "None", "<", "0x", "Exception")
    return (
        20 < len(reason) < 500 and reason.isprintable() and reason.endswith(".") and not any(w in reason for w in words)
    )
