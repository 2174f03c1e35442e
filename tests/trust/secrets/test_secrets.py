"""Keys, tokens and passwords are disclosed only to the service they are for.

See also :mod:`tests.trust.common.canaries`.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import secrets
import shutil
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from debitoor_provider.dag_factory import sync_dags
from debitoor_provider.hooks import base as hooks
from debitoor_provider.hooks.debitoor import DebitoorHook
from debitoor_provider.hooks.getmyinvoices import GetMyInvoicesHook
from debitoor_provider.services.http.retry import Backoff
from tests.cli.conftest import parser
from tests.test_dag_factory import serialised
from tests.trust.common.account_at_work import WAYS, AccountAtWork, Way
from tests.trust.common.canaries import Canaries, signs
from tests.trust.common.neighbours import run
from tests.trust.common.worker import dag_of
from tests.trust.secrets.mishaps import MISHAPS, SERVICES, SHOWS_THE_ADDRESS, Scene, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.sync.stage import Stage
    from tests.trust.common.tally import Tally


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make two attempts, without a wait between them."""
    monkeypatch.setattr(hooks, "Backoff", partial(Backoff, slow_down=(0,), fault=(0,)))


@pytest.fixture
def scene_of(
    stage_of: Callable[..., Stage],
    account_file: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    canaries: Canaries,
) -> Callable[[Way], Scene]:
    """Create accounts with documents, and with a secret in every field of their connections that may hold one."""

    def make(way: Way) -> Scene:
        stage = stage_of()
        exchange = AccountAtWork(stage, way)
        exchange.arrive(2)
        account_file(stage, way, retries=0)
        extras = {name: f"{secrets.token_urlsafe(12)}/+=&%" for name in ("client_secret", "api_token", "note")}
        for name, value in extras.items():
            canaries.add(value, f"the extra {name}")
        return Scene(exchange, monkeypatch, **extras)

    return make


@pytest.fixture
def search(tally: Tally, canaries: Canaries) -> Callable[[str, object], None]:
    """Search a text or bytes for the secrets: ``search(where, what)``."""

    def look(where: str, what: object) -> None:
        content = what if isinstance(what, bytes) else str(what).encode(errors="replace")
        for secret in canaries.secrets_in(content):
            tally.add("secrets", f"{where} holds {secret}")

    return look


def test_the_search_finds_a_secret_in_every_form_and_place(
    canaries: Canaries, tmp_path: Path, tally: Tally, capsys: pytest.CaptureFixture[str]
) -> None:
    """The secrets of this test are found; they are forgotten before the search at its end."""
    secret = 'k3y/with+odd=signs&"marks\\'
    canaries.add(secret, "it")
    forms = {form for form, _ in signs(secret)}
    letters = "in small or capital letters"
    assert forms == {"as it is", letters, "reversed", "URL-quoted", "escaped", "base64", "hexadecimal"}
    for form, sign in signs(secret):
        tally.case()
        assert canaries.secrets_in(b"noise " * 100 + b"<" + sign + b">"), form
    for form in (secret[:8], secret[-8:], quote(secret), secret.encode().hex()):
        logging.getLogger("somebody").debug("sent %s", form)
        (tmp_path / "deep").mkdir(exist_ok=True)
        (tmp_path / "deep" / "file").write_text(form)
        assert dict(canaries.secrets_in_files(tmp_path))["deep/file"]
    assert canaries.secrets_in((tmp_path.parent / f"{tmp_path.name}.log").read_bytes())
    canaries.forget()


@pytest.mark.parametrize("mishap", MISHAPS)
def test_no_step_discloses_a_secret_whatever_fails(
    scene_of: Callable[[Way], Scene],
    search: Callable[[str, object], None],
    tally: Tally,
    sample: Callable[[int, int], int],
    mishap: str,
) -> None:
    first = list(MISHAPS).index(mishap)
    for turn in range(sample(1, 2)):  # in a sample the ways take turns
        tally.case()
        scene = scene_of(WAYS[(first + turn) % 2])
        MISHAPS[mishap](scene)
        result = run(dag_of("acme"), "first")
        if bool(result.errors) != (mishap != "nothing"):
            tally.add("wrong", f"{mishap}: {result}")
        search("XCom or an asset event", result)
        for error in result.errors.values():
            search(f"an error after {mishap}", error if mishap in SHOWS_THE_ADDRESS else text_of(error))
        for hook in hooks_of(scene):
            try:
                search(f"the test of a connection with {mishap}", hook.test_connection())
            except RuntimeError as error:
                search(f"the test of a connection with {mishap}", text_of(error))


def hooks_of(scene: Scene) -> list[Any]:
    """Return the hooks of both connections."""
    return [GetMyInvoicesHook(f"gmi_{scene.company.id}"), DebitoorHook(f"debitoor_{scene.company.id}")]


@pytest.mark.parametrize("way", WAYS)
def test_no_object_shows_a_secret(
    scene_of: Callable[[Way], Scene], search: Callable[[str, object], None], tally: Tally, way: Way
) -> None:
    scene = scene_of(way)
    dag = dag_of("acme")
    things: list[Any] = [dag, *dag.tasks, scene.exchange.account]
    for hook in hooks_of(scene):
        client = hook.client
        things += [hook, client, client.session, client.session.auth, client.session.headers, client.transport]
        things += [hook.get_conn(), hook._connection]
    for thing in things:
        tally.case()
        for show in (repr, str, format):
            search(type(thing).__name__, show(thing))
        search(type(thing).__name__, repr(getattr(thing, "__dict__", {})))
        try:
            search(f"a pickled {type(thing).__name__}", pickle.dumps(thing))
        except (TypeError, AttributeError, pickle.PicklingError):
            continue


ROOT = Path(__file__).parents[3]
IN_AIRFLOW = ("nothing", "a JSON error with the request in it", "a crash", "an HTML page with the request in it", "401")


@pytest.fixture
def home(
    airflow_database: Path, airflow_home: Path, monkeypatch: pytest.MonkeyPatch, canaries: Canaries
) -> Iterator[Path]:
    """Return Airflow's home with its database, in which connections are encrypted."""
    from airflow.models.crypto import get_fernet
    from cryptography.fernet import Fernet

    for option, what in (("CORE__FERNET_KEY", "the Fernet key"), ("API_AUTH__JWT_SECRET", "the key of the web tokens")):
        monkeypatch.setenv(f"AIRFLOW__{option}", key := Fernet.generate_key().decode())
        canaries.add(key, what)
    monkeypatch.setenv("AIRFLOW__LOGGING__LOGGING_LEVEL", "DEBUG")
    shutil.copy(ROOT / "dags" / "debitoor_sync.py", airflow_home / "dags")
    get_fernet.cache_clear()
    yield airflow_home
    get_fernet.cache_clear()


@pytest.fixture
def in_the_database(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Scene], None]]:
    """Move the connections of an account from the environment into Airflow's database."""
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session
    from sqlalchemy import delete

    moved = []

    def move(scene: Scene) -> None:
        for service in SERVICES:
            name = f"{service}_{scene.company.id}"
            fields = json.loads(os.environ[f"AIRFLOW_CONN_{name}"])
            fields["extra"] = json.dumps(fields["extra"])
            monkeypatch.delenv(f"AIRFLOW_CONN_{name}")
            with create_session() as session:
                session.add(Connection(conn_id=name.lower(), **fields))
            moved.append(name.lower())

    yield move
    with create_session() as session:
        session.execute(delete(Connection).where(Connection.conn_id.in_(moved)))


@pytest.mark.parametrize("mishap", IN_AIRFLOW)
def test_a_run_in_airflow_leaves_no_secret_in_its_home(
    scene_of: Callable[[Way], Scene],
    search: Callable[[str, object], None],
    canaries: Canaries,
    tally: Tally,
    home: Path,
    in_the_database: Callable[[Scene], None],
    mishap: str,
) -> None:
    """Logs, XCom, rendered templates, task instances, serialised DAGs: all that Airflow keeps of a run."""
    scene = scene_of(WAYS[IN_AIRFLOW.index(mishap) % 2])
    in_the_database(scene)
    MISHAPS[mishap](scene)
    state = dag_of("acme").test().state
    tally.case()
    if (state == "success") != (mishap == "nothing"):
        tally.add("wrong", f"{mishap}: {state}")
    assert any(b"debitoor__acme" in file.read_bytes() for file in home.glob("airflow.db*"))
    for name, found in canaries.secrets_in_files(home):
        for what in found:
            tally.add("secrets", f"{name} holds {what}")


COMMANDS = (
    "accounts list",
    "accounts validate",
    "accounts validate --connections",
    "accounts schema",
    "accounts preview acme --verbose",
    "accounts preview nobody",
    "documents list",
    "documents list --attention -o json",
    "documents history acme {document}",
    "documents retry acme {document}",
    "documents retry acme {document} --if-missing",
    "documents ignore acme {document}",
    "documents mark-moved acme {document} --reason done",
    "ledger upgrade",
    "ledger rebuild acme",
    *(f"{command} --help" for command in ("accounts", "documents", "ledger", "accounts validate", "documents list")),
)


@pytest.mark.parametrize("mishap", [*IN_AIRFLOW[:2], "the token in the address", "401"])
def test_no_command_discloses_a_secret(
    scene_of: Callable[[Way], Scene],
    search: Callable[[str, object], None],
    tally: Tally,
    capsys: pytest.CaptureFixture[str],
    mishap: str,
) -> None:
    scene = scene_of("export")
    run(dag_of("acme"), "first")
    scene.exchange.arrive()
    MISHAPS[mishap](scene)
    said = [command(words, capsys) for words in commands_for(scene)]
    tally.case(len(said))
    assert all(said)
    for words, text in zip(COMMANDS, said, strict=True):
        search(f"airflow debitoor {words} after {mishap}", text)


def commands_for(scene: Scene) -> list[str]:
    """Return the commands, with a document of the account."""
    return [words.format(document=scene.exchange.arrived[0]) for words in COMMANDS]


def command(words: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the output of a command, whether it succeeds or not."""
    capsys.readouterr()
    end: object = ""
    try:
        args = parser().parse_args(["debitoor", *words.split()])
        args.func(args)
    except SystemExit as exited:
        end = exited.code
    written = capsys.readouterr()
    return f"{written.out}{written.err}{end}"


STORES = (
    ("LEDGER_CONN", "postgresql://ledger:{secret}@127.0.0.1:9/books"),
    ("LEDGER_CONN", "postgresql://ledger:{secret}@127.0.0.1:port/books"),
    ("LEDGER_CONN", "postgresql://127.0.0.1:9/books?password={secret}"),
    ("LEDGER_CONN", "postgresql://ledger:{secret}@127.0.0.1:9/books?nonsense=1"),
    ("LEDGER_CONN", "mysql://ledger:{secret}@127.0.0.1/books"),
    ("LEDGER_CONN", "{secret}"),
    ("PACING_URL", "redis://:{secret}@127.0.0.1:9/0"),
    ("PACING_URL", "sqlite://{secret}/x"),
    ("PACING_URL", "{secret}"),
)


@pytest.mark.parametrize(("option", "address"), STORES)
def test_the_password_of_a_database_is_not_disclosed(
    scene_of: Callable[[Way], Scene],
    search: Callable[[str, object], None],
    canaries: Canaries,
    tally: Tally,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    address: str,
) -> None:
    scene_of("export")
    canaries.add(secret := secrets.token_hex(12), "the password of the database")
    monkeypatch.setenv(f"AIRFLOW__DEBITOOR__{option}", address.format(secret=secret))
    result = run(dag_of("acme"), "first")
    tally.case()
    if not result.errors:
        tally.add("wrong", f"{option} {address}: no error was raised")
    search(option, result)
    for error in result.errors.values():
        search(option, "".join(traceback.format_exception(error)))
        search(option, repr(error) + repr(vars(error)) + repr(error.__context__))
    for words in ("ledger upgrade", "documents list", "accounts list", "accounts preview acme"):
        search(f"{words} with {option}", command(words, capsys))


def test_a_secret_in_an_account_file_is_not_repeated(
    search: Callable[[str, object], None],
    canaries: Canaries,
    tally: Tally,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Written under a name of secrets, or in the place of a connection."""
    canaries.add(secret := secrets.token_hex(12), "the secret in the file")
    folder = tmp_path_factory.mktemp("accounts")
    good = {"type": "export", "name": "Acme", "debitoor_id": "books@acme.example"}
    connections = {"getmyinvoices": "gmi", "debitoor": "debitoor"}
    for number, wrong in enumerate(
        (
            {"api_key": secret},
            {"token": secret},
            {"password": [secret]},
            {"connections": {**connections, "debitoor": f"Bearer {secret}"}},
            {"connections": {**connections, "debitoor_token": secret}},
            {"connections": f"{secret}"},
        )
    ):
        (folder / f"acme-{number}.yaml").write_text(json.dumps({**good, "connections": connections, **wrong}))
        tally.case()
    monkeypatch.setenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", str(folder))
    dags = sync_dags(folder)
    search("a serialised DAG", serialised(dags))
    for dag in dags.values():
        assert "broken" in dag.tags
        search("a broken account", run(dag, "first"))
    for words in ("accounts list", "accounts validate"):
        search(words, command(words, capsys))
