"""A contender is a separate process, which gets its job privately and reports what it took."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import process, stage
from benchmarks.build import Build
from benchmarks.job import Job


@pytest.mark.parametrize("direction", ["export", "import"])
def test_the_provider_does_its_job_and_reports_what_it_took(tmp_path: Path, direction: str) -> None:
    with stage.sandbox() as admin:
        if direction == "export":
            company = stage.furnish(admin, "Bench", 3)
        else:
            company = stage.furnish_sales(admin, "Bench", 3, _pdf)
        job = stage.job_of(admin, company, tmp_path, parallel=2, direction=direction)
        taken = process.run("benchmarks.ours", job)
        again = process.run("benchmarks.ours", job)

        if direction == "export":
            stage.check(company)
        else:
            stage.check_sales(company, _pdf)
    assert 0 < taken["seconds"] < 60
    assert 0 < taken["idle_megabytes"] <= taken["peak_megabytes"]
    assert again["seconds"] > 0


def test_the_job_is_not_visible_in_the_process_list(tmp_path: Path) -> None:
    job = Job(
        "n", "e", "http://127.0.0.1:1", "secret-key", "G-1-0", "http://127.0.0.1:1", "secret-token", str(tmp_path)
    )

    running = process.start("benchmarks.ours", job)
    try:
        shown = Path(f"/proc/{running.pid}/cmdline").read_bytes() + Path(f"/proc/{running.pid}/environ").read_bytes()
    finally:
        running.kill()
        running.communicate()

    assert b"secret" not in shown


def test_a_failed_process_is_an_error_with_its_output(tmp_path: Path) -> None:
    job = Job("n", "e", "u", "k", "G-1-0", "u", "t", str(tmp_path))

    with pytest.raises(process.Failed, match="no_such_module"):
        process.run("benchmarks.no_such_module", job)


def _pdf(number: int) -> bytes:
    return b"%%PDF-1.4\n%d\n%%%%EOF\n" % number


def test_another_build_does_the_job_by_its_own_code(tmp_path: Path) -> None:
    """A build's own module drives it, and prints where the provider was imported from."""
    root = tmp_path / "tree"
    (root / "benchmarks").mkdir(parents=True)
    (root / "plugins" / "debitoor_provider").mkdir(parents=True)
    (root / "plugins" / "debitoor_provider" / "__init__.py").touch()
    (root / "benchmarks" / "__init__.py").touch()
    (root / "benchmarks" / "ours.py").write_text(
        "import debitoor_provider, json\nprint(json.dumps({'from': debitoor_provider.__file__}))\n"
    )
    job = Job("n", "e", "u", "k", "G-1-0", "u", "t", str(tmp_path))

    taken = process.run("benchmarks.ours", job, Build("abc", root))

    assert Path(taken["from"]).is_relative_to(root)
