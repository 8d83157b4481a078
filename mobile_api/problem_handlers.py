"""Whatever is raised while a request is answered, the client gets problem+json."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, SerializationException, ValidationException
from litestar.types import ExceptionHandlersMap

from mobile_api.json_request import json_invalid
from mobile_api.misfit import of_pydantic
from mobile_api.problem import (
    BadRequest,
    Forbidden,
    MethodNotAllowed,
    NotFound,
    Problem,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    all_told,
    problem_response,
    unexpected,
)
from mobile_api.problems import FieldInvalid, JsonInvalid
from sync.fault import Fault
from sync.misfit import of_msgspec

READER_LANGUAGE = "reader_language"
"""Under this name a request's state holds the language of whoever is signed in, for requests that name none."""


def problem_handlers() -> ExceptionHandlersMap:
    """Exception handlers for the whole application."""
    return {Problem: answer_problem, HTTPException: _answer_http, Exception: _answer_unexpected}


def answer_problem(request: Request[Any, Any, Any], problem: Problem) -> Response[bytes]:
    """The answer to a request, in its reader's language."""
    asked = request.headers.get("accept-language") or request.scope["state"].get(READER_LANGUAGE, "")
    return problem_response(problem, asked)


def _answer_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the framework itself refuses: unknown paths, methods, bodies that do not parse."""
    by_status: dict[int, type[Problem]] = {
        cause.status: cause
        for cause in (NotFound, MethodNotAllowed, Unauthorized, Forbidden, TooLarge, TooManyRequests)
    }
    headers = error.headers or {}
    if cause := by_status.get(error.status_code):
        return answer_problem(request, cause(headers))
    if error.status_code >= 500:
        return _answer_unexpected(request, error)
    if isinstance(error.__cause__, SerializationException):
        return answer_problem(request, json_invalid(str(error.__cause__)))
    if isinstance(error, ValidationException):
        return answer_problem(request, _misfit(error))
    return answer_problem(request, BadRequest(headers, reason=error.detail))


def _misfit(error: ValidationException) -> Problem:
    """What of the parameters or the body does not fit."""
    by_model: list[dict[str, Any]] = getattr(error.__cause__, "errors", [])
    if by_model:
        faults = [_in_body(of_pydantic(one)) for one in by_model]
    elif isinstance(error.extra, list) and error.extra:
        faults = [_named(one) for one in error.extra]
    else:
        faults = [_in_body(of_msgspec(error.detail))]
    if faults[0] == Fault("needed", "data"):
        return JsonInvalid("empty")
    return FieldInvalid(**all_told(faults))


def _named(one: dict[str, str]) -> Fault:
    fault = of_msgspec(one["message"])
    return fault.at(".".join(filter(None, (one.get("key", "").removeprefix("data"), fault.field))) or "body")


def _in_body(fault: Fault) -> Fault:
    return fault.at(fault.field or "body")


def _answer_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    return answer_problem(request, unexpected(request.method, request.scope["path"], error))
