"""What became of deposited operations in the records, by the ids under which the ledger knows them."""

from __future__ import annotations

from collections.abc import Sequence

from sync.apply import decode_result
from sync.engine import Engine
from sync.incoming import Illegible, receive
from sync.operation import LARGEST_OPERATION_BYTES
from sync.outcome import Result
from sync.store import Ask, Receipt, WriteTransaction

_AT_ONCE = 500


def present_results(engine: Engine, device: str, payloads: Sequence[bytes]) -> list[Result | None]:
    """Each operation's result as it is now, in the order given; None for what is not in the records."""
    ids = [_id(device, one) for one in payloads]
    found: dict[str, Result] = {}
    for start in range(0, len(ids), _AT_ONCE):
        part = [id for id in ids[start : start + _AT_ONCE] if id]

        def load(tx: WriteTransaction, part: list[str] = part) -> list[Receipt]:
            return tx.load(Ask(operation_ids=part)).receipts

        if part:
            found |= {one.id: decode_result(one.result) for one in engine.store.transact(load)}
    return [found.get(id) for id in ids]


def _id(device: str, payload: bytes) -> str:
    """The id under which an operation is in the ledger, if it is; empty where nothing tells its place."""
    try:
        return receive([payload], device, 0, LARGEST_OPERATION_BYTES)[0].id
    except Illegible:
        return ""
