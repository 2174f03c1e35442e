from __future__ import annotations

import copy
import pickle
import traceback

import pytest

from debitoor_provider.services.http.secret import Secret
from debitoor_provider.services.http.session import HeaderAuth, ServiceSession

CANARY = "s3cret-0f-a-key"


def test_it_is_used_like_a_text():
    secret = Secret(CANARY)
    assert secret == CANARY
    assert f"{secret}" == CANARY
    assert {secret: 1}[CANARY] == 1
    assert copy.copy(secret) is copy.deepcopy(secret) is secret


def test_it_does_not_show_itself():
    assert repr(Secret(CANARY)) == "'***'"
    assert CANARY not in str({"X-API-KEY": Secret(CANARY)})


def test_it_is_not_pickled_in_whatever_it_is():
    session = ServiceSession("https://a.example", auth=HeaderAuth("X", CANARY, at="https://a.example", what="key"))
    for whole in (Secret(CANARY), [Secret(CANARY)], session.auth, session):
        with pytest.raises(TypeError, match="not to be pickled"):
            pickle.dumps(whole)


def test_local_variables_in_a_traceback_do_not_show_it(monkeypatch: pytest.MonkeyPatch):
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("crash")

    monkeypatch.setattr("http.client.HTTPConnection.endheaders", crash)
    session = ServiceSession(
        "http://127.0.0.1:9", auth=HeaderAuth("X", CANARY, at="http://127.0.0.1:9", what="key"), allow_http=True
    )
    with pytest.raises(RuntimeError) as caught:
        session.get("/a")
    traceback_text = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "X': '***'" in traceback_text
    assert CANARY not in traceback_text.replace(f"CANARY = {CANARY!r}", "")
