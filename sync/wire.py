"""The exchange on the wire: `POST /v1/sync` (openapi/sync-protocol.md, sections 3 and 8)."""

from __future__ import annotations

import msgspec

from sync.canonical import sha256_hex
from sync.outcome import Result

PROTOCOL = 1


class Push(msgspec.Struct, omit_defaults=True):
    """Operations in seq order without gaps."""

    ops: list[msgspec.Raw] = []
    first: int = 0
    """Seq of the first operation: gives every operation its place even where its own number cannot be read."""
    parked: list[int] = []
    """Seqs whose stored result was `parked`: the answer tells their present result."""
    parked_ids: list[str] = []
    """The same by operation id, for what the person's phone sent under another device id: before it became a copy."""


class Outbox(msgspec.Struct, omit_defaults=True):
    """What the phone still holds, so that a lost phone leaves a list of what is missing."""

    pending: int = 0
    last_seq: int = 0
    digest: str = ""
    """SHA-256 over the ids of all unsent operations, in seq order, each followed by a line feed."""
    uploads: int = 0
    upload_bytes: int = 0


class Pull(msgspec.Struct, omit_defaults=True):
    """What the phone has. `digest` alone suffices when nothing may have changed."""

    digest: str | None = None
    """`manifest_digest` of the phone's manifest, sent without `manifest`: equal → `unchanged`, else `send_manifest`."""
    manifest: dict[str, int] | None = None
    """Aggregate → version."""
    after: dict[str, tuple[int, str]] = {}
    """For an aggregate that is being paged into staging: the last (ver, record id) received."""
    refetch: list[str] = []
    """Aggregates whose digest did not match: sent from the beginning."""


class SyncRequest(msgspec.Struct, omit_defaults=True):
    """One exchange."""

    protocol: int
    schema: int
    epoch: str
    """Epoch of the phone's base; empty on the first exchange."""
    push: Push = msgspec.field(default_factory=Push)
    pull: Pull | None = None
    outbox: Outbox | None = None


class PushReply(msgspec.Struct, omit_defaults=True):
    """Per operation its result, in seq order."""

    results: list[Result] = []
    updates: list[Result] = []
    """Present results of the parked seqs asked for, then of the parked ids."""
    need_from: int | None = None
    """A gap: operations from this seq on are wanted; nothing after the gap was taken."""
    fork: str | None = None
    """This device's numbers are used by another copy of it: author and send again under this device id."""
    quarantined: int | None = None
    """A revoked or unknown device: operations up to this seq are deposited, and nothing else is said."""


class AggregateChange(msgspec.Struct, omit_defaults=True):
    """One aggregate, to be swapped in at once (or staged while `more`). `records` holds stored bytes."""

    id: str
    ver: int
    digest: str
    whole: bool = False
    """The phone replaces what it has instead of adding to it."""
    more: bool = False
    after: tuple[int, str] | None = None
    snapshot: str | None = None
    """Address of an immutable snapshot to load first (GET, Range allowed); `ver` is the one that it holds."""
    records: list[msgspec.Raw] = []


class PullReply(msgspec.Struct, omit_defaults=True):
    """What changed."""

    unchanged: bool = False
    send_manifest: bool = False
    aggregates: list[AggregateChange] = []
    more: bool = False
    """The answer reached its size limit: pull again at once."""
    leave: list[str] = []
    """Aggregates to be dropped once nothing of theirs is pending."""
    digest: str = ""
    """`manifest_digest` after applying all of this."""


class SyncReply(msgspec.Struct, omit_defaults=True):
    """The answer."""

    protocol: int
    epoch: str
    server_time: str
    schema: int
    """Schema version of the server; GET /v1/schema when the phone's is older."""
    nonce: str = ""
    """To be signed by the device key for the next exchange without an access token."""
    token: str = ""
    """A fresh access token, when the exchange was signed."""
    push: PushReply | None = None
    pull: PullReply | None = None


def manifest_digest(manifest: dict[str, int]) -> str:
    """SHA-256 over the lines `aggregate\\tver\\n`, sorted by aggregate."""
    return sha256_hex("".join(f"{id}\t{manifest[id]}\n" for id in sorted(manifest)).encode())
