"""What one person holds, by every id that it has; and what of it came back to, or was changed by, somebody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sync.record import Record
from tests.server.live import Live

SECRET = "annas-secret"
"""Stands in every text of Anna's; followed by what it is a text of: `annas-secret-customer`."""


@dataclass
class Held:
    """Anna's things, and their ids."""

    user: str
    device: str
    aggregates: list[str] = field(default_factory=list)
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    operations: list[dict[str, Any]] = field(default_factory=list)
    uploads: dict[str, str] = field(default_factory=dict)
    """Address of an upload → its media."""
    media: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Media id → SHA-256 and size of its bytes."""

    def ids(self) -> list[str]:
        """Every id, of any kind, that means something of hers."""
        found = [self.user, self.device, *self.aggregates, *self.media, *self.uploads]
        found += [sha256 for sha256, _ in self.media.values()]
        found += [location.rpartition("/")[2] for location in self.uploads]
        found += [id for _, id in self.records]
        return sorted({*found, *(one["id"] for one in self.operations)})

    def of(self, entity: str) -> list[str]:
        """Ids of her records of a kind."""
        return [id for kind, id in self.records if kind == entity]

    def told(self, said: str, asked: str, words: Sequence[str], tells_ids: bool) -> list[str]:
        """What of hers is in an answer that was not in the question: these words, and ids unless they may be told."""
        watched = [*words, *(() if tells_ids else self.ids())]
        return [f"told {one}" for one in watched if one in said and one not in asked]


def state(live: Live, held: Held) -> Mapping[str, Any]:
    """All that the server keeps of hers, compared before and after whatever somebody else has sent."""
    kept: dict[str, Any] = {}
    for aggregate in held.aggregates:
        row, records = live.service.reading.of_aggregate(aggregate)
        kept[aggregate] = row, sorted(records, key=lambda one: (one.entity, one.id))
    for location in held.uploads:
        kept[location] = live.service.uploads._register.get(location.rpartition("/")[2])
    with live.service.store.snapshot() as snapshot:
        kept["rights"] = sorted(row.id for row, _ in snapshot.entitled(held.user))
        kept["ledger"] = snapshot.ledger(held.device, 0, 1000)
    device = live.service.devices.get(held.device)
    kept["device"] = device and msgspec.structs.replace(device, nonce_floor_ms=0)
    return kept


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """What differs."""
    return (f"changed {name}" for name, value in before.items() if after[name] != value)
