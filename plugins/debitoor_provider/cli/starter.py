"""The files with which an exchange begins: the DAG file, and two accounts of a company, one each way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from debitoor_provider.messages import Message
from debitoor_provider.sync.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

DAG_NAME = "debitoor_sync.py"
DAG_FILE = '''\
"""One Airflow DAG for each account file: in ``[debitoor] accounts_folder``, or in ``accounts/`` next to this file."""

from __future__ import annotations

from debitoor_provider.dag_factory import sync_dags

globals().update(sync_dags(beside=__file__))
'''
SCHEMA_NAME = "account.schema.json"

_HEAD = f"""\
# yaml-language-server: $schema={SCHEMA_NAME}
# {{comment}}
"""
_COMMON = """\
debitoor_id: {email}  # {email_comment}
frequency: {frequency}  # {frequency_comment}
connections: {{getmyinvoices: {getmyinvoices}, debitoor: {debitoor}}}
"""
_EXPORT = f"""\
{_HEAD}type: export
name: {{receipts}}
{_COMMON}rename: "{{{{document_date}}}}_{{{{company}}}}_{{{{document_number}}}}"
specification: [document_number, company, note]
archive_after_transfer: {{archive}}  # {{archive_comment}}
"""
_IMPORT = f"""\
{_HEAD}type: import
name: {{sales}}
{_COMMON}documents: [invoices, credit_notes]
defaults: {{{{document_type: SALES_INVOICE, tags: [debitoor], company: {{company}}, create_company: true}}}}
"""


def account_ids(slug: str) -> tuple[str, str]:
    """Return the ids of a company's two accounts: to Debitoor, and from there."""
    return f"{slug}-receipts", f"{slug}-sales"


def connection_ids(slug: str) -> dict[str, str]:
    """Return the id of a company's connection to each service."""
    return {service: f"{service}_{slug}" for service in ("getmyinvoices", "debitoor")}


def account_texts(slug: str, name: str, email: str, *, frequency: str, archive: bool) -> Mapping[str, str]:
    """Return the account files of a company, by account id, with comments for the current reader.

    :param slug: part of the ids of its accounts and connections
    :param name: of the company
    :param email: registered at Debitoor
    :param archive: whether documents that are in the books are archived in GetMyInvoices
    """
    name = one_line(name)
    known = {
        **connection_ids(slug),
        "email": _quoted(one_line(email)),
        "company": _quoted(name),
        "receipts": _quoted(str(Message("start_name_receipts", company=name))),
        "sales": _quoted(str(Message("start_name_sales", company=name))),
        "frequency": frequency,
        "archive": str(archive).lower(),
        "comment": Message("start_comment"),
        "email_comment": Message("start_comment_email"),
        "frequency_comment": Message("start_comment_frequency"),
        "archive_comment": Message("start_comment_archive"),
    }
    receipts, sales = account_ids(slug)
    return {receipts: _EXPORT.format(**known), sales: _IMPORT.format(**known)}


def _quoted(text: str) -> str:
    """Write a line as YAML, of which JSON is a part."""
    return json.dumps(text, ensure_ascii=False)
