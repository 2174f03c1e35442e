"""The sandbox against the outside: whatever is sent to it, it answers, and in the shapes that it describes."""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
)

from debitoor_provider.sandbox import contract
from debitoor_provider.sandbox.openapi import PATHS, describe
from debitoor_provider.sandbox.server import running
from tests.sync.stage import pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from debitoor_provider.sandbox.client import CompanyAdmin, SandboxAdmin
    from tests.trust.common.tally import Tally

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
PARTS = 8
# What empties the sandbox, and what reads a folder of the machine: they are tried by themselves.
_LEFT_OUT = {f"{contract.ADMIN}/reset", f"{contract.ADMIN}/companies/{{company_id}}/load"}

_KINDS = ("expense", "income", "invoice", "creditNote", "supplier", "customer")
_NEEDS_MORE = {  # what takes more than a call that fits: a person's consent, strict bookkeeping
    f"{method} {path}"
    for method, path in (
        ("GET", contract.AUTHORIZE),
        ("POST", contract.AUTHORIZE),
        ("POST", contract.ACCESS_TOKEN),
        ("POST", contract.EXPENSE_BOOK),
    )
}


@pytest.fixture(scope="module")
def outside() -> Iterator[SandboxAdmin]:
    """Start a separate sandbox: what is sent to it would disturb others."""
    with running() as admin:
        yield admin


@pytest.fixture
def company(outside: SandboxAdmin) -> CompanyAdmin:
    """Create a company with one of everything."""
    made = outside.create_company("Acme GmbH", limits=None, switches={"expenses_v5": True})
    line = {"taxRate": 19, "grossAmount": 119}
    for number in range(8):
        made.add_document(
            pdf(), f"{number}.pdf", supplier="Paper Ltd", supplier_country="DE", gross_amount="1", tags=["a"]
        )
        made.add_invoice()
        made.add_invoice(kind="creditNote")
        made.add_portal(f"Portal {number}")
        made.add_expense(date="2026-01-05", number=number + 1, lines=[line])
        _gmi(made, "POST", "/companies", name=f"Company {number}", countryUid=1)
        party = {"name": "Paper Ltd", "countryCode": "DE"}
        _debitoor(made, contract.SUPPLIERS, json=party)
        _debitoor(made, contract.CUSTOMERS, json={**party, "paymentTermsId": 1})
        sold = {"date": "2026-01-05", "customerCountry": "DE", "lines": [{**line, "taxEnabled": True}]}
        _debitoor(made, f"{contract.INCOME}?autonumber=true", json=sold)
        _debitoor(made, contract.FILES, files={"file": (f"{number}.pdf", pdf())})
    uid = made.documents()[-1]["uid"]
    for number in range(3):
        content = base64.b64encode(pdf()).decode()
        _gmi(made, "POST", f"/documents/{uid}/attachments", fileName=f"{number}.pdf", fileContent=content)
    return made


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("service", ["gmi", "debitoor", "admin"])
def test_any_call_is_answered_as_described(
    service: str,
    part: int,
    outside: SandboxAdmin,
    company: CompanyAdmin,
    tally: Tally,
    sample: Callable[[int, int], int],
) -> None:
    document = _session().get(outside.base_url + _path_of(service), timeout=30).json()
    headers = {
        "gmi": {"X-API-KEY": company.gmi_api_key, "User-Agent": f"x ({company.gmi_account_id})"},
        "debitoor": {"x-token": company.debitoor_token},
        "admin": {},
    }[service]
    known = _known(company)
    schema = schemathesis.openapi.from_dict(document)
    operations = [result.ok() for result in schema.get_all_operations()]
    for operation in [each for each in operations if each.path not in _LEFT_OUT][part::PARTS]:
        _try(operation, headers, known, outside, tally, sample(16, 1500))
        outside.clear_faults()
        outside.set_clock()


@pytest.mark.parametrize("service", ["gmi", "debitoor", "admin"])
def test_no_other_method_is_known(service: str, outside: SandboxAdmin, company: CompanyAdmin, tally: Tally) -> None:
    """405 at GetMyInvoices and the admin API; 404 at Debitoor, as A33 has it."""
    session = _session()
    session.headers.update({"X-API-KEY": company.gmi_api_key, "x-token": company.debitoor_token or ""})
    session.headers["User-Agent"] = f"x ({company.gmi_account_id})"
    paths = session.get(outside.base_url + _path_of(service), timeout=30).json()["paths"]
    known: dict[str, set[str]] = defaultdict(set)
    for path, item in paths.items():
        known[re.sub(r"\{\w+\}", "x", path)] |= {method.upper() for method in item}
    for path, methods in known.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "QUERY"} - methods:
            answer = session.request(method, outside.base_url + path, json={}, timeout=30)
            if answer.status_code != (404 if service == "debitoor" else 405):
                tally.add("wrong", f"{method} {path} is answered with {answer.status_code}")
            tally.case()


@pytest.mark.parametrize("answer", [{"code": "x"}, {"id": 5}, [], {"id": "5", "email": "a", "countryCode": "DE"}])
def test_an_answer_of_another_shape_would_be_noticed(
    answer: object, outside: SandboxAdmin, company: CompanyAdmin
) -> None:
    outside.fault("status", operation="debitoor.environment", company=company, status=200, body=answer)
    (operation,) = [
        result.ok()
        for result in schemathesis.openapi.from_dict(describe("debitoor")).get_all_operations()
        if result.ok().path == contract.ENVIRONMENT
    ]
    case = operation.Case(headers={"x-token": company.debitoor_token})
    response = case.call(base_url=outside.base_url, session=_session())
    outside.clear_faults()
    with pytest.raises(FailureGroup):
        case.validate_response(response, checks=CHECKS)


def _try(
    operation: Any,
    headers: dict[str, str],
    known: dict[str, list[Any]],
    outside: SandboxAdmin,
    tally: Tally,
    examples: int,
) -> None:
    """Send what fits the description and what does not, half of each, to records that exist and to others."""
    session = _session()
    wrong: list[str] = []
    statuses: list[int] = []

    def send(case: Any, data: Any) -> None:
        begin = max((begin for begin in known if operation.path.startswith(begin)), key=len, default="")
        for name in list(case.path_parameters or {}):
            there = known.get(name) or (known.get(begin) if name in ("uid", "id", "ident") else None)
            if there and data.draw(st.integers(0, 3)):
                case.path_parameters[name] = data.draw(st.sampled_from(there))
        if isinstance(case.body, dict):
            _complete(case, operation.path, data)
        with suppress(requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL):
            response = case.call(base_url=outside.base_url, session=session, headers=headers, timeout=30)
            tally.case()
            # Whether it is answered without a key too is asked now and then: it takes two calls more.
            checks = CHECKS if not headers or len(statuses) % 8 else [*CHECKS, ignored_auth]
            statuses.append(response.status_code)
            try:
                case.validate_response(response, checks=checks, headers=headers, transport_kwargs={"session": session})
            except (Failure, FailureGroup) as failure:
                failures = failure.exceptions if isinstance(failure, FailureGroup) else [failure]
                wrong.extend(f"{operation.label}: {each.title}: {each.message}"[:400] for each in failures)
                wrong.append(f"sent: {case.as_curl_command()}"[:600])

    for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
        try:
            strategy = operation.as_strategy(generation_mode=mode)
            test = settings(
                max_examples=examples // 2,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )(seed(len(operation.label))(given(case=strategy, data=st.data())(send)))
            test()
        except schemathesis.errors.InvalidSchema:
            raise
        except Exception as error:
            if type(error).__name__ not in ("Unsatisfiable", "SkipTest"):  # nothing that does not fit can be made
                raise
    session.close()
    if not any(status < 400 for status in statuses) and operation.label not in _NEEDS_MORE:
        wrong.append(f"{operation.label}: no call succeeded, so the shape of its success was not looked at")
    for what in wrong[:6]:
        tally.add("wrong", what)


_PARTS_OF_BODIES: dict[str, dict[str, Any]] = {
    "/api/expenses/v": {"date": "2026-01-05", "number": 9, "lines": [{"taxRate": 19, "grossAmount": 119}]},
    "/api/income/": {
        "date": "2026-01-05",
        "number": 9,
        "customerCountry": "DE",
        "lines": [{"taxRate": 19, "grossAmount": 119, "taxEnabled": True}],
    },
    "/attachments": {"fileName": "a.pdf"},
    f"{contract.ADMIN}/faults": {"effect": "cut_after", "operation": "gmi.tags.list"},
    "/expenses": {"date": "2026-01-05", "lines": [{"taxRate": 19, "grossAmount": 119}]},
    "/generate": {"documents": 1, "invoices": 1},
    "/cancel": {"date": "2026-01-05"},
    "/pdf": {"content": base64.b64encode(b"%PDF-").decode()},
}
"""What a body needs that chance does not find, by a part of the path."""


def _complete(case: Any, path: str, data: Any) -> None:
    """Sometimes complete a body so that it is accepted."""
    base = next((base for part, base in _PARTS_OF_BODIES.items() if part in path.replace("{id}/", "v")), None)
    if "generate" in path:  # no more than these, which takes long enough
        case.body |= {name: 2 for name in ("documents", "invoices") if isinstance(case.body.get(name), int)}
    if base and data.draw(st.booleans()):
        keep = data.draw(st.sampled_from([list(case.body), list(case.body)[:1]]))
        case.body = {**{name: case.body[name] for name in keep}, **base}


def _known(company: CompanyAdmin) -> dict[str, list[Any]]:
    """Return ids of existing records, by the prefix of the paths that name them."""
    uids = [row["uid"] for row in company.documents()]
    suppliers = _gmi(company, "GET", "/companies")
    attachments = _gmi(company, "GET", f"/documents/{uids[-1]}/attachments")["records"]
    ids = {kind: [row["id"] for row in company.entities(kind)] for kind in _KINDS}
    files = [row["id"] for row in company.files()]
    return {
        "attachment_uid": [row["attachmentUid"] for row in attachments],
        f"{contract.GMI_COMPANIES}/": [row["companyUid"] for row in suppliers],
        f"{contract.GMI_DOCUMENTS}/{{uid}}/attachments/": uids[-1:],
        f"{contract.GMI_DOCUMENTS}/": uids,
        "/api/expenses/": ids["expense"],
        "/api/income/": ids["income"],
        "/api/suppliers/": ids["supplier"],
        "/api/customers/": ids["customer"],
        "/api/files/": files,
        "/api/sales/invoices/": ids["invoice"],
        "/api/sales/creditnotes/": ids["creditNote"],
        "/api/paymentaccounts/": [f"{company.debitoor_id}-bank"],
        "company_id": [company.id],
        f"{contract.ADMIN}/companies/{{company_id}}/documents/": uids,
        f"{contract.ADMIN}/companies/{{company_id}}/files/": files,
        f"{contract.ADMIN}/companies/{{company_id}}/entities/": ids["invoice"] + ids["expense"],
        f"{contract.ADMIN}/companies/{{company_id}}/entities/{{ident}}/pdf": ids["invoice"],
        f"{contract.ADMIN}/companies/{{company_id}}/invoices/": ids["invoice"],
    }


def _gmi(company: CompanyAdmin, method: str, path: str, **body: Any) -> Any:
    headers = {"X-API-KEY": company.gmi_api_key, "User-Agent": f"x ({company.gmi_account_id})"}
    url = company.admin.gmi_url + path
    return _session().request(method, url, headers=headers, json=body or None, timeout=30).json()


def _debitoor(company: CompanyAdmin, path: str, **sent: Any) -> None:
    answer = _session().post(
        company.admin.base_url + path, headers={"x-token": company.debitoor_token}, timeout=30, **sent
    )
    assert answer.status_code == 200, answer.text


def _path_of(service: str) -> str:
    return PATHS.get(service) or f"{contract.ADMIN}/openapi.json"


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    return session
