"""Account files, written and removed by the page."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from airflow.models.dag import DagModel
from airflow.models.dagbag import DagPriorityParsingRequest
from airflow.models.dagbundle import DagBundleModel
from airflow.utils.session import create_session

from debitoor_provider.sync.account_files.files import load_account_file
from debitoor_provider.ui import known_wrong
from debitoor_provider.ui.folder import version_of
from debitoor_provider.ui.pausing import paused

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.models.log import Log
    from httpx import Response
    from starlette.testclient import TestClient

SETTINGS: dict[str, Any] = {
    "type": "export",
    "name": "Acme GmbH, receipts",
    "debitoor_id": "books@acme.example",
    "connections": {"getmyinvoices": "gmi", "debitoor": "debitoor"},
}


@pytest.fixture(autouse=True)
def nothing_known_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask no service: what they say is another matter, see test_known_wrong."""
    monkeypatch.setattr(known_wrong, "examine", lambda *_: known_wrong.SettingsExamination([], ""))


def put(client: TestClient, account_id: str = "acme", version: str | None = None, **changes: Any) -> Response:
    return client.put(f"/api/accounts/{account_id}", json={"settings": SETTINGS | changes, "version": version})


def delete(client: TestClient, account_id: str, version: str) -> Response:
    return client.request("DELETE", f"/api/accounts/{account_id}", json={"version": version})


class TestANewAccount:
    def test_becomes_a_file(self, page: Callable[..., TestClient], accounts: Path, audit_log: Callable[[], list[Log]]):
        answer = put(page(), rename="{company}")
        path = accounts / "acme.yaml"
        assert answer.json() == {
            "written": True,
            "dag_id": "debitoor__acme",
            "version": version_of(path.read_bytes()),
        }
        account = load_account_file(path).account
        assert account is not None
        assert (account.name, account.connections.debitoor) == ("Acme GmbH, receipts", "debitoor")
        assert [file.name for file in accounts.iterdir()] == ["acme.yaml"]
        (entry,) = audit_log()
        assert (entry.event, entry.owner, entry.dag_id) == ("debitoor.saved", "admin", "debitoor__acme")
        assert json.loads(str(entry.extra)) == {
            "file": "acme.yaml",
            "is_new": True,
            "changed": ["connections", "debitoor_id", "name", "rename", "type"],
        }

    def test_can_be_read_by_all_processes_of_airflow(self, page: Callable[..., TestClient], accounts: Path):
        put(page())
        mask = os.umask(0)
        os.umask(mask)
        assert stat.S_IMODE((accounts / "acme.yaml").stat().st_mode) == 0o644 & ~mask

    def test_is_shown_at_once(self, page: Callable[..., TestClient]):
        client = page()
        version = put(client).json()["version"]
        shown = client.get("/api/accounts/acme").json()
        assert (shown["settings"], shown["version"]) == (SETTINGS, version)

    def test_makes_its_folder(self, page: Callable[..., TestClient], accounts: Path):
        client = page()
        accounts.rmdir()
        assert put(client).json()["written"]

    @pytest.mark.parametrize("account_id", ["Acme", "-a", "a b", "ä", "x" * 101, "a.b", "%2E%2E", ".a", "a%5Cb"])
    def test_has_a_plain_id(self, page: Callable[..., TestClient], accounts: Path, account_id: str):
        assert put(page(), account_id).status_code == 422
        assert list(accounts.iterdir()) == []

    @pytest.mark.parametrize("account_id", ["..%2Fevil", "..%2F..%2Fevil", "%2Ftmp%2Fevil"])
    def test_never_leaves_the_folder(self, page: Callable[..., TestClient], accounts: Path, account_id: str):
        assert put(page(), account_id).status_code in (404, 405, 422)
        assert list(accounts.parent.rglob("evil*")) == []

    @pytest.mark.parametrize("name", ["acme.yaml", "acme.yml", "ACME.yaml"])
    def test_an_existing_file_is_not_replaced(self, page: Callable[..., TestClient], accounts: Path, name: str):
        (accounts / name).write_text("type: export\n")
        answer = put(page())
        assert (answer.status_code, answer.json()["detail"]) == (409, "There is an account acme already.")
        assert (accounts / name).read_text() == "type: export\n"

    def test_is_made_once_when_two_save_it_at_the_same_time(self, page: Callable[..., TestClient], accounts: Path):
        clients = [page() for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda pair: put(pair[1], note=f"of {pair[0]}"), enumerate(clients)))
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
        winner = next(number for number, answer in enumerate(answers) if answer.status_code == 200)
        assert f"note: of {winner}\n" in (accounts / "acme.yaml").read_text()


class TestAnAccountThatIsThere:
    OLD = (
        "# agreed in March\n"
        "type: export\n"
        "name: Acme   # as in the books\n"
        "debitoor_id: books@acme.example\n"
        "connections: {getmyinvoices: gmi, debitoor: debitoor}\n"
    )

    @pytest.fixture
    def path(self, accounts: Path) -> Path:
        path = accounts / "acme.yml"
        path.write_text(self.OLD)
        return path

    def test_keeps_its_name_its_mode_and_its_comments(self, page: Callable[..., TestClient], path: Path):
        path.chmod(0o640)
        answer = put(page(), version=version_of(path.read_bytes()), name="Acme", note="new")
        assert answer.json()["version"] == version_of(path.read_bytes())
        lines = self.OLD.splitlines()
        assert path.read_text().splitlines() == [*lines[:4], "note: new", *lines[4:]]
        assert stat.S_IMODE(path.stat().st_mode) == 0o640

    UNUSUAL = (
        "filter: {tags: {any: [books, ' private']}}\n"
        "reverse_charge: {tax_rate: 19, product_or_service: service, consumption_or_resale: consumption}\n"
        "accept_rates: [16.34, 5.50]\n"
        "books: {currency: eur, country: de}\n"
        "category: ' nothing.known '\n"
        "limits: {amount: 10000.50}\n"
    )

    def test_keeps_the_lines_that_the_form_did_not_change(
        self, page: Callable[..., TestClient], path: Path, audit_log: Callable[[], list[Log]]
    ):
        path.write_text(self.OLD + self.UNUSUAL)
        client = page()
        shown = client.get("/api/accounts/acme").json()
        assert (shown["settings"]["books"]["currency"], shown["settings"]["limits"]["amount"]) == ("EUR", "10000.50")
        body = {"settings": shown["settings"] | {"note": "new"}, "version": shown["version"]}
        assert client.put("/api/accounts/acme", json=body).status_code == 200
        lines = self.OLD.splitlines()
        assert path.read_text().splitlines() == [*lines[:4], "note: new", *lines[4:], *self.UNUSUAL.splitlines()]
        assert json.loads(str(audit_log()[0].extra))["changed"] == ["note"]

    def test_keeps_what_did_not_change_within_a_changed_line(self, page: Callable[..., TestClient], path: Path):
        path.write_text(self.OLD + self.UNUSUAL)
        client = page()
        shown = client.get("/api/accounts/acme").json()
        settings = shown["settings"] | {"books": {"currency": "EUR", "country": "AT"}}
        client.put("/api/accounts/acme", json={"settings": settings, "version": shown["version"]})
        assert path.read_text() == self.OLD + self.UNUSUAL.replace("country: de", "country: AT")

    def test_does_not_overwrite_the_change_of_another_user(self, page: Callable[..., TestClient], path: Path):
        version = version_of(path.read_bytes())
        path.write_text(self.OLD + "note: theirs\n")
        answer = put(page(), version=version)
        assert (answer.status_code, "Somebody else has changed" in answer.json()["detail"]) == (409, True)
        assert path.read_text().endswith("note: theirs\n")

    def test_a_file_removed_by_another_user_is_not_recreated(self, page: Callable[..., TestClient], path: Path):
        version = version_of(path.read_bytes())
        path.unlink()
        answer = put(page(), version=version)
        assert (answer.status_code, "Somebody else has removed" in answer.json()["detail"]) == (409, True)
        assert not path.exists()

    def test_a_link_is_not_followed(self, page: Callable[..., TestClient], path: Path, tmp_path: Path):
        target = tmp_path / "elsewhere.yaml"
        path.rename(target)
        path.symlink_to(target)
        client, version = page(), version_of(target.read_bytes())
        assert put(client, version=version).status_code == 409
        assert delete(client, "acme", version).status_code == 409
        assert target.read_text() == self.OLD
        assert path.is_symlink()

    def test_the_audit_log_names_what_was_changed(
        self, page: Callable[..., TestClient], path: Path, audit_log: Callable[[], list[Log]]
    ):
        put(page(), version=version_of(path.read_bytes()), name="Acme", frequency="hourly", timezone="Europe/Berlin")
        assert json.loads(str(audit_log()[0].extra))["changed"] == ["frequency"]

    def test_goes_away(self, page: Callable[..., TestClient], path: Path, audit_log: Callable[[], list[Log]]):
        assert delete(page(), "acme", version_of(path.read_bytes())).json() == {"removed": True}
        assert not path.exists()
        assert [entry.event for entry in audit_log()] == ["debitoor.removed"]

    def test_is_not_deleted_when_it_was_changed_meanwhile(self, page: Callable[..., TestClient], path: Path):
        assert delete(page(), "acme", "another").status_code == 409
        assert path.exists()

    def test_none_is_lost(self, page: Callable[..., TestClient]):
        assert delete(page(), "nobody", "x").status_code == 404

    def test_a_broken_one_can_be_put_right(self, page: Callable[..., TestClient], accounts: Path):
        path = accounts / "acme.yaml"
        path.write_bytes(b"type: [\xff")
        assert put(page(), version=version_of(path.read_bytes())).json()["written"]
        assert load_account_file(path).account is not None


class TestSettingsThatAreNotRight:
    def test_are_refused_with_what_to_correct(self, page: Callable[..., TestClient], accounts: Path):
        answer = put(page(), frequency="dayly", debitoor_id="nobody")
        assert answer.status_code == 422
        problems = answer.json()["problems"]
        assert [(problem["field"], problem["line"]) for problem in problems] == [("debitoor_id", 3), ("frequency", 4)]
        assert "Did you mean daily?" in problems[1]["remedy"]
        assert list(accounts.iterdir()) == []

    def test_are_refused_however_deep(self, page: Callable[..., TestClient]):
        deep: Any = "x"
        for _ in range(100):
            deep = {"a": deep}
        assert put(page(), filter=deep).status_code == 422

    def test_are_refused_however_odd(self, page: Callable[..., TestClient], accounts: Path):
        body = json.dumps({"settings": SETTINGS | {"name": "\ud800\x00", "note": "\x1b[31m"}, "version": None})
        headers = {"Content-Type": "application/json"}
        assert page().put("/api/accounts/acme", content=body, headers=headers).status_code == 422
        assert list(accounts.iterdir()) == []


class TestAFolderThatCannotBeWritten:
    @pytest.fixture(params=[errno.EROFS, errno.EACCES, errno.EPERM])
    def read_only(self, request: pytest.FixtureRequest, accounts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        really = os.open

        def refuse(path: Any, flags: int, *further: Any, **known: Any) -> int:
            if Path(path).parent == accounts and flags & os.O_WRONLY:
                raise OSError(request.param, "no")
            return really(path, flags, *further, **known)

        def keep(path: Path, **_: object) -> None:
            raise OSError(request.param, "no")

        monkeypatch.setattr(os, "open", refuse)
        monkeypatch.setattr(Path, "unlink", keep)

    def test_shows_the_file_to_be_committed(
        self, read_only: None, page: Callable[..., TestClient], accounts: Path, audit_log: Callable[[], list[Log]]
    ):
        answer = put(page()).json()
        assert answer["written"] is False
        assert answer["path"] == "acme.yaml"
        assert answer["yaml"].startswith("type: export\nname: Acme GmbH, receipts\n")
        assert list(accounts.iterdir()) == []
        assert audit_log() == []

    def test_shows_it_also_where_the_files_are_links(
        self, page: Callable[..., TestClient], account_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ):
        """As in a ConfigMap."""
        path = account_file()
        target = path.with_name("..data")
        path.rename(target)
        path.symlink_to(target)
        client, before, really = page(), target.read_bytes(), os.access
        monkeypatch.setattr(os, "access", lambda path, mode: really(path, mode) and not mode & os.W_OK)
        answer = put(client, version=version_of(before), note="new").json()
        assert (answer["written"], answer["path"], "note: new" in answer["yaml"]) == (False, "acme.yaml", True)
        assert put(client, version="0").status_code == 409
        assert delete(client, "acme", version_of(before)).json() == {"removed": False}
        assert (path.is_symlink(), target.read_bytes()) == (True, before)

    def test_keeps_its_files(self, read_only: None, page: Callable[..., TestClient], account_file: Callable[..., Path]):
        path = account_file()
        assert delete(page(), "acme", version_of(path.read_bytes())).json() == {"removed": False}


def test_a_full_disk_leaves_the_old_file(
    page: Callable[..., TestClient], account_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
):
    path, client = account_file(), page()
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer = put(client, version=version_of(before))
    assert (answer.status_code, answer.json()["detail"]) == (
        503,
        "The account file cannot be written (No space left on device).",
    )
    assert [file.read_bytes() for file in path.parent.iterdir()] == [before]


def test_a_file_system_without_locks_will_do(
    page: Callable[..., TestClient], accounts: Path, monkeypatch: pytest.MonkeyPatch
):
    client = page()

    def none(*_: object) -> None:
        raise OSError(errno.EBADF, "Bad file descriptor")  # NFS, for a folder

    monkeypatch.setattr(fcntl, "flock", none)
    assert put(client).json()["written"]
    assert [path.name for path in accounts.iterdir()] == ["acme.yaml"]


class TestAirflowIsAsked:
    def asked(self) -> list[tuple[str, str]]:
        with create_session() as session:
            rows = session.scalars(sa.select(DagPriorityParsingRequest))
            return [(row.bundle_name, row.relative_fileloc) for row in rows]

    @pytest.fixture(autouse=True)
    def nothing_asked(self, airflow: None) -> None:
        with create_session() as session:
            session.execute(sa.delete(DagPriorityParsingRequest))

    def test_to_read_the_file_behind_the_accounts(
        self, page: Callable[..., TestClient], dag_models: Callable[..., None]
    ):
        dag_models("other", "another")
        client = page()
        version = put(client).json()["version"]
        assert self.asked() == [("dags-folder", "sync.py")]
        put(client, version=version, note="again")  # before it was read
        assert self.asked() == [("dags-folder", "sync.py")]

    def test_a_dag_whose_id_only_resembles_theirs_is_none_of_them(
        self, page: Callable[..., TestClient], dag_models: Callable[..., None]
    ):
        dag_models("other")
        with create_session() as session:
            session.add(DagBundleModel(name="aside"))
            session.flush()
            fields = {"fileloc": "x.py", "relative_fileloc": "x.py", "is_paused": False, "is_stale": False}
            session.add(DagModel(dag_id="debitoor-1-x", bundle_name="aside", **fields))
        put(page())
        assert self.asked() == [("dags-folder", "sync.py")]
        with paused("debitoor__new"), create_session() as session:
            assert session.get_one(DagModel, "debitoor__new").bundle_name == "dags-folder"

    def test_nothing_while_it_knows_no_account(self, page: Callable[..., TestClient]):
        put(page())
        assert self.asked() == []


class TestRights:
    @pytest.mark.parametrize(("role", "status"), [(None, 401), ("viewer", 403)])
    def test_who_may_not_edit_accounts(self, page: Callable[..., TestClient], role: str | None, status: int):
        client = page(role)
        assert put(client).status_code == status
        assert delete(client, "acme", "x").status_code == status

    def test_one_who_may_edit_an_account_but_no_connections_keeps_to_those_it_has(
        self, page: Callable[..., TestClient], account_file: Callable[..., Path]
    ):
        path, client = account_file(), page("user")
        before = path.read_bytes()
        version = version_of(before)
        answer = put(client, version=version, connections={"getmyinvoices": "another", "debitoor": "debitoor"})
        assert (answer.status_code, answer.json()["detail"]) == (403, "You may not edit the connection another.")
        assert path.read_bytes() == before
        answer = put(client, version=version, notify={"connection": "another"})
        assert (answer.status_code, answer.json()["detail"]) == (403, "You may not edit the connection another.")
        assert put(client, version=version, note="mine").json()["written"]

    def test_one_who_may_edit_no_connections_keeps_the_one_that_notifies(
        self, page: Callable[..., TestClient], account_file: Callable[..., Path]
    ):
        path = account_file(notify={"connection": "mail"})
        changed = {"notify": {"connection": "mail", "language": "fr"}}
        assert put(page("user"), version=version_of(path.read_bytes()), **changed).json()["written"]

    def test_one_who_may_do_both_adds_an_account(self, page: Callable[..., TestClient]):
        assert put(page("op")).json()["written"]

    def test_one_who_may_edit_no_connections_adds_no_account(self, page: Callable[..., TestClient], accounts: Path):
        assert put(page("user")).status_code == 403
        assert list(accounts.iterdir()) == []
