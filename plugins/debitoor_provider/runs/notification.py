"""A digest in words: as plain text, as HTML for mail, and as JSON for other programs."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message, Reader, labelled, words, written_for
from debitoor_provider.messages.figures import shown_as
from debitoor_provider.runs.addresses import account_place, full_address
from debitoor_provider.sync.steps.digest import code_of
from debitoor_provider.sync.text import one_line, shown

if TYPE_CHECKING:
    from debitoor_provider.sync.ledger import Entry
    from debitoor_provider.sync.steps.digest import Digest


@dataclass(frozen=True, slots=True)
class Notification:
    """What is sent.

    :param subject: one line
    :param parts: paragraphs; those in a tuple are the items of a list
    :param link: the page, empty when its address is not known
    :param facts: the same for other programs
    """

    subject: str
    parts: tuple[str | tuple[str, ...], ...]
    link: str
    facts: dict[str, Any]

    @property
    def text(self) -> str:
        """The plain text."""
        written = [part if isinstance(part, str) else "\n".join(f"• {item}" for item in part) for part in self.parts]
        return "\n\n".join([*written, *filter(None, [self.link])])

    @property
    def html(self) -> str:
        """The text as HTML."""
        written = [_paragraph(part) if isinstance(part, str) else _list(part) for part in self.parts]
        address = html.escape(self.link)
        return "\n".join([*written, *([f'<p><a href="{address}">{address}</a></p>'] if address else [])])

    @property
    def json(self) -> dict[str, Any]:
        """The text with the facts in it."""
        return {"subject": self.subject, "text": self.text, **self.facts, "link": self.link}


def notification_of(account_id: str, name: str, digest: Digest, language: str) -> Notification:
    """Return a digest in the language of those who read it.

    :param name: of the account, as people know it
    """
    reader = Reader(language, page=True)
    with written_for(reader):
        parts: list[str | tuple[str, ...]] = []
        if digest.failure:
            parts += ["" if _is_elsewhere(digest.failure) else _headline(digest.failure)]
            parts += [digest.failure.text(), digest.failure.remedy()]
        if digest.works_again:
            parts.append(Message("notice_works_again").text())
        if digest.reasons:
            parts.append(Message("notice_open" if digest.is_all else "notice_attention", count=digest.count).text())
            parts.append(tuple(f"{_called(code, reader)} ({count})" for code, count in _most_first(digest)))
            parts.append(tuple(" · ".join(filter(None, _described(entry, reader))) for entry in digest.documents))
        if more := digest.count - len(digest.documents):
            parts.append(Message("notice_more", count=more).text())
        subject = _subject(one_line(name), digest)
        facts = _facts(account_id, name, digest)
        return Notification(subject, tuple(filter(None, parts)), _link(account_id, digest), facts)


def _headline(failure: Message) -> str:
    return Message("notice_late" if failure.code in {"sync_late", "sync_never"} else "notice_failed").text()


def _subject(name: str, digest: Digest) -> str:
    if digest.failure:
        return labelled(name, digest.failure.text() if _is_elsewhere(digest.failure) else _headline(digest.failure))
    if digest.reasons:
        return labelled(name, Message("notice_attention_subject", count=digest.count).text())
    return labelled(name, Message("notice_works_again").text())


def _is_elsewhere(failure: Message) -> bool:
    """Return whether not the synchronisation failed, but a task or DAG that depends on it."""
    return failure.code in {"notice_task_failed", "notice_dag_failed"}


def _most_first(digest: Digest) -> list[tuple[str, int]]:
    return sorted(digest.reasons.items(), key=lambda pair: (-pair[1], pair[0]))


def _called(code: str, reader: Reader) -> str:
    """Return what the page calls a reason; one that it has no words for is shown as it is."""
    return words(reader.language).get(f"reason.{code}", code)


def _described(entry: Entry, reader: Reader) -> tuple[str, ...]:
    """Return number, company, amount and reason of a document; its file's name where it has no number."""
    return (
        shown(number_of(entry)),
        shown(entry.company),
        amount_of(entry, reader),
        entry.message.text() if entry.message else _called(entry.reason_code, reader),
    )


def amount_of(entry: Entry, reader: Reader) -> str:
    """Return the gross amount of a document with its currency; empty without one."""
    if entry.gross_amount is None:
        return ""
    return f"{shown_as('amount', f'{entry.gross_amount:f}', reader)} {shown(entry.currency)}".strip()


def number_of(entry: Entry) -> str:
    """Return how people call a document: by its number, else by its file's name or its id."""
    return entry.document_number or entry.source_name or entry.source_id


def _link(account_id: str, digest: Digest) -> str:
    if digest.reasons and not digest.failure:
        return full_address("/attention", account=account_id)
    return full_address(account_place(account_id))


def _facts(account_id: str, name: str, digest: Digest) -> dict[str, Any]:
    failure = digest.failure
    return {
        "account": account_id,
        "name": name,
        "failure": failure and {"code": code_of(failure), "text": failure.text(), "remedy": failure.remedy()},
        "works_again": digest.works_again,
        "attention": {
            "count": digest.count,
            "reasons": dict(_most_first(digest)),
            "documents": [
                {
                    "id": entry.source_id,
                    "number": entry.document_number,
                    "company": entry.company,
                    "amount": None if entry.gross_amount is None else f"{entry.gross_amount:f}",
                    "currency": entry.currency,
                    "code": entry.reason_code,
                    "reason": entry.message.text() if entry.message else "",
                }
                for entry in digest.documents
            ],
        },
    }


def _paragraph(text: str) -> str:
    return "<p>" + html.escape(text).replace("\n", "<br>") + "</p>"


def _list(items: tuple[str, ...]) -> str:
    return "<ul>" + "".join(f"<li>{html.escape(item)}</li>" for item in items) + "</ul>"
