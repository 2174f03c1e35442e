"""The settings and secrets that docker/prepare.sh makes."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.engine import make_url

from compose_check.file import load

ROOT = Path(__file__).parent.parent.parent


def prepare(folder: Path) -> str:
    command = ["sh", str(ROOT / "docker/prepare.sh"), str(folder)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    prepare(tmp_path)
    return tmp_path


def test_every_secret_of_the_compose_file_is_made_and_none_else(folder: Path) -> None:
    wanted = load(ROOT / "docker-compose.yaml", folder, {}).secrets
    assert {file.name for file in (folder / "secrets").iterdir()} == set(wanted)
    assert all(file.read_text().strip() for file in wanted.values())


def test_other_users_cannot_read_them(folder: Path) -> None:
    for path in [folder / ".env", folder / "secrets", *(folder / "secrets").iterdir()]:
        assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path


def test_they_are_of_use(folder: Path) -> None:
    def secret(name: str) -> str:
        return (folder / "secrets" / name).read_text().strip()

    assert Fernet(secret("fernet_key")).decrypt(Fernet(secret("fernet_key")).encrypt(b"a")) == b"a"
    databases = [make_url(secret(name)) for name in ("airflow_database", "results_database", "ledger_database")]
    names = ["airflow", "results", "ledger"]
    assert [(url.username, url.database) for url in databases] == [(name, name) for name in names]
    assert make_url(secret("broker")).password == make_url(secret("pacing")).password == secret("redis_password")
    alone = {secret(file.name) for file in (folder / "secrets").iterdir()}
    assert all(len(secret(name)) >= 64 for name in ("jwt_secret", "api_secret"))  # what HS512 asks for
    assert len(alone) == len(list((folder / "secrets").iterdir()))


def test_a_second_time_changes_nothing(folder: Path) -> None:
    (folder / "secrets" / "admin_password").write_text("mine\n")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    prepare(folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_containers_run_as_the_user_who_prepared_them_and_never_as_root(folder: Path) -> None:
    line = f"AIRFLOW_UID={os.getuid() or 50000}"
    assert line in (folder / ".env").read_text().splitlines()


def test_it_prints_where_the_first_password_is_and_not_the_password(tmp_path: Path) -> None:
    printed = prepare(tmp_path)
    assert "admin, is in secrets/admin_password" in printed
    assert (tmp_path / "secrets/admin_password").read_text().strip() not in printed


def test_a_secret_is_printed_as_it_is_and_with_what_is_asked_to_stand_before_it(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("postgresql://a:b@c/d\n")
    script = (ROOT / "docker/secret").read_text().replace("/run/secrets", str(tmp_path))
    for arguments, printed in ((["results"], "postgresql://a:b@c/d"), (["results", "db+"], "db+postgresql://a:b@c/d")):
        done = subprocess.run(["sh", "-c", script, "secret", *arguments], check=True, capture_output=True, text=True)
        assert done.stdout == printed
