"""The report step: what a run came to, and whether somebody has to look at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from debitoor_provider.messages import Message
    from debitoor_provider.sync.steps.job import Job

STOPPED = "stopped"
"""The verdict of a run that stays until a person has corrected something."""
WENT_THROUGH = ("success", "rejected")
"""The verdicts of runs that did all they had to; what was rejected is in the list of what needs attention."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run.

    :param counts: documents by what happened to them in this run
    :param verdict: ``success``; ``rejected`` when a document was newly rejected; ``failed`` when a step failed, and
        ``stopped`` when it did because a person has to correct something first
    :param text: why it failed, in plain words; empty when it did not
    :param warnings: what somebody should see to although it did not make the run fail
    """

    counts: Mapping[str, int]
    verdict: str
    text: str = ""
    warnings: Sequence[Message] = ()


def report(job: Job, failed_steps: Sequence[str] = ()) -> Report:
    """Count a run's documents, give the run its verdict and write both into the ledger.

    A newly rejected document makes its run fail once. A held one does not: the account's own rules foresee it, and it
    stays in the list of what needs attention.

    :param failed_steps: steps of the run that failed
    """
    run = job.ledger.runs.get(job.run_id)
    counts = job.ledger.runs.counts(job.run_id)
    reasons = []
    if failed_steps:
        known = f": {run.error}" if run and run.error else ""
        reasons.append(f"The step {' and '.join(failed_steps)} failed{known}")
    if rejected := counts.get("rejected", 0):
        documents = "1 document was" if rejected == 1 else f"{rejected} documents were"
        reasons.append(f"{documents} rejected. See what needs attention: airflow debitoor documents list --attention")
    if failed_steps:
        verdict = STOPPED if run and run.verdict == STOPPED else "failed"
    else:
        verdict = "rejected" if rejected else "success"
    text = "\n".join(reasons)
    if run is not None:
        job.ledger.runs.finish(job.run_id, counts=dict(run.counts) | dict(counts), verdict=verdict, error=text)
    return Report(counts, verdict, text, run.warnings if run else ())
