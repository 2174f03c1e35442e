"""The name that a document gets at the target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debitoor_provider.sync.naming.filename import file_name, split_name

if TYPE_CHECKING:
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
