"""The results as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.chart import chart
from bench.figure import Figure, Side, Verdict
from bench.noise import MOST_CORES
from bench.running_peers import RunningPeers

_PARTS = ("litestar", "uvicorn", "uvloop", "httptools", "msgspec", "sqlalchemy", "psycopg")


@dataclass
class Found:
    """All that a run found."""

    peers: RunningPeers
    figures: list[Figure] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    """Why a figure is missing, by its name on the command line."""


def facts(command: str) -> dict[str, Any]:
    """The machine and the versions; nothing that names the machine."""
    return {
        "command": command,
        "measured_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "cpu": _first("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory_gib": round(int(_first("/proc/meminfo", "MemTotal").split()[0]) / 2**20, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "versions": {part: version(part) for part in _PARTS},
    }


def table(figures: Sequence[Figure]) -> str:
    """One line for each contender of each figure, in Markdown."""
    lines = [
        "| figure | contender | median | of ours | by own work | p99 of a request | peak memory | verdict |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for figure in figures:
        verdicts = [_told(one) for one in figure.verdicts()]
        if not figure.clean:
            verdicts.append(f"not clean: others used {max(figure.others_cores):.2f} core")
        for number, side in enumerate(figure.sides):
            name = f"**{figure.name}**, {figure.unit}" if number == 0 else ""
            said = "; ".join(verdicts) if number == 0 else ""
            lines.append(f"| {name} | {_name(side)} | {_row(figure, side)} | {said} |")
    return "\n".join(lines)


def about_peers(peers: RunningPeers) -> str:
    """Who was seen to be durable, and who is missing and why."""
    lines = [f"- {name}: {seen.sentence()}" for name, seen in peers.durability.items()]
    lines += [f"- **{name} is missing**: {why}" for name, why in peers.failures.items()]
    return "\n".join(lines)


def write(found: Found, about: dict[str, Any], folder: Path) -> None:
    """RESULTS.md, RESULTS.json and the chart."""
    figures, peers = found.figures, found.peers
    said = {
        **about,
        "clean": all(one.clean for one in figures),
        "figures": [one.told() for one in figures],
        "durability": {name: asdict(seen) for name, seen in peers.durability.items()},
        "failures": failures(found),
    }
    (folder / "RESULTS.json").write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    (folder / "RESULTS.svg").write_text(chart(figures))
    (folder / "RESULTS.md").write_text("\n".join(_page(found, about)) + "\n")


def missed(figures: Sequence[Figure]) -> list[str]:
    """Which bars are not met, each as a sentence."""
    return [
        f"missed: {figure.name}: {verdict.said}"
        for figure in figures
        for verdict in figure.verdicts()
        if verdict.held is False
    ]


def failures(found: Found) -> list[str]:
    """What could not be measured, each as a sentence."""
    return [
        *(f"{name} did not run: {why}" for name, why in found.peers.failures.items()),
        *(f"{name} was not measured: {why}" for name, why in found.broken.items()),
    ]


def _page(found: Found, about: dict[str, Any]) -> Iterator[str]:
    figures = found.figures
    yield from ("# Results", "", "Written by the command below; `bench/README.md` says what is measured.", "")
    yield from ("![Ours beside the others](RESULTS.svg)", "", table(figures), "")
    yield from (
        'Was the disk asked before "stored" was said?',
        "",
        about_peers(found.peers),
        "",
        "Rounds:",
        "",
    )
    for figure in figures:
        sides = "; ".join(
            f"{side.name} {', '.join(_number(value) for value in side.values)}" for side in figure.sides
        )
        busy = max((max(side.generator_busy) for side in figure.sides if side.generator_busy), default=0)
        yield f"- {figure.name}: {sides}; the generator used at most {busy:.0%} of its core"
    if found.broken:
        yield from ("", *(f"- **{name} was not measured**: {why}" for name, why in found.broken.items()))
    yield from ("", "What was done:", "")
    for figure in figures:
        if figure.facts:
            yield f"- {figure.name}: `{json.dumps(figure.facts, ensure_ascii=False)}`"
    yield from ("", f"Not clean: other processes used more than {MOST_CORES} of a core in some round.", "")
    for name, value in about.items():
        yield f"- {name}: {value}"


def _name(side: Side) -> str:
    return f"{side.name} ({side.kind})" if "peer" in side.kind else side.name


def _row(figure: Figure, side: Side) -> str:
    if side.failed:
        return f"fails: {side.refused:,} of {side.requests:,} requests refused | | | |"
    share = f"{side.median / figure.sides[0].median:.2f}"
    own_work = f"{_middle(side.per_cpu_second) / _middle(figure.sides[0].per_cpu_second):.2f}"
    memory = f"{max(side.peak_mib):.0f} MiB"
    return f"{_number(side.median)} | {share} | {own_work} | {_middle(side.p99_ms):.1f} ms | {memory}"


def _middle(rounds: Sequence[float]) -> float:
    return statistics.median(rounds)


def _told(verdict: Verdict) -> str:
    words = {True: "held", False: "**missed**", None: "not judged"}
    return f"{words[verdict.held]}: {verdict.said}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _first(file: str, name: str) -> str:
    for line in Path(file).read_text().splitlines():
        if line.startswith(name):
            return line.partition(":")[2].strip()
    return sys.platform
