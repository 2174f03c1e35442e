"""What a service refuses altogether until a person has fixed it: tokens, keys, rights and allowances."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from debitoor_provider.services.errors import (
    CredentialsRefused,
    Misconfigured,
    PermissionMissing,
    QuotaUsedUp,
    RateLimited,
    RetryError,
    ServiceError,
    WrongUserAgent,
)
from debitoor_provider.services.getmyinvoices.client import GetMyInvoicesClient
from debitoor_provider.services.pacing.pacer import Allowance, Pacer

if TYPE_CHECKING:
    from tests.sync.stage import Stage

Way = Literal["export", "import"]
_BOTH: tuple[Way, ...] = ("export", "import")


@dataclass(frozen=True)
class Refusal:
    """One reason why nothing goes any more.

    :param begin: lets it begin
    :param fix: what the person does
    :param service: who refuses
    :param error: what the run ends with
    :param says: what its message names
    :param at_documents: whether it shows only when a document is under way, of which several are at once
    :param of_connection: whether it is the connection's own, and not what the service knows
    """

    begin: Callable[[Stage], None]
    fix: Callable[[Stage], None]
    service: Literal["gmi", "debitoor"]
    error: type[ServiceError]
    says: str
    ways: tuple[Way, ...] = _BOTH
    at_documents: bool = False
    of_connection: bool = False


def _revoke(stage: Stage) -> None:
    old = stage.company.debitoor_token
    stage.company.revoke_token()
    stage.company.debitoor_token = old  # which the connection still has


def _give_anew(stage: Stage) -> None:
    stage.company.new_token()
    stage.connect()


def _take_the_wrong_token(stage: Stage) -> None:
    other = stage.sandbox.create_company("Other GmbH", limits=None)
    own, stage.company.debitoor_token = stage.company.debitoor_token, other.debitoor_token
    stage.connect()
    stage.company.debitoor_token = own


def _with(stage: Stage, **options: Any) -> None:
    """Log in to GetMyInvoices with other settings of the connection."""
    company, backoff = stage.company, stage.gmi.transport._backoff
    usual = {"api_key": company.gmi_api_key, "account_id": company.gmi_account_id, "base_url": stage.sandbox.gmi_url}
    stage.gmi.close()
    stage.gmi = GetMyInvoicesClient(**{**usual, "allow_http": True, "proxy": "", "backoff": backoff, **options})


def _own_allowance(calls: int) -> Callable[[Stage], None]:
    return lambda stage: _with(stage, pacing=Pacer(stage.company.gmi_api_key, Allowance(per_day=calls)))


REFUSALS: Mapping[str, Refusal] = {
    "revoked token": Refusal(_revoke, _give_anew, "debitoor", CredentialsRefused, "new token in the connection"),
    "token of another company": Refusal(
        _take_the_wrong_token,
        lambda stage: stage.connect(),
        "debitoor",
        Misconfigured,
        "but the account is meant for",
        of_connection=True,
    ),
    "blocked key": Refusal(
        lambda stage: stage.company.block_key(),
        lambda stage: stage.company.unblock_key(),
        "gmi",
        CredentialsRefused,
        "Unblock it in GetMyInvoices",
    ),
    "cancelled account": Refusal(
        lambda stage: stage.company.cancel_account(),
        lambda stage: stage.company.unblock_key(),
        "gmi",
        CredentialsRefused,
        "Renew the account",
    ),
    "mistyped key": Refusal(
        lambda stage: _with(stage, api_key="aaaa-bbbb-cccc"),
        lambda stage: stage.connect(),
        "gmi",
        CredentialsRefused,
        "enter it in the connection",
        of_connection=True,
    ),
    "another account's number": Refusal(
        lambda stage: _with(stage, account_id="G-999999999-0"),
        lambda stage: stage.connect(),
        "gmi",
        WrongUserAgent,
        "in the connection",
        of_connection=True,
    ),
    "a key that may only read": Refusal(
        lambda stage: stage.company.switch(permission="read"),
        lambda stage: stage.company.switch(permission="full"),
        "gmi",
        PermissionMissing,
        "full access in GetMyInvoices",
        at_documents=True,
    ),
    "uploads of the hour": Refusal(
        lambda stage: stage.company.limit(gmi_uploads_per_hour=0),
        lambda stage: stage.company.limit(gmi_uploads_per_hour=None),
        "gmi",
        RetryError,
        "next hour",
        ways=("import",),
        at_documents=True,
    ),
    "own allowance of the day": Refusal(
        _own_allowance(1),
        _own_allowance(10_000),
        "gmi",
        QuotaUsedUp,
        "larger allowance",
        ways=("export",),
        of_connection=True,
    ),
    "allowance of the day": Refusal(
        lambda stage: stage.company.limit(gmi_per_day=1),
        lambda stage: stage.company.limit(gmi_per_day=None),
        "gmi",
        RateLimited,
        "next call is possible in about 2",
        ways=("export",),
    ),
}
