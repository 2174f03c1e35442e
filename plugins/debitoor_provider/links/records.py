"""From a task's page in Airflow to the record that it found or made, in the service's own web application."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from airflow.sdk import BaseOperatorLink

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey

    from debitoor_provider.sync.steps.direction import Side


class _RecordLink(BaseOperatorLink):
    side: ClassVar[Side]
    """Whose record it is."""

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:  # noqa: ARG002  Airflow passes it
        """Return the address, which the task has left with its operator."""
        return str(getattr(operator, "record_urls", {}).get(self.side, ""))


class SourceRecordLink(_RecordLink):
    """Leads to the document at its source: the one that a run moved last, or the first that a sensor found.

    There is one where the connection says where people see records (``web_url``, ``sales_web_url``).
    """

    name = "Document at the source"
    side = "source"


class TargetRecordLink(_RecordLink):
    """Leads to the record that the run made last, where the connection says where people see records."""

    name = "Record at the target"
    side = "target"
