"""What a phone last said that it still held, against what it has deposited: the list of what is still missing."""

from __future__ import annotations

import hashlib

import msgspec

from server.db.quarantine import Holding, SqlQuarantine

_AT_ONCE = 500


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of operations that have not come, both ends included."""

    first: int
    last: int


class OutboxHeld(msgspec.Struct, frozen=True, kw_only=True):
    """The phone's last word on its outbox, and what of it has come since."""

    pending: int
    last_seq: int
    digest: str
    """SHA-256 over the ids of what was unsent, in order, each followed by a line feed."""
    uploads: int
    upload_bytes: int
    missing: int
    """How many of its operations, up to `last_seq`, neither lie here nor have arrived in another way."""
    missing_seqs: list[Gap]
    """Which ones."""
    digest_holds: bool | None
    """Whether just what was pending lies here, by its digest. None: not all of it does, or nothing was pending."""


class _Named(msgspec.Struct):
    seq: int = 0
    id: str = ""


_named = msgspec.json.Decoder(_Named)


def still_missing(quarantine: SqlQuarantine, held: Holding) -> OutboxHeld | None:
    """None when the device never told what it holds. Reads the whole deposit, some hundred operations at a time."""
    said = held.outbox
    if said is None:
        return None
    # A phone numbers without a gap, and the ledger takes no gap: what is neither there nor here is missing, whatever
    # the phone counts as sent. A deposit that was full kept less than the phone sent.
    first = held.arrived_seq + 1
    here = {
        seq: id for seq, id in _deposited(quarantine, held.device).items() if first <= seq <= said.last_seq
    }
    gaps = _gaps(sorted(here), first, said.last_seq)
    oldest = said.last_seq - said.pending + 1
    pending = sorted(seq for seq in here if seq >= oldest)
    told = "".join(f"{here[seq]}\n" for seq in pending)
    is_whole = 0 < said.pending == len(pending)
    return OutboxHeld(
        **msgspec.structs.asdict(said),
        missing=sum(gap.last - gap.first + 1 for gap in gaps),
        missing_seqs=gaps,
        digest_holds=hashlib.sha256(told.encode()).hexdigest() == said.digest if is_whole else None,
    )


def _deposited(quarantine: SqlQuarantine, device: str) -> dict[int, str]:
    """Number → id of what was deposited, as far as it can be read; of two with one number the first."""
    found: dict[int, str] = {}
    place = 0
    while rows := quarantine.deposited(device, place, _AT_ONCE):
        for place, _, payload in rows:  # noqa: B007  the last place is where the next page begins
            try:
                named = _named.decode(payload)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue
            found.setdefault(named.seq, named.id)
    return found


def _gaps(seqs: list[int], first: int, last: int) -> list[Gap]:
    found = []
    for seq in [*seqs, last + 1]:
        if seq > first:
            found.append(Gap(first=first, last=seq - 1))
        first = seq + 1
    return found
