"""The peers of this run: started, filled, and seen to be durable or not. One that fails is told, never left out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.contender import Contender, Peer
from bench.durability import Durability, observed
from bench.figure import Entry, Side
from bench.load import Load, ask
from bench.processes import Running
from bench.rows import Rows

BATCH = 100


@dataclass
class RunningPeers:
    """Who runs, and why the others do not."""

    rows: Rows = field(default_factory=Rows)
    """From which everybody's rows are taken, so that no id comes twice."""
    running: list[Contender] = field(default_factory=list)
    durability: dict[str, Durability] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    """Why a peer is missing, by its name."""

    @property
    def idle(self) -> list[Running]:
        """All of them, for telling their work from a stranger's."""
        return [peer.running for peer in self.running]

    def entries(self, go: Callable[[Contender, int], Load], count: Callable[[Load], float]) -> list[Entry]:
        """The peers' part of a figure; `go` does a round with one of them."""
        return [
            Entry(
                Side(peer.name, "durable peer" if self.durability[peer.name].is_durable else "peer"),
                peer.running,
                lambda turn, peer=peer: go(peer, turn),
                count,
            )
            for peer in self.running
        ]


def start(stack: ExitStack, peers: Sequence[Peer], folder: Path, records: int) -> RunningPeers:
    """Install, start, watch and fill each; `stack` ends them."""
    started = RunningPeers()
    for number, peer in enumerate(peers):
        print(f"bench: {peer.name}, with {records:,} records …", file=sys.stderr, flush=True)
        own = folder / f"peer-{number}"
        own.mkdir()
        try:
            peer.install()
            contender = stack.enter_context(peer.serving(own))
            started.durability[peer.name] = _durability(contender, started.rows, own)
            contender.fill(started.rows.take(records - BATCH * started.durability[peer.name].pushes))
            started.running.append(contender)
        except Exception as error:
            # Whatever it is, the product's own figures do not depend on it.
            started.failures[peer.name] = f"{type(error).__name__}: {error}"
            print(f"bench: {peer.name} is missing: {error}", file=sys.stderr, flush=True)
    return started


def _durability(contender: Contender, rows: Rows, folder: Path) -> Durability:
    ask(contender.running.port, contender.push(rows.take(BATCH)))
    return observed(
        contender.running,
        lambda: ask(contender.running.port, contender.push(rows.take(BATCH))) and None,
        folder / "trace",
    )
