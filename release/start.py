"""Follow the start page from an empty folder, with nothing but the wheel, and judge: ``python -m release.start dist``.

The commands are those of the page, in one shell, as a newcomer would copy them.
"""

from __future__ import annotations

import argparse
import os
import re
import select
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

import psutil

from debitoor_provider.sandbox.client import SandboxAdmin
from debitoor_provider.sync.ledger import DONE, Ledger
from demo.check import check_company
from demo.processes import of_session

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "start.md"
SANDBOX = "http://127.0.0.1:8090"
PORTS = (8080, 8090)
ACCOUNTS = ("acme-gmbh-receipts", "acme-gmbh-sales")
_WAIT = "<!-- here the check of this page waits for the runs -->"
_PART = re.compile(rf"^```sh\n(.*?)^```|^({re.escape(_WAIT)})$", re.MULTILINE | re.DOTALL)
_LOOK_AND_STOP = 300  # seconds for what follows when the documents are in the books
_TAIL = 3000  # characters of what was printed, when something fails


class StartError(Exception):
    """A step of the page failed, or took too long."""


def parts(page: str) -> list[str]:
    """Return the commands of the page, block by block; where it waits for the runs, an empty one."""
    return [match[1] or "" for match in _PART.finditer(page)]


class Shell:
    """A shell that takes one block of commands after the other, and sees nothing of this repository.

    :param folder: an empty folder
    :param wheels: where pip finds the wheel
    """

    def __init__(self, folder: Path, wheels: Path) -> None:
        self._log = folder.with_suffix(".log")
        self._done, done = os.pipe()
        commands, self._commands = os.pipe()
        self._say_done = f"echo >&{done}\n"
        hidden = ("AIRFLOW", "PYTHON", "VIRTUAL_ENV")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        links = f"{kept.get('PIP_FIND_LINKS', '')} {wheels.absolute()}".strip()
        with self._log.open("wb") as output:
            self.process = subprocess.Popen(
                ["bash", "-es"],  # noqa: S607  the shell that a newcomer has
                stdin=commands,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={**kept, "HOME": str(folder), "PIP_FIND_LINKS": links},
                pass_fds=[done],
                start_new_session=True,
            )
        os.close(done)
        os.close(commands)
        os.write(self._commands, b"set -m\n")  # jobs as in a terminal: each is a group, and Ctrl-C reaches it

    def run(self, block: str, deadline: float) -> None:
        """Run a block to its end.

        :param deadline: by ``time.monotonic``
        :raises StartError: when a command fails, or the time is over
        """
        os.write(self._commands, f"{block}{self._say_done}".encode())
        while not select.select([self._done], [], [], 0.2)[0] or not os.read(self._done, 1):
            if self.process.poll() is not None:
                raise StartError(f"{block}ended with {self.process.returncode}:\n{self._printed()}")
            if time.monotonic() > deadline:
                raise StartError(f"{block}is not done when the time is over:\n{self._printed()}")

    def end(self) -> None:
        """End the shell and all that it has started."""
        processes = [*of_session(self.process.pid)]
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
        psutil.wait_procs(processes, timeout=30)

    def _printed(self) -> str:
        return self._log.read_text(errors="replace")[-_TAIL:]


def follow(folder: Path, wheels: Path, seconds: float) -> list[str]:
    """Do what the page says; return what is wrong at the end.

    :param seconds: within which the documents have to be in the books
    :raises StartError: when a step fails, or the time is over
    """
    began = time.monotonic()
    deadline = began + seconds
    shell = Shell(folder, wheels)
    problems = ["The page does not wait for the runs."]
    try:
        for block in parts(PAGE.read_text()):
            if block:
                shell.run(block, deadline)
            else:
                _wait(folder, deadline)
                problems = _judge(folder)
                deadline = time.monotonic() + _LOOK_AND_STOP
            first = block.splitlines()[0] if block else "(the accounts have run)"
            print(f"{time.monotonic() - began:5.0f} s  {first}", flush=True)
    finally:
        shell.end()
    return problems


def _wait(folder: Path, deadline: float) -> None:
    """Wait until both accounts have run once."""
    while not _have_run(folder):
        if time.monotonic() > deadline:
            raise StartError("The accounts have not run when the time is over.")
        time.sleep(2)


def _have_run(folder: Path) -> bool:
    file = folder / "airflow" / "debitoor_ledger.db"
    if not file.exists():
        return False
    with closing(Ledger.open(f"sqlite:///{file}")) as ledger:
        latest = [next(iter(ledger.runs.latest(account, limit=1)), None) for account in ACCOUNTS]
    return all(run is not None and run.verdict for run in latest)


def _judge(folder: Path) -> list[str]:
    """Compare what both services hold with the originals, by the sandbox and not by the provider."""
    with (
        SandboxAdmin(SANDBOX) as sandbox,
        closing(Ledger.open(f"sqlite:///{folder / 'airflow' / 'debitoor_ledger.db'}")) as ledger,
    ):
        (company,) = sandbox.companies()
        problems = check_company(company, ledger, *ACCOUNTS)
        moved = {account: sum(ledger.figures.of(account).get(state, 0) for state in DONE) for account in ACCOUNTS}
    problems += [f"Nothing was moved by {account}" for account, count in moved.items() if not count]
    print(f"Moved: {moved}")
    return problems


def _taken() -> list[int]:
    """Return the ports of the page that something else listens on."""
    taken = []
    for port in PORTS:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                taken.append(port)
    return taken


def main() -> int:
    """Follow the page; return the exit code: 0 only if it leads to documents in the books in time."""
    parser = argparse.ArgumentParser(prog="python -m release.start", description=__doc__)
    parser.add_argument("wheels", type=Path, help="folder with the wheel")
    parser.add_argument("--minutes", type=float, default=10, help="how long all of it may take (default: %(default)s)")
    arguments = parser.parse_args()
    if taken := _taken():
        print(f"The page needs ports on which something else listens: {taken}")
        return 1
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="start-") as temporary:
        folder = Path(temporary, "empty")
        folder.mkdir()
        try:
            problems = follow(folder, arguments.wheels, arguments.minutes * 60)
        except StartError as error:
            problems = [str(error)]
    for problem in problems:
        print(problem)
    print(f"{'Failed' if problems else 'Done'} after {time.monotonic() - began:.0f} s.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
