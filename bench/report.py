"""The results as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.noise import MOST_CORES

_PARTS = ("litestar", "uvicorn", "uvloop", "httptools", "msgspec", "sqlalchemy")


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
    """One line a figure, in Markdown."""
    lines = [
        "| figure | ours | reference | ratio | by own work | bar | p99 ours / reference | peak memory | others | |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in figures:
        held = "held" if one.ratio >= one.bar else "**missed**"
        clean = "" if one.clean else ", not clean"
        lines.append(
            f"| {one.name} | {one.ours.median:,.0f} {one.unit} | {one.reference.median:,.0f} | "
            f"**{one.ratio:.0%}** | {one.cpu_ratio:.0%} | {one.bar:.0%} | "
            f"{_ms(one.ours.p99_ms)} / {_ms(one.reference.p99_ms)} ms | "
            f"{one.ours.peak_mib:.0f} / {one.reference.peak_mib:.0f} MiB | {max(one.others_cores):.2f} core | "
            f"{held}{clean} |"
        )
    return "\n".join(lines)


def text(figures: Sequence[Figure], about: dict[str, Any]) -> str:
    """The whole page."""
    by_name = {one.name: one for one in figures}
    lines = ["# Results", "", "Written by the command below; `bench/README.md` says what is measured.", ""]
    lines += [table(figures), "", "Medians of the rounds, ours and the reference in turns. Rounds:", ""]
    for one in figures:
        ours = ", ".join(f"{value:,.0f}" for value in one.ours.per_second)
        theirs = ", ".join(f"{value:,.0f}" for value in one.reference.per_second)
        busy = max(one.ours.generator_busy + one.reference.generator_busy)
        lines.append(
            f"- {one.name}: ours {ours}; reference {theirs}; the generator used {busy:.0%} of its core"
        )
    lines += ["", "What was done:", ""]
    lines += [f"- {name}: `{json.dumps(one.facts, ensure_ascii=False)}`" for name, one in by_name.items()]
    lines += ["", f"Not clean: other processes used more than {MOST_CORES} of a core in some round.", ""]
    lines += [f"- {name}: {value}" for name, value in about.items()]
    return "\n".join(lines) + "\n"


def write(figures: Sequence[Figure], about: dict[str, Any], folder: Path) -> None:
    """RESULTS.md and RESULTS.json."""
    said = {**about, "clean": all(one.clean for one in figures), "figures": [one.told() for one in figures]}
    (folder / "RESULTS.json").write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    (folder / "RESULTS.md").write_text(text(figures, about))


def missed(figures: Sequence[Figure]) -> list[str]:
    """Which bars are not met, each as a sentence."""
    return [
        f"{one.name}: {one.ratio:.0%} of the reference, not {one.bar:.0%}"
        for one in figures
        if one.ratio < one.bar
    ]


def _ms(rounds: Sequence[float]) -> str:
    return f"{sorted(rounds)[len(rounds) // 2]:.1f}"


def _first(file: str, name: str) -> str:
    for line in Path(file).read_text().splitlines():
        if line.startswith(name):
            return line.partition(":")[2].strip()
    return sys.platform
