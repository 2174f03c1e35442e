"""Load a folder of PDFs described by a ``documents.json``."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from gettext import gettext
from typing import TYPE_CHECKING

from debitoor_provider.sandbox import people_actions

if TYPE_CHECKING:
    from pathlib import Path

    from debitoor_provider.sandbox.companies import Company
    from debitoor_provider.sandbox.world import World


def load(world: World, company: Company, folder: Path) -> list[int]:
    """Store each described file as a document; null or empty values stay empty.

    :return: the uids, in the order of the description
    :raises ValueError: if a file differs from its description
    """
    described = json.loads((folder / "documents.json").read_text("utf-8"), parse_float=Decimal)
    uids = []
    with world.store.transaction():
        for item in described:
            content = (folder / item["filename"]).read_bytes()
            if len(content) != item["bytes"] or hashlib.sha256(content).hexdigest() != item["sha256"]:
                raise ValueError(gettext("%s is not the file that documents.json describes") % item["filename"])
            fields = {name: item[name] for name in _FIELDS if name in item}
            uids.append(
                people_actions.add_document(
                    world, company, content, item["filename"],
                    supplier=item["supplier"] or "", supplier_country=item["country"] or "", **fields,
                )
            )  # fmt: skip
    return uids


_FIELDS = (
    "document_number", "document_date", "net_amount", "gross_amount", "tax_rates", "currency", "document_type",
)  # fmt: skip
