"""`sync` and `domain` read no clock, no randomness and no file, not even through a module they may import.

The import contracts in pyproject.toml forbid modules; this finds the calls that hide in allowed ones.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PURE = ("sync", "domain")
FORBIDDEN_METHODS = {"now", "utcnow", "today", "uuid1", "uuid4", "uuid6", "uuid7", "urandom", "getrandbits"}
FORBIDDEN_FUNCTIONS = {"open", "print", "input", "exec", "eval", "__import__", "breakpoint"}
FORBIDDEN_PATH_METHODS = {"read_text", "read_bytes", "write_text", "write_bytes"}


def impurities(source: str) -> Iterator[str]:
    """Yield `line: call` for each call in `source` whose answer depends on more than its arguments."""
    tree = ast.parse(source)
    brought_in = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        # A method that is handed on uncalled (`default_factory=uuid4`) is as impure as one that is called.
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_METHODS | FORBIDDEN_PATH_METHODS:
            yield f"{node.lineno}: {node.attr}"
        elif isinstance(node, ast.Name) and brought_in.get(node.id) in FORBIDDEN_METHODS:
            yield f"{node.lineno}: {brought_in[node.id]}"
        elif isinstance(node, ast.Call) and getattr(node.func, "id", None) in FORBIDDEN_FUNCTIONS:
            yield f"{node.lineno}: {ast.unparse(node.func)}"


def pure_files() -> list[Path]:
    return sorted(file for package in PURE for file in (REPOSITORY / package).rglob("*.py"))


@pytest.mark.parametrize("file", pure_files(), ids=lambda file: str(file.relative_to(REPOSITORY)))
def test_pure_code_depends_on_its_arguments_alone(file: Path) -> None:
    assert list(impurities(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "offence",
    [
        "from datetime import datetime\nx = datetime.now()",
        "import datetime as d\nx = d.datetime.now(d.UTC)",
        "import datetime\nx = datetime.date.today()",
        "import uuid\nx = uuid.uuid4()",
        "from uuid import uuid4\nx = uuid4()",
        "from uuid import uuid4 as fresh\nx = fresh()",
        "from dataclasses import field\nfrom uuid import uuid4\nx = field(default_factory=uuid4)",
        "import os\nx = os.urandom(8)",
        "from whenever import Instant\nx = Instant.now()",
        "x = open('policies.json')",
        "print('merged')",
        "from pathlib import Path\nx = Path('a').read_text()",
    ],
)
def test_an_offence_is_seen(offence: str) -> None:
    assert list(impurities(offence))


@pytest.mark.parametrize(
    "innocent",
    [
        "def due(now): return now",
        "from uuid import UUID\nx = UUID(int=1)",
        "def f(clock, now): return clock(now)",
        "open = [1]\nx = open[0]",
        "state = 'open'\nx = {'open': 1, 'now': 2}",
    ],
)
def test_innocent_code_is_left_alone(innocent: str) -> None:
    assert not list(impurities(innocent))
