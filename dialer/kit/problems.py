"""Every error as application/problem+json (RFC 9457), whoever raised it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from dialer.kit.errors import Kind, Refused
from dialer.kit.faults import Fact, Fault, of_checker
from dialer.ports.store import AlreadyExistsError, NotFoundError, StoreError

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
STATUS = {
    Kind.NOBODY: HTTPStatus.UNAUTHORIZED,
    Kind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Kind.MISSING: HTTPStatus.NOT_FOUND,
    Kind.CONFLICT: HTTPStatus.CONFLICT,
    Kind.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Kind.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Kind.BROKEN: HTTPStatus.INTERNAL_SERVER_ERROR,
    Kind.NOT_NOW: HTTPStatus.SERVICE_UNAVAILABLE,
}


class FieldFault(BaseModel):
    """What is wrong with one field of the body."""

    field: str = Field(examples=["name", "to.agent"])
    slug: str = Field(description="It never changes its meaning.", examples=["too-long"])
    facts: dict[str, str | int | float] = Field(description="What its words speak of.")


class ProblemDetails(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="urn:dialer:problem:SLUG; the slug never changes its meaning.")
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="One line for a person: what is wrong and what to do.")
    errors: list[str] = Field(default=[], description="Each fault of a request with several.")
    facts: dict[str, str | int | float] = Field(
        default={}, description="What the words of the slug speak of, for words of your own."
    )
    faults: list[FieldFault] = Field(
        default=[], description="What is wrong with which field, where that is known."
    )


def problem_response(
    status: int,
    slug: str,
    detail: str,
    *,
    errors: list[str] | None = None,
    facts: Mapping[str, Fact] | None = None,
    headers: dict[str, str] | None = None,
    faults: Sequence[Fault] = (),
) -> JSONResponse:
    body: dict[str, Any] = {
        "type": f"urn:dialer:problem:{slug}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    if facts:
        body["facts"] = facts
    if faults:
        body["faults"] = [_shown(it) for it in faults]
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


def _shown(fault: Fault) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(fault)
    del shown["detail"]
    return shown


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For an endpoint's `responses`: these statuses are problems."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in statuses
    }


def install(app: FastAPI) -> None:
    """Have every error of `app` answered so."""
    app.add_exception_handler(Refused, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(StoreError, _store)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unexpected)


async def _problem(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    return refused_response(error)


def refused_response(refused: Refused) -> JSONResponse:
    headers = {}
    if refused.kind is Kind.NOBODY:
        headers["WWW-Authenticate"] = "Bearer"
    if refused.again_in_s is not None:
        headers["Retry-After"] = str(refused.again_in_s)
    return problem_response(
        STATUS[refused.kind],
        refused.slug,
        refused.detail,
        errors=refused.errors,
        facts=refused.facts,
        headers=headers,
        faults=refused.faults,
    )


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    slug = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    detail = str(error.detail)
    if error.status_code == HTTPStatus.NOT_FOUND:
        detail = f"there is nothing at {request.url.path}"
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = f"{request.method} is not possible at {request.url.path}"
    headers = dict(error.headers or {})
    return problem_response(error.status_code, slug, detail, headers=headers)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    lines = [_fault(details) for details in error.errors()]
    detail = lines[0] if len(lines) == 1 else f"{len(lines)} things are wrong"
    faults = [it for details in error.errors() if (it := of_checker(details)) is not None]
    return problem_response(422, "invalid-request", detail, errors=lines, faults=faults)


def _fault(details: dict[str, Any]) -> str:
    """One fault; never the value itself, which may be personal."""
    where = ".".join(str(part) for part in details["loc"])
    return f"{where}: {details['msg']}"


async def _gone(_request: Request, _error: Exception) -> JSONResponse:
    """Said to nobody; a body that breaks off is no fault of the service's."""
    return problem_response(400, "incomplete", "the body broke off")


async def _store(_request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, AlreadyExistsError):
        return problem_response(409, "already-exists", str(error))
    if isinstance(error, NotFoundError):
        return problem_response(404, "not-found", str(error))
    log.error("the store refused a request", error=str(error))
    return problem_response(503, "store-unavailable", str(error), headers={"Retry-After": "5"})


async def _unexpected(_request: Request, error: Exception) -> JSONResponse:
    log.error("a request failed", error=repr(error), exc_info=error)
    return problem_response(500, "internal-error", "the request failed; the log says why")
