"""What the service computes from the lines of an expense or income (D 6.4, A22, A23)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_CENT = Decimal("0.01")


def computed(body: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the amounts of a validated body.

    :return: its computed properties, ``lines`` included, and the errors found
    """
    errors: list[dict[str, Any]] = []
    lines = [_line(line, index, errors) for index, line in enumerate(body["lines"])]
    if errors:
        return {}, errors
    gross = sum((Decimal(line["grossAmount"]) for line in lines), Decimal(0))
    net = sum((Decimal(line["netAmount"]) for line in lines), Decimal(0))
    paid = sum((Decimal(payment["amount"]) for payment in body.get("payments", ())), Decimal(0))
    return {
        "lines": lines,
        "totalGrossAmount": gross,
        "totalNetAmount": net,
        "totalTaxAmount": gross - net,
        "unpaidAmount": gross + paid,
        "taxGroups": tax_groups(lines),
    }, []


def tax_groups(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return net and tax per rate, in the order in which the rates appear."""
    groups: dict[Decimal, dict[str, Any]] = {}
    for line in lines:
        rate = Decimal(line["taxRate"])
        group = groups.setdefault(rate, {"taxRate": rate, "netAmount": Decimal(0), "taxAmount": Decimal(0)})
        group["netAmount"] += line["netAmount"]
        group["taxAmount"] += line["taxAmount"]
    return list(groups.values())


def _line(line: dict[str, Any], index: int, errors: list[dict[str, Any]]) -> dict[str, Any]:
    rate = 1 + Decimal(line["taxRate"]) / 100
    given = line.get("priceDisplayType") or ("net" if "netAmount" in line and "grossAmount" not in line else "gross")
    source = f"{given}Amount"
    if source not in line:
        errors.append({"property": f"lines.{index}.{source}", "message": "is required"})
        return line
    amount = Decimal(line[source])
    gross, net = (amount, _rounded(amount / rate)) if given == "gross" else (_rounded(amount * rate), amount)
    completed = line | {"priceDisplayType": given, "grossAmount": gross, "netAmount": net, "taxAmount": gross - net}
    if charge := line.get("reverseCharge"):
        tax = _rounded(net * Decimal(charge["taxRate"]) / 100)
        completed["reverseCharge"] = charge | {"taxAmount": tax}
    return completed


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)
