"""When each phone was last heard, written down as rarely as the truth allows."""

from __future__ import annotations

from mobile_api.clock import Clock, instant
from mobile_api.nonces import Nonce
from mobile_api.ports import Devices, Heard
from sync.wire import Outbox

_MOST_REMEMBERED = 100_000


class Presence:
    """A phone that polls every few seconds with the same outbox must not cost a write each time."""

    def __init__(self, devices: Devices, clock: Clock, every_seconds: int) -> None:
        self._devices = devices
        self._clock = clock
        self._every_seconds = every_seconds
        self._noted: dict[str, tuple[float, Outbox | None]] = {}

    def is_due(self, device: str, outbox: Outbox | None) -> bool:
        """Whether something new would be written: another outbox, or a sign of life after a while."""
        noted = self._noted.get(device)
        if noted is None or self._clock() - noted[0] >= self._every_seconds:
            return True
        return outbox is not None and outbox != noted[1]

    def note(self, device: str, outbox: Outbox | None, nonce: Nonce | None = None) -> None:
        """Write it down, durably. May block."""
        now = self._clock()
        nonce_ms = nonce.issued_ms if nonce else 0
        self._devices.heard(device, Heard(at=instant(now), outbox=outbox, nonce_ms=nonce_ms))
        if len(self._noted) >= _MOST_REMEMBERED:
            self._noted.clear()
        known = self._noted.get(device)
        self._noted[device] = (now, outbox if outbox is not None else known and known[1])
