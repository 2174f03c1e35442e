"""The HTTP connection to the admin API of one sandbox, and the addresses of its services."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Self

import requests

from debitoor_provider.sandbox import contract, json_codec

JsonObject = dict[str, Any]


class AdminSession:
    """A connection to one running sandbox.

    :param base_url: such as ``http://127.0.0.1:8123``
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.gmi_url = self.base_url + contract.GMI_BASE
        self.debitoor_url = self.base_url
        self.authorize_url = self.base_url + contract.AUTHORIZE
        self.token_url = self.base_url + contract.ACCESS_TOKEN
        self._session = requests.Session()
        self._session.trust_env = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def call(self, method: str, path: str, body: Any = None, *, params: JsonObject | None = None) -> Any:
        """Call the admin API and return the parsed body.

        :raises ValueError: if the call is refused, with the reason
        """
        response = self.request(method, path, body, params=params)
        return response.json(parse_float=Decimal)

    def request(
        self, method: str, path: str, body: Any = None, *, params: JsonObject | None = None
    ) -> requests.Response:
        """Call the admin API and return the response.

        :raises ValueError: as :meth:`call`
        """
        response = self._session.request(
            method,
            self.base_url + contract.ADMIN + path,
            data=None if body is None else json_codec.dumps(body),
            headers={"Content-Type": "application/json"},
            params=params,
            timeout=600,
        )
        if response.status_code >= 400:
            raise ValueError(f"{method} {path}: {response.status_code} {response.text}")
        return response
