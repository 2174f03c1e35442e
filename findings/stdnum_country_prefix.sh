#!/usr/bin/env bash
# python-stdnum 2.2: the normal form of a VAT number keeps its country prefix in some countries and loses it in others.
#
# Expected: validate() of every EU module returns the number in one form, with or without the prefix it was given.
# Seen: de, fr, it, nl … return the number without the prefix, ro returns it with the prefix. stdnum.eu.vat.validate()
# hides that by putting the prefix in front again. Code that compares normal forms of two modules, or puts a prefix in
# front itself, gets two keys for one company.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2
"$folder/venv/bin/python" - <<'PYTHON'
from stdnum import get_cc_module

NUMBERS = {"de": "DE136695976", "fr": "FR40303265045", "it": "IT00743110157", "ro": "RO18547290"}
kept = [cc for cc, number in NUMBERS.items() if get_cc_module(cc, "vat").validate(number).startswith(cc.upper())]
for cc, number in NUMBERS.items():
    print(f"{cc}: {number} -> {get_cc_module(cc, 'vat').validate(number)}")
assert kept == ["ro"], f"changed: the prefix is kept by {kept}"
PYTHON
