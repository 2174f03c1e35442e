"""A whole Compose project without containers: started in order, restarted by its rules, ended without a trace."""

from __future__ import annotations

import random
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from compose_check.container import Container, wait_for
from compose_check.file import Project, Service
from compose_check.images import Image

_PATIENCE = 600.0  # seconds for a service to get well
_GRACE = 30.0  # seconds for a container to end
_REST = 0.5  # seconds between looks for what has ended


class Stack:
    """The containers of a project.

    :param home: for everything that is made
    :param folder: what relative paths of the Compose file start from
    :param images: what stands for the images
    :param profiles: services of these are started too
    :param scale: how many containers of a service, one by default
    """

    def __init__(
        self,
        project: Project,
        *,
        home: Path,
        folder: Path,
        images: Mapping[str, Image],
        profiles: Collection[str] = (),
        scale: Mapping[str, int] | None = None,
    ) -> None:
        wanted = {
            name: service
            for name, service in project.services.items()
            if not service.profiles or set(service.profiles) & set(profiles)
        }
        net = f"127.{random.randint(64, 250)}.{random.randint(1, 250)}"
        hosts = {name: f"{net}.{number}" for number, name in enumerate(wanted, 1)}
        logs = home / "logs"
        logs.mkdir(parents=True)
        self.services: dict[str, list[Container]] = {}
        for name, service in wanted.items():
            self.services[name] = [
                Container(
                    f"{name}-{number}",
                    service,
                    _image(images, service),
                    project=project,
                    root=_made(home / "containers" / f"{name}-{number}"),
                    address=hosts[name],
                    hosts=hosts,
                    folder=folder,
                    volumes=home / "volumes",
                    log=logs / f"{name}-{number}.log",
                )
                for number in range(1, (scale or {}).get(name, 1) + 1)
            ]
        self._ended = threading.Event()

    def __getitem__(self, name: str) -> Container:
        """Return the container of a name such as ``worker-1``, or the first of a service."""
        service, _, number = name.rpartition("-")
        return self.services[service][int(number) - 1] if number.isdigit() else self.services[name][0]

    @contextmanager
    def running(self) -> Iterator[Stack]:
        """Start everything in order, wait until all is well, and end everything afterwards."""
        with ExitStack() as stack:
            stack.callback(self._end)
            keeper = threading.Thread(target=self._keep, daemon=True)
            keeper.start()
            stack.callback(keeper.join)
            stack.callback(self._ended.set)
            for name in self._order():
                self._start(name)
            for container in self._lasting():
                self._wait(container)
            yield self

    def _start(self, name: str) -> None:
        for container in self.services[name]:
            for other, condition in container.service.waits_for.items():
                for needed in self.services[other]:
                    if condition == "service_healthy":
                        self._wait(needed)
            if container.service.restarts:
                container.start()
            elif code := container.run():
                raise RuntimeError(f"{container.name} ended with {code}; see {container.log}")

    def _wait(self, container: Container) -> None:
        if container.service.health:
            wait_for(container.is_healthy, f"{container.name} is well (see {container.log})", _PATIENCE)

    def _order(self) -> list[str]:
        """Name the services, each after those that it waits for."""
        order: list[str] = []

        def add(name: str) -> None:
            for other in self.services[name][0].service.waits_for:
                add(other)
            if name not in order:
                order.append(name)

        for name in self.services:
            add(name)
        return order

    def _lasting(self) -> list[Container]:
        return [one for many in self.services.values() for one in many if one.service.restarts]

    def _keep(self) -> None:
        """Restart what has exited, as the restart rule says."""
        while not self._ended.wait(_REST):
            for container in self._lasting():
                if container.wanted and not container.is_up():
                    container.start()

    def _end(self) -> None:
        for name in reversed(self._order()):
            stops = [threading.Thread(target=container.stop, args=[_GRACE]) for container in self.services[name]]
            for stop in stops:
                stop.start()
            for stop in stops:
                stop.join()


def _image(images: Mapping[str, Image], service: Service) -> Image:
    """Find what stands for an image, by its whole name or by what is before the colon."""
    return images.get(service.image) or images[service.image.partition(":")[0]]


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
