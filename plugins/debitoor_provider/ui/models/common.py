"""What the answers of the page's API have in common."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator

from debitoor_provider.runs.windows import parse_day
from debitoor_provider.sync.accounts.values import not_valid
from debitoor_provider.sync.directions import DIRECTIONS
from debitoor_provider.sync.ledger import storable
from debitoor_provider.sync.money import canonical


def _day(entered: object) -> date:
    if isinstance(entered, date) and not isinstance(entered, datetime):
        return entered
    try:
        return parse_day(entered if isinstance(entered, str) else repr(entered))
    except ValueError:
        raise not_valid("request_not_a_day") from None


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _known(direction: str) -> str:
    if direction not in DIRECTIONS:
        raise not_valid("request_not_a_choice", choices=list(DIRECTIONS))
    return direction


Text = Annotated[str, BeforeValidator(storable)]
"""Text that may come from anywhere, also from the name of a file, without what no JSON can carry."""
KnownDirection = Annotated[str, AfterValidator(_known)]
"""The name of an existing direction."""
RequestDay = Annotated[date, BeforeValidator(_day)]
"""A date of a request, as YYYY-MM-DD: without this, numbers would be taken for seconds since 1970."""
Moment = Annotated[datetime, AfterValidator(_utc)]
"""A time in UTC."""


def in_currency(amount: Decimal | None, currency: str) -> Decimal | None:
    """Return an amount in its canonical form, if there is one."""
    return None if amount is None else canonical(amount, currency)


class RunRef(BaseModel):
    """A run of Airflow."""

    dag_id: str
    dag_run_id: str

    @classmethod
    def of(cls, run_id: str | None, account: str) -> RunRef | None:
        """Read a run's id in the ledger, ``<dag id>/<run id>`` or ``<dag id>/<run id>#<account>``."""
        dag_id, slash, rest = (run_id or "").partition("/")
        return cls(dag_id=dag_id, dag_run_id=rest.removesuffix(f"#{account}")) if slash else None
