"""Reads docker-compose.yaml as Compose does, as far as ours goes: anchors, merges, ``${…}``, durations."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values

_VARIABLE = re.compile(r"\$(?:\$|(?P<plain>\w+)|\{(?P<name>\w+)(?:(?P<rule>:?[-?])(?P<text>[^}]*))?\})")
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


class Unreadable(ValueError):
    """The file asks for something that is not there."""


@dataclass(frozen=True)
class Mount:
    """A volume or folder of the machine in a container.

    :param source: name of a volume, or a path that begins with ``.`` or ``/``
    """

    source: str
    target: str
    read_only: bool = False


@dataclass(frozen=True)
class Service:
    """A service, with everything of it that makes a difference outside containers."""

    name: str
    image: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    health: tuple[str, ...]
    waits_for: Mapping[str, str]
    restarts: bool
    mounts: tuple[Mount, ...]
    secrets: tuple[str, ...]
    profiles: tuple[str, ...]
    grace: float


@dataclass(frozen=True)
class Project:
    """A Compose file.

    :param secrets: the secrets' files by name
    """

    services: Mapping[str, Service]
    secrets: Mapping[str, Path]


def load(file: Path, folder: Path, environment: Mapping[str, str]) -> Project:
    """Read a Compose file.

    :param folder: what its relative paths start from, with the ``.env`` file
    :param environment: variables that go before those of ``.env``
    :raises Unreadable: for a variable that has to be there and is not
    """
    known = {name: value for name, value in dotenv_values(folder / ".env").items() if value is not None}
    data = interpolated(yaml.safe_load(file.read_text()), known | dict(environment))
    secrets = {name: folder / secret["file"] for name, secret in data["secrets"].items()}
    return Project({name: _service(name, service) for name, service in data["services"].items()}, secrets)


def interpolated(value: Any, known: Mapping[str, str]) -> Any:
    """Put in the variables: ``$A``, ``${A}``, ``${A:-default}``, ``${A-default}``, ``${A:?error}``, ``$$``.

    :raises Unreadable: for a variable that has to be there and is not
    """
    if isinstance(value, dict):
        return {name: interpolated(inner, known) for name, inner in value.items()}
    if isinstance(value, list):
        return [interpolated(inner, known) for inner in value]
    return _VARIABLE.sub(lambda match: _value(match, known), value) if isinstance(value, str) else value


def seconds(duration: str) -> float:
    """Read a duration such as ``1m30s``."""
    match = _DURATION.fullmatch(duration)
    if not match:
        raise Unreadable(f"not a duration: {duration}")
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest


def _value(match: re.Match[str], known: Mapping[str, str]) -> str:
    name, rule, text = match["plain"] or match["name"], match["rule"] or "", match["text"] or ""
    if not name:
        return "$"
    found = known.get(name)
    if found is not None and (found or not rule.startswith(":")):
        return found
    if rule.endswith("?"):
        raise Unreadable(f"{name}: {text}")
    return text


def _service(name: str, data: Mapping[str, Any]) -> Service:
    environment = data.get("environment", {})
    return Service(
        name=name,
        image=data["image"],
        command=_words(data.get("command", [])),
        environment={key: str(value) for key, value in environment.items() if value is not None},
        health=_health(data.get("healthcheck", {}).get("test", [])),
        waits_for={other: rule["condition"] for other, rule in data.get("depends_on", {}).items()},
        restarts=data.get("restart", "no") in {"always", "unless-stopped"},
        mounts=tuple(map(_mount, data.get("volumes", []))),
        secrets=tuple(data.get("secrets", [])),
        profiles=tuple(data.get("profiles", [])),
        grace=seconds(data.get("stop_grace_period", "10s")),
    )


def _words(command: str | list[Any]) -> tuple[str, ...]:
    return tuple(shlex.split(command) if isinstance(command, str) else map(str, command))


def _health(test: list[str]) -> tuple[str, ...]:
    kind, *words = test or ["CMD"]
    return ("sh", "-c", *words) if kind == "CMD-SHELL" else tuple(map(str, words))


def _mount(text: str) -> Mount:
    source, target, *options = text.split(":")
    return Mount(source, target, "ro" in options)
