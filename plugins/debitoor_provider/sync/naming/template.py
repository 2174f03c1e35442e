"""The renaming pattern (contract A-22): text with placeholders in braces, and nothing else.

The grammar is closed: ``{name}``, ``{name:form}``, and ``{{`` and ``}}`` for braces themselves. A pattern cannot reach
anything but the values that :mod:`~debitoor_provider.sync.naming.placeholders` lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from debitoor_provider.messages import Message
from debitoor_provider.sync.naming.placeholders import PLACEHOLDERS
from debitoor_provider.sync.text import nearest, shorten

if TYPE_CHECKING:
    from collections.abc import Callable

    from debitoor_provider.services.getmyinvoices.models import Document


class TemplateError(ValueError):
    """A pattern that cannot be read.

    :param position: index of the character where it goes wrong
    :param message: what is wrong, and what to write instead
    """

    def __init__(self, position: int, message: Message) -> None:
        super().__init__(str(message))
        self.position = position
        self.message = message


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A place in a pattern that a value of the document takes."""

    name: str
    read: Callable[[Document], Any]
    show: Callable[[Any], str]

    def render(self, document: Document) -> str:
        """Write the document's value; a missing one is an empty text."""
        value = self.read(document)
        return "" if value is None else self.show(value)


@dataclass(frozen=True, slots=True)
class Template:
    """A renaming pattern that was read."""

    text: str
    parts: tuple[str | Placeholder, ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """Read a pattern.

        :raises TemplateError: when it does not keep to the grammar, or names what is not there
        """
        return cls(text, tuple(_parts(text)))

    def render(self, document: Document) -> str:
        """Write the stem of a document's name; :func:`~.filename.file_name` makes it fit for a file."""
        return "".join(part if isinstance(part, str) else part.render(document) for part in self.parts)


def _parts(text: str) -> list[str | Placeholder]:
    parts: list[str | Placeholder] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char not in "{}":
            end = min((place for place in (text.find("{", at), text.find("}", at)) if place >= 0), default=len(text))
            parts.append(text[at:end])
            at = end
        elif text[at : at + 2] == char * 2:
            parts.append(char)
            at += 2
        elif char == "}":
            raise TemplateError(at, Message("template_brace_closed", position=at + 1))
        else:
            end = text.find("}", at)
            if end < 0:
                raise TemplateError(at, Message("template_brace_open", position=at + 1))
            parts.append(_placeholder(text[at + 1 : end], at))
            at = end + 1
    return parts


def _placeholder(body: str, at: int) -> Placeholder:
    name, colon, form = body.partition(":")
    if name not in PLACEHOLDERS:
        near = nearest(name, PLACEHOLDERS)
        hint = Message("did_you_mean", value=f"{{{near}}}") if near else None
        placeholder = f"{{{shorten(name, 40)}}}"
        params = {"placeholder": placeholder, "hint": hint, "names": list(PLACEHOLDERS)}
        raise TemplateError(at, Message("template_unknown", position=at + 1, **params))
    kind, read = PLACEHOLDERS[name]
    if not colon:
        return Placeholder(name, read, kind.default)
    show = kind.form(form)
    if show is None:
        code = "template_form" if kind.forms else "template_no_form"
        at += 2 + len(name)
        params = {"placeholder": f"{{{name}}}", "form": shorten(form, 40), "forms": Message(kind.forms)}
        raise TemplateError(at, Message(code, position=at + 1, **params))
    return Placeholder(name, read, show)
