"""The stranger knows the contract and nothing of the project."""

import ast
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
LIBRARIES = {"cryptography", "httpx", "pytest"}
# The one black box that starts the real server.
ALLOWED = {"tests.parts.server_process"}
FILES = sorted(FOLDER.glob("**/*.py"))


def imported(source: str) -> set[str]:
    """Every module that a source names in an import, or asks for by name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
        elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
            "__import__",
            "import_module",
            "exec",
            "eval",
            "run_path",
            "run_module",
        ):
            found.add("something by its name")
    return found


def strangers(modules: set[str]) -> set[str]:
    """The modules that are neither the stranger's own, nor the libraries, nor the black box."""
    return {
        name
        for name in modules
        if name not in ALLOWED
        and name != "tests.stranger"
        and not name.startswith("tests.stranger.")
        and name.partition(".")[0] not in LIBRARIES | sys.stdlib_module_names
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_imports_nothing_of_the_project(path: Path) -> None:
    assert strangers(imported(path.read_text(encoding="utf-8"))) == set()


@pytest.mark.parametrize(
    "line",
    [
        "import sync",
        "from domain.visit import Visit",
        "from . import sync",
        "from tests.sync import part",
        "__import__('sync')",
        "import importlib; importlib.import_module('sync')",
    ],
)
def test_an_import_of_the_project_is_found(line: str) -> None:
    assert strangers(imported(line))


def test_the_black_box_is_used_in_one_file_only() -> None:
    users = [path.name for path in FILES if ALLOWED & imported(path.read_text(encoding="utf-8"))]
    assert users == ["company.py"]
