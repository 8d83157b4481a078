"""Operations of one device meet the records: locked, read, merged, written once."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sync.apply import Applier, Moment, decode_result, receipt
from sync.attempt import Attempt, PoisonedRelease
from sync.canonical import LARGEST_INTEGER
from sync.incoming import Incoming
from sync.merge import Author
from sync.operation import InvalidOperation, decode_operation, encode_operation
from sync.outcome import Result
from sync.poison import POISON
from sync.redact import NO_HASH, redacted
from sync.reminder import Overtaken, Settlement, check_apart
from sync.rules import Rules
from sync.store import Ask, DeviceRow, Loaded, Receipt, WriteTransaction
from sync.work import Work


class Batch:
    """Steps 2–6 for one device, whose row is locked."""

    def __init__(
        self,
        tx: WriteTransaction,
        rules: Rules,
        moment: Moment,
        device: DeviceRow,
        batch: Sequence[Incoming],
        attempt: Attempt,
    ) -> None:
        self._tx = tx
        self._rules = rules
        self._moment = moment
        self._device = device
        self._author = Author(device=device.id, user=device.user, roles=device.roles)
        self._batch = batch
        self._attempt = attempt

    def run(self, settles: Sequence[Settlement] = ()) -> list[Result]:
        """Take the batch in; the results are in its order."""
        work, earlier, waiting = self._lock_and_load(self._batch)
        applier = Applier(self._rules, work, self._moment)
        results = []
        for one in (self._without_erased(one, work) for one in self._batch):
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
        check_apart(settles, changes.reminders)
        for settlement in settles:
            if not self._tx.settle(settlement):
                raise Overtaken(
                    f"{settlement.kind} of {settlement.subject} at revision {settlement.revision}"
                )
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

    def _without_erased(self, one: Incoming, work: Work) -> Incoming:
        """What is said about somebody who was erased is not written down: judged first, whatever else it waits for."""
        operation = one.operation
        if operation is None or "system" in self._author.roles or not self._rules.is_erased(operation, work):
            return one
        without = redacted(self._rules, operation)
        if without is operation:
            return msgspec.structs.replace(one, is_erased=True)
        return msgspec.structs.replace(
            one, raw=encode_operation(without), hash=NO_HASH, operation=without, is_erased=True
        )

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
        incoming = self._without_erased(_again(parked), work)
        author = Author(device=parked.device, user=parked.user, roles=parked.roles or ("technician",))
        place = (parked.device, parked.seq)
        if place in self._attempt.poisoned:
            incoming = msgspec.structs.replace(incoming, operation=None, reason="poisoned")
        rights = Ask(entitlements=(parked.user, [parked.aggregate]))
        work.note_entitlements(self._tx.load(rights).entitlements)
        try:
            result, waits_for = applier.apply(incoming, author, replayed=True)
        except POISON as fault:
            raise PoisonedRelease(place) from fault
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
