"""One exchange, before it is sent: what the phone offers, and what it says that it has. Nothing is written here."""

from __future__ import annotations

import msgspec

from doorstep_client import outbox, replica, uploads
from doorstep_client.identity import epoch, identity, schema
from doorstep_client.store import Store
from sync.operation import LARGEST_OPERATION_BYTES
from sync.wire import PROTOCOL, Pull, Push, SyncRequest, manifest_digest


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes and times of a phone."""

    operation_bytes: int = LARGEST_OPERATION_BYTES
    push_operations: int = 200
    """Operations in one exchange; the next ones follow at once."""
    push_bytes: int = 512 * 1024
    upload_bytes: int = 512 * 1024
    """Of a file in one request: what a cut costs at most."""
    keep_acked_days: int = 30
    """A restored server may ask again for what it had answered."""


DEFAULT_LIMITS = Limits()


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """A request, and what its answer must be judged by."""

    device: str
    request: SyncRequest
    body: bytes
    """The request as JSON, which is what is signed (compression comes after)."""
    answered: int
    """How many replies the phone had taken when this was built: any later, and this one's reply is a late one."""
    sent: tuple[int, ...]
    """Seqs of the operations that it carries."""


def build(store: Store, limits: Limits = DEFAULT_LIMITS) -> Exchange:
    """The next request, from one reading of the store. Building it again gives the same."""
    with store.reading():
        me = identity(store)
        offered = outbox.offer(store, me.device, limits.push_operations, limits.push_bytes)
        request = SyncRequest(
            protocol=PROTOCOL,
            schema=schema(store).version,
            epoch=epoch(store),
            push=Push(
                ops=[msgspec.Raw(payload) for _, _, payload in offered],
                first=offered[0][0] if offered else 0,
                parked=outbox.parked_seqs(store, me.device),
                parked_ids=outbox.parked_ids(store, me.device),
            ),
            pull=None
            if is_revoked(store) or _must_push_first(store, len(offered))
            else _pull(store, is_pushing=bool(offered)),
            outbox=outbox.summary(
                store, me.device, offered[-1][0] if offered else 0, *uploads.waiting(store)
            ),
        )
        return Exchange(
            device=me.device,
            request=request,
            body=msgspec.json.encode(request),
            answered=store.get("answered", int) or 0,
            sent=tuple(seq for seq, _, _ in offered),
        )


def is_revoked(store: Store) -> bool:
    """Whether the server only takes this device's work into quarantine."""
    return bool(store.get("revoked", bool))


def _must_push_first(store: Store, offered: int) -> bool:
    """After a restore, base and answers change over together: nothing is pulled before the last that is offered again.

    A fault, such as a number that is here no longer, holds up nothing.
    """
    if outbox.pending_count(store) <= offered or store.get("faults", list[str]):
        return False
    return replica.is_of_older_epoch(store, epoch(store))


def _pull(store: Store, *, is_pushing: bool) -> Pull:
    """A digest where most likely nothing is new; the manifest where an answer is expected, to save a round trip."""
    manifest = replica.manifest(store, epoch(store))
    after = replica.paging(store)
    refetch = [
        row[0]
        for row in store.all("SELECT aggregate FROM refetch WHERE failed_ver IS NULL ORDER BY aggregate")
    ]
    if is_pushing or after or refetch or not manifest or store.get("manifest_wanted", bool):
        return Pull(manifest=manifest, after=after, refetch=refetch)
    return Pull(digest=manifest_digest(manifest))
