from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import sqlalchemy as sa

from debitoor_provider.sync.ledger import Ledger, LedgerUnavailable, storable
from debitoor_provider.sync.ledger.database.tables import events
from debitoor_provider.sync.ledger.database.types import indexable
from debitoor_provider.sync.ledger.events import was_found
from tests.sync.ledger.samples import RUN, claimed, document, emptied, fresh, planned


@pytest.mark.parametrize("amount", ["0", "0.10", "-119.00", "12345678901234567890.123456789", "1E+3", "0.1000000"])
def test_amounts_come_back_exactly(ledger: Ledger, amount: str):
    (entry,) = planned(ledger, 1, gross_amount=Decimal(amount))

    assert entry.gross_amount == Decimal(amount)
    assert format(entry.gross_amount, "f") == format(Decimal(amount), "f")


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), 1.5])
def test_an_inexact_amount_is_refused(ledger: Ledger, amount: object):
    with pytest.raises(Exception, match="an amount is a finite Decimal"):
        planned(ledger, 1, gross_amount=amount)
    assert ledger.documents.count() == {}


def test_times_are_kept_in_utc(ledger: Ledger):
    in_berlin = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
    ledger.plans.enter("acme", "export", RUN, [], watermark=in_berlin)

    listed_at = ledger.runs.watermark("acme", "export").listed_at
    assert listed_at == in_berlin
    assert listed_at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(ledger: Ledger):
    with pytest.raises(Exception, match="aware times only"):
        ledger.plans.enter("acme", "export", RUN, [], watermark=datetime(2026, 3, 1))  # noqa: DTZ001 - a naive time is refused


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE debitoor_documents; --", "a\x00b", "half \ud800 a pair", "\u202egpj.exe", "%_\\", "🧾" * 99],
)
def test_hostile_text_is_only_text(ledger: Ledger, text: str):
    (entry,) = planned(ledger, 1, company=text, source_name=text, snapshot=text, document_number=text)

    assert entry.company == entry.source_name == entry.snapshot == entry.document_number == storable(text)
    assert [found.id for found in ledger.documents.entries(text=text)] == [entry.id]


def test_hostile_text_in_a_detail_is_only_text(ledger: Ledger):
    (entry,) = claimed(ledger, 1)
    ledger.steps.intend(entry, detail={"name": "a\x00b \ud800", "amount": Decimal("1.10")})

    assert ledger.documents.history(entry)[-1].detail == {"name": storable("a\x00b \ud800"), "amount": "1.10"}


@pytest.mark.parametrize("odd", ["\x00", "\ud800", "\\\x00"])
def test_each_part_of_a_detail_can_be_read_by_the_database(ledger: Ledger, odd: str):
    (entry,) = claimed(ledger, 1)
    ledger.steps.intend(entry, detail={f"name{odd}": [{"in": odd}, 1, None], "text": odd, "kept": "🧾 \\u0000"})

    with ledger._database.read() as connection:
        found = sa.select(events.c.detail["text"].as_string(), events.c.detail["kept"].as_string())
        rows = connection.execute(found.where(events.c.detail["text"].as_string().is_not(None))).all()
        assert not connection.execute(sa.select(events.c.id).where(was_found())).all()
    assert rows == [(storable(odd), "🧾 \\u0000")]
    stored = {storable(f"name{odd}"): [{"in": storable(odd)}, 1, None], "text": storable(odd), "kept": "🧾 \\u0000"}
    assert ledger.documents.history(entry)[-1].detail == stored


def test_hostile_reasons_and_ids_are_only_text(ledger: Ledger):
    (entry,) = claimed(ledger, 1)
    after = ledger.steps.moved(ledger.steps.file_uploaded(ledger.steps.intend(entry), "f\x00"), "t\x00")

    assert fresh(ledger, after).target_id == "t\ufffd"


@pytest.mark.parametrize("characters", [(33, 127), (0x4E00, 0x9FFF), (0x20000, 0x2A6DF), (0xC0, 0x24F)])
def test_a_text_of_any_length_is_found_by_its_beginning(ledger: Ledger, characters: tuple[int, int]):
    drawn = random.Random(1)
    text = "".join(chr(drawn.randrange(*characters)) for _ in range(8000))
    given = {"company": text, "source_name": text, "snapshot": text, "document_number": text, "currency": text}
    (entry,) = planned(ledger, 1, **given)

    assert entry.company == entry.source_name == entry.document_number == indexable(text)
    assert entry.snapshot == text
    assert [found.id for found in ledger.documents.entries(text=text[:100])] == [entry.id]
    (again,) = planned(ledger, 2, **given)
    assert {entry.id, again.id} == {found.id for found in ledger.documents.alike([again])}


@pytest.mark.parametrize("text", ["", "R-1", "x" * 500, "é" * 500, "\ud83e", None])
def test_a_short_text_is_indexed_whole(text: str | None):
    assert indexable(text) == storable(text)


def test_a_longer_text_is_cut_between_characters():
    assert indexable("x" * 501) == "x" * 500
    assert indexable("x" + "語" * 500) == "x" + "語" * 333


def test_a_row_that_an_index_refuses_is_named(postgresql_database: str):
    database = Ledger.open(emptied(postgresql_database))._database
    text = "".join(chr(random.Random(at).randrange(33, 127)) for at in range(8000))
    statement = sa.text("CREATE TEMP TABLE odd (name) AS SELECT CAST(:text AS TEXT)").bindparams(text=text)

    def write() -> None:
        with database.write() as connection:
            connection.execute(statement)
            connection.execute(sa.text("CREATE INDEX odd_name ON odd (name)"))

    with pytest.raises(LedgerUnavailable, match="does not take a text of this length"):
        write()


@pytest.mark.parametrize("source_id", ["", "x" * 251])
def test_a_key_that_cannot_be_indexed_is_refused(source_id: str):
    with pytest.raises(ValueError, match="source_id must have 1 to 250 characters"):
        document(1, source_id=source_id)


def test_storable_text_is_not_changed():
    assert storable("Grüße 🧾") == "Grüße 🧾"
