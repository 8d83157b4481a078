"""The one read door for phones: what changed, from one snapshot, in stored bytes (sync-protocol.md, section 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby

import msgspec

from sync.record import digest_hex
from sync.store import AggregateRow, Snapshot
from sync.wire import Pull, manifest_digest

LAST_ID = "~"
"""Sorts after every record id: `(ver, "~")` means everything up to and including that version."""
SAME_ID = 64
"""Read this far beyond a page: records of several entities may share version and id, and must not be torn apart."""
Downcast = Callable[[bytes], bytes | None]
SnapshotOf = Callable[[str], tuple[str, int] | None]
"""Aggregate → (address, version) of an immutable first-load snapshot, where there is one."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes of an answer."""

    page_records: int = 20_000
    """An aggregate with more records than this to send is paged."""
    reply_bytes: int = 8 * 1024 * 1024
    """After this many bytes the rest waits for the next exchange: what a cut connection costs, and what each phone that
    pulls at the same time takes of the server's memory."""


DEFAULT_LIMITS = Limits()


class Pulled(msgspec.Struct, frozen=True):
    """The `pull` member of a reply as chunks of JSON, and what may be cached: the user's change count and digest."""

    chunks: list[bytes]
    change: int
    digest: str


def pull(
    snapshot: Snapshot,
    user: str,
    request: Pull,
    *,
    same_epoch: bool,
    limits: Limits = DEFAULT_LIMITS,
    downcast: Downcast | None = None,
    snapshot_of: SnapshotOf = lambda aggregate: None,
) -> Pulled:
    """What the user's phone lacks. Holds nothing outside the user's entitlements (invariant 5)."""
    change = snapshot.change(user)
    entitled = snapshot.entitled(user)
    digest = manifest_digest({row.id: row.ver for row, _ in entitled})
    if request.manifest is None:
        answer = "unchanged" if request.digest == digest and same_epoch else "send_manifest"
        return Pulled([b'{"%s":true,"digest":"%s"}' % (answer.encode(), digest.encode())], change, digest)
    wants = _wants(entitled, request, same_epoch, limits, snapshot_of)
    held = {row.id for row, _ in entitled}
    leave = sorted(id for id in request.manifest if id not in held)
    chunks = [b'{"aggregates":[']
    more = _aggregates(chunks, snapshot, wants, limits, downcast)
    tail = {"digest": digest, "leave": leave, "more": more, "unchanged": not wants and not leave}
    chunks.append(b"]," + msgspec.json.encode(tail)[1:])
    return Pulled(chunks, change, digest)


class _Want(msgspec.Struct, frozen=True, gc=False):
    row: AggregateRow
    since: int
    after: str
    whole: bool
    paged: bool
    snapshot: tuple[str, int] | None


def _wants(
    entitled: list[tuple[AggregateRow, int]],
    request: Pull,
    same_epoch: bool,
    limits: Limits,
    snapshot_of: SnapshotOf,
) -> list[_Want]:
    manifest = request.manifest or {}
    wants = []
    for row, count in entitled:
        have = manifest.get(row.id)
        paging = request.after.get(row.id)
        if have == row.ver and same_epoch and row.id not in request.refetch:
            continue
        whole = (
            have is None
            or not same_epoch
            or row.id in request.refetch
            or have < row.tomb_floor
            or have > row.ver
        )
        since = 0 if whole or have is None else have
        if paging is not None and paging[0] <= row.ver:
            wants.append(_Want(row, paging[0], paging[1], whole, True, None))
            continue
        first_load = snapshot_of(row.id) if whole else None
        paged = first_load is None and count > limits.page_records
        wants.append(_Want(row, since, LAST_ID, whole, paged, first_load))
    return wants


def _aggregates(
    chunks: list[bytes], snapshot: Snapshot, wants: list[_Want], limits: Limits, downcast: Downcast | None
) -> bool:
    """Append one JSON object per aggregate; True when the size limit left some for the next exchange."""
    size = 0
    first = True
    by_id = {want.row.id: want for want in wants}
    plain = [want for want in wants if not want.paged and want.snapshot is None]
    streams = groupby(snapshot.changed([(want.row.id, want.since) for want in plain]), key=lambda row: row[0])
    answered: set[str] = set()
    for id, rows in streams:
        if size > limits.reply_bytes:
            return True
        size += _one(chunks, by_id[id], rows, limits, downcast, first)
        answered.add(id)
        first = False
    for want in wants:
        if want.row.id in answered:
            continue
        if size > limits.reply_bytes:
            return True
        rows = _rest(snapshot, want, limits)
        size += _one(chunks, want, rows, limits, downcast, first)
        first = False
    return False


def _rest(snapshot: Snapshot, want: _Want, limits: Limits) -> Iterator[tuple[str, int, str, bytes]]:
    """Records of an aggregate that is being paged; none where only its version is new, or a snapshot holds them."""
    if not want.paged:
        return iter(())
    return iter(snapshot.page(want.row.id, (want.since, want.after), limits.page_records + SAME_ID))


def _one(
    chunks: list[bytes],
    want: _Want,
    rows: Iterator[tuple[str, int, str, bytes]],
    limits: Limits,
    downcast: Downcast | None,
    first: bool,
) -> int:
    bodies: list[bytes] = []
    last: tuple[int, str] | None = None
    more = False
    for taken, (_, ver, id, body) in enumerate(rows):
        if taken >= limits.page_records and (ver, id) != last:
            more = True
            break
        last = (ver, id)
        shown = body if downcast is None else downcast(body)
        if shown is not None:
            bodies.append(shown)
    for _ in rows:
        pass
    head: dict[str, object] = {
        "id": want.row.id,
        "ver": want.row.ver,
        "digest": digest_hex(want.row.digest),
    }
    if want.whole:
        head["whole"] = True
    if more:
        head["more"] = True
        head["after"] = last
    if want.snapshot is not None:
        head["snapshot"], head["ver"] = want.snapshot
        head["more"] = True
        head["after"] = (want.snapshot[1], LAST_ID)
    joined = b",".join(bodies)
    chunks.append(b"" if first else b",")
    chunks.append(msgspec.json.encode(head)[:-1] + b',"records":[')
    chunks.append(joined)
    chunks.append(b"]}")
    return len(joined) + 200
