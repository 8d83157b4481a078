"""What a withdrawn or unknown device deposited enters the records: by a person's word, through the write door.

Its operations are the device's own: judged as of authoring, merged, parked and deduplicated like a push. The device's
row is left alone, so that it does not come back to life, and what it still holds stays known as missing.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sync.apply import Moment, decode_result
from sync.attempt import Attempt, with_enough
from sync.batch import Batch
from sync.incoming import Incoming
from sync.outcome import Result
from sync.poison import in_halves
from sync.reminder import Settlement
from sync.rules import Rules
from sync.sequence import contiguous, is_repetition
from sync.store import Ask, Changes, DeviceRow, Loaded, Store, WriteTransaction

QUEUE = DeviceRow(id="system-quarantine", user="system", roles=("system",))
"""Its row is locked first: two people at once take over one after the other, from a device without a row too."""

NUMBER_TAKEN = "number_taken"
GAP = "gap"


class TakenOver(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one deposited operation."""

    result: Result | None = None
    """As it is in the ledger now. None: it stays where it lies."""
    left: str = ""
    """Why it stays: `number_taken` by another content; `gap`: the device takes part, may still send what is before."""


def take_over(
    store: Store, rules: Rules, moment: Moment, device: DeviceRow, batch: Sequence[Incoming]
) -> list[TakenOver]:
    """Take operations of one device in, in seq order; of two with one number the first counts. Safe to repeat.

    `device` says whose they are where the store does not know the device. Raises `StoreUnavailable`; content never
    fails a batch.
    """

    def take(part: Sequence[Incoming], poisoned: bool) -> list[TakenOver]:
        if poisoned:
            part = [msgspec.structs.replace(one, operation=None, reason="poisoned") for one in part]

        def work(tx: WriteTransaction, attempt: Attempt) -> list[TakenOver]:
            return _taken(tx, attempt, rules, moment, device, part)

        return with_enough(store, work)

    return [one for part in in_halves(batch, take) for one in part] if batch else []


def _taken(
    tx: WriteTransaction,
    attempt: Attempt,
    rules: Rules,
    moment: Moment,
    device: DeviceRow,
    batch: Sequence[Incoming],
) -> list[TakenOver]:
    tx.lock_device(QUEUE.id, or_create=QUEUE)
    row = tx.lock_device(device.id)
    stored = {
        one.seq: one for one in tx.load(Ask(receipts=(device.id, batch[0].seq, batch[-1].seq))).receipts
    }
    fresh = list({one.seq: one for one in reversed(batch) if one.seq not in stored}.values())[::-1]
    takes_part = row is not None and not row.revoked
    if row is not None and takes_part:
        fresh, _ = contiguous(row.last_seq, fresh)
    results: dict[tuple[int, str], Result] = {}
    if fresh:
        door = tx if takes_part else _DeviceLeftAlone(tx)
        taken = Batch(door, rules, moment, row or device, fresh, attempt).run()
        results = {(one.seq, one.hash): result for one, result in zip(fresh, taken, strict=True)}
    numbers = {*stored, *(seq for seq, _ in results)}
    found = []
    for one in batch:
        before = stored.get(one.seq)
        if before is not None and is_repetition(before, one):
            found.append(TakenOver(result=decode_result(before.result)))
        elif (result := results.get((one.seq, one.hash))) is not None:
            found.append(TakenOver(result=result))
        else:
            found.append(TakenOver(left=NUMBER_TAKEN if one.seq in numbers else GAP))
    return found


class _DeviceLeftAlone:
    """The transaction, writing everything but the device's row."""

    def __init__(self, tx: WriteTransaction) -> None:
        self._tx = tx

    def lock_device(self, device: str, or_create: DeviceRow | None = None) -> DeviceRow | None:
        """See `WriteTransaction`."""
        return self._tx.lock_device(device, or_create)

    def lock_aggregates(self, ids: Sequence[str]) -> None:
        """See `WriteTransaction`."""
        self._tx.lock_aggregates(ids)

    def load(self, ask: Ask) -> Loaded:
        """See `WriteTransaction`."""
        return self._tx.load(ask)

    def base_floor(self, device: str, aggregate: str, before_seq: int) -> int:
        """See `WriteTransaction`."""
        return self._tx.base_floor(device, aggregate, before_seq)

    def watchers_of(self, aggregates: Sequence[str]) -> set[str]:
        """See `WriteTransaction`."""
        return self._tx.watchers_of(aggregates)

    def settle(self, settlement: Settlement) -> bool:
        """See `WriteTransaction`."""
        return self._tx.settle(settlement)

    def write(self, changes: Changes) -> None:
        """Everything but the device."""
        changes.devices = []
        self._tx.write(changes)
