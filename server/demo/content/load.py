"""Reads the catalogue files into one value with the look-ups that the generators share."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

Record = dict[str, Any]
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Content:
    """Everything people wrote about the company; rows keep the order and the keys of their file."""

    company: Record
    equipment: list[Record]
    skills: list[Record]
    certificates: list[Record]
    parts: list[Record]
    articles: list[Record]
    checklists: list[Record]
    outlets: list[Record]
    technicians: list[Record]
    shifts: list[Record]
    staff: list[Record]
    stock_locations: list[Record]
    name_pool: Record

    @cached_property
    def equipment_by_code(self) -> dict[str, Record]:
        return {row["code"]: row for row in self.equipment}

    @cached_property
    def part_by_code(self) -> dict[str, Record]:
        return {row["code"]: row for row in self.parts}

    @cached_property
    def technician_by_login(self) -> dict[str, Record]:
        return {row["login"]: row for row in self.technicians}

    @cached_property
    def parts_by_model_and_group(self) -> dict[tuple[str, str, str], list[Record]]:
        """(equipment, model, part group) → the parts that fit, originals first."""
        found: dict[tuple[str, str, str], list[Record]] = {}
        for part in sorted(self.parts, key=lambda row: (row["source"] != "original", row["code"])):
            for model in part["models"]:
                found.setdefault((part["equipment"], model, part["group"]), []).append(part)
        return found

    @cached_property
    def articles_by_model(self) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for article in self.articles:
            for model in article["models"]:
                found.setdefault(model, []).append(article)
        return found


def load_content(folder: Path = FOLDER) -> Content:
    """Reads all catalogue files of `folder`; a missing or broken file raises with its name."""
    return Content(**{name: _read(folder / f"{name}.json") for name in Content.__dataclass_fields__})


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as broken:
        raise ValueError(f"{path.name} is not JSON: {broken}") from broken
