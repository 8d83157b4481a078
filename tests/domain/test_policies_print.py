"""The printed declaration is complete, and the published page is the printed one."""

from __future__ import annotations

import json
from pathlib import Path

from domain.declaration import SCHEMA
from domain.policies_print import POLICIES, as_json, as_markdown, as_text, rows
from sync import policy

PAGE = Path(__file__).parents[2] / "docs" / "merge-policies.md"
FIELDS = [(entity, field) for entity, declared in SCHEMA.entities.items() for field in declared.fields]


def test_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(SCHEMA)


def test_every_field_is_a_row_with_a_meaning() -> None:
    found = list(rows(SCHEMA))
    assert [(row.entity, row.field) for row in found] == FIELDS
    assert all(row.meaning.endswith(".") for row in found)


def test_every_policy_is_explained() -> None:
    tags = {str(kind.__struct_config__.tag) for kind in policy.Policy.__args__}
    assert set(POLICIES) == tags


def test_json_tells_owner_policy_and_members() -> None:
    found = json.loads(as_json(SCHEMA))
    (window,) = [one for one in found["fields"] if (one["entity"], one["field"]) == ("visit", "window")]
    assert (window["owner"], window["policy"]) == (["dispatcher"], "owner")
    assert window["members"] == ["ends_at", "starts_at"] and window["others"] == "request"
    assert found["entities"]["visit"]["aggregate"] == "work_order"


def test_text_has_one_line_per_field() -> None:
    assert len(as_text(SCHEMA).splitlines()) == len(FIELDS) + 1
