"""The engine's face: one object that takes operations in and hands changes out, over any store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from sync.apply import Moment
from sync.canonical import LARGEST_INTEGER, sha256_hex
from sync.clock import Base
from sync.erase import erase
from sync.incoming import Illegible, Incoming, receive
from sync.operation import (
    LARGEST_OPERATION_BYTES,
    Action,
    Operation,
    TimeEvidence,
    encode_operation,
)
from sync.outcome import Result
from sync.pull import DEFAULT_LIMITS, Limits, Pulled, SnapshotOf, pull
from sync.push import push, replay, write
from sync.reminder import Settlement
from sync.rules import Rules
from sync.store import Ask, DeviceRow, Key, Receipt, Store, WriteTransaction
from sync.take_over import TakenOver, take_over
from sync.value_type import is_identifier
from sync.wire import PROTOCOL, Pull, PushReply, SyncRequest

ILLEGIBLE = "illegible"
"""Why a deposited operation stays where it lies: nothing tells its number."""
_AT_ONCE = 100

AFTER_A_DEPLOY = ("unknown_entity", "unknown_field", "unknown_schema")
"""Reasons that a newer schema may have removed."""


Taken = Callable[["Engine", Sequence[Operation]], None]
"""Told of the operations that were given to the engine, after their commit and before the answer; of a repeated push
again. What it raises is raised instead of the answer, so that the phone sends them once more."""


class Deposited(msgspec.Struct, frozen=True, kw_only=True):
    """One operation as it lies in quarantine."""

    place: int
    received_at: str
    payload: bytes


class Draft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change that a desk or the system wants to make; the engine makes an operation of it."""

    id: str
    """Operation id (UUIDv7): repeating it repeats the result."""
    entity: str
    record: str
    aggregate: str
    set: dict[str, Any] = {}
    action: Action = "update"
    base_ver: int | None = None
    """Version that the form displayed; None for a creation, or for the system, which sees what stands."""
    moved_from: str = ""
    at: str = ""
    """When it happened, an instant in UTC, where that is not now: an import, a note of yesterday's call."""
    decides: str = ""
    """See `sync.operation.Operation`: evidence of what caused it, kept in the ledger."""


class Engine:
    """Operations in, changes out. Plain and synchronous: callers run it in threads."""

    def __init__(
        self,
        store: Store,
        rules: Rules,
        *,
        epoch: str,
        now: Callable[[], str],
        salt: Callable[[], bytes],
        largest_operation_bytes: int = LARGEST_OPERATION_BYTES,
        limits: Limits = DEFAULT_LIMITS,
        snapshot_of: SnapshotOf | None = None,
        taken: Taken | None = None,
    ) -> None:
        """`now` gives the server's time as an instant in UTC; `salt` gives 16 random bytes at a time."""
        self.store = store
        self.rules = rules
        self.epoch = epoch
        self._now = now
        self._salt = salt
        self._largest = largest_operation_bytes
        self._limits = limits
        self._snapshot_of = snapshot_of or _no_first_load
        self._taken = taken

    def push(self, device: str, operations: Sequence[bytes], first: int = 0) -> PushReply:
        """A phone's operations, as bytes in seq order. See `sync.push.push` and `sync.incoming.receive`."""
        batch = receive(operations, device, first, self._largest)
        reply = push(self.store, self.rules, self._moment(), device, batch)
        self._tell(batch)
        return reply

    def write(
        self, door: DeviceRow, drafts: Sequence[Draft], settles: Sequence[Settlement] = ()
    ) -> list[Result]:
        """A desk's or the system's changes, all or none. `door` names the writer; its row is made on first use.

        Raises `sync.push.Refused` with the results when one of them cannot be taken. With `settles` they are the
        effects of claimed reminders, and are written only if each is still its claim's: else `sync.reminder.Overtaken`.
        Several that say something of one another are `sync.reminder.Entangled`: to be written one by one.
        """
        moment = self._moment()
        batch = [self._incoming(door.id, place, draft) for place, draft in enumerate(drafts, start=1)]
        results = write(self.store, self.rules, moment, door, batch, settles)
        self._tell(batch)
        return results

    def erase(self, aggregate: str, marks: Mapping[Key, Mapping[str, Any]]) -> int:
        """Take personal data out of one aggregate; how many records that changed. See `sync.erase.erase`."""
        return erase(self.store, self.rules, self._moment(), aggregate, marks)

    def take_over(self, device: DeviceRow, deposit: Sequence[Deposited]) -> list[TakenOver]:
        """Operations that a withdrawn or unknown device deposited, in seq order whatever their own; results in theirs.

        `device` says whose they are where the store does not know it. What has no legible number stays. Safe to repeat.
        """
        found: dict[int, TakenOver] = {}
        numbered: list[tuple[Deposited, Incoming]] = []
        for one in deposit:
            try:
                (incoming,) = receive([one.payload], device.id, 0, self._largest)
            except Illegible:
                found[one.place] = TakenOver(left=ILLEGIBLE)
            else:
                numbered.append((one, incoming))
        for part in _together(sorted(numbered, key=lambda pair: (pair[1].seq, pair[0].place))):
            moment = msgspec.structs.replace(self._moment(), received_at=part[0][0].received_at)
            batch = [incoming for _, incoming in part]
            taken = take_over(self.store, self.rules, moment, device, batch)
            self._tell(batch)
            found |= {one.place: told for (one, _), told in zip(part, taken, strict=True)}
        return [found[one.place] for one in deposit]

    def replay_parked(self, reasons: Sequence[str] = AFTER_A_DEPLOY) -> list[Result]:
        """Try parked operations again, oldest first by device; returns those that are no longer parked."""
        after = ("", 0)
        released: list[Result] = []
        while True:
            with self.store.snapshot() as snapshot:
                found = snapshot.parked(reasons, after, 100)
            if not found:
                return released
            for parked in found:
                after = (parked.device, parked.seq)
                result = self.replay(parked)
                if result.status != "parked":
                    released.append(result)

    def replay(self, parked: Receipt) -> Result:
        """Try one parked operation again, in its author's name."""
        result = replay(self.store, self.rules, self._moment(), parked)
        self._tell(receive([parked.payload], parked.device, parked.seq, LARGEST_INTEGER))
        return result

    def pull(self, user: str, request: Pull, *, epoch: str, schema: int) -> Pulled:
        """What the user's phone lacks."""
        downcast = None
        if schema < self.rules.schema.version:

            def downcast(body: bytes) -> bytes | None:
                return self.rules.downcast(body, schema)

        with self.store.snapshot() as snapshot:
            return pull(
                snapshot,
                user,
                request,
                same_epoch=epoch == self.epoch,
                limits=self._limits,
                downcast=downcast,
                snapshot_of=self._snapshot_of if downcast is None else _no_first_load,
            )

    def parked_results(self, device: str, seqs: Sequence[int]) -> list[bytes]:
        """Present results (encoded) of operations that were parked."""
        with self.store.snapshot() as snapshot:
            return snapshot.results(device, seqs)

    def results_by_id(self, user: str, ids: Sequence[str]) -> list[Result]:
        """Present results of operations of one person, from whichever device, in the order asked."""
        wanted = [id for id in dict.fromkeys(ids) if is_identifier(id)]

        def load(tx: WriteTransaction) -> list[Receipt]:
            return tx.load(Ask(operation_ids=wanted)).receipts

        found = {one.id: one for one in self.store.transact(load)} if wanted else {}
        return [
            msgspec.json.decode(found[id].result, type=Result)
            for id in wanted
            if id in found and found[id].user == user
        ]

    def exchange(
        self, device: str, user: str, request: SyncRequest, *, nonce: str, token: str = ""
    ) -> Exchange:
        """Push, then pull, in one round trip. Raises what `push` raises."""
        pushed = self.push(device, request.push.ops, request.push.first) if request.push.ops else PushReply()
        if request.push.parked or request.push.parked_ids:
            updates = [
                msgspec.json.decode(one, type=Result)
                for one in self.parked_results(device, request.push.parked)
            ]
            updates += self.results_by_id(user, request.push.parked_ids)
            pushed = msgspec.structs.replace(pushed, updates=updates)
        head = {
            "protocol": PROTOCOL,
            "epoch": self.epoch,
            "server_time": self._now(),
            "schema": self.rules.schema.version,
            "nonce": nonce,
            "token": token,
            "push": pushed,
        }
        chunks = [msgspec.json.encode(head)[:-1]]
        pulled = None
        if request.pull is not None:
            pulled = self.pull(user, request.pull, epoch=request.epoch, schema=request.schema)
            chunks += [b',"pull":', *pulled.chunks]
        chunks.append(b"}")
        return Exchange(chunks, pulled)

    def _tell(self, batch: Sequence[Incoming]) -> None:
        if self._taken is not None:
            self._taken(self, [one.operation for one in batch if one.operation is not None])

    def _moment(self) -> Moment:
        return Moment(epoch=self.epoch, received_at=self._now(), salt=self._salt)

    def _incoming(self, device: str, place: int, draft: Draft) -> Incoming:
        operation = Operation(
            device=device,
            seq=place,
            id=draft.id,
            schema=self.rules.schema.version,
            entity=draft.entity,
            record=draft.record,
            aggregate=draft.aggregate,
            base=Base(self.epoch, draft.base_ver or 0),
            at=TimeEvidence(draft.at or self._now()),
            action=draft.action,
            set=draft.set,
            moved_from=draft.moved_from,
            decides=draft.decides,
        )
        raw = encode_operation(operation)
        return Incoming(
            seq=place,
            id=draft.id,
            hash=sha256_hex(raw),
            raw=raw,
            operation=operation,
            sees_all=draft.base_ver is None,
        )


def _together(
    found: Sequence[tuple[Deposited, Incoming]],
) -> Iterator[list[tuple[Deposited, Incoming]]]:
    """Portions in order, each received at one time: that is when the server heard of the work."""
    part: list[tuple[Deposited, Incoming]] = []
    for one in found:
        if part and (len(part) == _AT_ONCE or part[0][0].received_at != one[0].received_at):
            yield part
            part = []
        part.append(one)
    if part:
        yield part


def _no_first_load(aggregate: str) -> None:
    """A phone of an older schema gets its records one by one, cast down."""


class Exchange(msgspec.Struct, frozen=True):
    """A reply as chunks of JSON; `pulled` tells a cache what the answer rests on."""

    chunks: list[bytes]
    pulled: Pulled | None
