"""What becomes of the work of a revoked phone, or of one that a restored database does not know.

It is kept, up to a bound, and the phone hears up to which number, and in which history of the database. It hears
nothing else.
"""

from __future__ import annotations

import msgspec

from mobile_api.clock import Clock, instant
from mobile_api.ports import Quarantine
from sync.canonical import LARGEST_INTEGER
from sync.wire import PROTOCOL, Push, PushReply, SyncReply


class _Numbered(msgspec.Struct):
    seq: int = 0


_numbered = msgspec.json.Decoder(_Numbered)


class Deposit:
    """Keeps operations in quarantine, and words the answer."""

    def __init__(self, quarantine: Quarantine, most_bytes: int, clock: Clock, epoch: str) -> None:
        """`epoch` is the engine's: after a restore, what the phone had sent may have to be deposited anew."""
        self._quarantine = quarantine
        self._epoch = epoch
        self._most_bytes = most_bytes
        self._clock = clock

    def __call__(self, device: str, push: Push) -> bytes:
        """Deposit and answer; safe to repeat. `quarantined` is 0 when nothing is kept. May block."""
        operations = [bytes(one) for one in push.ops]
        now = instant(self._clock())
        kept = 0
        if operations:
            kept = self._quarantine.deposit(device, operations, most_bytes=self._most_bytes, now=now)
        reply = SyncReply(
            protocol=PROTOCOL,
            epoch=self._epoch,
            server_time=now,
            schema=0,
            push=PushReply(quarantined=_last_seq(operations[:kept], push.first)),
        )
        return msgspec.json.encode(reply)


def _last_seq(operations: list[bytes], first: int) -> int:
    """The number of the last one: its own where it can be read, else the one after its predecessor's."""
    last = first - 1 if first else 0
    for one in operations:
        try:
            seq = _numbered.decode(one).seq
        except (msgspec.DecodeError, RecursionError):
            seq = 0
        last = seq if 1 <= seq <= LARGEST_INTEGER else last + 1
    return last if operations else 0
