"""One file per figure: what is done to each contender in a round, and the bars. None knows how results are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.figure import Figure, Size
from bench.figures.delta import delta
from bench.figures.growth import growth
from bench.figures.poll import poll
from bench.figures.pull import pull
from bench.figures.push import push
from bench.figures.servers import servers
from bench.figures.storm import storm
from bench.running_peers import RunningPeers

Measure = Callable[[Path, Size, RunningPeers], Sequence[Figure]]
FIGURES: Mapping[str, Measure] = {
    "pull": pull,
    "delta": delta,
    "poll": poll,
    "storm": storm,
    "push": push,
    "growth": growth,
    "servers": servers,
}
