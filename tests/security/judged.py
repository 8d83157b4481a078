"""Whether an answer is one that the document declares: no 500, no other status, content type or body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import schemathesis
from jsonschema import Draft202012Validator
from schemathesis import Case
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)

from mobile_api.problem import MEDIA_TYPE, causes

_CHECKS = [content_type_conformance, response_headers_conformance, response_schema_conformance]


def faults(described: Mapping[str, Any], case: Case, answer: schemathesis.Response) -> list[str]:
    """What the document does not foresee about this answer, each with the request and the status."""
    about = f"{case.method} {case.path}: {answer.status_code}"
    return [f"{about} {one}" for one in _faults(described, case, answer)]


def _faults(described: Mapping[str, Any], case: Case, answer: schemathesis.Response) -> Iterator[str]:
    if answer.status_code >= 500:
        yield answer.text[:200]
    elif answer.status_code >= 400:
        if case.method != "HEAD":
            yield from _faults_of_a_problem(described, answer)
    elif str(answer.status_code) not in case.operation.definition.raw["responses"]:
        yield "is not declared"
    else:
        for check in _CHECKS:
            try:
                case.validate_response(answer, checks=[check])
            except FailureGroup as group:
                yield " ".join(str(one) for one in group.exceptions)[:400]


def _faults_of_a_problem(described: Mapping[str, Any], answer: schemathesis.Response) -> Iterator[str]:
    if (kind := answer.headers.get("content-type", [""])[0]) != MEDIA_TYPE:
        yield f"is {kind or 'nothing'}: {answer.text[:100]}"
        return
    body = answer.json()
    shape = {"$ref": "#/components/schemas/Problem", "components": described["components"]}
    yield from (one.message for one in Draft202012Validator(shape).iter_errors(body))
    if body["code"] not in causes():
        yield f"has the code {body['code']}, which is not in the list"
    if body["status"] != answer.status_code:
        yield f"says that its status is {body['status']}"
