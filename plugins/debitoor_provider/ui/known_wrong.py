"""What is known to be wrong with an account's settings, so that it must not be started.

The services are asked once, without retries. What they do not answer is not known to be wrong.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

from debitoor_provider.runs.airflow_names import AirflowNames
from debitoor_provider.runs.examination import answers_about
from debitoor_provider.services.errors import QuotaUsedUp, RetryError
from debitoor_provider.sync.accounts.finding import Finding
from debitoor_provider.sync.accounts.ids import DAG_ID_PREFIX
from debitoor_provider.ui.jobs import hook_of
from debitoor_provider.ui.ledger import opened_ledger
from debitoor_provider.ui.pausing import is_active

if TYPE_CHECKING:
    from debitoor_provider.sync.accounts.settings import Account


class SettingsExamination(NamedTuple):
    """What is known of settings.

    :param wrong: what keeps an account from doing what is meant
    :param unclear: why not everything could be checked; empty if it was
    """

    wrong: list[Finding]
    unclear: str


def examine(account_id: str, account: Account, before: Account | None = None) -> SettingsExamination:
    """Ask Airflow and the services about settings.

    :param before: the account's settings until now; an account that is not paused may keep a name in them that does
        not exist any more, as in a run
    """
    in_use = before if is_active(DAG_ID_PREFIX + account_id) else None
    names = AirflowNames.read(suggests=False)
    answers = answers_about(account_id, account, hook_of, opened_ledger(), waits=False)
    wrong = [*names.unusable_pool(account), *names.unusable_files(account)]
    unclear = ""
    for field, error in answers.errors:
        if isinstance(error, (RetryError, QuotaUsedUp)):
            unclear = unclear or str(error.located)
        else:
            wrong.append(Finding(field, error.message))
    wrong += [one for one in answers.unknown if _at(account, one.field) != _at(in_use, one.field)]
    return SettingsExamination(wrong, unclear)


def _at(account: Account | None, field: str) -> Any:
    return reduce(lambda section, name: getattr(section, name, None), field.split("."), account)
