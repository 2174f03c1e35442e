"""Compose files are read as Compose reads them, as far as ours goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from compose_check.file import Mount, Unreadable, interpolated, load, seconds

KNOWN = {"SET": "yes", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$SET and ${SET}", "yes and yes"),
        ("${SET:-no}${SET-no}", "yesyes"),
        ("${EMPTY:-default}", "default"),
        ("${EMPTY-default}", ""),
        ("${UNSET:-}${UNSET}", ""),
        ("${UNSET-postgresql://a@b:5432/c}", "postgresql://a@b:5432/c"),
        ("${SET:?has to be set}", "yes"),
        ("$$HOSTNAME $$(cat file)", "$HOSTNAME $(cat file)"),
    ],
)
def test_variables_are_put_in(text: str, value: str) -> None:
    assert interpolated({"deep": [text, 1]}, KNOWN) == {"deep": [value, 1]}


@pytest.mark.parametrize("text", ["${UNSET:?tell it}", "${UNSET?tell it}", "${EMPTY:?tell it}"])
def test_a_missing_required_variable_is_an_error(text: str) -> None:
    with pytest.raises(Unreadable, match="tell it"):
        interpolated(text, KNOWN)


@pytest.mark.parametrize(("duration", "value"), [("30s", 30), ("1m30s", 90), ("2h", 7200)])
def test_durations(duration: str, value: float) -> None:
    assert seconds(duration) == value


def test_an_invalid_duration() -> None:
    with pytest.raises(Unreadable):
        seconds("soon")


def test_a_file_with_anchors_merges_and_an_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TAG=2\nFOLDER=./mine\n")
    (tmp_path / "compose.yaml").write_text("""
x-base: &base
  image: thing:${TAG}
  restart: unless-stopped
  environment: &env {A: "1", B: "${B:-two}"}
  secrets: [key]
services:
  one:
    <<: *base
    command: run --all "a b"
    environment: {<<: *env, A: "3", NONE: }
    volumes: ["data:/data", "${FOLDER}:/mine:ro"]
    healthcheck: {test: [CMD-SHELL, test -e it]}
  once:
    <<: *base
    command: [do, it]
    restart: "no"
    profiles: [more]
    stop_grace_period: 1m
    depends_on: {one: {condition: service_healthy}}
secrets:
  key: {file: "${KEYS:-./keys}/key"}
""")
    project = load(tmp_path / "compose.yaml", tmp_path, {"TAG": "3"})
    one, once = project.services["one"], project.services["once"]
    assert one.image == "thing:3"
    assert one.command == ("run", "--all", "a b")
    assert one.environment == {"A": "3", "B": "two"}
    assert one.mounts == (Mount("data", "/data"), Mount("./mine", "/mine", read_only=True))
    assert one.health == ("sh", "-c", "test -e it")
    assert one.restarts
    assert not once.restarts
    assert (once.command, once.profiles, once.grace) == (("do", "it"), ("more",), 60)
    assert once.waits_for == {"one": "service_healthy"}
    assert project.secrets == {"key": tmp_path / "keys/key"}
