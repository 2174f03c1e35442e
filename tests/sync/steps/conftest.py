from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sync.stage import Stage


@pytest.fixture
def twice(acme: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Return Acme, whose expenses are delivered twice by the network."""
    send = type(acme.debitoor.transport)._send

    def send_twice(self: Any, call: Any) -> Any:
        if call.operation == "create_expense":
            send(self, call).close()
        return send(self, call)

    monkeypatch.setattr(type(acme.debitoor.transport), "_send", send_twice)
    return acme
