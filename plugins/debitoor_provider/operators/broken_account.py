"""The only task of an account whose file has to be corrected first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context


class BrokenAccountOperator(BaseOperator):
    """Fail with what is wrong in the account file.

    :param problems: each names file, line, field and remedy
    """

    template_fields: Sequence[str] = ()
    ui_color = "#f8d7da"

    def __init__(self, *, problems: Sequence[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.problems = list(problems)

    def execute(self, context: Context) -> None:
        """Show the problems and run nothing."""
        from debitoor_provider.runs.metrics import count_failure

        count_failure(context, type(self).__name__)
        raise AirflowFailException("\n".join(self.problems))
