"""The process sees the connections of Airflow's database only as long as it asks for them."""

from __future__ import annotations

import os

import pytest

from debitoor_provider.hooks.database import connections_of_database

NAME = "_AIRFLOW_PROCESS_CONTEXT"


@pytest.mark.parametrize("before", [None, "client"])
def test_the_context_of_the_process_is_as_before_also_after_an_error(
    before: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(NAME, raising=False)
    if before:
        monkeypatch.setenv(NAME, before)

    def fail() -> None:
        with connections_of_database():
            assert os.environ[NAME] == "server"
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert os.environ.get(NAME) == before
