"""Files: upload, content, thumbnails, and the object embedded in documents (D 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from python_multipart import FormParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File, parse_options_header

from debitoor_provider.sandbox import contract, json_codec
from debitoor_provider.sandbox.clock import utc_milliseconds
from debitoor_provider.sandbox.debitoor.refusal import DebitoorRefusal, not_found
from debitoor_provider.sandbox.http import ReceivedCall, Reply, download, extension, ok

if TYPE_CHECKING:
    from debitoor_provider.sandbox.companies import Company
    from debitoor_provider.sandbox.world import World

_IN_MEMORY = {"MAX_MEMORY_FILE_SIZE": contract.MAX_REQUEST_BYTES}


def add(world: World, company: Company, name: str, content: bytes, call: int | None = None) -> dict[str, Any]:
    """Store an upload; each gets an id of its own, identical bytes included.

    :return: the file object of D 5.3
    :raises DebitoorRefusal: 412 if the type or the size is not accepted (A10 to A12)
    """
    kind = contract.FILE_TYPES.get(extension(name))
    if kind is None:
        raise DebitoorRefusal(contract.FILE_REJECT_STATUS, "The file type is not supported")
    if len(content) > contract.FILE_MAX_BYTES:
        raise DebitoorRefusal(contract.FILE_REJECT_STATUS, "The file is too large")
    sha256 = world.store.keep(content)
    ident = world.new_id()
    file = {
        "id": ident,
        "url": contract.FILE.format(id=ident),
        "fileName": name,
        "lastModified": utc_milliseconds(world.clock.now("debitoor")),
        "type": kind,
        "sizeBytes": len(content),
        "thumbnailsUrl": contract.FILE_THUMBNAILS.format(id=ident),
    }
    world.store.execute("INSERT INTO file VALUES (?, ?, ?, ?)", ident, company.id, sha256, json_codec.text(file))
    world.log.effect(call, company.id, "debitoor" if call else "admin", "created", "file", ident,
                     sha256=sha256, size=len(content), filename=name)  # fmt: skip
    return file


def find(world: World, company: Company, ident: object) -> tuple[dict[str, Any], str] | None:
    """Return the file object and the hash of its bytes."""
    row = world.store.row("SELECT data, sha256 FROM file WHERE id = ? AND company = ?", ident, company.id)
    return (json_codec.parse(row[0]), row[1]) if row else None


def create_file(call: ReceivedCall) -> Reply:
    """Handle POST /api/files/v1."""
    content, part_name = _file_part(call)
    name = call.one("fileName") or part_name
    if not name:
        raise DebitoorRefusal(400, "Validation failed", [{"property": "fileName", "message": "is required"}])
    return ok(add(call.world, call.company, name, content, call.seq))


def get_file(call: ReceivedCall) -> Reply:
    """Handle GET /api/files/{id}/v1."""
    file, sha256 = _known(call)
    return download(call.world.store.content(sha256), file["type"], file["fileName"])


def get_thumbnails(call: ReceivedCall) -> Reply:
    """Handle GET /api/files/{id}/thumbnails/v1: none."""
    _known(call)
    return ok([])


def _known(call: ReceivedCall) -> tuple[dict[str, Any], str]:
    found = find(call.world, call.company, call.params["id"])
    if found is None:
        raise not_found()
    return found


def _file_part(call: ReceivedCall) -> tuple[bytes, str]:
    """Return content and file name of the part ``file`` of a multipart body."""
    kind, options = parse_options_header(call.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise DebitoorRefusal(400, "The body must be multipart/form-data")
    found: list[tuple[bytes, bytes]] = []

    def on_file(part: File) -> None:
        if part.field_name == b"file":
            part.file_object.seek(0)
            found.append((part.file_object.read(), part.file_name or b""))

    def on_field(part: Field) -> None:
        if part.field_name == b"file":
            found.append((part.value or b"", b""))

    parser = FormParser("multipart/form-data", on_field, on_file, boundary=boundary, config=_IN_MEMORY)
    try:
        parser.write(call.body)
        parser.finalize()
    except FormParserError:
        raise DebitoorRefusal(400, "The multipart body is malformed") from None
    if not found:
        raise DebitoorRefusal(400, "Validation failed", [{"property": "file", "message": "is required"}])
    return found[0][0], found[0][1].decode("utf-8", "replace")
