"""Reads from one service by its hook, and by GET alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from requests.adapters import BaseAdapter

from debitoor_provider.conformance.verdict import Differs, is_difference
from debitoor_provider.services.errors import ServiceError
from debitoor_provider.services.http.call import Call, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests

    from debitoor_provider.hooks.base import ServiceHook

QueryParams = dict[str, Any]


class WriteRefused(Exception):
    """A call that might change something was about to be sent."""


class ReadOnlyAdapter(BaseAdapter):
    """Stands in front of a session's adapter, below everything else, and lets nothing through but GET.

    :param inner: the adapter that sends
    """

    def __init__(self, inner: BaseAdapter) -> None:
        super().__init__()
        self._inner = inner

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request.

        :raises WriteRefused: for any other than a GET without a body
        """
        if request.method != "GET" or request.body:
            raise WriteRefused(f"{request.method} is not sent: the suite only reads")
        return self._inner.send(request, *args, **kwargs)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer that says failure.

    :param payload: the parsed body; ``None`` when it is no JSON
    """

    status: int
    payload: Any


class Probe:
    """Asks one service, within the allowance of its connection and after whatever else uses it.

    :param hook: of the service; it is closed by the caller
    """

    def __init__(self, hook: ServiceHook[Any]) -> None:
        self._hook = hook
        self._failure: Failure | None = None
        hook.low_priority = True
        session: requests.Session = hook.client.session
        for prefix, adapter in list(session.adapters.items()):
            session.mount(prefix, ReadOnlyAdapter(adapter))
        session.hooks["response"].append(self._keep)

    def get(self, path: str, params: QueryParams | None = None, headers: Mapping[str, str] | None = None) -> Any:
        """Return the parsed body of an answer.

        :raises ServiceError: for an answer that says failure, or none
        :raises Differs: for one that is no JSON
        """
        response = self.answer(path, params, headers)
        try:
            return response.json(parse_float=Decimal)
        except ValueError:
            raise Differs("answered with success and something that is no JSON") from None

    def answer(
        self, path: str, params: QueryParams | None = None, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        """Return a whole answer that says success.

        :raises ServiceError: for one that says failure, or none
        """
        self._hook.get_conn()  # it knows then whom it asks
        call = Call("GET", "GET", path, params, Subject.ACCOUNT, headers=headers)
        response: requests.Response = self._hook.client.transport.respond(call)
        return response

    def failure(
        self, path: str, params: QueryParams | None = None, headers: Mapping[str, str] | None = None
    ) -> Failure | None:
        """Return the answer to a call that the service should refuse; ``None`` when it did not.

        :raises ServiceError: when there was no answer
        """
        self._failure = None
        try:
            self.answer(path, params, headers)
        except ServiceError as error:
            if self._failure is None or not is_difference(error):
                raise
        return self._failure

    def _keep(self, response: requests.Response, *_: Any, **__: Any) -> None:
        if response.ok:
            return
        body = response.content
        try:
            payload = json.loads(body)
        except ValueError:
            payload = None
        self._failure = Failure(response.status_code, payload)
