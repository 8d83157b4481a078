"""The pages name every table there is: a new one cannot be forgotten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.db.migrate import declared
from server.db.read_models import PROJECTORS
from server.settings import variable_name, variables

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("PERSONAL-DATA.md", "PERSONAL-DATA.zh-CN.md")
READ_MODELS = {one.table.name for one in PROJECTORS}


def parts(page: str) -> tuple[str, str]:
    """The section of stored tables, and that of read models."""
    _, tables, read_models, _ = re.split(
        r"^### .*$", (DOCS / page).read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    return tables, read_models


@pytest.mark.parametrize("page", PAGES)
def test_every_stored_table_has_its_line(page: str) -> None:
    tables, _ = parts(page)
    first = [line.split("|")[1] for line in tables.splitlines() if line.startswith("| `")]
    named = [name for cell in first for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(set(declared().tables) - READ_MODELS)


@pytest.mark.parametrize("page", PAGES)
def test_every_read_model_is_named(page: str) -> None:
    _, read_models = parts(page)
    assert set(re.findall(r"`(\w+)`", read_models)) - {"record"} == READ_MODELS


@pytest.mark.parametrize("page", PAGES)
def test_each_setting_that_is_named_exists(page: str) -> None:
    named = set(re.findall(r"DOORSTEP_\w+", (DOCS / page).read_text(encoding="utf-8")))
    assert named <= {variable_name(name) for name in variables()}
