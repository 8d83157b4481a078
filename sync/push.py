"""The write door, in the order of openapi/sync-protocol.md, section 7: lock first, read second, merge, write once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

import msgspec

from sync.apply import Applier, Moment, decode_result, receipt
from sync.canonical import LARGEST_INTEGER
from sync.incoming import Incoming
from sync.merge import Author
from sync.operation import InvalidOperation, decode_operation
from sync.outcome import Result
from sync.reminder import Overtaken, Settlement
from sync.rules import NeedsMore, Rules
from sync.store import Ask, Changes, DeviceRow, Loaded, Receipt, Store, StoreUnavailable, WriteTransaction
from sync.wire import PushReply
from sync.work import Work

T = TypeVar("T")
MOST_ROUNDS = 100
"""How often a transaction may start over; a few rounds are usual, one per poisoned release more."""


class UnknownDevice(Exception):
    """No such device here (a restored backup may not know it): its operations go to quarantine."""


class Refused(Exception):
    """Nothing of a desk's write was done; `results` says why."""

    def __init__(self, results: list[Result]) -> None:
        super().__init__(
            "; ".join(f"{one.reason}: {one.detail}" for one in results if one.status == "parked")
        )
        self.results = results


class RevokedDevice(Exception):
    """The device may deposit its outbox in quarantine, and hears nothing else."""


def push(store: Store, rules: Rules, moment: Moment, device: str, batch: Sequence[Incoming]) -> PushReply:
    """Take a phone's operations in: all of the contiguous ones, each with its result.

    Safe to repeat. Raises `UnknownDevice`, `RevokedDevice`, `StoreUnavailable`; content never fails a batch.
    """
    return _bisected(batch, lambda part, poisoned: _push(store, rules, moment, device, part, poisoned))


def write(
    store: Store,
    rules: Rules,
    moment: Moment,
    door: DeviceRow,
    batch: Sequence[Incoming],
    settles: Settlement | None = None,
) -> list[Result]:
    """Take in operations of a desk or of the system, all or none; they get their numbers here.

    Repeating operation ids repeats their results. Raises `Refused` when one of them would be parked: a person at a desk
    is told at once instead. With `settles` they are the effect of that reminder: `Overtaken` when it is not theirs.
    """

    def work(tx: WriteTransaction, attempt: _Attempt) -> list[Result]:
        row = tx.lock_device(door.id, or_create=door)
        assert row is not None
        row = msgspec.structs.replace(row, roles=door.roles, user=door.user)
        numbered = [_numbered(one, row.last_seq + place) for place, one in enumerate(batch, start=1)]
        results = _Batch(tx, rules, moment, row, numbered, attempt).run(settles)
        if any(result.status == "parked" for result in results):
            raise Refused(results)
        return results

    return _with_enough(store, work)


def replay(store: Store, rules: Rules, moment: Moment, parked: Receipt) -> Result:
    """Try a parked operation again, in its author's name. It never replaces what came after it."""

    def work(tx: WriteTransaction, attempt: _Attempt) -> Result:
        row = tx.lock_device(parked.device)
        author = DeviceRow(id=parked.device, user=parked.user, roles=parked.roles or ("technician",))
        return _Batch(tx, rules, moment, row or author, [], attempt).replay(parked)

    return _with_enough(store, work)


def _bisected(batch: Sequence[Incoming], take: Callable[[Sequence[Incoming], bool], PushReply]) -> PushReply:
    """Halve a batch that fails unexpectedly, down to the poisoned operation, which is parked as it came."""
    try:
        return take(batch, False)
    except (UnknownDevice, RevokedDevice, StoreUnavailable):
        raise
    except POISON:
        if len(batch) == 1:
            return take(batch, True)
        if not batch:
            raise
    middle = len(batch) // 2
    first = _bisected(batch[:middle], take)
    if first.need_from is not None or first.fork is not None:
        return first
    second = _bisected(batch[middle:], take)
    return msgspec.structs.replace(second, results=first.results + second.results)


POISON = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    RuntimeError,
)
"""What a fault in a rule, a merge or a row looks like (`StoreRejected` is a ValueError)."""


def _push(
    store: Store, rules: Rules, moment: Moment, device: str, batch: Sequence[Incoming], poisoned: bool
) -> PushReply:
    def work(tx: WriteTransaction, attempt: _Attempt) -> PushReply:
        row = tx.lock_device(device)
        if row is None:
            raise UnknownDevice(device)
        if row.revoked:
            raise RevokedDevice(device)
        known, fork = _known(tx, row, batch)
        if fork is not None:
            tx.lock_device(fork.id, or_create=fork)
            tx.write(Changes())
            return PushReply(fork=fork.id)
        fresh, gap = _contiguous(row.last_seq, batch)
        if poisoned:
            fresh = [msgspec.structs.replace(one, operation=None, reason="poisoned") for one in fresh]
        results = _Batch(tx, rules, moment, row, fresh, attempt).run() if fresh else []
        return PushReply(results=known + results, need_from=gap)

    return _with_enough(store, work)


class _Attempt(msgspec.Struct, frozen=True):
    """What earlier attempts at a transaction have found out."""

    aggregates: frozenset[str] = frozenset()
    """Needed beyond those that the operations name."""
    poisoned: frozenset[tuple[str, int]] = frozenset()
    """Parked operations that fail when they are tried again: they stay parked, and spoil nothing."""


class _PoisonedRelease(Exception):
    def __init__(self, place: tuple[str, int]) -> None:
        super().__init__(place)
        self.place = place


def _with_enough(store: Store, work: Callable[[WriteTransaction, _Attempt], T]) -> T:
    """Start over, wiser, when a further aggregate is needed or what was parked turns out to be poisoned."""
    known = _Attempt()
    for _ in range(MOST_ROUNDS):
        wanted = known

        def attempt(tx: WriteTransaction, wanted: _Attempt = wanted) -> T:
            return work(tx, wanted)

        try:
            return store.transact(attempt)
        except NeedsMore as more:
            if more.aggregates <= known.aggregates:
                raise RuntimeError(
                    f"aggregates {sorted(more.aggregates)} are locked and still asked for"
                ) from more
            known = msgspec.structs.replace(known, aggregates=known.aggregates | more.aggregates)
        except _PoisonedRelease as release:
            known = msgspec.structs.replace(known, poisoned=known.poisoned | {release.place})
    raise RuntimeError(f"no end after {MOST_ROUNDS} rounds: {known}")


def _known(
    tx: WriteTransaction, row: DeviceRow, batch: Sequence[Incoming]
) -> tuple[list[Result], DeviceRow | None]:
    """Stored results of operations seen before; or the new device row, where a number came with other content."""
    old = [one for one in batch if one.seq <= row.last_seq]
    if not old:
        return [], _fork_within(row, batch)
    receipts = {one.seq: one for one in tx.load(Ask(receipts=(row.id, old[0].seq, old[-1].seq))).receipts}
    results = []
    for one in old:
        stored = receipts.get(one.seq)
        if stored is None or stored.hash != one.hash:
            return [], _fork(row, one)
        results.append(decode_result(stored.result))
    return results, _fork_within(row, batch)


def _fork_within(row: DeviceRow, batch: Sequence[Incoming]) -> DeviceRow | None:
    for one, after in pairwise(batch):
        if one.seq == after.seq:
            return _fork(row, after)
    return None


def _fork(row: DeviceRow, one: Incoming) -> DeviceRow:
    """The copy's own identity, derived so that a lost reply leads to the same one."""
    name = hashlib.sha256(f"{row.id}\n{one.seq}\n{one.hash}".encode()).hexdigest()[:24]
    return msgspec.structs.replace(row, id=f"f-{name}", last_seq=0, forked_from=row.id)


def _contiguous(last_seq: int, batch: Sequence[Incoming]) -> tuple[list[Incoming], int | None]:
    """The operations that follow without a gap, and the number that is missing."""
    taken: list[Incoming] = []
    for one in batch:
        if one.seq <= last_seq:
            continue
        if one.seq != last_seq + 1:
            return taken, last_seq + 1
        taken.append(one)
        last_seq = one.seq
    return taken, None


def _numbered(one: Incoming, seq: int) -> Incoming:
    if one.operation is None:
        return msgspec.structs.replace(one, seq=seq)
    return msgspec.structs.replace(one, seq=seq, operation=msgspec.structs.replace(one.operation, seq=seq))


class _Batch:
    """Steps 2–6 for one device, whose row is locked."""

    def __init__(
        self,
        tx: WriteTransaction,
        rules: Rules,
        moment: Moment,
        device: DeviceRow,
        batch: Sequence[Incoming],
        attempt: _Attempt,
    ) -> None:
        self._tx = tx
        self._rules = rules
        self._moment = moment
        self._device = device
        self._author = Author(device=device.id, user=device.user, roles=device.roles)
        self._batch = batch
        self._attempt = attempt

    def run(self, settles: Settlement | None = None) -> list[Result]:
        """Take the batch in; the results are in its order."""
        work, earlier, waiting = self._lock_and_load(self._batch)
        applier = Applier(self._rules, work, self._moment)
        results = []
        for one in self._batch:
            result, waits_for = self._one(applier, one, earlier)
            stored = receipt(
                one.raw, one.hash, one.operation, result, self._author, self._moment.received_at, waits_for
            )
            work.receipts.append(stored)
            earlier.setdefault(result.id, stored)
            results.append(result)
            if waits_for:
                waiting[result.seq, self._device.id] = stored
            if work.created:
                self._release(applier, work, waiting, results)
        changes = work.changes()
        last = max([self._device.last_seq, *(one.seq for one in self._batch)])
        changes.devices = [msgspec.structs.replace(self._device, last_seq=last)]
        if settles is not None and not self._tx.settle(settles):
            raise Overtaken(f"{settles.kind} of {settles.subject} at revision {settles.revision}")
        self._tx.write(changes)
        return results

    def replay(self, parked: Receipt) -> Result:
        """Steps 2–6 for one parked operation, and for those that wait for it."""
        incoming = _again(parked)
        work, _, waiting = self._lock_and_load([incoming])
        applier = Applier(self._rules, work, self._moment)
        result = self._replay(applier, work, parked)
        self._release(applier, work, waiting, [])
        self._tx.write(work.changes())
        return result

    def _lock_and_load(
        self, batch: Sequence[Incoming]
    ) -> tuple[Work, dict[str, Receipt], dict[tuple[int, str], Receipt]]:
        operations = [one.operation for one in batch if one.operation is not None]
        locked = {operation.aggregate for operation in operations} | self._attempt.aggregates
        for operation in operations:
            locked.update(self._rules.targets(operation, self._author))
        aggregates = sorted(locked)
        self._tx.lock_aggregates(aggregates)
        keys = list({(operation.entity, operation.record) for operation in operations})
        kinds = list({need for operation in operations for need in self._rules.needs(operation)})
        loaded = self._tx.load(
            Ask(
                aggregates=aggregates,
                records=keys,
                kinds=kinds,
                operation_ids=[one.id for one in batch],
                entitlements=(self._author.user, aggregates),
                waiting=aggregates,
            )
        )
        work = Work(self._tx, frozenset(locked), loaded, self._author.user)
        work.note_missing(keys)
        work.note_kinds(kinds, Loaded())
        # An id names an operation of its person: nobody else's can stand in for it, or tell of it.
        earlier = {one.id: one for one in loaded.receipts if one.user == self._author.user}
        waiting = {(one.seq, one.device): one for one in loaded.waiting if one.waits_for}
        return work, earlier, waiting

    def _one(self, applier: Applier, one: Incoming, earlier: dict[str, Receipt]) -> tuple[Result, str]:
        before = earlier.get(one.id)
        if before is None:
            return applier.apply(one, self._author)
        stored = decode_result(before.result)
        twin = msgspec.structs.replace(stored, seq=one.seq, status="duplicate", reason="forked")
        return twin, ""

    def _release(
        self, applier: Applier, work: Work, waiting: dict[tuple[int, str], Receipt], results: list[Result]
    ) -> None:
        """Try again what waited for the records that now exist."""
        while work.created:
            entity, id = work.created.pop(0)
            for place in sorted(place for place, one in waiting.items() if one.waits_for == f"{entity}/{id}"):
                parked = waiting.pop(place)
                result = self._replay(applier, work, parked)
                for index, known in enumerate(results):
                    if parked.device == self._device.id and known.seq == result.seq:
                        results[index] = result

    def _replay(self, applier: Applier, work: Work, parked: Receipt) -> Result:
        incoming = _again(parked)
        author = Author(device=parked.device, user=parked.user, roles=parked.roles or ("technician",))
        place = (parked.device, parked.seq)
        if place in self._attempt.poisoned:
            incoming = msgspec.structs.replace(incoming, operation=None, reason="poisoned")
        rights = Ask(entitlements=(parked.user, [parked.aggregate]))
        work.note_entitlements(self._tx.load(rights).entitlements)
        try:
            result, waits_for = applier.apply(incoming, author, replayed=True)
        except POISON as fault:
            raise _PoisonedRelease(place) from fault
        again = receipt(
            incoming.raw, incoming.hash, incoming.operation, result, author, parked.received_at, waits_for
        )
        if any(one.seq == parked.seq and one.device == parked.device for one in work.receipts):
            work.receipts = [
                again if (one.seq, one.device) == (parked.seq, parked.device) else one
                for one in work.receipts
            ]
        else:
            work.settled_receipts.append(again)
        return result


def _again(parked: Receipt) -> Incoming:
    try:
        operation = decode_operation(parked.payload, LARGEST_INTEGER)
    except InvalidOperation as problem:
        return Incoming(
            seq=parked.seq,
            id=parked.id,
            hash=parked.hash,
            raw=parked.payload,
            reason=problem.reason,
            detail=problem.detail,
        )
    operation = msgspec.structs.replace(operation, seq=parked.seq, device=parked.device)
    return Incoming(seq=parked.seq, id=parked.id, hash=parked.hash, raw=parked.payload, operation=operation)
