from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from debitoor_provider.sync.ledger import Run
from debitoor_provider.sync.steps.report import report
from debitoor_provider.sync.steps.source_time import reported_time, span

if TYPE_CHECKING:
    from tests.sync.stage import Stage

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Client:
    """Knows how far its service's clock is ahead, once it was asked."""

    def __init__(self, offset: timedelta | None) -> None:
        self.clock_offset: timedelta | None = None
        self._offset = offset

    def ask(self) -> None:
        self.clock_offset = self._offset


def run_of(acme: Stage) -> Run:
    run = acme.ledger.runs.get(acme.run_id)
    assert run is not None
    return run


def test_the_time_is_known_once_an_answer_has_reported_it() -> None:
    client = Client(2 * HOUR)
    assert reported_time(client) is None
    reported = reported_time(client, client.ask)
    assert reported is not None
    assert abs(reported - datetime.now(UTC) - 2 * HOUR) < timedelta(seconds=5)


@pytest.mark.parametrize("offset", [None, -900 * 366 * DAY, 2_000 * 366 * DAY, timedelta.max, timedelta.min])
def test_a_time_that_cannot_be_is_not_believed(offset: timedelta | None) -> None:
    client = Client(offset)
    assert reported_time(client, client.ask) is None


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=61), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (26 * HOUR, "26 hours"),
        (366 * DAY, "366 days"),
    ],
)
def test_a_duration_is_written_in_words(length: timedelta, text: str) -> None:
    assert span(length).text() == text


@pytest.mark.parametrize(("off", "text"), [(26 * HOUR, "26 hours ahead of"), (-26 * HOUR, "26 hours behind")])
def test_a_run_reports_that_the_clocks_differ(
    acme: Stage, caplog: pytest.LogCaptureFixture, off: timedelta, text: str
) -> None:
    acme.clock.passed += off
    (warning,) = acme.export().warnings
    assert text in warning.text()
    assert str(warning) in caplog.messages
    result = report(acme.job(acme.exports()))
    assert (result.verdict, result.warnings) == ("success", (warning,))
    acme.clock.passed -= off
    assert not acme.export().warnings
    assert "warnings" not in run_of(acme).window


def test_a_watermark_uses_the_clock_of_the_source(acme: Stage) -> None:
    acme.sandbox.shift_clock("gmi", -DAY.total_seconds())
    acme.export()
    mark = acme.ledger.runs.watermark("acme", "export").listed_at
    assert mark is not None
    assert abs(mark + DAY - acme.clock()) < timedelta(minutes=1)


def test_a_full_listing_is_not_made_before_its_time_because_our_clock_is_ahead(acme: Stage) -> None:
    acme.export()
    acme.clock.passed += 366 * DAY
    watch = acme.watch()
    assert not acme.export().window.full
    assert watch.calls == {"gmi.status": 1, "gmi.documents.list": 1}


def test_a_full_listing_is_made_in_its_time_although_our_clock_is_behind(acme: Stage) -> None:
    acme.export()
    acme.clock.passed -= 3 * DAY
    for _ in range(6):
        acme.clock.pass_by(days=1)
        assert not acme.export().window.full
    acme.clock.pass_by(days=1)
    watch = acme.watch()
    assert acme.export().window.full
    assert watch.calls == {"gmi.documents.list": 1, "gmi.status": 1}


def test_a_source_without_a_clock_is_listed_by_ours_less_a_day(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(acme.gmi), "clock_offset", None)
    acme.export()
    uid = acme.document()
    plan = acme.export()
    assert [warning.code for warning in plan.warnings] == ["clock_not_reported"]
    assert plan.window.updated_since is not None
    assert acme.clock() - plan.window.updated_since > DAY
    assert acme.booked() == {uid: 119}
