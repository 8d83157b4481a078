"""What a list may be asked for: a name or a value that is not known is refused, never passed over in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import lru_cache
from typing import Any, Protocol

from litestar.connection import ASGIConnection
from litestar.handlers import HTTPRouteHandler
from litestar.handlers.base import BaseRouteHandler
from litestar.params import ParameterKwarg

from mobile_api.problem import all_told, wrong
from mobile_api.problems import FieldInvalid
from sync.fault import Fault, named
from sync.record import Record

_RESERVED = frozenset({"request", "data"})


class Finds(Protocol):
    """What is asked whether a record exists (`server.desk.records.Records`)."""

    def find(self, entity: str, id: str) -> Record | None: ...


def known_names(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard that refuses parameters which the route does not have, or which come twice. Raises FieldInvalid."""
    if not isinstance(handler, HTTPRouteHandler) or not connection.query_params:
        return
    allowed = _names(handler)
    counts = Counter(name for name, _ in connection.query_params.multi_items())
    if faults := [*filter(None, (_fault(name, count, allowed) for name, count in counts.items()))]:
        raise FieldInvalid(**all_told(faults))


def _fault(name: str, count: int, allowed: Collection[str]) -> Fault | None:
    if name in allowed:
        # Which of the two is meant, nobody can tell.
        return Fault("given_twice", name) if count > 1 else None
    given = named(name)
    return Fault("unknown_name", given, ", ".join(sorted(allowed))) if allowed else Fault("unknown", given)


@lru_cache(512)
def _names(handler: HTTPRouteHandler) -> frozenset[str]:
    """The names of a route's query parameters."""
    found = set()
    for name, declared in handler.parsed_fn_signature.parameters.items():
        asked = declared.kwarg_definition
        if name in _RESERVED or not isinstance(asked, ParameterKwarg) or asked.param_type != "query":
            continue
        found.add(asked.name or name)
    return frozenset(found)


def one_of(field: str, value: str, allowed: Collection[str]) -> str:
    """The value, which is empty or one of these. Raises FieldInvalid with what would be taken."""
    if value and value not in allowed:
        raise FieldInvalid(**wrong("not_one_of", field, ", ".join(allowed)))
    return value


def existing(records: Finds, field: str, entity: str, id: str) -> str:
    """The id, which is empty or that of a record, deleted or not. Raises FieldInvalid. May block."""
    if id and records.find(entity, id) is None:
        raise FieldInvalid(**wrong("unknown_record", field))
    return id
