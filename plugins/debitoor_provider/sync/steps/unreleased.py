"""Planned documents that may still wait, e.g. for their approval: asked about before a limit stops a run for them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from debitoor_provider.sync.ledger import State
from debitoor_provider.sync.steps.lease import LEASE, RunLeases

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.steps.job import Job

MOST_ASKED = 100  # documents that one run asks about before its limits count: each costs a call


def settle(job: Job, planned: list[Entry]) -> bool:
    """Let planned documents wait that the source has not released; return whether there are any.

    Those that have waited before are asked about first. A document that is released is asked about again when it moves.

    :param planned: what the run is to move
    """
    if not job.direction.asked:
        return False
    leases = RunLeases(job.ledger, f"{job.run_id}@waits:{uuid.uuid4().hex[:8]}", LEASE)
    any_waits = False
    for entry in sorted(planned, key=lambda entry: entry.previous_state is not State.WAITING)[:MOST_ASKED]:
        # What the target had goes there first: no filter decides about what has been sent.
        waits = None if entry.was_there else job.direction.still_waits(entry)
        if waits is None:
            continue
        try:
            for claimed in leases.claim([entry], job.run_id):
                if claimed.state is State.PLANNED:
                    job.ledger.steps.wait(claimed, waits.message)
                    any_waits = True
        finally:
            leases.release()
    return any_waits
