"""Results on paper: ``results.json``, and the table in ``docs/performance.md`` that is made from it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks import peers
from benchmarks.result import Result, Series

BEGIN, END = "<!-- made by make bench -->", "<!-- until here -->"
_OURS = ("apache-airflow", "requests", "SQLAlchemy", "pypdf")
_PEERS = ("dlt", "dag-factory", "apache-airflow", "requests", "urllib3", "factur-x", "eu-einvoice", "pypdf")
_MET, _MISSED = "✓", "✗"


def record(result: Result, load: float = 0.0) -> dict[str, Any]:
    """Return a result as JSON, with what it was measured on.

    :param load: of the machine before anything was measured
    """
    first = result.ours[0]
    return {
        "title": result.title,
        "setting": result.setting,
        "ours": [_series(series, first) for series in result.ours],
        "peers": [_series(series, first) for series in result.peers],
        "goals": [{"goal": one.text, "reached": _short(one.reached), "is_met": one.is_met} for one in result.goals],
        "reached": all(one.is_met for one in result.goals),
        "note": result.note,
        "measured_on": measured_on() | {"load_before": _short(load)},
    }


def measured_on() -> dict[str, Any]:
    """Return the machine and the versions."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        **{name: metadata.version(name) for name in _OURS},
        "peers": _peer_versions(),
    }


def write(path: Path, records: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Put records into the file; those of other measurements stay. Return all records."""
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    known = dict(sorted((known | dict(records)).items(), key=lambda record: int(record[0][1:])))
    path.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return known


def write_table(page: Path, records: Mapping[str, dict[str, Any]]) -> None:
    """Put the table of all records between its two marks.

    :raises ValueError: when the page has no marks
    """
    text = page.read_text("utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"{page} has no place for the table")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    page.write_text(f"{before}{BEGIN}\n\n{table(records)}\n\n{END}{after}", "utf-8")


def table(records: Mapping[str, dict[str, Any]]) -> str:
    """Draw the table, with the notes on each figure below it."""
    lines = [
        "| | Measured | This provider | Compared with | Goal | Reached |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, one in records.items():
        goals = one["goals"]
        cells = [
            name,
            f"**{one['title']}**<br>{one['setting']}",
            _lines(map(_text_of, one["ours"])),
            _lines(map(_text_of, one["peers"])),
            _lines(goal["goal"] for goal in goals),
            _lines(f"{_figure(goal['reached'])} {_MET if goal['is_met'] else _MISSED}" for goal in goals),
        ]
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    notes = [f"* **{name}**: {one['note']}" for name, one in records.items() if one["note"]]
    return "\n".join(lines + (["", *notes] if notes else []))


def _series(series: Series, first: Series) -> dict[str, Any]:
    record: dict[str, Any] = {
        "what": series.what,
        "unit": series.unit,
        "median": _short(series.median),
        "spread": [_short(min(series.values)), _short(max(series.values))],
        "rounds": len(series.values),
    }
    if series is not first and series.unit == first.unit and series.median and first.median:
        record["ratio"] = _short(first.median / series.median)
    return record


def _text_of(series: Mapping[str, Any]) -> str:
    least, most = series["spread"]
    spread = f" ({_figure(least)} to {_figure(most)})" if least != most else ""
    return f"{series['what']}: {_figure(series['median'])} {series['unit']}{spread}"


def _lines(texts: Iterable[str]) -> str:
    return "<br>".join(texts)


def _short(value: float) -> float:
    """Round to four significant digits: the rest is noise."""
    return float(f"{value:.4g}")


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _peer_versions() -> dict[str, str]:
    """Read the peers' versions where they are installed; empty when they are not."""
    try:
        libraries = (peers.python().parent.parent / "lib").glob("*/site-packages")
    except FileNotFoundError:
        return {}
    found = {one.name: one.version for one in metadata.distributions(path=[str(library) for library in libraries])}
    return {name: found[name] for name in _PEERS if name in found}
