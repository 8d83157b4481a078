"""Flaws that the simulator must find, each one that a hurried hand would write. They are patched in for one run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from pytest import MonkeyPatch

import sync.batch
import sync.memory
import sync.merge
import sync.push
from doorstep_client import outbox, replica
from media import mark
from media.local_store import LocalWriter
from mobile_api.credentials import Credentials, Signed
from mobile_api.nonces import Nonces
from mobile_api.problems import SignatureRefused
from sync.clock import Relation
from sync.engine import Engine
from sync.wire import Pull


def naive_cursor(patch: MonkeyPatch) -> None:
    """The server remembers how far it has answered each user: what a lost answer held is never told again."""
    told: dict[tuple[str, str], int] = {}
    real = Engine.pull

    def pull(self: Engine, user: str, request: Pull, *, epoch: str, schema: int) -> Any:
        if request.manifest is not None:
            ahead = {id: max(ver, told.get((user, id), 0)) for id, ver in request.manifest.items()}
            request = msgspec.structs.replace(request, manifest=ahead)
        answer = real(self, user, request, epoch=epoch, schema=schema)
        with self.store.snapshot() as snapshot:
            told.update({(user, row.id): row.ver for row, _ in snapshot.entitled(user)})
        return answer

    patch.setattr(Engine, "pull", pull)


def dropped_dedupe(patch: MonkeyPatch) -> None:
    """Every push looks like the first one."""
    real = sync.batch.Batch._one
    patch.setattr(sync.push, "seen_before", lambda tx, row, batch: ([], None))
    patch.setattr(sync.push, "contiguous", lambda last_seq, batch: (list(batch), None))
    patch.setattr(sync.batch.Batch, "_one", lambda self, applier, one, earlier: real(self, applier, one, {}))


def clock_ordered_merge(patch: MonkeyPatch) -> None:
    """The later wall clock wins: what was made earlier, says its phone, is superseded."""
    walls: dict[tuple[str, int], str] = {}
    real = sync.merge._relation

    def relation(standing: Any, operation: Any, at: Any) -> Relation:
        walls[operation.device, operation.seq] = operation.at.wall
        if standing is not None and walls.get((standing.device, standing.seq), "") > operation.at.wall:
            return Relation.SUPERSEDED
        return real(standing, operation, at)

    patch.setattr(sync.merge, "_relation", relation)


def eviction_with_pending_work(patch: MonkeyPatch) -> None:
    """What has left a phone is dropped at once, with the work on it that nobody has yet."""

    def drop(store: Any) -> list[str]:
        ids = [id for (id,) in store.all("SELECT id FROM aggregate WHERE shadow")]
        for id in ids:
            for table, column in (("aggregate", "id"), ("record", "aggregate"), ("outbox", "aggregate")):
                store.run(f"DELETE FROM {table} WHERE {column} = ?", id)
        return ids

    patch.setattr(replica, "drop_settled_shadows", drop)


def overlay_by_acked_seq(patch: MonkeyPatch) -> None:
    """An effect leaves the view as soon as its operation is answered, whether or not the base has it."""
    real = outbox.settle

    def settle(store: Any, device: str, result: Any, now_ms: int, *, late: bool = False) -> bool:
        done = real(store, device, result, now_ms, late=late)
        store.run("UPDATE outbox SET shown_until = 0 WHERE shown_until IS NOT NULL")
        return done

    patch.setattr(outbox, "settle", settle)


def parked_over_later(patch: MonkeyPatch) -> None:
    """What was parked is merged as if it came just now, and replaces what came after it."""
    real = sync.merge.settle

    def settle(meeting: Any) -> Any:
        if meeting.replayed:
            meeting = msgspec.structs.replace(meeting, replayed=False, relation=Relation.SEQUENTIAL)
        return real(meeting)

    patch.setattr(sync.merge, "settle", settle)


def credential_lost_with_its_reply(patch: MonkeyPatch) -> None:
    """A nonce is good until the next one is given out, whether or not that arrives; a refusal brings no fresh one."""
    newest: dict[str, str] = {}
    issue, signed = Nonces.issue, Credentials.signed

    def issued(self: Nonces, device: str, *, earned: bool, not_before_ms: int = 0) -> str:
        nonce = issue(self, device, earned=earned, not_before_ms=not_before_ms)
        if earned:
            newest[device] = nonce
        return nonce

    def checked(self: Credentials, headers: Any, body: bytes) -> Signed:
        device = headers.get(b"doorstep-device", b"").decode()
        if newest.get(device, "") != headers.get(b"doorstep-nonce", b"").decode():
            raise SignatureRefused({"WWW-Authenticate": "Bearer"})
        return signed(self, headers, body)

    patch.setattr(Nonces, "issue", issued)
    patch.setattr(Credentials, "signed", checked)


def overwritten_unseen(patch: MonkeyPatch) -> None:
    """The later commit simply stands, and nobody is told what stood there."""
    real = sync.merge.settle

    def settle(meeting: Any) -> Any:
        said = real(meeting)
        return msgspec.structs.replace(said, disagreement=None)

    patch.setattr(sync.merge, "settle", settle)


def leaking_pull(patch: MonkeyPatch) -> None:
    """A right that has ended still counts."""
    real = sync.memory.MemorySnapshot.entitled

    def entitled(self: Any, user: str) -> Any:
        rows = self._state.entitlements.values()
        held = {row.aggregate for row in rows if row.user == user}
        every = [(row, 0) for id, row in sorted(self._state.aggregates.items()) if id in held]
        return every or real(self, user)

    patch.setattr(sync.memory.MemorySnapshot, "entitled", entitled)


def acknowledged_too_early(patch: MonkeyPatch) -> None:
    """The offset of an upload is told before its bytes are on the disk."""

    def commit(self: LocalWriter) -> int:
        record = mark.encode(self._end_bytes)
        self._disk.write_at(self._mark_handle, record, mark.slot_position(self._turn))
        self._disk.sync(self._mark_handle)
        self._offset_bytes, self._turn = self._end_bytes, self._turn + 1
        return self._offset_bytes

    patch.setattr(LocalWriter, "commit", commit)


FLAWS: dict[str, Callable[[MonkeyPatch], None]] = {
    "naive cursor": naive_cursor,
    "dropped dedupe": dropped_dedupe,
    "clock-ordered merge": clock_ordered_merge,
    "eviction with pending work": eviction_with_pending_work,
    "overlay by acked seq": overlay_by_acked_seq,
    "parked operation over a later one": parked_over_later,
    "credential lost with its reply": credential_lost_with_its_reply,
    "overwritten unseen": overwritten_unseen,
    "a right that has ended": leaking_pull,
    "bytes acknowledged too early": acknowledged_too_early,
}
