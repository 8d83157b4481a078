"""Ids that follow from what a record is about: made twice, they are the same record."""

from __future__ import annotations

import hashlib


def derived_id(kind: str, *parts: str) -> str:
    """An id such as `level-9f86…`, the same for the same parts."""
    return f"{kind}-{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:32]}"


def stock_level_id(location: str, part: str) -> str:
    """The record that counts one part at one place."""
    return derived_id("level", location, part)


def history_id(asset: str) -> str:
    """The record that tells what was done to an asset."""
    return derived_id("history", asset)


def assignment_id(visit: str) -> str:
    """The record that tells who owned a visit from when to when."""
    return derived_id("assignment", visit)


def step_result_id(visit: str, template: str, step: str) -> str:
    """One answer per step, checklist version and visit: answering twice changes the answer."""
    return derived_id("step", visit, template, step)


def inbox_item_id(kind: str, record: str, *parts: str) -> str:
    """One item per cause: the same cause again opens the same item."""
    return derived_id("item", kind, record, *parts)
