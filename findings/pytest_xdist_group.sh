#!/usr/bin/env bash
# pytest 9.2.0 with pytest-xdist 3.8.0: "--dist loadgroup" spreads the tests of one xdist_group over all workers.
#
# Expected: tests marked xdist_group("one") run in one worker, as they do with pytest 9.1.1.
# Seen: they are spread, without any warning: xdist appends the group to the private _nodeid of a test, and pytest 9.2
# computes nodeid from another attribute. Tests that share one Airflow by a group start one for each worker.
# "--dist loadfile" still keeps the tests of a file together.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
cat >"$folder/test_group.py" <<'PYTHON'
import pytest


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(12))
def test_of_one_group(number: int) -> None:
    assert number >= 0
PYTHON
workers() {
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check "pytest==$1" pytest-xdist==3.8.0
    (cd "$folder" && venv/bin/pytest --numprocesses 3 --dist "$2" --verbose test_group.py | grep -oE "^\[gw[0-9]+\]" | sort -u | wc -l)
}
before=$(workers 9.1.1 loadgroup)
after=$(workers 9.2.0 loadgroup)
by_file=$(workers 9.2.0 loadfile)
echo "workers of one group: pytest 9.1.1 $before, pytest 9.2.0 $after; by file with pytest 9.2.0 $by_file"
[[ $before == 1 && $by_file == 1 ]]
[[ $after != 1 ]] || { echo "changed: a group stays together"; exit 1; }
