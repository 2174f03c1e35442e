"""What work costs is what it takes beyond the rest around it; less than nothing is no figure."""

from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

from benchmarks.meter import Meter, NegativeCost, Span, above_rest, children

_WORK = "sum(range(10_000_000)); print('done', flush=True); import sys; sys.stdin.read()"


def test_the_rest_around_is_taken_off_for_as_long_as_the_work_took() -> None:
    before, after = Span(cpu=2.0, seconds=20), Span(cpu=4.0, seconds=20)  # 0.15 a second

    assert above_rest(before, Span(cpu=20.0, seconds=100), after) == pytest.approx(5.0)


def test_a_longer_rest_weighs_more() -> None:
    assert above_rest(Span(3.0, 30), Span(20.0, 10), Span(5.0, 10)) == pytest.approx(18.0)


@pytest.mark.parametrize("cpu", [15.0, 10.0])
def test_work_that_takes_no_more_than_rest_is_an_error(cpu: float) -> None:
    with pytest.raises(NegativeCost, match="no more than at rest"):
        above_rest(Span(3.0, 20), Span(cpu, 100), Span(3.0, 20))


def test_processes_count_with_those_that_they_started_and_that_have_ended() -> None:
    known = children()
    starter = f"import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(10_000_000))']); {_WORK}"
    with subprocess.Popen([sys.executable, "-c", starter], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        started = children() - known
        assert {one.pid for one in started} == {process.pid}
        meter = Meter([*started])
        with meter.span() as spans:
            assert process.stdout
            assert process.stdout.readline() == b"done\n"
        own = sum(psutil.Process(process.pid).cpu_times()[:2])
        process.communicate()
    assert spans[0].cpu > own * 0.9
    assert own > 0
    assert spans[0].seconds > 0
