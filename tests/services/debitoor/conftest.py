from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from debitoor_provider.services.debitoor.client import DebitoorClient
from tests.services.scripted import CANARY, ScriptedService

if TYPE_CHECKING:
    from collections.abc import Iterator

    from debitoor_provider.services.http.retry import Backoff


@pytest.fixture
def client(service: ScriptedService, backoff: Backoff) -> Iterator[DebitoorClient]:
    with DebitoorClient(token=CANARY, base_url=service.url, allow_http=True, backoff=backoff) as made:
        yield made
