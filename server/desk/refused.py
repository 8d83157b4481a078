"""What the engine refused of a desk's drafts, in the names that a desk knows: the field, and whose fault it is."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from domain.declaration import SCHEMA
from sync.engine import Draft
from sync.outcome import Result


def refused(results: Sequence[Result], drafts: Sequence[Draft]) -> list[Result]:
    """The results; what only missed a record that was refused beside it is not refused on its own account."""
    made = {f"{draft.entity} {draft.record}" for draft in drafts if draft.action == "create"}
    told = [_told(result, draft, made) for result, draft in zip(results, drafts, strict=True)]
    return told if any(one.status == "parked" for one in told) else list(results)


def _told(result: Result, draft: Draft, made: set[str]) -> Result:
    if result.status != "parked" or draft.action != "create":
        return result
    if result.reason == "unknown_reference":
        if result.detail in made:
            return msgspec.structs.replace(result, status="applied")
        parent = SCHEMA.entities[draft.entity].parent
        missing = result.detail.partition(" ")[2]
        return msgspec.structs.replace(result, reason="no_such_record", detail=f"{parent}: {missing}")
    if result.reason == "wrong_aggregate":
        # A new record's place follows from its own fields: what lives elsewhere is a record of that id.
        return msgspec.structs.replace(result, reason="exists_already", detail=f"id: {draft.record}")
    return result
