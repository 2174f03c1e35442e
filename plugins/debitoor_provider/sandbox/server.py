"""Start the sandbox in this process, in a thread, or as a process of its own."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import uvicorn

from debitoor_provider.sandbox.client import SandboxAdmin
from debitoor_provider.sandbox.delivery.connections import TrackedProtocol

if TYPE_CHECKING:
    from collections.abc import Iterator

_BACKLOG = 2048


def server(world: Any, host: str = "127.0.0.1") -> uvicorn.Server:
    """Return a server for a world, not yet started."""
    from debitoor_provider.sandbox.application import application

    config = uvicorn.Config(
        application(world),
        host=host,
        access_log=False,
        log_level="warning",
        http=TrackedProtocol,
        proxy_headers=False,  # a connection is known by the client's own address
        server_header=False,
        date_header=False,  # each service sends the date of its own clock
        lifespan="off",
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,
        backlog=_BACKLOG,
    )
    return uvicorn.Server(config)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 selects a free one. Calls wait from here on instead of being refused."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    bound.listen(_BACKLOG)
    return bound


def url_of(bound: socket.socket) -> str:
    """Return the address of a listening socket."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextlib.contextmanager
def running(
    data: Path | None = None, *, thread: bool = False, port: int = 0, arguments: tuple[str, ...] = ()
) -> Iterator[SandboxAdmin]:
    """Run a sandbox for the time of a ``with`` block.

    :param data: folder of its data; a temporary one if None
    :param thread: run it in a thread of this process instead of a process of its own
    :param port: 0 selects a free one
    :param arguments: further arguments of ``python -m debitoor_provider.sandbox``, such as ``("--documents", "50")``
    :raises ValueError: for arguments to a thread, which has no command line
    """
    if thread and arguments:
        raise ValueError("arguments need a process of their own")
    with contextlib.ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sandbox-")))
        starter = _in_thread(folder, port) if thread else in_process(folder, port, arguments)
        yield stack.enter_context(SandboxAdmin(stack.enter_context(starter)))


@contextlib.contextmanager
def in_process(folder: Path, port: int = 0, arguments: tuple[str, ...] = ()) -> Iterator[str]:
    """Run the sandbox as a process of its own and yield its address."""
    with start(folder, port, arguments) as process:
        try:
            yield ready(process)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def start(folder: Path, port: int = 0, arguments: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """Start ``python -m debitoor_provider.sandbox``; :func:`ready` waits for it."""
    options = ["--json", "--data", str(folder.absolute()), "--port", str(port), *arguments]
    command = [sys.executable, "-m", "debitoor_provider.sandbox", *options]
    root = Path(__file__).parents[2]  # where this process has found the package
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)  # noqa: S603 - our own command


def ready(process: subprocess.Popen[str]) -> str:
    """Wait until the process reports that it serves.

    :return: its address
    :raises RuntimeError: if it exits instead
    """
    output: IO[str] | None = process.stdout
    line = output.readline() if output else ""
    if not line:
        raise RuntimeError(f"the sandbox did not start (exit code {process.wait(10)})")
    url: str = json.loads(line)["url"]
    return url


@contextlib.contextmanager
def _in_thread(folder: Path, port: int) -> Iterator[str]:
    from debitoor_provider.sandbox.world import World

    bound = listen("127.0.0.1", port)
    world = World.open(folder)
    running_server = server(world)
    worker = threading.Thread(target=running_server.run, kwargs={"sockets": [bound]}, daemon=True)
    worker.start()
    try:
        yield url_of(bound)
    finally:
        running_server.should_exit = True
        worker.join(10)
        bound.close()
        world.store.close()
