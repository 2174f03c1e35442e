from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from tests.services.scripted import CANARY, ScriptedService

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.services.http.retry import Backoff

BASE = "/accounts/v3"


@pytest.fixture
def client(service: ScriptedService, backoff: Backoff) -> Iterator[GetMyInvoicesClient]:
    with GetMyInvoicesClient(
        api_key=CANARY, account_id="G-20707-0", base_url=service.url + BASE, allow_http=True, backoff=backoff
    ) as made:
        yield made
