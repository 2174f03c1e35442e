"""Attachments of documents (G 7.4)."""

from __future__ import annotations

import base64

from debitoor_provider.sandbox import contract, json_codec
from debitoor_provider.sandbox.clock import local_seconds
from debitoor_provider.sandbox.gmi import document_store
from debitoor_provider.sandbox.gmi.documents import known_document
from debitoor_provider.sandbox.gmi.fields import decode_file
from debitoor_provider.sandbox.gmi.parameters import as_integer
from debitoor_provider.sandbox.gmi.refusal import GetMyInvoicesRefusal
from debitoor_provider.sandbox.http import ReceivedCall, Reply, extension, ok


def list_attachments(call: ReceivedCall) -> Reply:
    """Handle GET /documents/{documentUid}/attachments."""
    document, _, _ = known_document(call)
    rows = call.world.store.rows("SELECT uid, data FROM attachment WHERE document = ? ORDER BY uid", document)
    records = [{"attachmentUid": uid, **json_codec.parse(data)} for uid, data in rows]
    return ok({"totalCount": len(records), "records": records})


def create_attachment(call: ReceivedCall) -> Reply:
    """Handle POST /documents/{documentUid}/attachments."""
    document, data, _ = known_document(call)
    name = call.json.get("fileName")
    if not isinstance(name, str) or not name or not call.json.get("fileContent"):
        raise GetMyInvoicesRefusal(102, "Required parameters not set: fileName, fileContent")
    if extension(name) not in contract.GMI_ATTACHMENT_TYPES:
        raise GetMyInvoicesRefusal(142, "File type is not allowed")
    content = decode_file(call.json["fileContent"])
    if data["attachments"] >= contract.GMI_ATTACHMENTS_PER_DOCUMENT:
        raise GetMyInvoicesRefusal(141, "Limit of 25 attachments reached")
    store = call.world.store
    sha256 = store.keep(content)
    if store.value("SELECT 1 FROM attachment WHERE document = ? AND sha256 = ?", document, sha256):
        raise GetMyInvoicesRefusal(144, "File is attached already")
    attached_at = local_seconds(call.time, call.company.timezone)[:16].replace(" ", "T")
    described = {"fileName": name, "description": str(call.json.get("description") or ""), "attachedAt": attached_at}
    sql = "INSERT INTO attachment (document, sha256, data) VALUES (?, ?, ?)"
    uid = int(store.execute(sql, document, sha256, json_codec.text(described)).lastrowid or 0)
    document_store.change(call.world, call.company, document, data, {"attachments": data["attachments"] + 1}, call.seq)
    call.effect("created", "attachment", uid, document=document, sha256=sha256, size=len(content), filename=name)
    return ok({"success": True, "attachmentUid": uid})


def get_attachment(call: ReceivedCall) -> Reply:
    """Handle GET /documents/{documentUid}/attachments/{attachmentUid}; here the key is ``filename``."""
    _, uid, sha256, described = _known(call)
    meta = {
        "attachmentUid": uid,
        "filename": described["fileName"],
        "description": described["description"],
        "attachedAt": described["attachedAt"],
    }
    return ok({"meta_data": meta, "fileContent": base64.b64encode(call.world.store.content(sha256)).decode()})


def delete_attachment(call: ReceivedCall) -> Reply:
    """Handle DELETE /documents/{documentUid}/attachments/{attachmentUid}."""
    document, uid, _, _ = _known(call)
    _, data, _ = known_document(call)
    call.world.store.execute("DELETE FROM attachment WHERE uid = ?", uid)
    document_store.change(call.world, call.company, document, data, {"attachments": data["attachments"] - 1}, call.seq)
    call.effect("deleted", "attachment", uid, document=document)
    return ok({"success": True})


def _known(call: ReceivedCall) -> tuple[int, int, str, dict[str, str]]:
    document, _, _ = known_document(call)
    uid = as_integer(call.params["attachment_uid"], "attachmentUid", 145)
    row = call.world.store.row("SELECT sha256, data FROM attachment WHERE uid = ? AND document = ?", uid, document)
    if row is None:
        raise GetMyInvoicesRefusal(145, "Attachment not found")
    return document, uid, row[0], json_codec.parse(row[1])
