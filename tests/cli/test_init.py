from __future__ import annotations

import json
from pathlib import Path

import pytest
from airflow.models.connection import Connection
from airflow.utils.session import create_session
from sqlalchemy import select

from debitoor_provider.cli.companies import SandboxCompany
from debitoor_provider.cli.starter import account_texts
from debitoor_provider.dag_factory import sync_dags
from debitoor_provider.messages import Reader, written_for
from debitoor_provider.sandbox.server import running
from debitoor_provider.sync.account_files.files import load_folder
from debitoor_provider.sync.account_files.schema import json_schema
from debitoor_provider.sync.text import one_line
from debitoor_provider.ui import PREFIX
from debitoor_provider.ui.routes.consent import CALLBACK

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _no_folder_is_configured(monkeypatch):
    monkeypatch.delenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", raising=False)


@pytest.fixture
def begin(cli, monkeypatch, tmp_path):
    """Run ``airflow debitoor init`` for a folder."""
    monkeypatch.delenv("AIRFLOW__DEBITOOR__ACCOUNTS_FOLDER", raising=False)  # which the fixture ``acme`` has set

    def run(*words: str):
        return cli("init", str(tmp_path / "dags"), *words)

    return run


@pytest.fixture
def others():
    """Start a sandbox with two companies of the same name, and one whose name is of no letter of ours."""
    with running(thread=True) as admin:
        for name in ("Nord & Süd GmbH", "Nord & Süd GmbH", "Ωμέγα"):
            admin.create_company(name, limits=None)
        yield admin


@pytest.fixture
def connections(airflow_database):
    """Return Airflow's connections by id; those that a test made are gone after it."""

    def rows():
        with create_session() as session:
            found = session.scalars(select(Connection)).all()
            return {row.conn_id: (row.conn_type, row.host, row.login, row.password, row.extra_dejson) for row in found}

    before = rows()
    yield rows
    with create_session() as session:
        for row in session.scalars(select(Connection)).all():
            if row.conn_id not in before:
                session.delete(row)


def test_what_it_writes_is_a_dag_for_each_account(begin, tmp_path):
    assert begin().code == 0
    files = load_folder(tmp_path / "dags" / "accounts")
    assert [(file.account_id, file.problems, file.account.type) for file in files] == [
        ("acme-receipts", (), "export"),
        ("acme-sales", (), "import"),
    ]
    assert set(sync_dags(beside=tmp_path / "dags" / "debitoor_sync.py")) == {
        "debitoor__acme-receipts",
        "debitoor__acme-sales",
    }


def test_the_dag_file_is_that_of_the_repository(begin, tmp_path):
    begin()
    assert (tmp_path / "dags" / "debitoor_sync.py").read_text() == (ROOT / "dags" / "debitoor_sync.py").read_text()


def test_an_editor_finds_the_schema_by_the_first_line_of_each_account(begin, tmp_path):
    begin()
    paths = sorted((tmp_path / "dags" / "accounts").glob("*.yaml"))
    assert len(paths) == 2
    for path in paths:
        first = path.read_text().splitlines()[0]
        schema = path.parent / first.removeprefix("# yaml-language-server: $schema=")
        assert json.loads(schema.read_text()) == json_schema()


def test_what_exists_stays_as_it_is(begin, tmp_path):
    begin()
    kept = [path for path in (tmp_path / "dags").rglob("*") if path.is_file()]
    for path in kept:
        path.write_text("mine")
    done = begin()
    assert done.code == 0
    assert {path.read_text() for path in kept} == {"mine"}
    assert done.out.count("Kept as it is: ") == 3
    assert "Kept as it is, but from another version: " in done.out


def test_it_says_what_to_do_next_in_the_readers_language(begin):
    assert "airflow debitoor accounts validate --connections" in begin().out
    assert "Wie es weitergeht:" in begin("--language", "de").out


def test_a_folder_that_airflow_does_not_read_is_named(begin, tmp_path, airflow_home, cli):
    assert f"not from {tmp_path / 'dags'}." in begin().out
    assert "not from" not in cli("init", str(airflow_home / "dags")).out


def test_a_folder_that_cannot_be_written_is_named(cli, tmp_path):
    (tmp_path / "file").write_text("")
    done = cli("init", str(tmp_path / "file"))
    assert done.sentence.startswith(f"{tmp_path / 'file' / 'debitoor_sync.py'} cannot be written")


def test_each_company_of_a_sandbox_gets_accounts_and_connections_that_work(begin, cli, others, connections, tmp_path):
    done = begin("--sandbox", f"{others.base_url}/")
    assert done.code == 0
    folder = tmp_path / "dags" / "accounts"
    slugs = ["nord-süd-gmbh", "nord-süd-gmbh-2", "company-3"]
    assert {file.account_id for file in load_folder(folder)} == {
        f"{s}-{k}" for s in slugs for k in ("receipts", "sales")
    }
    tried = cli("accounts", "validate", "--connections", *map(str, sorted(folder.glob("*.yaml"))))
    assert (tried.code, tried.out.count(": OK; ")) == (0, 6)
    pattern = connections()["debitoor_default"]
    assert (pattern[1], pattern[3], pattern[4]["exchange_url"]) == (others.debitoor_url, None, others.token_url)


@pytest.mark.parametrize(
    ("configured", "registered"),
    [
        ({"PORT": "9123"}, "http://localhost:9123/debitoor/oauth/callback"),
        ({"PORT": "9123", "BASE_URL": "https://a.example/af/"}, "https://a.example/af/debitoor/oauth/callback"),
    ],
)
def test_a_sandbox_sends_consent_back_to_where_this_airflow_is(
    begin, others, connections, monkeypatch, configured, registered
):
    for name, value in configured.items():
        monkeypatch.setenv(f"AIRFLOW__API__{name}", value)
    assert begin("--sandbox", others.base_url).code == 0
    assert {company.oauth_redirect_uri for company in others.companies()} == {registered}
    assert registered.endswith(PREFIX + CALLBACK)


def test_a_connection_to_the_same_sandbox_is_renewed_and_any_other_kept(begin, others, connections):
    begin("--sandbox", others.base_url)
    with create_session() as session:
        row = session.scalar(select(Connection).where(Connection.conn_id == "getmyinvoices_company-3"))
        row.set_password("old")
        other = session.scalar(select(Connection).where(Connection.conn_id == "debitoor_company-3"))
        other.host = "https://api.debitoor.com"
    done = begin("--sandbox", others.base_url)
    now = connections()
    assert now["getmyinvoices_company-3"][3] == others.companies()[2].gmi_api_key
    assert now["debitoor_company-3"][1] == "https://api.debitoor.com"
    assert "Renewed: the connection getmyinvoices_company-3" in done.out
    assert "because it leads elsewhere: the connection debitoor_company-3" in done.out


def test_without_a_sandbox_at_the_address_nothing_is_written(begin, tmp_path):
    done = begin("--sandbox", "http://127.0.0.1:9")
    assert done.sentence.startswith("No sandbox answers at http://127.0.0.1:9.")
    assert not (tmp_path / "dags").exists()


def test_a_sandbox_without_companies_is_named(begin, tmp_path):
    with running(thread=True) as empty:
        assert "has no companies" in begin("--sandbox", empty.base_url).sentence
    assert not (tmp_path / "dags").exists()


def test_a_database_without_tables_is_named(begin, others, tmp_path, monkeypatch):
    def broken():
        from sqlalchemy.exc import OperationalError

        raise OperationalError("SELECT", {}, Exception("no such table"))

    monkeypatch.setattr("debitoor_provider.cli.init.create_session", broken)
    assert "airflow db migrate" in begin("--sandbox", others.base_url).sentence
    assert not (tmp_path / "dags").exists()


@pytest.mark.parametrize(
    "name", ['"quoted" {braces}', "back\\slash", "line\nbreak", "# hash: colon", "null", "\x1b[31m"]
)
def test_a_company_of_whatever_name_makes_a_file_that_can_be_read(name, tmp_path):
    with written_for(Reader("fr")):
        for account, text in account_texts("a", name, "a@b.example", frequency="daily", archive=True).items():
            (tmp_path / f"{account}.yaml").write_text(text)
    receipts, sales = load_folder(tmp_path)
    assert (receipts.problems, sales.problems) == ((), ())
    assert receipts.account.name == f"{one_line(name)}, reçus"
    assert sales.account.defaults.company == one_line(name)


@pytest.mark.parametrize(
    ("name", "slug"), [("Acme GmbH", "acme-gmbh"), ("A/B & C", "a-b-c"), ("Ωμέγα", "company-7"), ("!", "company-7")]
)
def test_a_company_gives_its_accounts_an_id(name, slug):
    keys = dict.fromkeys(SandboxCompany.model_fields, "x")
    assert SandboxCompany(**keys | {"id": 7, "name": name}).slug == slug
