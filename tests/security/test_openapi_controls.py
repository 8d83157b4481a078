"""A document that is wrong, or a server that errs, must be found by the requests that are made from the document."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from schemathesis import GenerationMode

from server.db.reading import Reading
from server.desk.session import DeskSessions
from tests.security import declared, judged
from tests.security.declared import Json
from tests.security.parties import Parties
from tests.security.senders import EVERYBODY, senders
from tests.security.test_openapi import DOCUMENT, told_wrongly

Patch = pytest.MonkeyPatch


def a_status_is_not_declared(document: Json, patch: Patch) -> None:
    """GET /v1/desk/me"""
    document["paths"]["/v1/desk/me"]["get"]["responses"].pop("200")


def a_body_has_another_shape(document: Json, patch: Patch) -> None:
    """GET /v1/desk/me"""
    document["components"]["schemas"]["Me"]["properties"]["roles"] = {"type": "string"}


def a_content_type_is_another(document: Json, patch: Patch) -> None:
    """GET /v1/schema"""
    answer = document["paths"]["/v1/schema"]["get"]["responses"]["200"]
    answer["content"] = {"text/plain": {"schema": {"type": "string"}}}


def a_problem_is_in_no_list(document: Json, patch: Patch) -> None:
    """GET /v1/manifest"""
    patch.setattr(judged, "causes", dict)


def a_member_of_problems_is_missing(document: Json, patch: Patch) -> None:
    """GET /v1/manifest"""
    document["components"]["schemas"]["Problem"]["required"].append("instance")


def a_handler_errs(document: Json, patch: Patch) -> None:
    """GET /v1/desk/sites/{record_id}"""
    patch.setattr(Reading, "of_aggregate", _raises)
    patch.setattr(Reading, "records", _raises)


def a_guard_errs(document: Json, patch: Patch) -> None:
    """GET /v1/desk/me"""
    patch.setattr(DeskSessions, "find", _raises)


def _raises(*_: object) -> None:
    raise KeyError("a defect")


FLAWS: list[Callable[[Json, Patch], None]] = [
    a_status_is_not_declared,
    a_body_has_another_shape,
    a_content_type_is_another,
    a_problem_is_in_no_list,
    a_member_of_problems_is_missing,
    a_handler_errs,
    a_guard_errs,
]


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.__name__)
def test_a_flaw_is_found(both: Parties, monkeypatch: Patch, flaw: Callable[[Json, Patch], None]) -> None:
    document, one = copy.deepcopy(DOCUMENT), senders(both)[EVERYBODY]
    one.likely.base = lambda _: ""  # type: ignore[method-assign]  # it reads what a flaw breaks
    flaw(document, monkeypatch)
    found = {each.label: each for each in declared.operations(declared.schema(document))}
    operation = found[str(flaw.__doc__)]

    assert told_wrongly(one, operation, GenerationMode.POSITIVE, 3, document) != set()
