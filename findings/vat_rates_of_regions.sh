#!/usr/bin/env bash
# eu-vat-rates-data 2026.9.29: rates of single regions are listed as reduced rates of the whole state.
#
# Expected: the reduced rates of Austria are those that apply in Austria (10 and 13 per cent).
# Seen: 19 per cent is among them, which is the standard rate of Jungholz and Mittelberg alone, with nothing that says so;
# and France has the rates of Corsica and the overseas departments. An invoice from Vienna with 19 per cent passes a check
# against this list.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check eu-vat-rates-data==2026.9.29
"$folder/venv/bin/python" - <<'PYTHON'
import eu_vat_rates_data

austria = eu_vat_rates_data.get_rate("AT")
print("AT:", austria)
assert 19.0 in [float(rate) for rate in austria["reduced"]], f"changed: {austria}"
PYTHON
