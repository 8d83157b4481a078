"""Technicians' phones: enrolled, heard, and pushing what was authored on them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from server.demo.clashes import clashes
from server.demo.content.identity import stable_id
from server.demo.content.load import Record
from server.demo.content.world import World
from sync.wire import Outbox


@dataclass(frozen=True)
class DemoPhone:
    """A phone that nobody holds: it was enrolled long ago, and speaks once, while the company is built."""

    device: str
    technician: str
    name: str
    platform: str
    enrolled_at: str
    heard_at: str
    outbox: Outbox
    """What it still held when it was last heard."""


def phones(world: World) -> Iterator[DemoPhone]:
    """All phones, in the technicians' order."""
    sent = Counter(said.by for said in clashes(world) for _ in said.drafted if said.role == "technician")
    for row in world.open["phones"]:
        yield DemoPhone(
            device=row["id"],
            technician=row["technician"],
            name=row["name"],
            platform=row["platform"],
            enrolled_at=_with_millis(row["enrolled_at"]),
            heard_at=_with_millis(row["heard_at"]),
            outbox=_outbox(row, sent[row["technician"]]),
        )


def _outbox(row: Record, sent: int) -> Outbox:
    unsent = [stable_id("operation", "unsent", row["id"], place) for place in range(row["pending"])]
    listed = "".join(f"{id}\n" for id in unsent).encode()
    return Outbox(
        pending=len(unsent),
        last_seq=sent + len(unsent),
        digest=hashlib.sha256(listed).hexdigest(),
        uploads=row["uploads"],
        upload_bytes=row["upload_bytes"],
    )


def _with_millis(at: str) -> str:
    """As the server writes times of its own, which are compared as texts."""
    return at.replace("Z", ".000Z")
