"""Dependencies are exact, hashed, free of addresses, and complete."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("sync", "domain", "media", "mobile_api", "scheduler", "server", "openapi")
LOCKS = [
    *sorted(REPOSITORY.glob("requirements/*.txt")),
    *(
        file
        for folder in ("tests/npm", "web", "clients/typescript", "clients/python")
        for pattern in ("package-lock.json", "*.lock", "requirements*.txt")
        for file in sorted((REPOSITORY / folder).glob(pattern))
    ),
]
ADDRESS = re.compile(r"\w+://|--index-url|--find-links|\"resolved\"")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda file: str(file.relative_to(REPOSITORY)))
def test_no_lock_holds_an_address(lock: Path) -> None:
    # "funding" in a package's metadata is a web page, not a place to download from.
    lines = [line for line in lock.read_text(encoding="utf-8").splitlines() if '"url":' not in line]
    assert [line for line in lines if ADDRESS.search(line)] == []


def locked(name: str) -> dict[str, str]:
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[[^\]]+\])?==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", ["core", "dev"])
def test_every_locked_package_has_a_hash(name: str) -> None:
    text = (REPOSITORY / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(locked(name)) > 30
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_tests_run_on_the_versions_that_the_product_ships_with() -> None:
    core, dev = locked("core"), locked("dev")
    assert {name: dev.get(name) for name in core} == core


def test_what_the_product_imports_is_declared() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[^A-Za-z0-9_.-]", entry)[0].lower() for entry in project["dependencies"]}
    homes = packages_distributions()
    undeclared = {
        f"{file.relative_to(REPOSITORY)}: {module}"
        for package in PACKAGES
        for file in (REPOSITORY / package).rglob("*.py")
        for module in imported_modules(file)
        if module not in sys.stdlib_module_names and module not in PACKAGES
        if not declared & {home.lower().replace("_", "-") for home in homes.get(module, [])}
    }
    assert undeclared == set()


def imported_modules(file: Path) -> set[str]:
    """The top-level names of all modules that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found
