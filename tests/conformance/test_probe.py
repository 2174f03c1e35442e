"""Nothing but GET leaves the session of a probe, whoever asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debitoor_provider.conformance.probe import Probe, WriteRefused
from debitoor_provider.hooks.getmyinvoices import GetMyInvoicesHook

if TYPE_CHECKING:
    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin


def test_every_way_to_write_is_refused_before_it_is_sent(acme: CompanyAdmin, sandbox: SandboxAdmin) -> None:
    with GetMyInvoicesHook("gmi") as hook:
        Probe(hook)
        hook.client.identify()
        since = sandbox.last_seq()
        for write in (
            lambda: hook.client.archive(1),
            lambda: hook.client.delete_document(1),
            lambda: hook.client.exists(b"%PDF-"),
            lambda: hook.get_conn().post("documents", json={}),
            lambda: hook.get_conn().get("documents", data="{}"),
        ):
            with pytest.raises(WriteRefused):
                write()
        assert sandbox.calls(since=since) == []


def test_a_refused_call_gives_its_status_and_body(acme: CompanyAdmin) -> None:
    with GetMyInvoicesHook("gmi") as hook:
        failure = Probe(hook).failure("documents", {"updatedOrNewSinceFilter": "2026-01-01"})
        assert failure is not None
        assert failure.status == 422
        assert failure.payload["errors"][0]["code"] == 140
        assert Probe(hook).failure("apiStatus") is None
