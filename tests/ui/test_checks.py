from __future__ import annotations

import csv
import io

import pytest

from debitoor_provider.messages import words
from debitoor_provider.runs.check import MISSING
from debitoor_provider.ui.assets import FOLDER


def found(page, **period: str):
    answer = page("user").post("api/accounts/acme/check", json=period)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_counts_sums_and_what_is_not_the_same(page, moved, receipt, sandbox, acme):
    new, before = receipt(), sandbox.last_seq()
    result = found(page)
    assert (result["same"], result["complete"]) == (False, True)
    assert (result["counts"]["same"], result["counts"]["only here"]) == (1, 1)
    [document] = result["documents"]
    assert (document["source_id"], document["outcome"], document["is_missing"]) == (str(new), "only here", True)
    assert result["sums"] == [
        {
            "month": "2026-03", "currency": "EUR", "rate": "19", "source": "238.00", "target": "119.00",
            "difference": "119.00", "others": "0.00",
        }
    ]  # fmt: skip
    assert {row["method"] for row in sandbox.calls(since=before, company=acme)} == {"GET"}


def test_a_moved_document_that_is_missing_can_be_planned_again(page, moved, acme, ledger):
    acme.delete_entity(acme.expenses()[0]["id"])
    [document] = found(page)["documents"]
    body = {
        "action": "only_if_missing",
        "ids": [document["entry_id"]],
        "fitting": None,
        "reason": MISSING,
    }
    assert page("op").post("api/accounts/acme/documents/actions", json=body).json() == {"changed": 1, "left": 0}
    assert ledger.documents.entries("acme")[0].state == "planned"


def test_the_remedy_for_other_figures_names_an_action_that_the_document_has_and_that_books_once(page, moved, acme):
    acme.edit_entity(acme.expenses()[0]["id"], totalGrossAmount=118)
    answer = page("user").post("api/accounts/acme/check", json={}, headers={"Accept-Language": "en"})
    [document] = answer.json()["documents"]
    [listed] = page("user").get("api/accounts/acme/documents").json()["documents"]
    assert "only_if_missing" in listed["actions"]
    assert words("en")["documents.do.only_if_missing"] in document["reason"]
    assert words("en")["documents.do.send_again"] not in document["reason"]


def test_a_document_that_is_there_twice_is_marked_in_the_list_and_counts_once(page, moved, acme, ledger):
    [expense] = acme.expenses()
    lines = [{name: line[name] for name in ("taxRate", "grossAmount", "description")} for line in expense["lines"]]
    acme.add_expense(date=expense["date"], lines=lines)
    [document] = found(page)["documents"]
    client = page()
    [listed] = client.get("api/accounts/acme/documents").json()["documents"]
    assert (listed["state"], listed["reason_code"]) == ("held", "booked_twice")
    assert document["reason"] == f"{listed['reason']} {listed['remedy']}"
    assert {"send", "mark_moved"} <= set(listed["actions"])
    assert listed["target_id"] is None  # no second record is made
    [whole] = client.get("api/accounts/acme/documents/sums").json()["sums"]
    assert (whole["documents"], whole["gross"], [one["rate"] for one in whole["rates"]]) == (1, "119.00", ["19"])
    assert client.get("api/attention/count").json()["documents"] == 1
    [*_, last] = client.get(f"api/accounts/acme/documents/{listed['id']}").json()["history"]
    assert (last["kind"], last["actor"], last["run"]) == ("doubled", "user:user", None)


def test_a_period(page, moved):
    result = found(page, **{"from": "2026-04-01"})
    assert (result["from"], result["to"], result["same"], result["sums"]) == ("2026-04-01", None, True, [])
    wrong = {"from": "2026-04-01", "to": "2026-03-01"}
    assert page().post("api/accounts/acme/check", json=wrong).status_code == 422


def test_documents_and_sums_as_csv(page, moved):
    def rows(part: str):
        answer = page("user").get("api/accounts/acme/check.csv", params={"part": part})
        assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''acme-check-{part}.csv"
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    assert [(row["document"], row["outcome"]) for row in rows("documents")] == [(moved, "same")]
    assert [(row["month"], row["source"], row["target"]) for row in rows("sums")] == [("2026-03", "119.00", "119.00")]


def test_a_refusal_of_the_service_is_reported(page, moved, acme):
    acme.block_key()
    assert page().post("api/accounts/acme/check", json={}).status_code == 502
    assert page().get("api/accounts/acme/check.csv").status_code == 502


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)]
)
def test_a_link_of_another_site_starts_no_check(page, account, site, status):
    account()
    headers = {"Sec-Fetch-Site": site}
    assert page().get("api/accounts/acme/check.csv", headers=headers).status_code == status


def test_the_page_knows_the_reason_of_what_is_sent_after_a_check():
    assert f'MISSING = "{MISSING}"' in (FOLDER / "parts" / "history.js").read_text()
