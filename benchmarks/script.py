"""The peer: what somebody would write in an hour with ``requests``, one document after the other."""

from __future__ import annotations

import base64

import requests


def copy_one_by_one(gmi_url: str, api_key: str, account_id: str, debitoor_url: str, token: str) -> None:
    """Copy every document and archive it: four calls each, no ledger, no check."""
    gmi, debitoor = requests.Session(), requests.Session()
    gmi.headers.update({"X-API-KEY": api_key, "User-Agent": f"script ({account_id})"})
    debitoor.headers["x-token"] = token
    listed = gmi.get(f"{gmi_url}/documents", params={"archivedFilter": 0}, timeout=60).json()["records"]
    for record in listed:
        uid = record["documentUid"]
        detail = gmi.get(f"{gmi_url}/documents/{uid}", timeout=60).json()
        content = base64.b64decode(detail["fileContent"])
        name = record["filename"]
        uploaded = debitoor.post(
            f"{debitoor_url}/api/files/v1", params={"fileName": name}, files={"file": (name, content)}, timeout=60
        ).json()
        line = {"taxRate": record["taxRates"][0], "grossAmount": record["grossAmount"], "description": str(uid)}
        expense = {"date": record["documentDate"], "fileId": uploaded["id"], "lines": [line]}
        debitoor.post(
            f"{debitoor_url}/api/expenses/v4", params={"autonumber": "true"}, json=expense, timeout=60
        ).raise_for_status()
        gmi.put(f"{gmi_url}/documents/{uid}", json={"isArchived": 1}, timeout=60).raise_for_status()
