"""Both services described as OpenAPI documents, generated from their operations and the schemas of the contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.sandbox.debitoor.operations import OPERATIONS as DEBITOOR_OPERATIONS
from debitoor_provider.sandbox.debitoor.operations import PUBLIC
from debitoor_provider.sandbox.gmi.operations import OPERATIONS as GMI_OPERATIONS
from debitoor_provider.sandbox.openapi import debitoor, gmi

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from debitoor_provider.sandbox.http import Operation
    from debitoor_provider.sandbox.openapi.shapes import OperationShape, Schema

PATHS = {"gmi": "/openapi/gmi.json", "debitoor": "/openapi/debitoor.json"}
"""Where the descriptions are served."""


def describe(service: str) -> dict[str, Any]:
    """Return the OpenAPI document of a service.

    :param service: ``gmi`` or ``debitoor``
    """
    if service == "gmi":
        key = {"type": "apiKey", "in": "header", "name": "X-API-KEY"}
        return _document("GetMyInvoices Accounts API v3", GMI_OPERATIONS, gmi.SHAPES, gmi.PATH, gmi.ERROR, key)
    token = {"type": "apiKey", "in": "header", "name": "x-token"}
    return _document("Debitoor", DEBITOOR_OPERATIONS, debitoor.SHAPES, debitoor.PATH, debitoor.ERROR, token)


def _document(
    title: str,
    operations: Iterable[Operation],
    shape: Mapping[str, OperationShape],
    path: Mapping[str, Schema],
    error: Schema,
    security: Schema,
) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    seen: dict[str, int] = {}
    for operation in operations:
        seen[operation.name] = count = seen.get(operation.name, 0) + 1
        item = paths.setdefault(operation.path, {})
        ident = operation.name if count == 1 else f"{operation.name}.{count}"
        item[operation.method.lower()] = _operation(ident, operation, shape[operation.name], path, error)
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{title}, as implemented by the sandbox", "version": "1"},
        "paths": paths,
        "components": {"securitySchemes": {"key": security}},
        "security": [{"key": []}],
    }


def _operation(
    ident: str, operation: Operation, shape: OperationShape, path: Mapping[str, Schema], error: Schema
) -> dict[str, Any]:
    segments = [part[1:-1] for part in operation.path.split("/") if part[:1] == "{"]
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": path[name]} for name in segments
    ]
    parameters += [{"name": name, "in": "query", "schema": schema} for name, schema in shape.query.items()]
    described: dict[str, Any] = {
        "operationId": ident,
        "parameters": parameters,
        "responses": {
            shape.status: {
                "description": "Success",
                "content": {kind: {"schema": shape.answer} for kind in shape.kinds},
            },
            "4XX": {"description": "Refused, with the reason", "content": {"application/json": {"schema": error}}},
        },
    }
    if shape.body is not None:
        described["requestBody"] = {"required": True, "content": {shape.body_kind: {"schema": shape.body}}}
    if operation.name in PUBLIC:
        described["security"] = []
    return described
