"""How old is what is shown, and what does nobody else know yet? Unknown is told as unknown."""

from __future__ import annotations

import msgspec

from doorstep_client import outbox, uploads
from doorstep_client.clock import Reading
from doorstep_client.identity import identity
from doorstep_client.store import Store
from doorstep_client.time_evidence import Measured


class Freshness(msgspec.Struct, frozen=True, kw_only=True):
    """What a card says about its own truth."""

    server_time: str
    """The server's clock at the last exchange; empty before the first."""
    age_ms: int | None
    """Time since then by the monotonic clock; None when the phone has restarted since, or never exchanged."""
    unsent: int
    """Operations without a result."""
    parked: int
    uploads: int
    """Files not stored on the server."""
    upload_bytes: int
    is_revoked: bool
    faults: tuple[str, ...]
    """What the last exchange could not put right."""


def freshness(store: Store, now: Reading) -> Freshness:
    """As of now; nothing is asked of anybody."""
    measured = store.get("measured", Measured)
    is_same_boot = measured is not None and measured.at.boot == now.boot
    files, size = uploads.waiting(store)
    return Freshness(
        server_time=store.get("server_time", str) or "",
        age_ms=now.mono_ms - measured.at.mono_ms if measured is not None and is_same_boot else None,
        unsent=outbox.pending_count(store),
        parked=len(outbox.parked_seqs(store, identity(store).device)),
        uploads=files,
        upload_bytes=size,
        is_revoked=bool(store.get("revoked", bool)),
        faults=tuple(store.get("faults", list[str]) or ()),
    )
