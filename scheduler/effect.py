"""A reminder's effect as the write door takes it."""

from __future__ import annotations

import hashlib

from domain.commands.draft import Drafted
from scheduler.queue import Claim
from sync.engine import Draft


def effect_id(claim: Claim, place: int = 0) -> str:
    """The id of an operation of a reminder's effect: the same whoever makes it."""
    said = f"{claim.subject}\n{claim.kind}\n{claim.revision}\n{place}"
    return f"reminder-{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def as_draft(claim: Claim, drafted: Drafted, place: int = 0) -> Draft:
    """The `place`-th operation of a claim's effect; it sees what stands."""
    return Draft(
        id=effect_id(claim, place),
        entity=drafted.entity,
        record=drafted.record,
        aggregate=drafted.aggregate,
        set=drafted.set,
        action=drafted.action,
    )
