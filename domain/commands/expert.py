"""Expert cases: ask, claim, look, answer, apply, learn."""

from __future__ import annotations

from typing import Any

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


def claim_case(case: Record, *, expert: str, lease_until: str | None = None) -> list[Drafted]:
    """An expert takes the case; without a word until then it is released."""
    return [update(case, state={"event": "claim"}, claimed_by=expert, lease_until=lease_until)]


def keep_case(case: Record, *, lease_until: str) -> list[Drafted]:
    """The expert is at work on it."""
    return [update(case, lease_until=lease_until)]


def release_case(case: Record) -> list[Drafted]:
    """The case goes back to the queue."""
    return [update(case, state={"event": "release"}, claimed_by=None, lease_until=None)]


def ask_to_be_shown(case: Record, *, step: str, text: str, lease_until: str | None = None) -> list[Drafted]:
    """ "Show me this": a step on the technician's phone."""
    steps = [*(case.fields.get("show_me") or []), {"id": step, "text": text}]
    kept = {"lease_until": lease_until} if lease_until else {}
    return [update(case, show_me=steps, **kept)]


def annotate(
    case: Record,
    *,
    annotation: str,
    media: str,
    expert: str,
    shapes: list[dict[str, Any]],
    frame_ms: int | None = None,
    text: str | None = None,
) -> list[Drafted]:
    """A drawing on a photo, or on one frame of a clip. `shapes`: see `domain.shapes`."""
    return [
        create(
            "annotation",
            annotation,
            case.aggregate,
            expert_case=case.id,
            media=media,
            frame_ms=frame_ms,
            shapes=shapes,
            text=text,
            by=expert,
        )
    ]


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


def lift_stop_work(verdict: Record) -> list[Drafted]:
    """It may be worked on again."""
    return [update(verdict, stop_work=False)]


def draft_article(
    case: Record,
    verdict: Record,
    *,
    article: str,
    code: str,
    title: str,
    aggregate: str,
    equipment: str | None,
) -> list[Drafted]:
    """What an expert found out, as a draft that others can read once it is published."""
    said = verdict.fields
    cause = said.get("cause")
    return [
        create(
            "knowledge_article",
            article,
            aggregate,
            code=code,
            title={"zh": title, "en": title},
            equipment=equipment,
            fault_code=said.get("fault_code"),
            symptoms=[case.fields["question"][:200]],
            causes=[{"key": "cause-1", "name": {"zh": cause, "en": cause}}] if cause else None,
            steps=said.get("next_steps"),
            safety={"stop_work": said["stop_reason"]} if said.get("stop_reason") else None,
            parts=said.get("parts"),
            drafted_from=verdict.id,
            published=False,
        )
    ]


def acknowledge_verdict(verdict: Record, *, at: str, by_name: str | None = None) -> list[Drafted]:
    """The technician has read it. It clears nothing."""
    return [update(verdict, acknowledged={"at": at, "by_name": by_name})]
