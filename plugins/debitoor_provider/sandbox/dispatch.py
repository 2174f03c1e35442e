"""The ASGI application: route calls to the two services, and run each in one transaction with its log entry."""

from __future__ import annotations

import asyncio
import logging
from copy import copy
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl

from debitoor_provider.sandbox import contract
from debitoor_provider.sandbox.clock import epoch_now, http_date
from debitoor_provider.sandbox.debitoor.service import Debitoor
from debitoor_provider.sandbox.delivery.connections import transport_of
from debitoor_provider.sandbox.delivery.content_faults import replace_content, replace_headers
from debitoor_provider.sandbox.delivery.sending import Receive, Send, deliver
from debitoor_provider.sandbox.delivery.transport_faults import deliver_with_fault
from debitoor_provider.sandbox.gmi.service import GetMyInvoices
from debitoor_provider.sandbox.http import ReceivedCall, Reply

if TYPE_CHECKING:
    from debitoor_provider.sandbox.companies import Company
    from debitoor_provider.sandbox.faults import Fault
    from debitoor_provider.sandbox.router import Match, Router
    from debitoor_provider.sandbox.world import World

_LOG = logging.getLogger("sandbox")


class Service(Protocol):
    """What the dispatcher needs of a service."""

    name: str
    router: Router

    def identify(self, call: ReceivedCall) -> Company | None:
        """Return the company whose key or token the call carries."""

    def answer(self, call: ReceivedCall, match: Match) -> Reply:
        """Check the call and handle it."""

    def error(self, company: Company | None, status: int, code: int, text: str) -> Reply:
        """Return the service's own error answer."""

    def insert_row(self, call: ReceivedCall) -> None:
        """Add a row at the head of the list that the call has read."""


class Dispatcher:
    """Both services; ``fallback`` is the ASGI application for all other paths."""

    def __init__(self, world: World, fallback: Any) -> None:
        self.world = world
        self._fallback = fallback
        gmi: Service = GetMyInvoices()
        debitoor: Service = Debitoor()
        self._services = ((contract.GMI_PREFIX, gmi), (contract.DEBITOOR_PREFIXES, debitoor))

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] == "http":
            self.world.deferred.run_due(self.world.clock.now())
            path = scope["path"]
            for prefixes, service in self._services:
                if path.startswith(prefixes):
                    await self._serve(service, scope, receive, send)
                    return
        await self._fallback(scope, receive, send)

    async def _serve(self, service: Service, scope: Any, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        if body is None:
            return  # the client disconnected before the end of its request: the call has no effect
        arrived = epoch_now()
        world, method, path = self.world, scope["method"], scope["path"]
        match = service.router.match(method, path)
        query = scope["query_string"].decode("latin-1")
        call = ReceivedCall(
            world=world,
            time=world.clock.now(service.name),
            operation=match.operation.name if match.operation else f"{service.name}.unknown",
            method=method,
            path=path,
            params=match.params,
            query=parse_qsl(query, keep_blank_values=True) if query else [],
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            body=body,
        )
        caller = service.identify(call)
        fault = world.faults.pick(call.operation, method, path, caller.id if caller else None)
        transport = transport_of(scope) if fault else None
        if fault and fault.effect == "latency" and fault.when == "before":
            await asyncio.sleep(fault.seconds)
        if fault and fault.effect == "deliver_twice":
            self._run(service, copy(call), match, fault, query, arrived)
        reply = self._run(service, call, match, fault, query, arrived)
        if fault is None or transport is None:
            await deliver(reply, send)
            return
        if fault.effect == "latency" and fault.when == "after":
            await asyncio.sleep(fault.seconds)
        await deliver_with_fault(reply, fault, transport, receive, send)

    def _run(
        self, service: Service, call: ReceivedCall, match: Match, fault: Fault | None, query: str, arrived: float
    ) -> Reply:
        """Execute one call in one transaction: its effect, the log rows of the effect and the log row of the call.

        The call gets its number, time and caller only here, after any latency: reading the log by number misses
        nothing, and a token that was revoked in the meantime no longer works.
        """
        world = self.world
        call.seq, call.time, call.caller = world.log.next_seq(), world.clock.now(service.name), service.identify(call)

        def error(status: int, code: int, text: str) -> Reply:
            return service.error(call.caller, status, code, text)

        if fault:
            call.fault = fault.effect
        with world.store.transaction():
            world.faults.save_counts()
            if fault and fault.skips_handler:
                reply = error(503, 503, "Service unavailable")
            else:
                reply = self._answer(service, call, match)
            if fault and fault.effect == "insert_row" and reply.status == 200 and call.caller:
                service.insert_row(call)
            if fault and fault.effect == "late_commit":
                due = world.clock.now() + timedelta(seconds=fault.seconds)
                world.deferred.add(due, lambda: self._commit_late(service, call, match))
            if fault:
                reply = replace_content(reply, fault, error, call.time)
            reply.headers.append(("date", http_date(call.time)))
            if fault and fault.headers:
                replace_headers(reply, fault)
            world.log.call(
                call.seq,
                time=arrived,
                company=call.caller.id if call.caller else None,
                service=service.name,
                operation=call.operation,
                method=call.method,
                path=call.path,
                query=query,
                status=reply.status,
                request_bytes=len(call.body),
                response_bytes=len(reply.body),
                fault=f"{fault.effect}:{fault.when}" if fault else None,
                user_agent=call.headers.get("user-agent", ""),
            )
        return reply

    def _commit_late(self, service: Service, call: ReceivedCall, match: Match) -> None:
        call.time, call.caller = self.world.clock.now(service.name), service.identify(call)
        with self.world.store.transaction():
            self._answer(service, call, match)

    def _answer(self, service: Service, call: ReceivedCall, match: Match) -> Reply:
        try:
            with self.world.store.savepoint():
                return service.answer(call, match)
        except Exception:  # noqa: BLE001 - an error in one call must not end the server
            _LOG.exception("%s failed", call.operation)
            return service.error(call.caller, 500, 500, "Internal error")


async def _read(receive: Receive) -> bytes | None:
    """Return the whole body, or None if the client disconnected or sent too much."""
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        return bytes(message.get("body", b""))
    chunks, size = [], 0
    while message["type"] == "http.request":
        chunk = message.get("body", b"")
        chunks.append(chunk)
        size += len(chunk)
        if size > contract.MAX_REQUEST_BYTES:
            return None
        if not message.get("more_body"):
            return b"".join(chunks)
        message = await receive()
    return None
