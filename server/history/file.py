"""A history as one file that anybody can check without this program: the chain's links, their salts and contents.

`openapi/check_history.py` is such a check; openapi/sync-protocol.md, section 11, is the rule.
"""

from __future__ import annotations

import msgspec

from server.db.queries.chain import Kept

FORMAT = "doorstep-history/1"


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One entry. `salt` and `payload` are null where they were erased."""

    n: int
    payload: str | None
    """Canonical JSON of the change, as text."""
    salt: str | None
    commitment: str
    hash: str


class HistoryFile(msgspec.Struct, frozen=True, kw_only=True):
    """The whole chain of one aggregate; hashes and salts in hexadecimal."""

    format: str = FORMAT
    aggregate: str
    epoch: str
    made_at: str
    length: int
    head: str
    entries: list[Link]


def history_file(kept: Kept, epoch: str, made_at: str) -> HistoryFile:
    """The file of what is kept of an aggregate, as it is: a chain that does not hold is handed out too."""
    return HistoryFile(
        aggregate=kept.aggregate.id,
        epoch=epoch,
        made_at=made_at,
        length=kept.aggregate.chain_length,
        head=kept.aggregate.chain_head.hex(),
        entries=[
            Link(
                n=one.n,
                payload=None if one.payload is None else one.payload.decode(),
                salt=None if one.salt is None else one.salt.hex(),
                commitment=one.commitment.hex(),
                hash=one.hash.hex(),
            )
            for one in kept.entries
        ],
    )
