"""Ready for no signal? What the server counts for this person, held against what is really here: green, or red."""

from __future__ import annotations

import msgspec

from doorstep_client import outbox, replica
from doorstep_client.identity import epoch, schema
from doorstep_client.line import Line
from doorstep_client.store import Store
from doorstep_client.transport import expect_success


class AggregateCount(msgspec.Struct, frozen=True):
    """What the server holds of one aggregate."""

    id: str
    ver: int
    counts: dict[str, int] = {}
    """Entity → live records."""


class Credential(msgspec.Struct, frozen=True):
    """What the phone proves itself with on the day that signal returns."""

    nonce: str = ""


class Counted(msgspec.Struct, frozen=True):
    """The answer of `GET /v1/manifest`."""

    aggregates: list[AggregateCount]
    schema: int = 0
    credential: Credential = Credential()
    expected: dict[str, int] = {}
    """Kind of thing (jobs, checklists, …) → how many, as the person knows them."""


class Readiness(msgspec.Struct, frozen=True):
    """Green when nothing is missing."""

    missing: tuple[str, ...]
    """What is short, a sentence each."""
    expected: dict[str, int]

    @property
    def is_green(self) -> bool:
        """Whether one can leave."""
        return not self.missing


def check(store: Store, line: Line) -> Readiness:
    """Ask the server and compare; raises `Unreachable`: without an answer the light is not green.

    An aggregate that is here at the right version and yet short has lost records on this phone: the next exchange
    fetches it anew, because versions alone would never tell.
    """
    answer = expect_success(line.call("GET", "/v1/manifest", {"Accept": "application/json"}))
    counted = msgspec.json.decode(answer.body, type=Counted)
    with store.transaction():
        if counted.credential.nonce:
            store.put(nonce=counted.credential.nonce)
        _fetch_anew(store, counted)
        return Readiness(tuple(_missing(store, counted)), counted.expected)


def _fetch_anew(store: Store, counted: Counted) -> None:
    held, here = replica.manifest(store, epoch(store)), replica.counts(store)
    for one in counted.aggregates:
        if held.get(one.id) == one.ver and here.get(one.id, {}) != one.counts:
            store.run("INSERT INTO refetch (aggregate) VALUES (?) ON CONFLICT (aggregate) DO NOTHING", one.id)


def _missing(store: Store, counted: Counted) -> list[str]:
    held = replica.manifest(store, epoch(store))
    here = replica.counts(store)
    missing = []
    for aggregate in counted.aggregates:
        found = held.get(aggregate.id)
        if found is None:
            missing.append(f"{aggregate.id} is not here")
            continue
        if found < aggregate.ver:
            missing.append(f"{aggregate.id} is here at version {found} of {aggregate.ver}")
        mine = here.get(aggregate.id, {})
        missing += [
            f"{aggregate.id}: {mine.get(entity, 0)} of {count} {entity}"
            for entity, count in sorted(aggregate.counts.items())
            if found == aggregate.ver and mine.get(entity, 0) != count
        ]
    if counted.schema > schema(store).version:
        missing.append("the server works by a newer schema")
    if outbox.pending_count(store):
        missing.append(f"{outbox.pending_count(store)} actions have not been sent")
    if not store.get("nonce", str):
        missing.append("this phone cannot sign in again without signal for a new nonce")
    return missing
