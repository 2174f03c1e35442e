"""Names and templates: a name is only what the pattern said, safe on every system, unique, and the same each time."""

from __future__ import annotations

import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import cache
from random import Random
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.services.getmyinvoices.models import Document
from debitoor_provider.sync.account_files.files import load_account_file
from debitoor_provider.sync.directions import row_of
from debitoor_provider.sync.export.records import DOCUMENTS
from debitoor_provider.sync.ledger import Ledger, PlannedDocument
from debitoor_provider.sync.naming.filename import name_key, unique
from debitoor_provider.sync.naming.naming import document_name
from debitoor_provider.sync.naming.template import Template, TemplateError
from debitoor_provider.sync.steps.job import Job
from debitoor_provider.sync.steps.rename import rename_each
from tests.sync.export.test_selection import export
from tests.sync.stage import pdf
from tests.trust.common import account_files, hostile
from tests.trust.names.naming import flaws, tokens

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from debitoor_provider.sync.accounts.settings import ExportAccount
    from tests.sync.stage import Stage
    from tests.trust.common.referee import Referee
    from tests.trust.common.tally import Tally

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_EXTENSION = re.compile(r"\.[0-9A-Za-z]{1,16}\Z", re.DOTALL)


def job_of(ledger: Ledger, account: ExportAccount, run_id: str) -> Job:
    return Job("acme", account, row_of(account).open(account, lambda service: service), ledger, run_id)


@pytest.mark.parametrize("block", range(10))
def test_a_name_is_exactly_what_its_pattern_defines(
    block: int, tally: Tally, sample: Callable[[int, int], int]
) -> None:
    taken: set[str] = set()
    for index in range(sample(10_000, 200_000)):
        seed = block * 1_000_000 + index
        random = Random(seed)
        if index % 200 == 0:
            taken = set()
        _check_document(tally, seed, hostile.pattern(random), hostile.document(random, 1 + index), taken)
        tally.case()
        if len(tally.found) > 20:
            break


@pytest.mark.parametrize(
    "name",
    [
        *("", "CON.pdf", "con", "lpt1.x.pdf", "a/b.pdf", "..", "../a.pdf", "a\\b.pdf", "C:a.pdf", "a.pdf ", "a.", " a"),
        *(
            "a\u202eb.pdf",
            "a\x00.pdf",
            "a\u200b.pdf",
            "e\u0301.pdf",
            "a" * 300,
            "\u6c49" * 90 + ".pdf",
            "a\u00a0b",
            "a%41.pdf",
        ),
        *("\ud800.pdf", "a\r\nb.pdf", 'a".pdf', "a  b.pdf"),
    ],
)
def test_a_bad_name_would_be_noticed(name: str) -> None:
    assert list(flaws(name))
    assert list(flaws("a.pdf", ".PDF"))
    assert not list(flaws("a.pdf", ".pdf"))


@pytest.mark.parametrize("trick", [*hostile.INJECTIONS, *hostile.PATHS])
def test_a_known_trick_is_text_or_an_error_with_its_place_and_remedy(trick: str, tally: Tally) -> None:
    secrets = {"company_name": "COMPANY", "note": "NOTE", "document_number": "NUMBER"}
    parts = tokens(trick)
    try:
        Template.parse(trick)
        if parts is None:
            tally.add("wrong", f"{trick!r} is outside the grammar and was taken")
    except TemplateError as error:
        if parts is not None or not (trick[error.position] in "{}:" or trick[error.position - 1] == ":"):
            tally.add("wrong", f"{trick!r} was refused at {error.position}")
        if not (error.message.text().endswith(".") and error.message.remedy().endswith(".")):
            tally.add("wrong", f"{trick!r} was refused without a sentence and a remedy")
    for placeholder, field in (("company", "company_name"), ("note", "note"), ("document_number", "document_number")):
        document = Document(7, "RECEIPT", **{**secrets, field: trick}, tags=("TAG",), filename="scan.pdf")
        if Template.parse(f"{{{placeholder}}}").render(document) != " ".join(trick.split()):
            tally.add("wrong", f"{trick!r} in {field} was expanded")
    document = Document(7, "RECEIPT", tags=(trick, "{company}"), filename=f"{trick}.pdf", company_name="COMPANY")
    for pattern in ("", "{tags}", "{original_name}", "{tags}{original_name}"):
        name = document_name(Template.parse(pattern), document)
        if "COMPANY" in name:
            tally.add("wrong", f"{trick!r} in a tag or file name was expanded")
        for flaw in flaws(name, ".pdf"):
            tally.add("wrong", f"{trick!r}: {name!r}: {flaw}")
    tally.case(9)


ALIKE = (
    *("Rechnung", "RECHNUNG", "rechnung", "\uff32echnung", "Stra\u00dfe", "STRASSE", "strasse", "Stra\u1e9ee"),
    *("\u00c9t\u00e9", "E\u0301te\u0301", "\u00e9t\u00e9", "\u0130stanbul", "istanbul", "i\u0307stanbul", "ISTANBUL"),
    *(
        "\u212a",
        "k",
        "K",
        "\u212b",
        "\u00e5",
        "A\u030a",
        "\ufb01le",
        "file",
        "FILE",
        "fi\u200ble",
        "f\u202eile",
        "\u1fb3",
        "\u1fbc",
    ),
    *(
        "\u03b1\u0345",
        "\u03b1\u03b9",
        "\u01f0",
        "J\u030c",
        "\u0149",
        "\u02bcn",
        "\u0390",
        "\u03b9\u0308\u0301",
        "CON",
        "con_",
        "con",
    ),
    *("x" * 130, "X" * 119, "x" * 118 + "_2", "\u6c49" * 130, "\u00df" * 130, "\u1e9e" * 130, "\u0390" * 130),
)


def test_names_that_some_system_takes_for_the_same_are_never_given_twice_by_ledgers_that_race(
    empty_ledger: Path, tmp_path: Path, tally: Tally, sample: Callable[[int, int], int]
) -> None:
    """Several workers name the documents of one account at once, some of them the same documents."""
    path = tmp_path / "ledger.db"
    shutil.copyfile(empty_ledger, path)
    count, workers = sample(600, 6000), 4
    random = Random(6)
    filenames = [random.choice(ALIKE) + random.choice((".pdf", ".PDF", ".pdf", "", ".jpg")) for _ in range(count)]
    planned = [
        PlannedDocument(
            source_id=str(uid),
            exchange_key=f"gmi:{uid}",
            snapshot=DOCUMENTS.dump(Document(uid, "RECEIPT", filename=filename, gross_amount=Decimal(1))),
        )
        for uid, filename in enumerate(filenames, 1)
    ]
    ledgers = [Ledger.open(f"sqlite:///{path}") for _ in range(workers)]
    ledgers[0].plans.enter("acme", "export", "run", planned)
    pending = ledgers[0].documents.entries("acme", "export", limit=count)
    assert len(pending) == count

    def name(worker: int) -> None:
        own = [entry for entry in pending if (int(entry.source_id) + worker) % workers < 2]
        for start in range(0, len(own), 50):
            rename_each(job_of(ledgers[worker], export(), f"run {worker}"), own[start : start + 50])

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(name, range(workers)))
    entries = ledgers[0].documents.entries("acme", "export", limit=count)
    given = {entry.source_id: entry.target_name for entry in entries}
    keys: set[str] = set()
    for entry in entries:
        if entry.target_name is None:
            tally.add("lost", f"document {entry.source_id} got no name")
            continue
        for flaw in flaws(entry.target_name):
            tally.add("wrong", f"{entry.target_name!r}: {flaw}")
        if name_key(entry.target_name) in keys:
            tally.add("twice", f"the name {entry.target_name!r} was given twice")
        keys.add(name_key(entry.target_name))
    rename_each(job_of(ledgers[0], export(rename="{company}"), "later"), entries)
    if given != {
        entry.source_id: entry.target_name for entry in ledgers[0].documents.entries("acme", "export", limit=count)
    }:
        tally.add("wrong", "a name once given was changed")
    for ledger in ledgers:
        ledger.close()
    tally.case(count)


def _nasty(random: Random) -> str:
    """Generate hostile text as a service can store it; without the provider's own marker of imported documents."""
    return hostile.text(random, 4).encode(errors="replace").decode().replace("[Debitoor ", "[Debit0r ")


@pytest.mark.parametrize("pattern", ["", "{company}_{document_number}", "{tags} {note:60} {original_name:upper}"])
def test_hostile_documents_arrive_under_the_name_that_the_ledger_chose(
    pattern: str,
    acme: Stage,
    referee_of: Callable[[Stage], Referee],
    tally: Tally,
    sample: Callable[[int, int], int],
) -> None:
    random = Random(pattern)
    extensions = {}
    for _ in range(sample(80, 800)):
        extension = random.choice((".pdf", ".PDF", ".jpg", ".png"))
        uid = acme.document(
            pdf(),
            _nasty(random) + extension,
            supplier=_nasty(random).strip() or "x",
            document_number=_nasty(random),
            note=_nasty(random) + random.choice(hostile.LOOKALIKES[:6]),
            tags=[tag for tag in {_nasty(random)[:50] for _ in range(2)} if tag.strip()],
        )
        extensions[uid] = extension
    account = acme.exports(rename=pattern, parallel=16)
    for _ in range(2):
        acme.export(account)
    tally.add_all(referee_of(acme).judge(exported=extensions, ledgers=[acme.folder / "ledger.db"]))
    files = {file["id"]: file["fileName"] for file in acme.company.files()}
    stored: dict[str, str] = {}
    for expense in acme.company.expenses():
        description = expense["lines"][0]["description"]
        uid = description.rpartition("[GMI ")[2].removesuffix("]")
        stored[uid] = files[expense["file"]["id"]]
        if len(description) > 520 or not description.isprintable():
            tally.add("wrong", f"the description {description!r}")
    for uid, extension in extensions.items():
        name = acme.entry(uid).target_name or ""
        if stored.get(uid) != name:
            tally.add("wrong", f"document {uid} is called {stored.get(uid)!r} in the books, and {name!r} in the ledger")
        for flaw in flaws(name, extension):
            tally.add("wrong", f"{name!r}: {flaw}")
    if len(set(map(name_key, stored.values()))) != len(extensions):
        tally.add("twice", "two documents have the same name in the books")
    tally.case(len(extensions))


def test_hostile_sales_documents_arrive_under_the_name_that_the_ledger_chose(
    acme: Stage, referee_of: Callable[[Stage], Referee], tally: Tally, sample: Callable[[int, int], int]
) -> None:
    random = Random("sales")
    made = [
        acme.company.add_invoice(number=_nasty(random) or "1", customer_name=_nasty(random) or "x", content=pdf())["id"]
        for _ in range(sample(50, 500))
    ]
    account = acme.imports(defaults={"document_type": "SALES_INVOICE", "note": "see {company} {{7*7}}"}, parallel=16)
    for _ in range(2):
        acme.import_(account)
    tally.add_all(referee_of(acme).judge(imported=made, ledgers=[acme.folder / "ledger.db"]))
    names = {
        row["note"].rpartition("[Debitoor ")[2].removesuffix("]"): row["filename"] for row in acme.company.documents()
    }
    for source_id in made:
        name = acme.entry(source_id, "import").target_name or ""
        if names.get(source_id) != name:
            tally.add("wrong", f"{source_id} is called {names.get(source_id)!r}, and {name!r} in the ledger")
        for flaw in flaws(name, ".pdf"):
            tally.add("wrong", f"{name!r}: {flaw}")
    if len(set(map(name_key, names.values()))) != len(made):
        tally.add("twice", "two sales documents have the same name")
    tally.case(len(made))


def test_a_hostile_account_file_is_an_account_or_shows_its_problems(
    tmp_path: Path, tally: Tally, sample: Callable[[int, int], int]
) -> None:
    made = tmp_path / "made"
    sources = [source.replace(b"{path}", bytes(made)) for source in account_files.SOURCES]
    sources += [account_files.settings(Random(seed)) for seed in range(sample(150, 8000))]
    built = 0
    for number, source in enumerate(sources):
        path = tmp_path / f"acme-{number}.yaml"
        path.write_bytes(source)
        built += _built(path, tally)
        path.unlink()
    for stem in account_files.STEMS:
        path = tmp_path / f"{stem}.yaml"
        path.write_text(json.dumps(account_files.BASES[0]))
        _built(path, tally)
        path.unlink()
    if made.exists():
        tally.add("wrong", "an account file was carried out")
    assert built > len(sources) / 10  # not only refusals
    tally.case(len(sources) + len(account_files.STEMS))


def _built(path: Path, tally: Tally) -> bool:
    """Build, serialise and render an account's DAG; return whether its file was valid."""
    from airflow.serialization.serialized_objects import DagSerialization

    from debitoor_provider.dag_factory import build_dag

    file = load_account_file(path)
    if file.account is None and not file.problems:
        tally.add("wrong", f"{path.name}: neither an account nor a problem")
    for problem in file.problems:
        if not problem.message or _UNSEEN.search(str(problem)):
            tally.add("wrong", f"{path.name}: the problem {str(problem)!r}")
    dag = build_dag(file)
    json.dumps(DagSerialization.to_dict(dag)).encode()
    text = dag.doc_md or ""
    own = [file.account.name, file.account.note] if file.account else [str(problem) for problem in file.problems]
    for line in "\n".join(own).splitlines():
        if f"    {line}\n" not in text:
            tally.add("wrong", f"{path.name}: the description does not show {line!r} as it is")
    if any(not 0 < len(tag) <= 100 for tag in dag.tags):
        tally.add("wrong", f"{path.name}: its tags are {sorted(dag.tags)}")
    for task in dag.tasks:
        shown = str([getattr(task, name) for name in task.template_fields])
        rendered = task.render_template(shown, {"params": {}, "run_id": "r"})
        if account_files.CANARY in shown or "CANARY" in rendered:
            tally.add("wrong", f"{path.name}: text of the file is rendered as a template")
    return file.account is not None


@cache
def _part(token: str) -> Template:
    return Template.parse(token)


def _check_document(tally: Tally, seed: int, pattern: str, document: Document, taken: set[str]) -> None:
    parts = tokens(pattern)
    case = f"seed {seed}: {pattern!r}"
    try:
        template = Template.parse(pattern)
    except TemplateError as error:
        if parts is not None:
            tally.add("wrong", f"{case} was refused")
        if not (0 <= error.position < len(pattern) and error.message.text() and error.message.remedy()):
            tally.add("wrong", f"{case} was refused without saying where, why and what to do")
        template, parts = Template.parse(""), []
    if parts is None:
        tally.add("wrong", f"{case} is outside the grammar and was taken")
        return
    snapshot = DOCUMENTS.dump(document)
    document = DOCUMENTS.load(snapshot)  # as every step of a run gets it
    if DOCUMENTS.dump(document) != snapshot:
        tally.add("wrong", f"{case}: the document is not the same on another run")
    if template.render(document) != "".join(_part(token).render(document) for token in parts):
        tally.add("wrong", f"{case}: a part depends on its neighbours")
    name = document_name(template, document)
    free = unique(name, taken)
    if name_key(free) in taken:
        tally.add("twice", f"{case}: the name {free!r} is given twice")
    taken.add(name_key(free))
    extension = _EXTENSION.search(document.filename)
    for each in {name, free}:
        for flaw in flaws(each, extension[0] if extension else ""):
            tally.add("wrong", f"{case} names {document.filename!r} {each!r}: {flaw}")
