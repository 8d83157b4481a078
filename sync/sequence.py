"""The numbers of a device's operations: seen before, following on, missing, or a copied phone's."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from sync.apply import decode_result
from sync.incoming import Incoming
from sync.outcome import Result
from sync.redact import NO_HASH
from sync.store import Ask, DeviceRow, Receipt, WriteTransaction


def seen_before(
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
        if stored is None or not is_repetition(stored, one):
            return [], _fork(row, one)
        results.append(decode_result(stored.result))
    return results, _fork_within(row, batch)


def is_repetition(stored: Receipt, one: Incoming) -> bool:
    """Whether an operation is the one that was taken. Where its values were erased, its id tells."""
    return stored.id == one.id if stored.hash == NO_HASH else stored.hash == one.hash


def _fork_within(row: DeviceRow, batch: Sequence[Incoming]) -> DeviceRow | None:
    for one, after in pairwise(batch):
        if one.seq == after.seq:
            return _fork(row, after)
    return None


def _fork(row: DeviceRow, one: Incoming) -> DeviceRow:
    """The copy's own identity, derived so that a lost reply leads to the same one."""
    name = hashlib.sha256(f"{row.id}\n{one.seq}\n{one.hash}".encode()).hexdigest()[:24]
    return msgspec.structs.replace(row, id=f"f-{name}", last_seq=0, forked_from=row.id)


def contiguous(last_seq: int, batch: Sequence[Incoming]) -> tuple[list[Incoming], int | None]:
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


def with_number(one: Incoming, seq: int) -> Incoming:
    """A desk's operation under the number that it gets here."""
    if one.operation is None:
        return msgspec.structs.replace(one, seq=seq)
    return msgspec.structs.replace(one, seq=seq, operation=msgspec.structs.replace(one.operation, seq=seq))
