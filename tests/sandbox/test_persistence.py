"""What the sandbox remembers: over a kill, over a restart, and not over a reset."""

from __future__ import annotations

import os
import signal

import pytest
import requests

from debitoor_provider.sandbox.client import SandboxAdmin
from debitoor_provider.sandbox.server import ready, running, start


def test_everything_answered_survives_a_kill(tmp_path, pdf):
    content = pdf()
    with start(tmp_path, arguments=("--company", "Acme")) as process, SandboxAdmin(ready(process)) as admin:
        (acme,) = admin.companies()
        uid = acme.add_document(content, "a.pdf", tags=["x"])
        admin.fault("status", operation="debitoor.*", status=500, every=2)
        agent = {"X-API-KEY": acme.gmi_api_key, "User-Agent": acme.gmi_account_id}
        requests.put(f"{admin.gmi_url}/documents/{uid}", json={"isArchived": 1}, headers=agent, timeout=10)
        token = {"x-token": acme.debitoor_token}
        assert requests.get(f"{admin.debitoor_url}/api/expenses/v4", headers=token, timeout=10).status_code == 200
        calls, effects, last = admin.calls(), admin.effects(), admin.last_seq()
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)

    with running(tmp_path) as admin:
        (acme,) = admin.companies()
        assert (admin.calls(), admin.effects(), admin.last_seq()) == (calls, effects, last)
        assert acme.document_file(uid) == content
        assert acme.document(uid)["isArchived"] == 1
        (fault,) = admin.faults()
        assert (fault["seen"], fault["applied"]) == (1, 0)
        token = {"x-token": acme.debitoor_token}
        assert requests.get(f"{admin.debitoor_url}/api/expenses/v4", headers=token, timeout=10).status_code == 500
        assert acme.add_document(pdf(), "b.pdf") > uid


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_on_a_signal(tmp_path, ending):
    with start(tmp_path) as process:
        url = ready(process)
        session = requests.Session()  # an open connection must not hold it up
        session.get(f"{url}/sandbox/api/health", timeout=10)
        process.send_signal(ending)
        assert process.wait(10) in (0, -ending)
        session.close()


def test_a_reset_forgets_everything(tmp_path, pdf):
    with running(tmp_path) as admin:
        admin.create_company("Acme").add_document(pdf(), "a.pdf")
        admin.fault("cut")
        admin.reset()
        assert (admin.companies(), admin.faults(), admin.calls(), admin.effects()) == ([], [], [], [])
        again = admin.create_company("Acme")
        assert (again.id, again.gmi_account_id) == (1, "G-20707-0")

    with running(tmp_path, arguments=("--reset",)) as admin:
        assert admin.companies() == []


def test_it_runs_in_a_thread_too(tmp_path, pdf):
    with running(tmp_path, thread=True) as admin:
        acme = admin.create_company("Acme")
        uid = acme.add_document(pdf(), "a.pdf")
        assert [document["uid"] for document in acme.documents()] == [uid]
