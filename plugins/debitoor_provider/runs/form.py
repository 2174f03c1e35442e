"""What a person may enter when they trigger a run, checked before anything is asked of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.services.errors import Misconfigured
from debitoor_provider.services.spelling import switch_of
from debitoor_provider.sync.text import nearest

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

_DRY_RUN = "dry_run"
FORM = ("from", "to", "document_ids", _DRY_RUN)
"""The keys of the trigger form (see :mod:`debitoor_provider.dag_factory`)."""

_SHOWN = 60
"""Characters of an entry that an error repeats."""


def check_form(conf: Mapping[str, Any] | None, given: Container[str]) -> None:
    """Check the keys of a triggered run, and values that Airflow's own check of the form lets pass.

    Airflow accepts keys that no parameter declares, and may be configured to pass none on; the defaults of a run move
    documents.

    :param conf: as the run was triggered
    :param given: the keys that the step was given a value for
    :raises Misconfigured: naming the key, and the one that was probably meant
    """
    conf = conf or {}
    for key in conf:
        if key not in FORM:
            meant = nearest(str(key), FORM)
            keys = ", ".join(FORM)
            shown = repr(str(key)[:_SHOWN])
            message = (
                Message("form_unknown_key_meant", key=shown, meant=meant, keys=keys)
                if meant
                else Message("form_unknown_key", key=shown, keys=keys)
            )
            raise Misconfigured(message, operation="plan")
    ids = conf.get("document_ids")
    if ids is not None and not any(str(part).strip() for part in ids):
        raise Misconfigured(Message("form_no_documents"), operation="plan")
    for key, value in conf.items():
        if value and key not in given:
            raise Misconfigured(Message("form_not_passed_on", key=key), operation="plan")


def to_switch(field: str, answer: object) -> bool:
    """Return whether a switch is on, which a template may have made a text; nothing at all is off.

    :param field: its name, for the error
    :raises Misconfigured: for what says neither yes nor no
    """
    is_on = False if str(answer) == "None" else switch_of(str(answer))
    if is_on is None:
        message = Message("form_not_a_switch", field=field, text=repr(str(answer)[:_SHOWN]))
        raise Misconfigured(message, operation="plan")
    return is_on


def require_read(conf: Mapping[str, Any] | None, read: Container[str]) -> None:
    """Refuse what a run of another DAG was triggered with if no step reads it: the run would move documents.

    Keys of the DAG's own are none of our business, unless they look like ``dry_run``.

    :param conf: as the run was triggered
    :param read: the keys of :data:`FORM` that the step was given a value for
    :raises Misconfigured: naming the key
    """
    for key, value in (conf or {}).items():
        meant = key if key in FORM else nearest(str(key), (_DRY_RUN,))
        if meant and meant not in read and value not in (None, "", False, [], "False", "false"):
            message = Message("form_not_read", key=repr(str(key)[:_SHOWN]), meant=meant)
            raise Misconfigured(message, operation="plan")
