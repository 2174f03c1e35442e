#!/usr/bin/env bash
# cleanco 2.3: basename() leaves nothing of "Coop A/S", and takes only the closing bracket from "Müller UG (haftungsbeschränkt)".
#
# Expected: a name without its legal form, so "Coop" and "Müller"; as with "Müller GmbH & Co. KG", which gives "Müller".
# Seen: "coop" (cooperative) is a form itself, so the name goes with it, and all who are called like a form are the same
# empty name. The form that German law prescribes for a UG stays but for its bracket, and "Müller" and "Müller UG
# (haftungsbeschränkt)" have two names. Of "GmbH & Co. KGaA" only the last word goes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cleanco==2.3
"$folder/venv/bin/python" - <<'PYTHON'
from cleanco import basename

SEEN = {
    "Müller GmbH & Co. KG": "Müller",
    "Coop A/S": "",
    "Müller UG (haftungsbeschränkt)": "Müller UG (haftungsbeschränkt",
    "Müller GmbH & Co. KGaA": "Müller GmbH & Co.",
}
for name in SEEN:
    print(f"{name!r} -> {basename(name)!r}")
assert {name: basename(name) for name in SEEN} == SEEN, "changed"
PYTHON
