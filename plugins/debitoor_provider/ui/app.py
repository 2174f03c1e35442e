"""The API of the Synchronisation page, which Airflow's API server mounts."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from airflow.api_fastapi.app import get_auth_manager
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from debitoor_provider import __version__
from debitoor_provider.messages import Message, written_for
from debitoor_provider.services.errors import ServiceError
from debitoor_provider.sync.ledger import IllegalTransition, LedgerError
from debitoor_provider.ui import assets
from debitoor_provider.ui.access import ANY_USER
from debitoor_provider.ui.origin import SameOrigin
from debitoor_provider.ui.readers import ReaderOfAnswers, reader_of
from debitoor_provider.ui.refusals import RequestRefused
from debitoor_provider.ui.routes import (
    accounts,
    all_documents,
    attention,
    checks,
    choices,
    connections,
    consent,
    documents,
    entered_settings,
    folders,
    limits,
    me,
    runs,
    settings,
)
from debitoor_provider.ui.wrong_requests import problem_of, refusal_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.auth_manager = get_auth_manager()
    yield


app = FastAPI(
    title="Synchronisation",
    description="Accounts that exchange documents between GetMyInvoices and Debitoor: list, run, correct, connect.",
    version=__version__,
    lifespan=_lifespan,
    redoc_url=None,
    docs_url=None,
    openapi_url=None,
)
app.add_middleware(SameOrigin)
app.add_middleware(ReaderOfAnswers)
_PARTS = (
    me,
    accounts,
    documents,
    all_documents,
    attention,
    runs,
    checks,
    settings,
    limits,
    entered_settings,
    folders,
    choices,
    connections,
    consent,
)
for part in _PARTS:
    app.include_router(part.router, prefix="/api")
app.include_router(consent.callback_router)


@app.exception_handler(ServiceError)
def _service_error(_: Request, error: ServiceError) -> JSONResponse:
    return _answer(error.message, 502)


@app.exception_handler(RequestRefused)
def _refused(_: Request, error: RequestRefused) -> JSONResponse:
    return _answer(error.message, error.status_code)


@app.exception_handler(IllegalTransition)
def _illegal_transition(_: Request, __: IllegalTransition) -> JSONResponse:
    return _answer(Message("document_changed_meanwhile"), 409)


@app.exception_handler(LedgerError)
def _ledger_error(_: Request, error: LedgerError) -> JSONResponse:
    return _answer(error.message, 503)


@app.exception_handler(RequestValidationError)
def _not_valid(_: Request, error: RequestValidationError) -> JSONResponse:
    return JSONResponse({"detail": [problem_of(one) for one in error.errors()]}, 422)


@app.exception_handler(StarletteHTTPException)
def _refused_by_others(_: Request, error: StarletteHTTPException) -> JSONResponse:
    """Answer for what FastAPI and Airflow refuse, which is English in any language."""
    return _answer(refusal_of(error.status_code), error.status_code, error.headers)


@app.exception_handler(Exception)
def _failed(request: Request, _: Exception) -> JSONResponse:
    """Answer unexpected errors; the server still logs them."""
    with written_for(reader_of(request.scope)):
        return _answer(refusal_of(500), 500)


def _answer(message: Message, status: int, headers: Mapping[str, str] | None = None) -> JSONResponse:
    remedy = message.remedy()
    return JSONResponse({"detail": message.text()} | ({"remedy": remedy} if remedy else {}), status, headers)


@app.get("/static/{version}/{path:path}", dependencies=[Depends(ANY_USER)], include_in_schema=False)
def static(version: str, path: str) -> FileResponse:
    """Send a file of the web app; its address changes with its content, so a browser may keep it for good."""
    file = assets.FILES.get(path)
    if file is None:
        raise HTTPException(404)
    is_current = version == assets.VERSION
    headers = {
        "Cache-Control": "private, max-age=31536000, immutable" if is_current else "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return FileResponse(file, headers=headers)


@app.get("/openapi.json", dependencies=[Depends(ANY_USER)], include_in_schema=False)
def openapi() -> dict[str, object]:
    """Describe the API to scripts."""
    return app.openapi()
