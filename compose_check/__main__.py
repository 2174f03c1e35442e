"""``python -m compose_check``: try docker-compose.yaml without Docker, with trouble, and let the referee judge."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from compose_check.check import Check
from compose_check.file import load
from compose_check.images import ROOT, Image, Missing, images
from compose_check.stack import Stack
from debitoor_provider.sandbox.client import SandboxAdmin


def main() -> int:
    """Run the check; return the exit code."""
    options = _parser().parse_args()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    try:
        stand_ins = images(options.python.absolute())
    except Missing as missing:
        print(f"Skipped: {missing}")
        return 0
    home = Path(tempfile.mkdtemp(prefix="compose-"))
    home.chmod(0o711)  # PostgreSQL runs as a user of its own
    try:
        problems = _check(options, home, stand_ins)
    except (TimeoutError, RuntimeError) as failure:
        problems = [str(failure)]
    except KeyboardInterrupt:
        problems = ["It was interrupted."]
    for problem in problems:
        print(problem)
    if problems and not options.keep:
        print(f"The logs are in {home / 'logs'}.")
    elif not options.keep:
        shutil.rmtree(home)
    print("Not everything is where it belongs." if problems else "Every document is where it belongs, once.")
    return bool(problems)


def _check(options: argparse.Namespace, home: Path, stand_ins: Mapping[str, Image]) -> list[str]:
    folder = home / "project"
    folder.mkdir()
    subprocess.run(["sh", ROOT / "docker/prepare.sh", folder], check=True, stdout=subprocess.DEVNULL)
    environment = {
        "WEB_URL": "http://api-server:8080",
        "SANDBOX_COMPANIES": str(max(1, options.accounts // 2)),
        "SANDBOX_DOCUMENTS": str(options.documents),
    }
    project = load(ROOT / "docker-compose.yaml", folder, environment)
    stack = Stack(
        project,
        home=home,
        folder=folder,
        images=stand_ins,
        profiles=["sandbox"],
        scale={"worker": options.workers},
    )
    began = time.monotonic()

    def report(text: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {text}", flush=True)

    with stack.running():
        report(f"{sum(map(len, stack.services.values()))} containers' processes are up and healthy.")
        with SandboxAdmin(stack["sandbox"].put("http://sandbox:8090")) as sandbox:
            password = (folder / "secrets/admin_password").read_text().strip()
            return Check(stack, sandbox, password, options.documents, report).run()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m compose_check", description=__doc__)
    parser.add_argument("--accounts", type=int, default=6, help="how many, half of them each way (%(default)s)")
    parser.add_argument(
        "--documents",
        type=int,
        default=60,
        help="documents of each company, at first and before each mishap (%(default)s)",
    )
    parser.add_argument("--workers", type=int, default=2, help="Celery workers (%(default)s)")
    parser.add_argument("--keep", action="store_true", help="leave everything that it made")
    parser.add_argument("--python", type=Path, default=ROOT / ".venv-image/bin/python",
                        help="interpreter of an environment that has what the Dockerfile installs")  # fmt: skip
    return parser


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
