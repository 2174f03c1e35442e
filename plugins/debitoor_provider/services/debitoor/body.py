"""Request bodies of Debitoor (contract sections 3.4, 5.1, 6.3, 6.4, 8)."""

from __future__ import annotations

import secrets
from decimal import Decimal
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO

from debitoor_provider.messages import Message
from debitoor_provider.services.debitoor.constants import FILE_PART, FILE_TYPES
from debitoor_provider.services.errors import FieldProblem, FileRefused, Refused

if TYPE_CHECKING:
    from requests_toolbelt.multipart.encoder import MultipartEncoder

    from debitoor_provider.services.debitoor.models import NewExpense, NewExpenseLine, NewIncome, NewIncomeLine

JSON_HEADERS = {"Content-Type": "application/json"}

_CENT = Decimal("0.01")
_LARGEST_AMOUNT = Decimal("90071992547409.91")  # 3.4


def expense_body(expense: NewExpense) -> dict[str, Any]:
    """Return an expense as it is sent; values that are not known are left out.

    :raises Refused: for an amount or rate that cannot be written with two decimals
    """
    return _filled(
        date=expense.date.isoformat(),
        lines=[_expense_line(line, f"lines.{index}") for index, line in enumerate(expense.lines)],
        fileId=expense.file_id,
        supplierId=expense.supplier_id,
        supplierName=expense.supplier_name,
        supplierCountry=expense.supplier_country,
        supplierCiNumber=expense.supplier_ci_number,
        number=expense.number,
    )


def income_body(income: NewIncome) -> dict[str, Any]:
    """Return other income as it is sent.

    :raises Refused: for an amount or rate that cannot be written with two decimals
    """
    return {
        **_filled(
            date=income.date.isoformat(),
            lines=[_income_line(line, f"lines.{index}") for index, line in enumerate(income.lines)],
            fileId=income.file_id,
            customerId=income.customer_id,
            customerName=income.customer_name,
            customerCiNumber=income.customer_ci_number,
            customerVatNumber=income.customer_vat_number,
        ),
        "customerCountry": income.customer_country or None,  # required, but may be null (8.4)
    }


def number(value: Decimal, field: str) -> int | float:
    """Return an amount or rate as the JSON number with at most two decimals that stands for exactly this value.

    :raises Refused: when there is none
    """
    if value.is_finite() and abs(value) <= _LARGEST_AMOUNT and value == value.quantize(_CENT):
        written = int(value) if value == value.to_integral_value() else float(value)
        # A float's shortest form has the very digits of the decimal, up to some 70 trillion.
        if Decimal(repr(written)) == value:
            return written
    raise Refused(Message("amount_not_in_cents"), fields=(FieldProblem(field, Message("value_not_in_cents")),))


def boundary() -> str:
    """Return a text that separates the parts of one upload."""
    return secrets.token_hex(16)


def multipart(name: str, content: BinaryIO, size: int, boundary: str) -> MultipartEncoder:
    """Return a body with the file as its one part, read from ``content`` while it is sent.

    :param size: bytes to send, from the present position on
    :param boundary: from :func:`boundary`
    :raises FileRefused: for a name whose ending is not accepted
    """
    from requests_toolbelt.multipart.encoder import MultipartEncoder

    kind = FILE_TYPES.get(PurePosixPath(name.lower()).suffix)
    if kind is None:
        raise FileRefused(Message("debitoor_file_type"))
    return MultipartEncoder({FILE_PART: (name, _Slice(content, size), kind)}, boundary)


class _Slice:
    """A stretch of a file with a known length, so that the encoder neither copies nor measures the file."""

    def __init__(self, content: BinaryIO, size: int) -> None:
        self._content = content
        self.len = size

    def read(self, amount: int = -1) -> bytes:
        wanted = self.len if amount < 0 else min(amount, self.len)
        piece = self._content.read(wanted)
        if wanted and not piece:
            raise FileRefused(Message("file_shorter_than_stated"))
        self.len -= len(piece)
        return piece


def _expense_line(line: NewExpenseLine, at: str) -> dict[str, Any]:
    charge = line.reverse_charge
    return {
        **_filled(description=line.description, categoryId=line.category_id),
        "taxRate": number(line.tax_rate, f"{at}.taxRate"),
        "priceDisplayType": "gross",
        "grossAmount": number(line.gross_amount, f"{at}.grossAmount"),
        **(
            {
                "reverseCharge": {
                    "taxRate": number(charge.tax_rate, f"{at}.reverseCharge.taxRate"),
                    "productOrService": charge.product_or_service.value,
                    "consumptionOrResale": charge.consumption_or_resale.value,
                }
            }
            if charge
            else {}
        ),
    }


def _income_line(line: NewIncomeLine, at: str) -> dict[str, Any]:
    return {
        **_filled(
            description=line.description,
            categoryId=line.category_id,
            productOrService=line.product_or_service.value if line.product_or_service else None,
        ),
        "taxEnabled": line.tax_enabled,
        "taxRate": number(line.tax_rate, f"{at}.taxRate"),
        "priceDisplayType": "gross",
        "grossAmount": number(line.gross_amount, f"{at}.grossAmount"),
    }


def _filled(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in ("", None)}
