"""The measurements run: whoever needs them later finds them working. Times are not judged here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.parts.postgres_binaries import PostgresMissing, find_postgres

ROOT = Path(__file__).parents[2]
needs_two_cores = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="server and load need a core each")
FIGURES = {
    "pull": ("first pull", "first pull, compressed", "peak memory of a first pull"),
    "delta": ("100 changed of all pulled, p50",),
    "poll": ("poll with nothing new",),
    "storm": ("storm of 20 phones, p99",),
    "push": ("push in batches of 100, one phone", "push in batches of 100, 8 phones"),
    "growth": (
        "an idle poll as the database grows",
        "one operation as the database grows",
        "a pull of 100 records as the database grows",
    ),
}


@needs_two_cores
@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_is_measured_without_peers(name: str) -> None:
    done = _bench("--only", name)
    assert done.returncode == 0, done.stderr
    for figure in FIGURES[name]:
        assert f"| **{figure}**," in done.stdout


@needs_two_cores
def test_two_servers_share_one_postgresql() -> None:
    try:
        find_postgres()
    except PostgresMissing as missing:
        pytest.skip(str(missing))
    done = _bench("--only", "servers")
    assert done.returncode == 0, done.stderr
    assert "| two processes |" in done.stdout


def _bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", "--quick", "--no-peers", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
