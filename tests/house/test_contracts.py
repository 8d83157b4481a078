"""The import contracts of pyproject.toml go red when an import points the wrong way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("sync", "domain", "media", "mobile_api", "scheduler", "server", "openapi", "sim")


@pytest.fixture
def empty_house(tmp_path: Path) -> Path:
    """The packages without content, under the real contracts."""
    (tmp_path / "pyproject.toml").write_text((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    for folder in (*PACKAGES, "server/db", "server/db/tables", "server/cli"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text("")
    (tmp_path / "sim" / "model.py").write_text("")
    return tmp_path


def broken_contracts(house: Path) -> str:
    """Run import-linter in `house`; empty when all contracts are kept."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("sync/merge.py", "import domain", "One way down"),
        ("sync/merge.py", "import media", "One way down"),
        ("domain/visit.py", "import server", "One way down"),
        ("scheduler/tick.py", "import mobile_api", "One way down"),
        ("server/app.py", "import openapi", "One way down"),
        ("sync/merge.py", "import sqlalchemy", "are pure"),
        ("sync/merge.py", "from time import monotonic", "are pure"),
        ("domain/visit.py", "import litestar.handlers", "are pure"),
        ("domain/visit.py", "from os import environ", "are pure"),
        ("domain/visit.py", "import concurrent.futures", "are pure"),
        ("server/desk.py", "from sqlmodel import Session", "SQL lives in server.db alone"),
        ("mobile_api/push.py", "import psycopg", "SQL lives in server.db alone"),
        ("scheduler/tick.py", "import sqlite3", "SQL lives in server.db alone"),
        ("scheduler/tick.py", "import litestar", "speaks no HTTP"),
        ("server/cli/sim.py", "import sim.command", "Nothing imports the simulator"),
        ("sim/model.py", "import sync.merge", "knows nothing of what it judges"),
    ],
)
def test_an_import_the_wrong_way_is_refused(empty_house: Path, file: str, line: str, contract: str) -> None:
    (empty_house / file).write_text(f"{line}\n")
    said = broken_contracts(empty_house)
    broken = [verdict for verdict in said.splitlines() if verdict.endswith(" BROKEN")]
    assert any(contract in verdict for verdict in broken), said


def test_the_ways_that_are_open_stay_open(empty_house: Path) -> None:
    allowed = {
        "sync/merge.py": "import hashlib, datetime, dataclasses, msgspec",
        "domain/visit.py": "import sync.merge",
        "mobile_api/push.py": "import litestar, domain.visit, media",
        "scheduler/tick.py": "import time, domain.visit",
        "server/db/__init__.py": "import sqlalchemy",
        "server/db/tables/visit.py": "import sqlmodel, sqlite3, psycopg",
        "server/app.py": "import server.db.tables.visit, mobile_api.push, scheduler.tick",
        "openapi/export.py": "import server.app",
        "sim/world.py": "import sync.merge, server.app, sim.model",
    }
    for file, line in allowed.items():
        (empty_house / file).write_text(f"{line}\n")
    assert broken_contracts(empty_house) == ""
