"""PDFs as billing programs and scanners write them: text, fonts, a colour profile, and an e-invoice if there is one."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from enum import StrEnum
from random import Random

_SMALLEST, _LARGEST = 60_000, 400_000
_OFFSET = 4  # bytes of an offset in a cross-reference stream
_IN_STREAM = 100  # objects of one object stream, as most programs have it


class Form(StrEnum):
    """How a PDF tells where its objects are."""

    TABLE = "a table"
    STREAM = "streams of objects"
    UPDATE = "a table, and one of a later change"


class _Objects:
    """The objects of a PDF; their numbers begin with 1."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def add(self, body: str) -> int:
        """Add an object."""
        self.bodies.append(body.encode())
        return len(self.bodies)

    def stream(self, data: bytes, entries: str = "", *, pack: bool = True) -> int:
        """Add a stream.

        :param pack: compress it
        """
        if pack:
            data, entries = zlib.compress(data), f"{entries} /Filter /FlateDecode"
        head = f"<< /Length {len(data)} {entries} >>\nstream\n".encode()
        self.bodies.append(head + data + b"\nendstream")
        return len(self.bodies)


def pdf(chance: Random, form: Form, xml: bytes | None = None) -> bytes:
    """Make a PDF of 60 to 400 kB.

    :param xml: the e-invoice in it
    """
    objects = _Objects()
    size = chance.randint(_SMALLEST, _LARGEST)
    pages = chance.choice([1, 1, 1, 2, 2, 3, 4])
    fonts = [_font(objects, chance, size // 4) for _ in range(chance.randint(1, 3))]
    picture = objects.stream(
        chance.randbytes(size - len(fonts) * (size // 4)),
        "/Type /XObject /Subtype /Image /Width 400 /Height 300 /ColorSpace /DeviceRGB /BitsPerComponent 8 "
        "/Filter /DCTDecode",
        pack=False,
    )
    names = " ".join(f"/F{number} {font} 0 R" for number, font in enumerate(fonts, 1))
    resources = objects.add(f"<< /Font << {names} >> /XObject << /I1 {picture} 0 R >> /ProcSet [/PDF /Text] >>")
    parent = len(objects.bodies) + 2 * pages + 1
    kids = [_page(objects, chance, resources, parent) for _ in range(pages)]
    objects.add(f"<< /Type /Pages /Count {pages} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>")
    marked = [
        objects.add(f"<< /Type /StructElem /S /P /K {number} >>") for number in range(chance.choice([0, 20, 200]))
    ]
    structure = objects.add(f"<< /Type /StructTreeRoot /K [{' '.join(f'{one} 0 R' for one in marked)}] >>")
    profile = objects.stream(chance.randbytes(2_500), "/N 3 /Alternate /DeviceRGB")
    intent = objects.add(
        "<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) "
        f"/DestOutputProfile {profile} 0 R >>"
    )
    metadata = objects.stream(_METADATA, "/Type /Metadata /Subtype /XML", pack=False)
    root = objects.add(
        f"<< /Type /Catalog /Pages {parent} 0 R /Metadata {metadata} 0 R /OutputIntents [{intent} 0 R] "
        f"/StructTreeRoot {structure} 0 R /MarkInfo << /Marked true >> /Lang (de-DE) {_attached(objects, xml)}>>"
    )
    info = objects.add("<< /Producer (Billing 7.2) /Title (Rechnung) /CreationDate (D:20260105120000+01'00') >>")
    trailer = f"/Root {root} 0 R /Info {info} 0 R /ID [<{chance.randbytes(16).hex()}> <{chance.randbytes(16).hex()}>]"
    return _in_streams(objects.bodies, trailer) if form is Form.STREAM else _in_tables(objects.bodies, trailer, form)


def _font(objects: _Objects, chance: Random, size: int) -> int:
    file = objects.stream(chance.randbytes(size), f"/Length1 {size}")
    descriptor = objects.add(
        "<< /Type /FontDescriptor /FontName /ABCDEF+DejaVuSans /Flags 4 /FontBBox [-1021 -463 1793 1232] "
        f"/ItalicAngle 0 /Ascent 928 /Descent -236 /CapHeight 928 /StemV 80 /FontFile2 {file} 0 R >>"
    )
    widths = " ".join(str(chance.randint(200, 900)) for _ in range(96))
    return objects.add(
        f"<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+DejaVuSans /FirstChar 32 /LastChar 127 "
        f"/Widths [{widths}] /FontDescriptor {descriptor} 0 R >>"
    )


def _page(objects: _Objects, chance: Random, resources: int, parent: int) -> int:
    text = "".join(
        f"BT /F1 9 Tf 1 0 0 1 56 {760 - 12 * row} Tm (Position {row}: {chance.randint(1, 99_999)} EUR) Tj ET\n"
        for row in range(50)
    )
    content = objects.stream(text.encode())
    return objects.add(
        f"<< /Type /Page /Parent {parent} 0 R /MediaBox [0 0 595.276 841.89] /Resources {resources} 0 R "
        f"/Contents {content} 0 R /StructParents 0 /Group << /S /Transparency /CS /DeviceRGB /I true >> >>"
    )


def _attached(objects: _Objects, xml: bytes | None) -> str:
    if xml is None:
        return ""
    dates = "/CreationDate (D:20260105120000+01'00') /ModDate (D:20260105120000+01'00')"
    file = objects.stream(xml, f"/Type /EmbeddedFile /Subtype /text#2Fxml /Params << /Size {len(xml)} {dates} >>")
    specification = objects.add(
        "<< /Type /Filespec /F (factur-x.xml) /UF (factur-x.xml) /AFRelationship /Alternative /Desc (Factur-X) "
        f"/EF << /F {file} 0 R /UF {file} 0 R >> >>"
    )
    names = f"/Names << /EmbeddedFiles << /Names [(factur-x.xml) {specification} 0 R] >> >>"
    return f"/AF [{specification} 0 R] {names} /PageMode /UseAttachments "


def _in_tables(bodies: list[bytes], trailer: str, form: Form) -> bytes:
    written = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = [_write(written, number, body) for number, body in enumerate(bodies, 1)]
    size = len(bodies) + 1
    first = _write_table(written, [(0, [None, *offsets])], f"<< /Size {size} {trailer} >>")
    if form is Form.UPDATE:  # such as a new title
        changed = _write(written, len(bodies), bodies[-1])
        _write_table(written, [(0, [None]), (len(bodies), [changed])], f"<< /Size {size} {trailer} /Prev {first} >>")
    return bytes(written)


def _in_streams(bodies: list[bytes], trailer: str) -> bytes:
    written = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    rows: dict[int, tuple[int, int, int]] = {0: (0, 0, 65535)}
    small: list[int] = []
    for number, body in enumerate(bodies, 1):
        if body.endswith(b"endstream"):
            rows[number] = (1, _write(written, number, body), 0)
        else:
            small.append(number)
    last = len(bodies)
    for start in range(0, len(small), _IN_STREAM):
        packed = small[start : start + _IN_STREAM]
        last += 1
        heads, data = [], b""
        for place, number in enumerate(packed):
            heads.append(f"{number} {len(data)}")
            data += bodies[number - 1] + b"\n"
            rows[number] = (2, last, place)
        head = (" ".join(heads) + "\n").encode()
        stream = _Objects()
        stream.stream(head + data, f"/Type /ObjStm /N {len(packed)} /First {len(head)}")
        rows[last] = (1, _write(written, last, stream.bodies[0]), 0)
    last += 1
    rows[last] = (1, len(written), 0)
    table = b"".join(
        kind.to_bytes(1, "big") + where.to_bytes(_OFFSET, "big") + place.to_bytes(2, "big")
        for _, (kind, where, place) in sorted(rows.items())
    )
    stream = _Objects()
    stream.stream(table, f"/Type /XRef /Size {last + 1} /W [1 {_OFFSET} 2] {trailer}")
    offset = _write(written, last, stream.bodies[0])
    return bytes(written + f"startxref\n{offset}\n%%EOF\n".encode())


def _write(written: bytearray, number: int, body: bytes) -> int:
    offset = len(written)
    written += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    return offset


def _write_table(written: bytearray, parts: Sequence[tuple[int, Sequence[int | None]]], trailer: str) -> int:
    offset = len(written)
    written += b"xref\n"
    for start, offsets in parts:
        written += f"{start} {len(offsets)}\n".encode()
        for one in offsets:
            written += b"0000000000 65535 f \n" if one is None else f"{one:010} 00000 n \n".encode()
    written += f"trailer\n{trailer}\nstartxref\n{offset}\n%%EOF\n".encode()
    return offset


_METADATA = (
    b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
    + b" " * 2000
    + b'<?xpacket end="w"?>'
)
