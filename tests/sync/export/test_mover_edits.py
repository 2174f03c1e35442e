"""Documents that people edit after they were named: what is booked, the ledger and the uploaded name agree."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from debitoor_provider.services.errors import RetryError
from debitoor_provider.sync.naming.filename import is_numbered, name_key
from tests.sync.stage import Stage, pdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from debitoor_provider.sandbox.client import SandboxAdmin
    from tests.sync.stage import Clock

PATTERN = "{document_date}_{company}_{document_number}_{gross_amount}_{currency}"
NEW = {
    "supplier": "Other AG",
    "supplier_country": "DE",
    "document_number": "NEW-1",
    "document_date": "2026-02-03",
    "net_amount": "50.00",
    "gross_amount": "59.50",
}


def edit(stage: Stage, uid: str, **changes: Any) -> None:
    stage.company.edit_document(int(uid), **changes)


def files(stage: Stage) -> list[str]:
    """Return the names of the files that expenses have."""
    return [expense["file"]["fileName"] for expense in stage.company.expenses()]


@pytest.fixture
def named(acme: Stage) -> Callable[..., str]:
    """Plan and name a document."""

    def plan_and_name(pattern: str = PATTERN, **fields: Any) -> str:
        uid = acme.document(**fields)
        acme.plan(acme.exports(rename=pattern))
        acme.name(acme.exports(rename=pattern))
        return uid

    return plan_and_name


@pytest.mark.parametrize("size", [0, 2_000_000])
def test_name_and_facts_are_those_of_the_record_that_is_booked(
    acme: Stage, named: Callable[..., str], size: int
) -> None:
    uid = named(content=pdf(size), filename="scan.pdf")
    edit(acme, uid, **NEW)
    acme.clock.pass_by(hours=1)
    acme.finish(acme.exports(rename=PATTERN))

    entry, [expense] = acme.entry(uid), acme.company.expenses()
    assert files(acme) == [entry.target_name] == ["2026-02-03_Other AG_NEW-1_59.50_EUR.pdf"]
    assert expense["lines"][0]["description"].startswith("NEW-1 / Other AG")
    assert (entry.company, entry.document_number, str(entry.document_date)) == ("Other AG", "NEW-1", "2026-02-03")
    assert (entry.net_amount, entry.gross_amount, entry.currency) == (Decimal("50.00"), Decimal("59.50"), "EUR")
    assert [found.source_id for found in acme.ledger.documents.entries("acme", text="other ag")] == [uid]
    assert acme.ledger.documents.entries("acme", text="paper") == []
    named_as = [event.detail["name"] for event in acme.ledger.documents.history(entry) if event.kind == "named"]
    assert len(named_as) == 2
    assert named_as[-1] == entry.target_name


def test_a_name_that_another_document_has_gets_a_number(acme: Stage) -> None:
    account = acme.exports(rename="{document_number}")
    one, other = acme.document(document_number="A"), acme.document(document_number="B")
    acme.plan(account)
    acme.name(account)
    edit(acme, other, document_number="a", gross_amount="238.00", net_amount="200.00")
    acme.finish(account)
    assert {uid: acme.entry(uid).target_name for uid in (one, other)} == {one: "A.pdf", other: "a_2.pdf"}
    assert sorted(files(acme)) == ["A.pdf", "a_2.pdf"]


def test_documents_that_change_places_never_share_a_name(acme: Stage) -> None:
    account = acme.exports(rename="{document_number}", duplicates="off")
    uids = acme.documents(4)
    for uid, number in zip(uids, "ABCD", strict=True):
        edit(acme, uid, document_number=number)
    acme.plan(account)
    acme.name(account)
    for uid, number in zip(uids, "BADC", strict=True):
        edit(acme, uid, document_number=number)
    acme.finish(account)
    names = [acme.entry(uid).target_name or "" for uid in uids]
    assert sorted(files(acme)) == sorted(names)
    assert len(set(names)) == 4
    assert [name[0] for name in names] == list("BADC")


def test_a_number_in_a_name_is_no_reason_to_name_again(acme: Stage) -> None:
    account = acme.exports(rename="{company}")
    uids = acme.documents(3)
    acme.plan(account)
    acme.name(account)
    before = [acme.entry(uid).target_name for uid in uids]
    acme.clock.pass_by(hours=1)
    acme.finish(account)
    assert [acme.entry(uid).target_name for uid in uids] == before == ["Paper Ltd.pdf", *_numbered("Paper Ltd", 2, 3)]
    for uid in uids:
        assert [e.kind for e in acme.ledger.documents.history(acme.entry(uid))].count("named") == 1


def _numbered(stem: str, *numbers: int) -> list[str]:
    return [f"{stem}_{number}.pdf" for number in numbers]


def test_a_number_of_the_document_itself_is_not_taken_for_that_of_an_equal_name(acme: Stage) -> None:
    account = acme.exports(rename="{document_number}")
    uid = acme.document(document_number="R_2")
    acme.plan(account)
    acme.name(account)
    edit(acme, uid, document_number="R")
    acme.finish(account)
    assert files(acme) == [acme.entry(uid).target_name] == ["R.pdf"]


def test_what_a_person_stated_stays_in_the_name(acme: Stage) -> None:
    account = acme.exports(rename="{document_date}_{document_number}")
    uid = acme.document(document_number="A", document_date="2026-01-31")
    acme.plan(account)
    entry = acme.entry(uid)
    acme.ledger.documents.correct([entry], "date=2026-02-15", "user:ann", detail={"date": "2026-02-15"})
    acme.name(account)
    assert acme.entry(uid).target_name == "2026-02-15_A.pdf"
    edit(acme, uid, document_number="B")
    acme.finish(account)
    assert files(acme) == [acme.entry(uid).target_name] == ["2026-02-15_B.pdf"]
    assert acme.company.expenses()[0]["date"] == "2026-02-15"


def test_a_retry_after_the_upload_keeps_the_name_that_was_uploaded(acme: Stage, named: Callable[..., str]) -> None:
    uid = named("{document_number}", document_number="OLD")
    acme.fault("rate_limited", "debitoor.expenses.create", retry_after=600, times=1)
    with pytest.raises(RetryError):
        acme.send(acme.exports(rename="{document_number}"))
    assert acme.entry(uid).file_id
    edit(acme, uid, **NEW)
    acme.clock.pass_by(hours=1)
    acme.finish(acme.exports(rename="{document_number}"))
    entry = acme.entry(uid)
    assert files(acme) == [entry.target_name] == ["OLD.pdf"]
    assert (entry.document_number, entry.company, entry.gross_amount) == ("NEW-1", "Other AG", Decimal("59.50"))


@pytest.mark.parametrize(("effect", "details"), [("rate_limited", {"retry_after": 600}), ("cut_after", {"times": 9})])
def test_a_retry_before_an_upload_is_known_names_again(
    acme: Stage, named: Callable[..., str], effect: str, details: dict[str, Any]
) -> None:
    uid = named("{document_number}", document_number="OLD")
    acme.fault(effect, "debitoor.files.create", **{"times": 1, **details})
    with pytest.raises(RetryError):
        acme.send(acme.exports(rename="{document_number}"))
    acme.sandbox.clear_faults()
    edit(acme, uid, **NEW)
    acme.clock.pass_by(hours=1)
    [seen] = acme.preview(acme.exports(rename="{document_number}"))
    acme.finish(acme.exports(rename="{document_number}"))
    assert files(acme) == [acme.entry(uid).target_name] == [seen.target_name] == ["NEW-1.pdf"]


def test_a_changed_file_is_uploaded_under_the_name_of_the_changed_record(
    acme: Stage, named: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = named("{document_number}", document_number="OLD")
    acme.fault("rate_limited", "debitoor.expenses.create", retry_after=600, times=1)
    with pytest.raises(RetryError):
        acme.send(acme.exports(rename="{document_number}"))
    edit(acme, uid, **NEW)
    acme.clock.pass_by(hours=1)
    read = acme.gmi.document

    def with_another_file(*args: Any, **options: Any) -> Any:
        detail = read(*args, **options)
        return detail if detail.content is None else replace(detail, content=pdf())

    monkeypatch.setattr(acme.gmi, "document", with_another_file)
    acme.finish(acme.exports(rename="{document_number}"))
    assert files(acme) == [acme.entry(uid).target_name] == ["NEW-1.pdf"]


def test_a_document_that_was_named_by_another_template_is_named_again(acme: Stage) -> None:
    uid = acme.document(document_number="A")
    acme.plan(acme.exports())
    acme.name(acme.exports())
    acme.send(acme.exports(rename="{document_number}"))
    assert files(acme) == [acme.entry(uid).target_name] == ["A.pdf"]


def test_an_unchanged_document_costs_no_look_at_names(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    account = acme.exports(rename="{company}")
    acme.documents(3)
    acme.plan(account)
    acme.name(account)

    def refuse(*_: object) -> None:
        raise AssertionError("the names were looked at")

    for method in ("change", "give_all", "taken", "keys_taken"):
        monkeypatch.setattr(type(acme.ledger.names), method, refuse)
    acme.send(account)
    assert sorted(files(acme)) == ["Paper Ltd.pdf", *_numbered("Paper Ltd", 2, 3)]


EDITS = st.fixed_dictionaries(
    {},
    optional={
        "supplier": st.sampled_from(["Paper Ltd", "Other AG", "Other_2"]),
        "document_number": st.sampled_from(["", "1", "1_2", "R/1", "A"]),
        "document_date": st.sampled_from(["2026-01-31", "2026-02-03"]),
        "gross_amount": st.sampled_from(["119.00", "119.01"]),
    },
)
PATTERNS = ["", "{document_number}", "{company}", "{document_date}_{company}", "{document_number}_{gross_amount}"]


def test_books_ledger_and_name_agree_whatever_is_edited_in_between(
    sandbox: SandboxAdmin,
    empty_ledger: Path,
    clock: Clock,
    tmp_path_factory: pytest.TempPathFactory,
    sample: Callable[[int, int], int],
) -> None:
    @seed(1)
    @settings(
        max_examples=sample(12, 150),
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.tuples(EDITS, EDITS), min_size=1, max_size=5), st.sampled_from(PATTERNS), st.booleans())
    def check(edits: list[tuple[dict[str, Any], dict[str, Any]]], pattern: str, late: bool) -> None:
        company = sandbox.create_company("Acme GmbH", limits=None)
        stage = Stage(sandbox, company, tmp_path_factory.mktemp("ledger"), empty_ledger, clock)
        try:
            _edited(stage, edits, stage.exports(rename=pattern, duplicates="off"), late=late)
        finally:
            stage.close()

    try:
        check()
    finally:
        sandbox.set_clock()


def _edited(stage: Stage, edits: list[tuple[dict[str, Any], dict[str, Any]]], account: Any, *, late: bool) -> None:
    usual = {"net_amount": "100.00", "supplier_country": "DE"}
    uids = [stage.document(**{**usual, **before}) for before, _ in edits]
    stage.plan(account)
    stage.name(account)
    for uid, (_, after) in zip(uids, edits, strict=True):
        edit(stage, uid, **after)
    if late:
        stage.clock.pass_by(hours=1)
    stage.send(account)
    booked = {expense["id"]: expense for expense in stage.company.expenses()}
    assert len(booked) == len(uids)
    names = []
    for uid in uids:
        entry, record = stage.entry(uid), stage.gmi.document(int(uid)).document
        expense = booked[entry.target_id or ""]
        names.append(entry.target_name or "")
        assert expense["file"]["fileName"] == entry.target_name
        assert entry.company == expense["supplierName"] == record.company_name
        assert str(entry.document_date) == expense["date"] == str(record.document_date)
        assert entry.gross_amount == Decimal(str(expense["totalGrossAmount"])) == record.gross_amount
        assert entry.document_number == record.document_number
        assert entry.currency == record.currency
        wanted = stage.job(account).direction.wanted_name(record)
        assert entry.target_name == wanted or is_numbered(entry.target_name or "", wanted)
    assert len({name_key(name) for name in names}) == len(names)
