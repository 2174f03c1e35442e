"""Hostile account files: what a slip of the pen or ill will may write into ``dags/accounts``."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from tests.trust.common import hostile

if TYPE_CHECKING:
    from random import Random

CANARY = "{{ 'CAN' ~ 'ARY' }}"
"""Becomes CANARY when it is expanded."""
_CONNECTIONS = {"getmyinvoices": "gmi", "debitoor": "debitoor"}
_COMMON = {"name": CANARY, "debitoor_id": "books@acme.example", "connections": _CONNECTIONS, "note": CANARY}
BASES: tuple[dict[str, Any], ...] = (
    {
        "type": "export",
        **_COMMON,
        "frequency": "daily",
        "period": {"from": "2026-01-01"},
        "filter": {"tags": {"any": [CANARY]}, "companies": {"exclude": [CANARY]}},
        "rename": "{company}_{document_number}",
        "specification": ["company", "note"],
        "pool": CANARY,
        "archive_after_transfer": True,
    },
    {
        "type": "import",
        **_COMMON,
        "timezone": "Europe/Berlin",
        "documents": ["invoices"],
        "defaults": {"document_type": "SALES_INVOICE", "tags": [CANARY], "company": CANARY, "note": CANARY},
    },
)
SOURCES = (
    b"",
    b"\x00",
    b"\xff\xfe\x00",
    b"\x80abc",
    b"type: export\x00name: x",
    b"[]",
    b"- - - -",
    b"null",
    b"type: !!python/object/apply:os.system ['touch {path}']",
    b"!!python/object/apply:subprocess.check_output [['touch', '{path}']]",
    b"type: !!python/name:os.system",
    b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]",
    b"&a [*a]",
    b"? {a: b}\n: c",
    b"type: export\ntype: import",
    b"<<: {type: export}",
    b"[" * 20_000,
    b"{a: " * 20_000,
    b"- " * 20_000,
    b"name: " + b"x" * 300_000,
    b"name: '" + b"\\" * 10_000,
    b"type: export\nparallel: 1e999999999",
    b"type: export\nparallel: " + b"9" * 10_000,
    b"type: export\nparallel: .inf",
    b"%YAML 9.9\n---\ntype: export",
    b"--- a\n--- b",
    "type: \u202eexport\nname: \ufeff".encode(),
    "\u2028type: export\u2029".encode(),
    b"type: export\n\tname: tab",
    b"name: {{ 7*7 }}",
    b"name: {% raw %}",
    b"name: ${jndi:ldap://127.0.0.1}",
)
"""What is no account file; ``{path}`` is a file that nothing may make."""
STEMS = (
    *(
        "acme",
        "Acme",
        "a.b-c_d",
        "x" * 200,
        "x" * 250,
        "con",
        "..",
        "a b",
        "a{{7*7}}",
        "{{ 7*7 }}",
        "\u202eabc",
        "\u00fcber",
    ),
    *(
        "stra\u00dfe",
        "a\nb",
        "a'b",
        'a"b',
        "<b>",
        "%41",
        "a;b",
        "$(id)",
        "\u6c49\u5b57",
        "e\u0301",
        "-",
        "debitoor__x",
        "a.md",
    ),
    *("a.sql", "a.sh"),
)


def settings(random: Random) -> bytes:
    """Generate account files with hostile text in free-text fields, or one or two places changed to anything."""
    data = copy.deepcopy(random.choice(BASES))
    if random.random() < 0.5:
        data |= {name: CANARY + random.choice((*hostile.INJECTIONS, *hostile.PATHS)) for name in ("name", "note")}
        return json.dumps(data).encode()
    for _ in range(random.randrange(1, 3)):
        _spoil(random, data)
    return json.dumps(data, ensure_ascii=random.random() < 0.5).encode(errors="surrogatepass")


def _spoil(random: Random, data: dict[str, Any]) -> None:
    node: Any = data
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = random.choice(keys)
        if isinstance(node[key], dict | list) and random.random() < 0.7:
            node = node[key]
            continue
        node[key] = _value(random)
        if isinstance(node, dict) and random.random() < 0.1:
            node[hostile.text(random, 2)] = node.pop(key)
        return


def _value(random: Random) -> Any:
    return random.choice(
        (
            hostile.text(random),
            hostile.text(random),
            hostile.pattern(random),
            CANARY + hostile.text(random, 2),
            random.choice(hostile.INJECTIONS),
            random.choice((None, True, False, 0, -1, 10**30, 1.5, [], {}, [[]], {"from": "9999-99-99"})),
            [hostile.text(random, 2) for _ in range(random.randrange(4))],
            {hostile.text(random, 1): hostile.text(random, 1)},
        )
    )
