"""One container without a container: a folder that stands for its file system, an address of its own, its processes."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from compose_check.file import Project, Service
from compose_check.images import Image
from demo.processes import of_session

_WAYS = {"HOME": "/opt/airflow", "LANG": "C.UTF-8", "TZ": "UTC"}


class Container:
    """A service's process, with what it sees.

    Paths of the container lie below ``root``, other services are found by their addresses; both are put into the
    command, the environment, the secrets and the image's own files wherever they are named.

    :param root: stands for ``/``
    :param address: on loopback, stands for ``0.0.0.0``
    :param hosts: the addresses of services by name
    :param folder: what relative paths of the Compose file start from
    :param volumes: holds the volumes
    """

    def __init__(
        self,
        name: str,
        service: Service,
        image: Image,
        *,
        project: Project,
        root: Path,
        address: str,
        hosts: Mapping[str, str],
        folder: Path,
        volumes: Path,
        log: Path,
    ) -> None:
        self.name, self.service, self.address, self.log = name, service, address, log
        self._image, self._root = image, root
        self._places = (
            *[(re.compile(rf"(?<![\w.-]){host}(?=:\d)"), other) for host, other in hosts.items()],
            (re.compile(r"(?<![\d.])0\.0\.0\.0(?![\d.])"), address),
            *[
                (re.compile(rf"(?<![\w./-]){path}(?![\w.-])"), str(root) + path)
                for path in ("/opt/airflow", "/run/secrets", *(mount.target for mount in service.mounts))
                if not path.startswith("/opt/airflow/")
            ],
        )
        self._furnish(project, folder, volumes)
        self.process: subprocess.Popen[bytes] | None = None
        self.wanted = False
        self.starts = 0

    def put(self, text: str) -> str:
        """Say a text of the container in paths and addresses of this machine."""
        for pattern, place in self._places:
            text = pattern.sub(place.replace("\\", r"\\"), text)
        return text

    def start(self) -> None:
        """Start it; return at once."""
        self.starts += 1
        command = self._image.command(self, tuple(map(self.put, self.service.command)))
        with self.log.open("ab") as log:
            log.write(f"\n--- {shlex.join(command)}\n".encode())
            self.process = subprocess.Popen(
                command, env=self.env, cwd=self._cwd, user=self._image.user, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self.wanted = True  # only now: the supervisor of ended containers would start it a second time

    def run(self) -> int:
        """Run it to its end; return the exit code."""
        self.start()
        self.wanted = False
        return self.process.wait() if self.process else 1

    def is_up(self) -> bool:
        """Return whether its main process runs."""
        return self.process is not None and self.process.poll() is None

    def is_healthy(self) -> bool:
        """Ask its health check."""
        return self.is_up() and self.does(*self.service.health)

    def does(self, *words: str) -> bool:
        """Run a command in it, next to its own process; return whether that succeeds."""
        done = subprocess.run(
            [self.put(word) for word in words],
            env=self.env, cwd=self._cwd, capture_output=True, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        return done.returncode == 0

    def cut_off(self) -> None:
        """End it fast and in good order, cutting off whom it serves; its restart rule holds."""
        if self.process:
            self.process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """End all its processes at once, as ``kill -9`` and a power cut do; its restart rule holds."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if self.process:
            self.process.wait()

    def stop(self, grace: float | None = None) -> None:
        """End it as ``docker stop`` does: the main process is asked, after a while everything is killed.

        :param grace: seconds, instead of those of the Compose file
        """
        self.wanted = False
        left = self.processes()
        if self.process and self.is_up():
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(self.service.grace if grace is None else grace)
        for process in {*left, *self.processes()}:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if self.process:
            self.process.wait()

    def processes(self) -> list[psutil.Process]:
        """Return all its processes: those of its session, whatever their group."""
        return of_session(self.process.pid) if self.process else []

    @property
    def env(self) -> dict[str, str]:
        """The environment of its processes; nothing of this machine's own gets in."""
        path = os.pathsep.join([self.put("/opt/airflow/docker"), *self._image.path, os.defpath])
        values = _WAYS | self._image.environment | {"HOSTNAME": self.name} | dict(self.service.environment)
        return {"PATH": path, **{name: self.put(value) for name, value in values.items()}}

    @property
    def _cwd(self) -> str:
        return self.put("/opt/airflow")

    def _furnish(self, project: Project, folder: Path, volumes: Path) -> None:
        """Make what the container sees: the image's files, its secrets, its volumes."""
        Path(self._cwd).mkdir(parents=True)
        for name in self.service.secrets:
            self._write(f"/run/secrets/{name}", project.secrets[name].read_text(), 0o600)
        for file in self._image.files:
            self._write(f"/opt/airflow/{file.relative_to(self._image.source)}", file.read_text(), 0o700)
        for mount in self.service.mounts:
            named = not mount.source.startswith((".", "/"))
            source = volumes / mount.source if named else folder / mount.source
            source.mkdir(parents=True, exist_ok=True)
            place = Path(str(self._root) + mount.target)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(source.resolve())
        self._image.prepare(self)
        if self._image.user:
            shutil.chown(self._root, self._image.user)

    def _write(self, path: str, text: str, mode: int) -> None:
        file = Path(str(self._root) + path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=mode)
        file.write_text(self.put(text))


def wait_for(done: Callable[[], bool], what: str, patience: float) -> None:
    """Wait for something that can only be asked for.

    :raises TimeoutError: when it does not come
    """
    deadline = time.monotonic() + patience
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {patience:.0f} s")
        time.sleep(0.5)
