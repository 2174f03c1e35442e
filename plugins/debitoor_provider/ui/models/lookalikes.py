"""Possible duplicates as the API returns them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from debitoor_provider.ui.models.common import Text, in_currency
from debitoor_provider.ui.redaction import ELSEWHERE, sees

if TYPE_CHECKING:
    from collections.abc import Mapping


class LookalikeModel(BaseModel):
    """A record that a document may be a duplicate of."""

    where: Text
    account: Text = Field(
        description="The account that it belongs to; empty for a record of the target, or if the user may not see it"
    )
    source_id: Text
    number: Text
    date: date | None
    gross: Decimal | None
    currency: Text
    party: Text
    id: int | None = Field(default=None, description="Its own number, if it is a document of the same account")

    @classmethod
    def of(cls, found: Mapping[str, Any], id_: int | None) -> LookalikeModel:
        """Return the model of a record; of a document of an account that the reader may not see, only that it is one.

        :param found: see :func:`~debitoor_provider.sync.steps.lookalikes.lookalikes`
        """
        if found["account"] and not sees(found["account"]):
            place, texts = ELSEWHERE.text(), dict.fromkeys(("account", "source_id", "number", "currency", "party"), "")
            return cls.model_validate({"where": place, **texts, "date": None, "gross": None})
        model = cls(**found, id=id_)
        return model.model_copy(update={"gross": in_currency(model.gross, model.currency)})
