"""What an export's settings name at the services, which may not exist there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured, PathGone, PermissionMissing, Refused
from debitoor_provider.sync.accounts.finding import Finding
from debitoor_provider.sync.accounts.values import did_you_mean, quoted
from debitoor_provider.sync.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from debitoor_provider.services.debitoor.client import DebitoorClient
    from debitoor_provider.services.getmyinvoices.models import Company
    from debitoor_provider.sync.accounts.settings import ExportAccount

_NOT_LISTED = (PathGone, PermissionMissing, Refused)


def require_category(account: ExportAccount, debitoor: DebitoorClient) -> None:
    """Make sure that Debitoor has the category that every line gets.

    Where Debitoor does not list its categories (contract A26), whether there is one is found when it is booked.

    :raises Misconfigured: when Debitoor has no such category: it would refuse each document (A25)
    """
    wanted = account.category
    if not wanted:
        return
    try:
        known = {category.id: category.name for category in debitoor.categories()}
    except _NOT_LISTED:
        return
    if known and wanted not in known:
        named = [id_ for id_, name in known.items() if fold(name) == fold(wanted)]  # the name was written
        hint = Message("did_you_mean", value=named[0]) if named else did_you_mean(wanted, known)
        message = Message("category_missing", category=quoted(wanted), hint=hint)
        raise Misconfigured(message, service="Debitoor", operation="list_categories")


def unknown_names(
    account: ExportAccount, list_companies: Callable[[], Sequence[Company]], list_tags: Callable[[], Sequence[str]]
) -> Iterator[Finding]:
    """Return companies and tags of the filter that GetMyInvoices does not have. They may come later.

    :param list_companies: asks for the companies; called where the filter names some
    :param list_tags: asks for the tags, likewise
    """
    rule = account.filter
    companies = {"include": rule.companies.include, "exclude": rule.companies.exclude}
    if any(companies.values()):
        listed = list_companies()
        names, uids = [company.name for company in listed if company.name], {one.company_uid for one in listed}
        folded = {fold(name) for name in names}
        for side, refs in companies.items():
            for ref in refs:
                if ref in uids if isinstance(ref, int) else fold(ref) in folded:
                    continue
                code = "filter_company_number" if isinstance(ref, int) else "filter_company_name"
                hint = None if isinstance(ref, int) else did_you_mean(ref, names)
                message = Message(code, company=ref if isinstance(ref, int) else quoted(ref), hint=hint)
                yield Finding(f"filter.companies.{side}", message)
    tags = {"any": rule.tags.any, "all": rule.tags.all, "none": rule.tags.none}
    if any(tags.values()):
        known = list_tags()
        folded = set(map(fold, known))
        for which, wanted in tags.items():
            for tag in wanted:
                if fold(tag) not in folded:
                    message = Message("filter_tag_unknown", tag=quoted(tag), hint=did_you_mean(tag, known))
                    yield Finding(f"filter.tags.{which}", message)
