"""The measurements run: whoever needs them later finds them working. Times are not judged here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="server and load need a core each")
def test_all_three_figures_are_measured_in_seconds() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for figure in ("push in batches of 100", "first pull", "poll with nothing new"):
        assert f"| {figure} |" in done.stdout
