"""The name that a document gets at the target, and a look at names before they count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.naming.filename import file_name, name_key, split_name, unique

if TYPE_CHECKING:
    from collections.abc import Iterable

    from debitoor_provider.services.getmyinvoices.models import Document
    from debitoor_provider.sync.naming.template import Template


def document_name(template: Template, document: Document) -> str:
    """Name a document's file; the extension of the original is kept, an empty pattern keeps the whole name.

    A document of whose name nothing can be kept is called ``document-<uid>``. The name may be in use already:
    :func:`~.filename.unique` settles that.
    """
    original, extension = split_name(document.filename)
    stem = template.render(document) if template.parts else original
    return file_name(stem, extension, fallback=f"document-{document.document_uid}")


def preview(template: Template, documents: Iterable[Document]) -> list[tuple[str, str]]:
    """Tell each document's present name and the one it would get, clashes among them settled."""
    taken: set[str] = set()
    names = []
    for document in documents:
        name = unique(document_name(template, document), taken)
        taken.add(name_key(name))
        names.append((document.filename, name))
    return names
