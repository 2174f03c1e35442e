"""Uploading, changing and deleting documents (G 6, 7.1, 7.2)."""

from __future__ import annotations

import hashlib

from debitoor_provider.sandbox import contract
from debitoor_provider.sandbox.gmi import document_store
from debitoor_provider.sandbox.gmi.documents import known_document, stored_twin
from debitoor_provider.sandbox.gmi.fields import changes_of, decode_file
from debitoor_provider.sandbox.gmi.refusal import GetMyInvoicesRefusal
from debitoor_provider.sandbox.http import ReceivedCall, Reply, extension, ok

_HOUR = 3600.0


def create_document(call: ReceivedCall) -> Reply:
    """Handle POST /documents."""
    body = call.json
    name = body.get("fileName")
    if not isinstance(name, str) or not name.strip():
        raise GetMyInvoicesRefusal(102, "Required parameters not set: fileName")
    if not body.get("fileContent"):
        raise GetMyInvoicesRefusal(141, "Neither file content nor file URL given")
    if extension(name) not in contract.GMI_FILE_TYPES:
        raise GetMyInvoicesRefusal(101, "File type is not supported")
    content = decode_file(body["fileContent"])
    changes = changes_of(body, lambda uid: company_known(call, uid))
    changes.pop("isArchived", None)  # only an update can archive
    twin = stored_twin(call, hashlib.sha256(content).hexdigest())
    if twin is not None:
        raise GetMyInvoicesRefusal(127, "Document already exists in the account.", duplicate_invoice_id=twin)
    limit = call.company.limits.gmi_uploads_per_hour
    window: dict[float, int | None] = {_HOUR: limit}
    if call.world.limiter.take(("upload", call.company.id), call.time, window) is not None:
        raise GetMyInvoicesRefusal(105, f"Limit of {limit} uploaded documents per hour reached")
    if call.fault == "drop_tags":
        changes["tags"] = []  # the document is stored, its tags are not (G 6.4)
    source = call.headers.get("x-application", "API")
    data = document_store.blank(name, **({"source": source, "isOcrCompleted": int(bool(body.get("runOCR")))} | changes))
    uid = document_store.add(call.world, call.company, data, content, call=call.seq)
    return ok({"success": True, "documentUid": uid})


def update_document(call: ReceivedCall) -> Reply:
    """Handle PUT /documents/{documentUid}: given values replace the stored ones (G 7.1, A-15, A-18)."""
    uid, data, _ = known_document(call, code=135, not_numeric=134)
    if data["isLocked"]:
        raise GetMyInvoicesRefusal(147, "Document is locked")
    changes = changes_of(call.json, lambda company: company_known(call, company))
    if not changes:
        raise GetMyInvoicesRefusal(136, "No field to update")
    document_store.change(call.world, call.company, uid, data, changes, call.seq)
    return ok({"success": True, "documentUid": uid})


def delete_document(call: ReceivedCall) -> Reply:
    """Handle DELETE /documents/{documentUid}."""
    uid, _, _ = known_document(call, code=135, not_numeric=134)
    document_store.delete(call.world, call.company, uid, call.seq)
    return ok({"success": True})


def company_known(call: ReceivedCall, uid: int) -> bool:
    """Return whether the caller's account has a company with this uid."""
    sql = "SELECT 1 FROM counterparty WHERE uid = ? AND company = ?"
    return call.world.store.value(sql, uid, call.company.id) is not None
