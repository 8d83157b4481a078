"""Ready for no signal: counted, and red when one page is short."""

from __future__ import annotations

from typing import Any

import pytest

from domain.readiness import CREDENTIALS, LINES, SENTENCES, count, expected, manifest, ready
from sync.clock import Clock
from sync.record import Record


def row(entity: str, id: str, *, deleted: bool = False, **fields: Any) -> Record:
    return Record(
        entity=entity,
        id=id,
        aggregate="x/y",
        ver=1,
        created=Clock(1, "d", 1, "x"),
        fields=fields,
        clocks={},
        deleted=deleted,
    )


HELD = [
    row("work_order", "W1"),
    row("visit", "VA", dispatch_state="dispatched", checklists=["ft-1"]),
    row("site", "S1"),
    row("contact", "K1"),
    row("asset", "A1"),
    row("customer", "C1"),
    row("history", "H1"),
    row("checklist_template", "ft-1"),
    row("knowledge_article", "KB1", published=True),
    row("knowledge_article", "KB2", published=True),
    row("part", "P1"),
    row("stock_level", "L1"),
    row("note", "N1"),
]


def test_phone_that_holds_everything_is_green() -> None:
    lines = manifest(expected(HELD), count(HELD, CREDENTIALS))
    assert ready(lines) and [line.name for line in lines] == list(LINES)
    assert {line.name: line.expected for line in lines} == {
        "jobs": 2,
        "sites": 4,
        "history": 1,
        "checklists": 1,
        "knowledge": 2,
        "parts": 1,
        "stock": 1,
        "credentials": 2,
    }


@pytest.mark.parametrize("gone", [one for one in HELD if one.entity != "note"], ids=lambda one: one.id)
def test_one_thing_short_is_red_and_named(gone: Record) -> None:
    has = count([one for one in HELD if one is not gone], CREDENTIALS)
    (short,) = [line for line in manifest(expected(HELD), has) if not line.ready]
    assert short.missing == (gone.id,) and short.present == short.expected - 1


@pytest.mark.parametrize("gone", sorted(CREDENTIALS))
def test_missing_key_or_denied_storage_is_red(gone: str) -> None:
    lines = manifest(expected(HELD), count(HELD, CREDENTIALS - {gone}))
    assert not ready(lines) and lines[-1].missing == (gone,)


def test_pinned_checklist_that_nobody_has_is_red() -> None:
    server = [one for one in HELD if one.id != "ft-1"]
    lines = manifest(expected(server), count(server, CREDENTIALS))
    assert [line.missing for line in lines if not line.ready] == [("ft-1",)]


def test_too_much_of_something_else_makes_up_for_nothing() -> None:
    has = count([*[one for one in HELD if one.id != "KB1"], row("knowledge_article", "KB9", published=True)])
    line = next(line for line in manifest(expected(HELD), has) if line.name == "knowledge")
    assert (line.present, line.expected, line.missing) == (1, 2, ("KB1",))


def test_deleted_withdrawn_retired_and_drafts_do_not_count() -> None:
    gone = [
        row("asset", "A2", deleted=True),
        row("visit", "VB", dispatch_state="withdrawn", checklists=[]),
        row("part", "P2", retired=True),
        row("knowledge_article", "KB3", published=False),
        row("checklist_template", "ft-0", retired=True),
    ]
    assert expected([*HELD, *gone]) == expected(HELD)


def test_every_line_is_readable_in_both_languages() -> None:
    assert set(SENTENCES) == set(LINES)
    line = manifest(expected(HELD), count([]))[4]
    assert line.sentence("en") == "knowledge pages 0/2" and line.sentence("zh") == "知识页 0/2"
