"""The schema of field service, version 1: every entity, put together from its topics."""

from __future__ import annotations

from domain.schema import (
    company,
    diagnosis,
    inbox,
    knowledge,
    messages,
    orders,
    parts,
    people,
    places,
    signoff,
    visits,
)
from sync.casts import Cast
from sync.schema import Schema

VERSION = 1

SCHEMA = Schema(
    version=VERSION,
    entities={
        **places.ENTITIES,
        **orders.ENTITIES,
        **visits.ENTITIES,
        **diagnosis.ENTITIES,
        **parts.ENTITIES,
        **signoff.ENTITIES,
        **people.ENTITIES,
        **company.ENTITIES,
        **knowledge.ENTITIES,
        **inbox.ENTITIES,
        **messages.ENTITIES,
    },
)

CASTS: tuple[Cast, ...] = ()
"""How entities changed from version to version. Version 1 has no predecessor."""
