"""What a step reads and writes, for OpenLineage's provider, if that is installed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from debitoor_provider.sync.directions import row_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.providers.openlineage.extractors import OperatorLineage

    from debitoor_provider.sync.steps.direction import Side
    from debitoor_provider.sync.steps.job import Job

_FACET = "debitoor_sync"


@dataclass(slots=True)
class Lineage:
    """What a step reads and writes.

    :param inputs: namespaces and names of the datasets that it reads
    :param outputs: of those that it writes
    :param facts: what the run moved, as in the account's asset event; empty when it moved nothing
    """

    inputs: list[tuple[str, str]]
    outputs: list[tuple[str, str]]
    facts: dict[str, Any] = field(default_factory=dict)


def lineage_of(job: Job, reads: Sequence[Side], writes: Sequence[Side]) -> Lineage:
    """Return what a step of an account reads and writes.

    The records of a service in the books of a connection are a dataset, such as ``expenses`` of
    ``debitoor://debitoor_acme``.
    """
    return Lineage([_dataset(job, side) for side in reads], [_dataset(job, side) for side in writes])


def to_openlineage(lineage: Lineage) -> OperatorLineage | None:
    """Return it as OpenLineage's provider takes it; ``None`` where that is not installed."""
    try:
        from airflow.providers.openlineage.extractors import OperatorLineage
        from openlineage.client.event_v2 import InputDataset, OutputDataset
        from openlineage.client.facet_v2 import RunFacet, output_statistics_output_dataset
    except ImportError:
        return None
    written: dict[str, Any] = {}
    if lineage.facts:
        number = lineage.facts["documents"]
        facet = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=number)
        written = {"outputStatistics": facet}
    return OperatorLineage(
        inputs=[InputDataset(namespace=namespace, name=name) for namespace, name in lineage.inputs],
        outputs=[
            OutputDataset(namespace=namespace, name=name, outputFacets=written) for namespace, name in lineage.outputs
        ],
        run_facets={_FACET: RunFacet().with_additional_properties(**lineage.facts)} if lineage.facts else {},
    )


def _dataset(job: Job, side: Side) -> tuple[str, str]:
    row = row_of(job.account)
    service = row.source if side == "source" else next(name for name in row.hooks if name != row.source)
    return f"{service}://{job.account.connection_of(service)}", row.records.get(side, "records")
