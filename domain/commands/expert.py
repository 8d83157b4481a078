"""Expert cases: ask, claim, answer, apply."""

from __future__ import annotations

from domain.commands.draft import Drafted, create, update
from sync.record import Record


def ask_expert(
    visit: Record,
    *,
    case: str,
    question: str,
    at: str,
    by: str,
    urgent: bool = False,
    media: list[str] | None = None,
) -> list[Drafted]:
    """A question to a remote expert; its clips follow on their own."""
    return [
        create(
            "expert_case",
            case,
            visit.aggregate,
            visit=visit.id,
            asked_by=by,
            asked_at=at,
            question=question,
            urgent=urgent,
            media={"add": media} if media else None,
        )
    ]


def claim_case(case: Record, *, expert: str) -> list[Drafted]:
    """An expert takes the case."""
    return [update(case, state={"event": "claim"}, claimed_by=expert)]


def answer_case(
    case: Record,
    *,
    verdict: str,
    expert: str,
    at: str,
    cause: str,
    next_steps: list[str] | None = None,
    parts: list[str] | None = None,
    fault_code: str | None = None,
    stop_work: bool = False,
    stop_reason: str | None = None,
) -> list[Drafted]:
    """A structured verdict; the rules mark the case as answered, late ones too (case 7)."""
    return [
        create(
            "verdict",
            verdict,
            case.aggregate,
            expert_case=case.id,
            cause=cause,
            fault_code=fault_code,
            next_steps=next_steps,
            parts=parts,
            stop_work=stop_work,
            stop_reason=stop_reason,
            given_at=at,
            given_by=expert,
        )
    ]


def acknowledge_verdict(verdict: Record, *, at: str, by_name: str | None = None) -> list[Drafted]:
    """The technician has read it. It clears nothing."""
    return [update(verdict, acknowledged={"at": at, "by_name": by_name})]
