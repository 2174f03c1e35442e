"""Records that pass from task to task: what the clients return and take survives Airflow's XCom to the digit.

Airflow asks an object for ``serialize`` and its class for ``deserialize``; its own way with dataclasses turns amounts
into binary floats and loses what is nested.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, ClassVar, Self

from pydantic import Base64Encoder, EncodedBytes, TypeAdapter

FileContent = Annotated[bytes, EncodedBytes(encoder=Base64Encoder)]
"""The bytes of a file; as base64 where a record is serialized."""


class Value:
    """The base of the records of both services, which are frozen dataclasses."""

    __slots__ = ()
    __version__: ClassVar[int] = 1
    """Of the serialized form, as Airflow keeps it with each value."""

    def serialize(self) -> dict[str, Any]:
        """Return the record as JSON keeps it: amounts and dates as texts, files as base64.

        Halves of surrogate pairs, as a careless service cuts them, become U+FFFD: no database stores them.
        """
        plain = _adapter(type(self)).dump_python(self, mode="json")
        text = json.dumps(plain, ensure_ascii=False).encode(errors="surrogatepass").decode(errors="replace")
        known: dict[str, Any] = json.loads(text)
        return known

    @classmethod
    def deserialize(cls, data: dict[str, Any], version: int) -> Self:
        """Return the record that :meth:`serialize` wrote.

        :raises TypeError: when a newer version of the provider wrote it
        """
        if version > cls.__version__:
            raise TypeError(f"{cls.__name__} was written by a newer version of this provider: upgrade it here, too")
        value: Self = _adapter(cls).validate_python(data)
        return value


_adapters: dict[str, TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """Return what reads and writes a class, made at its first use."""
    name = f"{kind.__module__}.{kind.__name__}"
    if name not in _adapters:
        _adapters[name] = TypeAdapter(kind)
    return _adapters[name]
