"""Every operation that this phone authored: until its result is here, and 30 days beyond."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from doorstep_client.identity import epoch, identity
from doorstep_client.store import Store
from sync import wire
from sync.operation import Operation, decode_operation, encode_operation
from sync.outcome import Result

DAY_MS = 86_400_000

State = Literal["pending", "acked", "quarantined"]


class Entry(msgspec.Struct, frozen=True):
    """One operation and what became of it."""

    operation: Operation
    state: State
    """pending: no result here yet; acked: the server's answer is here; quarantined: deposited by a revoked device."""
    authored_ms: int
    result: Result | None = None

    @property
    def is_parked(self) -> bool:
        """Whether the server keeps it until something else arrives or a person helps."""
        return self.result is not None and self.result.status == "parked"


_ENTRY = "SELECT payload, state, authored_ms, result FROM outbox"
_LARGEST_PAYLOAD = 2**31
_result = msgspec.json.Decoder(Result)


def add(store: Store, operation: Operation, authored_ms: int) -> None:
    """Append a fresh operation, whose seq is `next_seq`. Inside a transaction."""
    store.run(
        "INSERT INTO outbox (device, seq, id, entity, record, aggregate, payload, state, authored_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?)",
        operation.device,
        operation.seq,
        operation.id,
        operation.entity,
        operation.record,
        operation.aggregate,
        encode_operation(operation),
        authored_ms,
    )
    store.put(last_seq=operation.seq)


def next_seq(store: Store) -> int:
    """The number of the next operation on this device."""
    return (store.get("last_seq", int) or 0) + 1


def entries(store: Store) -> list[Entry]:
    """All operations held here, in order of authoring."""
    return [_entry(row) for row in store.all(f"{_ENTRY} ORDER BY position")]


def shown(store: Store, entity: str, record: str) -> list[Entry]:
    """Operations on one record whose effect the records here do not hold yet, in order of authoring."""
    rows = store.all(
        f"{_ENTRY} WHERE entity = ? AND record = ? AND {_SHOWN} ORDER BY position",
        entity,
        record,
    )
    return [_entry(row) for row in rows]


_SHOWN = (
    "(shown_until IS NULL OR shown_until >"
    " coalesce((SELECT ver FROM aggregate WHERE aggregate.id = outbox.aggregate), 0))"
)


def shown_records(store: Store, aggregate: str, entity: str) -> list[str]:
    """Ids of the records of one kind in an aggregate that such operations concern."""
    rows = store.all(
        f"SELECT DISTINCT record FROM outbox WHERE aggregate = ? AND entity = ? AND {_SHOWN}",
        aggregate,
        entity,
    )
    return [row[0] for row in rows]


def offer(store: Store, device: str, most: int, most_bytes: int) -> list[tuple[int, str, bytes]]:
    """The next operations to send as (seq, id, payload): pending ones without a gap, at least one if there is any."""
    rows = store.all(
        "SELECT seq, id, payload FROM outbox WHERE device = ? AND state = 'pending' ORDER BY seq LIMIT ?",
        device,
        most,
    )
    taken: list[tuple[int, str, bytes]] = []
    size = 0
    for seq, id, payload in rows:
        size += len(payload)
        if taken and (size > most_bytes or seq != taken[-1][0] + 1):
            break
        taken.append((seq, id, payload))
    return taken


def parked_seqs(store: Store, device: str) -> list[int]:
    """Operations whose present result is asked for with each exchange."""
    rows = store.all(
        "SELECT seq FROM outbox WHERE device = ? AND state = 'acked' AND status = 'parked' AND reason != 'erased'"
        " ORDER BY seq",
        device,
    )
    return [row[0] for row in rows]


def parked_ids(store: Store, device: str) -> list[str]:
    """What is asked for by operation id: parked under an earlier device id, or a duplicate of what waits elsewhere."""
    rows = store.all(
        "SELECT id FROM outbox WHERE state = 'acked' AND ((device != ? AND status = 'parked') OR"
        " (status = 'duplicate' AND json_extract(CAST(result AS TEXT), '$.wrote') IS NULL)) ORDER BY position",
        device,
    )
    return [row[0] for row in rows]


def pending_count(store: Store) -> int:
    """How many operations have no result here."""
    row = store.one("SELECT count(*) FROM outbox WHERE state = 'pending'")
    return 0 if row is None else int(row[0])


def summary(store: Store, device: str, sent_seq: int, uploads: int, upload_bytes: int) -> wire.Outbox:
    """What would be missing if this phone were lost after sending up to `sent_seq`."""
    rows = store.all(
        "SELECT id FROM outbox WHERE device = ? AND state = 'pending' AND seq > ? ORDER BY seq",
        device,
        sent_seq,
    )
    digest = hashlib.sha256("".join(f"{id}\n" for (id,) in rows).encode()).hexdigest() if rows else ""
    return wire.Outbox(
        pending=len(rows),
        last_seq=store.get("last_seq", int) or 0,
        digest=digest,
        uploads=uploads,
        upload_bytes=upload_bytes,
    )


def settle(store: Store, device: str, result: Result, now_ms: int, *, late: bool = False) -> bool:
    """Keep a result; whether that was news. The operation is then no longer pending. Inside a transaction.

    `late`: the reply is not the answer to the last request; it may fill in a result, not change one.
    """
    row = store.one(
        f"{_HELD} WHERE device = ? AND seq = ? AND id = ?",
        device,
        result.seq,
        result.id,
    )
    return row is not None and _keep(store, row, result, now_ms, late)


def settle_by_id(store: Store, result: Result, now_ms: int, *, late: bool = False) -> bool:
    """As `settle`, for an answer to `parked_ids`: the number is another device's, the id tells which operation."""
    row = store.one(f"{_HELD} WHERE id = ?", result.id)
    if row is None or (row[4] == "duplicate" and result.status == "parked"):
        # Of a duplicate it is known already that the first one waits.
        return False
    return _keep(store, row, result, now_ms, late)


def told_already(store: Store) -> set[bytes]:
    """Results as they are kept, of all whose present result is asked for with each exchange: most have not changed."""
    rows = store.all("SELECT result FROM outbox WHERE state = 'acked' AND status IN ('parked', 'duplicate')")
    return {bytes(result) for (result,) in rows}


_HELD = "SELECT position, aggregate, state, result, status FROM outbox"


def _keep(
    store: Store, row: tuple[int, str, State, bytes | None, str], result: Result, now_ms: int, late: bool
) -> bool:
    position, aggregate, state, before, _ = row
    encoded = msgspec.json.encode(result)
    if state == "quarantined" or (state == "acked" and (late or before == encoded)):
        return False
    store.run(
        "UPDATE outbox SET state = 'acked', status = ?, reason = ?, result = ?,"
        " acked_ms = coalesce(acked_ms, ?) WHERE position = ?",
        result.status,
        result.reason,
        encoded,
        now_ms,
        position,
    )
    if not _is_base_older(store, aggregate):
        _show_until(store, position, aggregate, result)
    return True


def _show_until(store: Store, position: int, aggregate: str, result: Result) -> None:
    waits = result.status == "parked" and result.reason != "erased"
    until = None if waits else result.wrote.get(aggregate, 0)
    store.run("UPDATE outbox SET shown_until = ? WHERE position = ?", until, position)


def _is_base_older(store: Store, aggregate: str) -> bool:
    """Whether the aggregate here is still of the epoch before a restore, whose versions do not compare with answers."""
    row = store.one("SELECT epoch FROM aggregate WHERE id = ?", aggregate)
    return row is not None and row[0] != epoch(store)


def show_by_answers(store: Store, aggregate: str) -> None:
    """The aggregate has come in the present epoch: answers tell what it holds from now on. Inside a transaction."""
    rows = store.all(
        "SELECT position, result FROM outbox WHERE aggregate = ? AND state = 'acked' AND result IS NOT NULL",
        aggregate,
    )
    for position, result in rows:
        _show_until(store, position, aggregate, _result.decode(result))


def offer_again(store: Store, device: str, seq: int) -> int:
    """The server has lost operations from `seq` on: they are pending again. How many; inside a transaction."""
    return store.run(
        "UPDATE outbox SET state = 'pending', status = '', reason = '', result = NULL, shown_until = NULL"
        " WHERE device = ? AND seq >= ? AND state = 'acked'",
        device,
        seq,
    )


def offer_everything_again(store: Store) -> int:
    """The server does not know this device: whatever is held here is pending again. How many; inside a transaction."""
    return store.run(
        "UPDATE outbox SET state = 'pending', status = '', reason = '', result = NULL, shown_until = NULL"
        " WHERE state != 'pending'"
    )


def offer_all_again(store: Store, device: str) -> int:
    """A restored server may have lost any of it: everything of this device is pending again. Inside a transaction.

    What was acknowledged, and what was deposited. All of it, not the newest alone: where a copy of this phone has sent
    first, the numbers lead to a fork, and only what is pending goes along. What the view shows stays as it is until the
    answers come.
    """
    return store.run(
        "UPDATE outbox SET state = 'pending', status = '', reason = '', result = NULL"
        " WHERE device = ? AND state != 'pending'",
        device,
    )


def oldest_seq(store: Store, device: str) -> int | None:
    """The first operation still held of this device; None when there is none."""
    row = store.one("SELECT min(seq) FROM outbox WHERE device = ?", device)
    return None if row is None or row[0] is None else int(row[0])


def deposit(store: Store, device: str, seq: int, now_ms: int) -> int:
    """Operations up to `seq` lie in the server's quarantine. How many were pending; inside a transaction."""
    return store.run(
        "UPDATE outbox SET state = 'quarantined', acked_ms = ? WHERE device = ? AND seq <= ? AND state = 'pending'",
        now_ms,
        device,
        seq,
    )


def adopt_device(store: Store, device: str) -> None:
    """Author what is pending again under a new device id, from seq 1: same ids, same bases. Inside a transaction."""
    was = identity(store)
    rows = store.all("SELECT position, payload FROM outbox WHERE state = 'pending' ORDER BY position")
    for seq, (position, payload) in enumerate(rows, start=1):
        again = msgspec.structs.replace(decode_operation(payload, _LARGEST_PAYLOAD), device=device, seq=seq)
        store.run(
            "UPDATE outbox SET device = ?, seq = ?, payload = ? WHERE position = ?",
            device,
            seq,
            encode_operation(again),
            position,
        )
    store.put(identity=msgspec.structs.replace(was, device=device), last_seq=len(rows))


def answered(store: Store, aggregate: str) -> list[Entry]:
    """Operations on an aggregate that the server has, in order of authoring."""
    return [
        _entry(row)
        for row in store.all(
            f"{_ENTRY} WHERE aggregate = ? AND state != 'pending' ORDER BY position", aggregate
        )
    ]


def rewrite(store: Store, operation: Operation) -> None:
    """Keep an answered operation in other words: what was erased is taken out. Inside a transaction."""
    store.run(
        "UPDATE outbox SET payload = ? WHERE id = ? AND state != 'pending'",
        encode_operation(operation),
        operation.id,
    )


def forget_old(store: Store, now_ms: int, keep_days: int) -> int:
    """Drop operations that the server has had for `keep_days`, oldest first and without a gap; how many.

    Answered, or deposited by a withdrawn phone; never one that is pending. Inside a transaction.
    """
    first_kept = store.one(
        "SELECT min(position) FROM outbox WHERE state = 'pending' OR acked_ms IS NULL OR acked_ms > ?"
        f" OR (state = 'acked' AND {_SHOWN})",
        now_ms - keep_days * DAY_MS,
    )
    if first_kept is None or first_kept[0] is None:
        return store.run("DELETE FROM outbox")
    return store.run("DELETE FROM outbox WHERE position < ?", first_kept[0])


def _entry(row: tuple[bytes, State, int, bytes | None]) -> Entry:
    payload, state, authored_ms, result = row
    return Entry(
        operation=decode_operation(payload, _LARGEST_PAYLOAD),
        state=state,
        authored_ms=authored_ms,
        result=None if result is None else _result.decode(result),
    )
