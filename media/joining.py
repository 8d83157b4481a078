"""One file from pieces that were sent as uploads of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from media.store import PartialStore

_COMMIT_BYTES = 32 << 20
"""How many bytes a crash may make the server copy again."""


def join_pieces(store: PartialStore, upload_id: str, piece_ids: Sequence[str]) -> int:
    """Copy the pieces' bytes, in order, into a partial, durably; returns how many it has then.

    Goes on at the partial's acknowledged offset, so repeating is safe. Raises PartialMissing,
    PartialDamaged (a piece has ended), PartialBusy.
    """
    copied = 0
    with store.open(upload_id) as writer:
        for block in _blocks(store, piece_ids, writer.offset_bytes):
            writer.write(block)
            copied += len(block)
            if copied >= _COMMIT_BYTES:
                writer.commit()
                copied = 0
        return writer.commit()


def _blocks(store: PartialStore, piece_ids: Sequence[str], skip_bytes: int) -> Iterator[bytes]:
    for piece_id in piece_ids:
        size_bytes = store.offset(piece_id)
        if skip_bytes < size_bytes:
            yield from store.blocks(piece_id, skip_bytes)
        skip_bytes = max(0, skip_bytes - size_bytes)
