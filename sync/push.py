"""The write door, in the order of openapi/sync-protocol.md, section 7: lock first, read second, merge, write once."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sync.apply import Moment
from sync.attempt import Attempt, with_enough
from sync.batch import Batch
from sync.incoming import Incoming
from sync.outcome import Result
from sync.poison import in_halves
from sync.reminder import Settlement
from sync.rules import Rules
from sync.sequence import contiguous, seen_before, with_number
from sync.store import Changes, DeviceRow, Receipt, Store, WriteTransaction
from sync.wire import PushReply


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
    results: list[Result] = []
    reply = PushReply()
    for reply in in_halves(batch, lambda part, poisoned: _push(store, rules, moment, device, part, poisoned)):
        results += reply.results
        if reply.need_from is not None or reply.fork is not None:
            break
    return msgspec.structs.replace(reply, results=results)


def write(
    store: Store,
    rules: Rules,
    moment: Moment,
    door: DeviceRow,
    batch: Sequence[Incoming],
    settles: Sequence[Settlement] = (),
) -> list[Result]:
    """Take in operations of a desk or of the system, all or none; they get their numbers here.

    Repeating operation ids repeats their results. Raises `Refused` when one of them would be parked: a person at a desk
    is told at once instead. With `settles` they are the effects of those reminders: `Overtaken` when one is not theirs,
    `Entangled` when they cannot be written together.
    """

    def work(tx: WriteTransaction, attempt: Attempt) -> list[Result]:
        row = tx.lock_device(door.id, or_create=door)
        assert row is not None
        row = msgspec.structs.replace(row, roles=door.roles, user=door.user)
        numbered = [with_number(one, row.last_seq + place) for place, one in enumerate(batch, start=1)]
        results = Batch(tx, rules, moment, row, numbered, attempt).run(settles)
        if any(result.status == "parked" for result in results):
            raise Refused(results)
        return results

    return with_enough(store, work)


def replay(store: Store, rules: Rules, moment: Moment, parked: Receipt) -> Result:
    """Try a parked operation again, in its author's name. It never replaces what came after it."""

    def work(tx: WriteTransaction, attempt: Attempt) -> Result:
        row = tx.lock_device(parked.device)
        author = DeviceRow(id=parked.device, user=parked.user, roles=parked.roles or ("technician",))
        return Batch(tx, rules, moment, row or author, [], attempt).replay(parked)

    return with_enough(store, work)


def _push(
    store: Store, rules: Rules, moment: Moment, device: str, batch: Sequence[Incoming], poisoned: bool
) -> PushReply:
    def work(tx: WriteTransaction, attempt: Attempt) -> PushReply:
        row = tx.lock_device(device)
        if row is None:
            raise UnknownDevice(device)
        if row.revoked:
            raise RevokedDevice(device)
        known, fork = seen_before(tx, row, batch)
        if fork is not None:
            tx.lock_device(fork.id, or_create=fork)
            tx.write(Changes())
            return PushReply(fork=fork.id)
        fresh, gap = contiguous(row.last_seq, batch)
        if poisoned:
            fresh = [msgspec.structs.replace(one, operation=None, reason="poisoned") for one in fresh]
        results = Batch(tx, rules, moment, row, fresh, attempt).run() if fresh else []
        return PushReply(results=known + results, need_from=gap)

    return with_enough(store, work)
