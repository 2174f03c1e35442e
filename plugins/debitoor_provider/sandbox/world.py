"""The state of a sandbox, as the handlers access it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from debitoor_provider.sandbox.clock import SandboxClock
from debitoor_provider.sandbox.companies import CompanyRegistry
from debitoor_provider.sandbox.deferred import DeferredWrites
from debitoor_provider.sandbox.faults import Faults
from debitoor_provider.sandbox.limits import RateLimiter
from debitoor_provider.sandbox.log import Log
from debitoor_provider.sandbox.store import SandboxStore

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True)
class World:
    """The state of one running sandbox."""

    store: SandboxStore
    companies: CompanyRegistry
    log: Log
    faults: Faults
    clock: SandboxClock = field(default_factory=SandboxClock)
    limiter: RateLimiter = field(default_factory=RateLimiter)
    deferred: DeferredWrites = field(default_factory=DeferredWrites)
    random: random.Random = field(default_factory=lambda: random.Random(0))

    @classmethod
    def open(cls, folder: Path) -> World:
        """Return the world stored in a folder, an empty one if the folder is new."""
        store = SandboxStore(folder)
        return cls(store, CompanyRegistry(store), Log(store), Faults(store))

    def reset(self) -> None:
        """Delete everything: companies, data, faults, log and clock settings."""
        self.store.empty()
        self.companies.forget_all()
        self.faults.reload()
        self.log.restart()
        self.limiter.forget()
        self.deferred.clear()
        self.clock.set()

    def new_id(self) -> str:
        """Return a new Debitoor id: 24 hexadecimal characters that grow (D 3.4)."""
        count = self.store.value(
            "INSERT INTO meta VALUES ('ids', '1') ON CONFLICT (key) DO UPDATE SET value = value + 1 RETURNING value"
        )
        seconds = int(self.clock.now("debitoor").timestamp())
        return f"{seconds:08x}5eb10c0d{int(count):08x}"
