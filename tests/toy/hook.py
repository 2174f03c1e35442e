"""Airflow's door to the toy service: a connection of the type ``folder``, its path in the host."""

from __future__ import annotations

from functools import cached_property
from typing import Self

from airflow.sdk import BaseHook, Connection

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import ServiceError
from tests.toy.folder import Folder


class FolderHook(BaseHook):
    """What the package asks of a hook."""

    conn_name_attr = "folder_conn_id"
    default_conn_name = "folder_default"
    conn_type = "folder"
    hook_name = "Folder"

    def __init__(self, folder_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.http_conn_id = folder_conn_id
        self.low_priority = False
        self._given: Connection | None = None

    @classmethod
    def of(cls, connection: Connection) -> Self:
        hook = cls(connection.conn_id)
        hook._given = connection
        return hook

    @cached_property
    def client(self) -> Folder:
        return self.client_without_retries()

    def client_without_retries(self) -> Folder:
        return Folder((self._given or self.get_connection(self.http_conn_id)).host or "")

    def test_connection(self) -> tuple[bool, str]:
        try:
            found, _ = self.examine()
        except ServiceError as error:
            return False, str(error)
        return True, str(found)

    def examine(self) -> tuple[Message, list[Message]]:
        self.client.check()
        return Message("connected", account=str(self.client.path)), []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...
