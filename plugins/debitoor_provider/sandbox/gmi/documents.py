"""Reading documents: list, detail, file, deleted ones, and whether a file exists (G 4 to 6.3)."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from debitoor_provider.sandbox import contract, json_codec
from debitoor_provider.sandbox.gmi import document_store
from debitoor_provider.sandbox.gmi.fields import decode_file, is_date_time
from debitoor_provider.sandbox.gmi.filters import Selection
from debitoor_provider.sandbox.gmi.parameters import Parameters, as_integer
from debitoor_provider.sandbox.gmi.record import line_items, record, workflow_details
from debitoor_provider.sandbox.gmi.refusal import GetMyInvoicesRefusal
from debitoor_provider.sandbox.http import JSON, ReceivedCall, Reply, download, extension, ok


def list_documents(call: ReceivedCall) -> Reply:
    """Handle GET /documents."""
    parameters = Parameters(call)
    selection = Selection.of(call.company, parameters)
    with_items = parameters.boolean("loadLineItems", default=False)
    with_thumbnail = parameters.boolean("includeThumbnailUrl", default=False)
    page, per_page = _paging(parameters)
    switches, store = call.company.switches, call.world.store
    total = store.value(f"SELECT count(*) FROM document d WHERE {selection.where}", *selection.values)
    rows = store.rows(
        "SELECT d.uid, d.data, c.data FROM document d LEFT JOIN counterparty c ON c.uid = d.counterparty "
        f"WHERE {selection.where} ORDER BY d.uid DESC LIMIT ? OFFSET ?",
        *selection.values, per_page, (page - 1) * per_page,
    )  # fmt: skip
    records = []
    for uid, text, company_text in rows:
        data = json_codec.parse(text)
        item = record(uid, data, json_codec.parse(company_text) if company_text else None, switches)
        if with_items:
            item["lineItems"] = line_items(data, switches)
        if with_thumbnail:
            item["thumbnailUrl"] = ""
        records.append(item)
    if switches.list_order == "shuffled":
        call.world.random.shuffle(records)
    shaped: Any = (
        {str(item["documentUid"]): item for item in records} if switches.records_shape == "object" else records
    )
    return ok(_envelope(total, page, per_page) | {"records": shaped})


def get_document(call: ReceivedCall) -> Reply:
    """Handle GET /documents/{documentUid}."""
    parameters = Parameters(call)
    uid, data, sha256 = known_document(call)
    switches = call.company.switches
    company_text = call.world.store.value("SELECT data FROM counterparty WHERE uid = ?", data["companyUid"])
    meta = record(uid, data, json_codec.parse(company_text) if company_text else None, switches)
    meta |= {"sourceUser": data["sourceUser"], "attachments": data["attachments"]}
    if parameters.boolean("loadLineItems", default=False):
        meta["lineItems"] = line_items(data, switches)
    if parameters.boolean("transactions", default=True):
        meta["transactions"] = {"totalCount": 0, "records": []}
    if parameters.boolean("documentApproval", default=True) and (workflow := workflow_details(data)):
        meta["workflowDetails"] = workflow
    answer = {"meta_data": meta}
    if parameters.boolean("readableText", default=False):
        answer["readableContent"] = data["text"]
    body = json_codec.dumps(answer)
    if parameters.boolean("includeDocument", default=True):
        # Base64 needs no escaping, so a large file is inserted without a pass through the JSON encoder.
        body = body[:-1] + b',"fileContent":"' + base64.b64encode(call.world.store.content(sha256)) + b'"}'
    return Reply(200, body)


def get_file(call: ReceivedCall) -> Reply:
    """Handle GET /documents/{documentUid}/file: the bytes, or in the form of the switch (G 5.2, A-28)."""
    variant = call.company.switches.file_endpoint
    if variant == "absent":
        raise GetMyInvoicesRefusal(400, "Action is not valid.", status=400)
    _, data, sha256 = known_document(call)
    content = call.world.store.content(sha256)
    if variant == "json":
        head = json_codec.dumps({"fileName": data["filename"]})
        return Reply(200, head[:-1] + b',"fileContent":"' + base64.b64encode(content) + b'"}', JSON)
    kind = contract.GMI_FILE_TYPES.get(extension(data["filename"]), "application/octet-stream")
    return download(content, kind, data["filename"])


def document_exists(call: ReceivedCall) -> Reply:
    """Handle POST /documents/exists: by the file's hash or content; deleted documents do not count (G 6.3, A-17)."""
    given, encoded = call.json.get("fileHash"), call.json.get("fileContent")
    store = call.world.store
    if isinstance(given, str) and given:
        column = {32: "md5", 40: "sha1", 64: "sha256"}.get(len(given), "sha256")
        sha256 = store.value(f"SELECT sha256 FROM content WHERE {column} = ?", given.lower())
    elif encoded:
        sha256 = hashlib.sha256(decode_file(encoded)).hexdigest()
    else:
        raise GetMyInvoicesRefusal(102, "Required parameters not set: fileHash or fileContent")
    return ok({"success": True, "exists": stored_twin(call, sha256) is not None})


def list_deleted(call: ReceivedCall) -> Reply:
    """Handle GET /documents/deleted (G 7.3)."""
    parameters = Parameters(call)
    since = parameters.text("deletedSinceFilter")
    if since and not is_date_time(since):
        raise GetMyInvoicesRefusal(140, "deletedSinceFilter must have the format Y-m-d H:i:s")
    page, per_page = _paging(parameters)
    where = "company = ? AND deleted IS NOT NULL AND deleted >= ?"
    store = call.world.store
    total = store.value(f"SELECT count(*) FROM document WHERE {where}", call.company.id, since)
    rows = store.rows(
        f"SELECT uid, deleted FROM document WHERE {where} ORDER BY uid DESC LIMIT ? OFFSET ?",
        call.company.id, since, per_page, (page - 1) * per_page,
    )  # fmt: skip
    records = [{"documentUid": uid, "deletedAt": deleted} for uid, deleted in rows]
    return ok({"totalCount": total, "records": records})


def known_document(call: ReceivedCall, code: int = 106, not_numeric: int = 106) -> tuple[int, dict[str, Any], str]:
    """Return the document with the uid of the path: uid, data and hash of the file.

    :raises GetMyInvoicesRefusal: if it does not exist, with ``code`` or ``not_numeric``
    """
    uid = as_integer(call.params["uid"], "documentUid", not_numeric)
    found = document_store.find(call.world, call.company, uid)
    if found is None:
        raise GetMyInvoicesRefusal(code, "Document id is invalid")
    return uid, *found


def stored_twin(call: ReceivedCall, sha256: str | None) -> int | None:
    """Return the uid of a document with the same bytes that is not deleted."""
    uid: int | None = call.world.store.value(
        "SELECT min(uid) FROM document WHERE company = ? AND sha256 = ? AND deleted IS NULL", call.company.id, sha256
    )
    return uid


def _paging(parameters: Parameters) -> tuple[int, int]:
    page = max(1, parameters.integer("pageNumber", 1))
    return page, min(contract.GMI_PER_PAGE, max(1, parameters.integer("perPage", contract.GMI_PER_PAGE)))


def _envelope(total: int, page: int, per_page: int) -> dict[str, int]:
    return {
        "totalCount": total,
        "maxPages": -(-total // per_page),
        "maxAmount": total,
        "offset": (page - 1) * per_page,
    }
