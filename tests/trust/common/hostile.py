"""Hostile text: what people, scanners, portals and attackers write into names, numbers, notes and patterns."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from debitoor_provider.services.getmyinvoices.models import Document

if TYPE_CHECKING:
    from random import Random

INJECTIONS = (
    "{document.__class__}",
    "{0[__globals__]}",
    "{0.__init__.__globals__[secret]}",
    "{company.__class__.__mro__[1].__subclasses__()}",
    "{company!r:>1000000}",
    "{company!s}",
    "{company:>1000000}",
    "{company:{tags}}",
    "{company[0]}",
    "{company.upper}",
    "{tags[0]}",
    "{}",
    "{0}",
    "{ company }",
    "{company",
    "company}",
    "{{company}",
    "{{{company}}}",
    "{document_uid:099999999}",
    "{document_date:%Y%n}",
    "{gross_amount:0.0000000}",
    "%s%s%n",
    "%(company)s",
    "${jndi:ldap://127.0.0.1/a}",
    "$(id)",
    "`id`",
    "{{7*7}}",
    "{{ config.items() }}",
    "{{ ti.xcom_pull() }}",
    "{% import 'os' as os %}",
    "{# comment #}",
    "<%= 7*7 %>",
    "#{7*7}",
    "*{7*7}",
    "@(7*7)",
    "f'{company}'",
    "=HYPERLINK('http://127.0.0.1')",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "'; DROP TABLE debitoor_documents; --",
)
PATHS = (
    "../../etc/passwd",
    "..\\..\\windows\\system32",
    "....//....//",
    "..%2f..%2f",
    "%2e%2e%2f",
    "..%c0%af",
    "/etc/passwd",
    "\\\\host\\share\\x",
    "C:\\x",
    "c:x",
    "file:///etc/passwd",
    "~root/x",
    ".",
    "..",
    "...",
    ".htaccess",
    "a/./b",
    "x::$DATA",
    "x:ads.txt",
    "\uff0e\uff0e\uff0fx",
    "\u2215x\u2044y",
    "a\u2024\u2024b",
)
RESERVED = (
    *("CON", "con.pdf", "nul", "NUL .txt", "aux.2026", "PRN", "com1", "LPT9.x", "COM\u00b9", "lpt\u00b2.a"),
    *("CONIN$", "conout$.x", "con ", "con.", "CON_", "_CON", " nul.", "nul. .", "aux-_.", "com\u0661"),
)
INVISIBLE = (
    *(
        "\x00",
        "\x01",
        "\x07",
        "\x08",
        "\x1b[2J",
        "\x7f",
        "\x85",
        "\r\n",
        "\n",
        "\t",
        "\x0b",
        "\x0c",
        "\u2028",
        "\u2029",
    ),
    *("\u202e", "\u202a", "\u202c", "\u2066", "\u2067", "\u2069", "\u200e", "\u061c", "\u200b", "\u200c", "\u200d"),
    *("\u2060", "\ufeff", "\u00ad", "\u034f", "\u115f", "\u3164", "\u180e", "\ufe0f", "\ue000", "\ufffe", "\U000e0041"),
    *("\ud800", "\udfff", "\udc80", "\ud83d", "\U0010ffff", "\u0378", "\ufff9", "\U0001d173"),
)
BLANKS = (" ", "  ", "\u00a0", "\u2003", "\u3000", "\u1680", "\u202f", "\u205f")
LETTERS = (
    *("a", "A", "z", "0", "9", "\u00e9", "e\u0301", "\u00c9", "\u00fc", "u\u0308", "\u00df", "SS", "\u1e9e", "\ufb00"),
    *("i", "I", "\u0130", "\u0131", "i\u0307", "k", "\u212a", "\u212b", "\u00c5", "A\u030a", "\u03c3", "\u03c2"),
    *("\uff21", "\uff41", "\u0149", "\u01f0", "\u0390", "\u03b9\u0308\u0301", "\u1fb3", "\u1fbc", "\u0345", "\u1100"),
    *("\u1161", "\uac00", "\u11a8", "\u0915\u093c", "\u0958", "\U0001f468\u200d\U0001f469", "\U0001f600", "\u6c49"),
    *("\ufa0e", "\uf900", "\u8c48", "\u0f73", "\u0344", "\u0340", "\u0323\u0302", "\u0302\u0323", "\u13a0", "\uab70"),
    *("a" + "\u0301" * 40, "\U0001d400", "\ufb2c", "\u05e9\u05bc\u05c1", "\u0e33", "\u01c4", "\u01c5", "\u01c6"),
)
MARKS = (
    *"._-,;:/\\|?*%<>\"'{}[]()#&+=~^`$@!",
    "_-_",
    " - ",
    ". .",
    "__",
    "--",
    "..",
    ",,",
    " .",
    "_.",
    "- .",
    "{{",
    "}}",
)
LONG = ("a" * 119, "a" * 120, "a" * 121, "x" * 4096, "\u6c49" * 90, "\U0001f600" * 64, "A\u0301" * 200, "." * 300)
WORDS = ("Paper Ltd", "Rechnung", "R-17", "2026-01-31", "Acme GmbH & Co. KG", "scan", "M\u00fcller", "No. 12")
LOOKALIKES = (
    *("[GMI 1]", " [GMI 999]", "[GMI 28715]", "[gmi 1]", "\uff3bGMI 1\uff3d", "[GMI 1]\u200b"),
    *("[Debitoor 59f0c1d2e3a4b5c6d7e8f901]", "[Debitoor"),
)
"""Text that looks like the markers by which a record is found again."""
EXTENSIONS = (
    *(".pdf", ".pdf", ".PDF", ".Pdf", ".jpg", ".png", "", ".", ".tar.gz", ".e/x\\e", ".p\u202edf", ".pdf ", ".pdf."),
    *("." + "x" * 300, ".\u0440df", ".exe", ".pdf.exe", ".exe.pdf", ".pdf\x00.exe", ".\uff50df"),
)

PLACEHOLDERS = (
    *("document_date", "year", "month", "day", "created_date", "company", "document_number", "document_type"),
    *("order_number", "net_amount", "gross_amount", "currency", "payment_status", "tags", "note", "document_uid"),
    "original_name",
)
"""As the documentation lists them; on purpose not taken from the code."""
FORMS = (
    *("YYYY", "DD.MM.YYYY", "YY-M-D", "0", "0.00", "0,00", "0.000000", "08", "019", "upper", "lower", "20", "1", "999"),
    *("upper:20", "20:lower:upper", "", ":", "0,", "00", "020", "0x8", "1000", "%Y", "r", "!r", ">10", "YYYYY", "yyyy"),
    *("upper:", ":upper", "{company}", "0.0000000", "\u0661\u0662", " 8", "-1", "upper lower", "D" * 500),
)
_FRAGMENTS = (INJECTIONS, PATHS, RESERVED, INVISIBLE, BLANKS, LETTERS, MARKS, LONG, WORDS, LOOKALIKES)
_OFTEN = (3, 3, 3, 4, 3, 6, 5, 1, 5, 1)


def text(random: Random, most: int = 5) -> str:
    """Generate a few fragments put together; sometimes any characters at all."""
    if random.random() < 0.05:
        return "".join(map(chr, random.choices(range(0x110000), k=random.randrange(40))))
    kinds = random.choices(_FRAGMENTS, _OFTEN, k=random.randrange(most + 1))
    return "".join(map(random.choice, kinds))


def pattern(random: Random) -> str:
    """Generate a renaming pattern, valid in about every other case."""
    if random.random() < 0.1:
        return text(random)
    parts = []
    for _ in range(random.randrange(1, 5)):
        kind = random.random()
        if kind < 0.55:
            parts.append(f"{{{random.choice(PLACEHOLDERS)}}}")
        elif kind < 0.7:
            parts.append(f"{{{random.choice(PLACEHOLDERS)}:{random.choice(FORMS)}}}")
        elif kind < 0.75:
            parts.append(random.choice(INJECTIONS))
        elif kind < 0.8:
            parts.append(text(random, 2))
        else:
            parts.append(random.choice((*WORDS, "_", "-", " ", "{{", "}}")))
    return "".join(parts)


def document(random: Random, uid: int) -> Document:
    """Generate a document with hostile text in every text field."""
    return Document(
        document_uid=uid,
        document_type=random.choice(("RECEIPT", "INCOMING_INVOICE", text(random, 2))),
        document_number=text(random, 3),
        document_date=random.choice((None, date.min, date.max, date(2026, 1, 1) + timedelta(random.randrange(365)))),
        created_at=random.choice((None, date(2026, 2, 28))),
        company_name=text(random, 3),
        order_number=text(random, 2),
        net_amount=random.choice((None, Decimal(100), Decimal("-0.005"), Decimal("1e18"), Decimal("1e-18"))),
        gross_amount=random.choice((None, Decimal("119.00"), Decimal("999999999999999999.99"))),
        currency=random.choice(("EUR", "", "{company}")),
        payment_status=random.choice(("Paid", "", text(random, 1))),
        tags=tuple(text(random, 1) for _ in range(random.randrange(4))),
        note=text(random, 3),
        filename=text(random, 3) + random.choice(EXTENSIONS),
    )
