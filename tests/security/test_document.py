"""`docs/SECURITY.md` promises nothing that no test shows."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "SECURITY.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)))


@cache
def _tests(path: str) -> frozenset[str]:
    """Names of a file's tests, at any depth."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, functions))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_every_named_test_exists(path: str, name: str) -> None:
    assert name in _tests(path)


def test_every_file_that_is_named_exists() -> None:
    files = re.findall(r"`(tests/[\w/]+(?:\.py)?)[`:]", PAGE)
    assert [one for one in files if not (ROOT / one).exists()] == []


def test_each_of_the_ten_risks_is_spoken_of() -> None:
    assert [n for n in range(1, 11) if f"| API{n} " not in PAGE] == []


def test_every_test_that_is_expected_to_fail_is_told() -> None:
    """What was found and stands open is in the page, and nothing else is expected to fail."""
    told = PAGE.partition("## Found, and not repaired yet")[2].partition("\n## ")[0]
    for path in sorted((ROOT / "tests" / "security").glob("test_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and any(
                "xfail" in ast.unparse(one) for one in node.decorator_list
            ):
                assert node.name in told, node.name
