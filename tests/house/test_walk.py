"""CONTRIBUTING.md walks through every folder, and each package says what lives in it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
MADE_BY_WORK = {"var", "build", "dist", "node_modules"}
FOLDERS = sorted(
    folder.name
    for folder in REPOSITORY.iterdir()
    if folder.is_dir() and not folder.name.startswith((".", "__")) and folder.name not in MADE_BY_WORK
    if not folder.name.endswith(".egg-info")
)
PACKAGES = [folder for folder in FOLDERS if (REPOSITORY / folder / "__init__.py").exists()]


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_walk_visits_every_folder(folder: str) -> None:
    assert f"| `{folder}/` |" in (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_what_lives_in_it(package: str) -> None:
    text = (REPOSITORY / package / "__init__.py").read_text(encoding="utf-8")
    assert len((ast.get_docstring(ast.parse(text)) or "").split()) >= 10


@pytest.mark.parametrize("page", ["README", "CONTRIBUTING", "CHANGELOG", "LICENSE"])
def test_the_pages_that_a_reader_expects_are_there(page: str) -> None:
    assert list(REPOSITORY.glob(f"{page}*"))
