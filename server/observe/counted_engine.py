"""The engine, with its results counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.observe.metrics import Metrics
from sync.engine import Draft, Engine
from sync.outcome import Result
from sync.reminder import Settlement
from sync.store import DeviceRow
from sync.wire import PushReply


class CountedEngine(Engine):
    """`Engine`, telling the metrics what became of each operation."""

    def __init__(self, metrics: Metrics, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._metrics = metrics

    def push(self, device: str, operations: Sequence[bytes], first: int = 0) -> PushReply:
        """See `Engine.push`."""
        reply = super().push(device, operations, first)
        self._metrics.count_results("phone", reply.results)
        return reply

    def write(
        self, door: DeviceRow, drafts: Sequence[Draft], settles: Sequence[Settlement] = ()
    ) -> list[Result]:
        """See `Engine.write`."""
        results = super().write(door, drafts, settles)
        self._metrics.count_results("desk", results)
        return results
