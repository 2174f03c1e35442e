"""What stands for containers: their paths and addresses, their ends and what brings them back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from compose_check.container import Container, wait_for
from compose_check.file import Mount, Project, Service
from compose_check.images import Image
from compose_check.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable

CHILDREN = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import os, time; os.setpgid(0, 0); print(os.getpid(), flush=True); \
time.sleep(99)"])
time.sleep(99)
"""


def service(command: tuple[str, ...] = (), name: str = "one", **further: object) -> Service:
    defaults: dict[str, object] = {
        "image": "ours", "environment": {}, "health": (), "waits_for": {}, "restarts": True, "mounts": (),
        "secrets": (), "profiles": (), "grace": 5.0,
    }  # fmt: skip
    return Service(name=name, command=command, **(defaults | further))


def project(*services: Service, **secrets: Path) -> Project:
    return Project({one.name: one for one in services}, secrets)


@pytest.fixture
def container(tmp_path: Path) -> Callable[..., Container]:
    def make(described: Service, image: Image | None = None, **secrets: Path) -> Container:
        return Container(
            f"{described.name}-1",
            described,
            image or Image(),
            project=project(described, **secrets),
            root=tmp_path / "root",
            address="127.9.9.1",
            hosts={"one": "127.9.9.1", "postgres": "127.9.9.2", "api-server": "127.9.9.3"},
            folder=tmp_path / "project",
            volumes=tmp_path / "volumes",
            log=tmp_path / "log",
        )

    return make


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("http://api-server:8080/execution/", "http://127.9.9.3:8080/execution/"),
        ("postgresql://postgres@postgres:5432/postgres", "postgresql://postgres@127.9.9.2:5432/postgres"),
        ("--host 0.0.0.0 --port 1", "--host 127.9.9.1 --port 1"),
        ("dir /data\n", "dir ROOT/data\n"),
        ("/opt/airflow/dags:/database", "ROOT/opt/airflow/dags:/database"),
        ("my-postgres:5432 and 10.0.0.0", "my-postgres:5432 and 10.0.0.0"),
    ],
)
def test_paths_and_addresses_are_those_of_this_machine(
    said: str, meant: str, container: Callable[..., Container], tmp_path: Path
) -> None:
    made = container(service(mounts=(Mount("data", "/data"),)))
    assert made.put(said) == meant.replace("ROOT", str(tmp_path / "root"))


def test_it_sees_its_volumes_secrets_and_environment_and_nothing_else(
    container: Callable[..., Container], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THIS_MACHINE", "1")
    (tmp_path / "key").write_text("redis://postgres:1/0")
    mounts = (Mount("logs", "/opt/airflow/logs"), Mount("./mine", "/opt/airflow/accounts"))
    script = "env > /opt/airflow/logs/env; cat /run/secrets/key > /opt/airflow/accounts/key"
    described = service(
        ("sh", "-c", script), mounts=mounts, secrets=("key",), environment={"A": "/opt/airflow/x"}, restarts=False
    )
    made = container(described, Image(environment={"B": "2"}), key=tmp_path / "key")
    assert made.run() == 0
    assert (tmp_path / "project/mine/key").read_text() == "redis://127.9.9.2:1/0"
    lines = (tmp_path / "volumes/logs/env").read_text().splitlines()
    assert {f"A={tmp_path}/root/opt/airflow/x", "B=2", "HOSTNAME=one-1"} <= set(lines)
    assert not [line for line in lines if line.startswith("OF_THIS_MACHINE")]


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_it_ends_with_all_its_processes_also_those_in_a_group_of_their_own(
    end: str, container: Callable[..., Container], tmp_path: Path
) -> None:
    made = container(service((sys.executable, "-c", CHILDREN)))
    made.start()
    wait_for(lambda: (tmp_path / "log").read_text().endswith("\n") and len(made.processes()) == 2, "two", 30)
    child = int((tmp_path / "log").read_text().split()[-1])
    getattr(made, end)()
    wait_for(lambda: not psutil.pid_exists(child) or _is_dead(child), "the child has ended", 30)
    assert not made.is_up()


def test_a_container_is_wanted_only_once_it_is_up(container: Callable[..., Container]) -> None:
    seen = []

    class Looking(Image):
        def command(self, container: Container, given: tuple[str, ...]) -> tuple[str, ...]:
            seen.append(container.wanted and not container.is_up())
            return given

    made = container(service(("sleep", "99")), Looking())
    made.start()
    assert (seen, made.wanted, made.is_up()) == ([False], True, True)
    made.kill()


def _is_dead(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_project_starts_in_order_brings_back_what_ends_and_leaves_nothing(tmp_path: Path) -> None:
    flag = "/opt/airflow/shared/flag"
    shared = (Mount("shared", "/opt/airflow/shared"),)
    last = service(("sh", "-c", f"test -e {flag} && exec sleep 99"), "last", mounts=shared, waits_for={
        "first": "service_healthy", "once": "service_completed_successfully"})  # fmt: skip
    once = service(("touch", flag), "once", mounts=shared, restarts=False, waits_for={"first": "service_started"})
    first = service(("sleep", "99"), "first", health=("true",))
    other = service(("sleep", "99"), "other", profiles=("more",))
    stack = Stack(
        project(last, once, first, other), home=tmp_path, folder=tmp_path, images={"ours": Image()}, scale={"last": 2}
    )
    assert set(stack.services) == {"last", "once", "first"}
    with stack.running():
        processes = [one.process for one in (stack["first"], stack["last-1"], stack["last-2"])]
        stack["last-2"].kill()
        wait_for(lambda: stack["last-2"].starts == 2 and stack["last-2"].is_up(), "it is back", 30)
        assert stack["last-1"].starts == 1
        processes.append(stack["last-2"].process)
    assert all(process and process.poll() is not None for process in processes)


def test_a_project_whose_initialisation_fails_does_not_start(tmp_path: Path) -> None:
    once = service(("false",), "once", restarts=False)
    last = service(("sleep", "99"), "last", waits_for={"once": "service_completed_successfully"})
    stack = Stack(project(last, once), home=tmp_path, folder=tmp_path, images={"ours": Image()})
    with pytest.raises(RuntimeError, match="once-1 ended with 1"), stack.running():
        pass
    assert stack["last"].starts == 0
