from __future__ import annotations

import os
import subprocess
import sys

import pytest

_SCHEMA = """
from argparse import Namespace
from debitoor_provider.cli.command import command
command("schema", "", "accounts.schema", ()).func(Namespace(language=None))
"""
_ERROR = """
from debitoor_provider.cli.command import _until_closed
with _until_closed():
    print("one line")
    raise SystemExit("a sentence")
"""


def run_into_closed_pipe(code: str) -> tuple[int, str]:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writing)
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("code", [_SCHEMA, _ERROR], ids=["while it prints", "what is still buffered"])
def test_a_reader_that_quits_ends_a_command_quietly(code):
    assert run_into_closed_pipe(code) == (141, "")


def test_a_command_without_an_output_still_works():
    code = "import sys; sys.stdout = None" + _SCHEMA
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
