"""What follows around an expert case: clips arrive, an expert takes it or lets it go, an answer, a late stop-work."""

from __future__ import annotations

from collections.abc import Iterator

from domain.change import Change
from domain.derive_work_order import FINISHED
from domain.inbox import item
from domain.remind_case import CASE_UNCLAIMED
from domain.renditions import ARRIVED
from sync.record import Record
from sync.rules import FollowUp

_SETTLED = (*ARRIVED, "quarantined")
"""Nothing more is to come: the bytes are here, or cannot be used."""


def follow_case(change: Change) -> Iterator[FollowUp]:
    """A released case waits where its clips are; a taken one is nobody else's worry any more."""
    if change.before is None or not change.changed("state"):
        return
    case, state = change.after, change.after.fields["state"]
    if state == "requested":
        yield from _media_events(change, case)
    if state in ("claimed", "answered"):
        for told in change.view.of(case.aggregate, "inbox_item"):
            fields = told.fields
            if (fields["kind"], fields["record"], fields["state"]) == (CASE_UNCLAIMED, case.id, "open"):
                yield FollowUp(
                    entity=told.entity,
                    record=told.id,
                    aggregate=told.aggregate,
                    set={"state": {"event": "settle"}},
                )


def follow_media(change: Change) -> Iterator[FollowUp]:
    """A clip about a case moves the case along: its row, then all originals."""
    kind, _, id = (change.after.fields.get("about") or "").partition("/")
    case = change.view.record("expert_case", id) if kind == "expert_case" and id else None
    if case is None or case.aggregate != change.after.aggregate:
        return
    if change.before is None and case.fields["state"] == "requested":
        yield _event(case.id, case.aggregate, "media_arrives")
    if change.changed("state") and change.after.fields["state"] in _SETTLED:
        about = _about(change, case)
        if _are_settled(about) and case.fields["state"] in ("requested", "media_arriving"):
            yield _event(case.id, case.aggregate, "make_ready")


def follow_verdict(change: Change) -> Iterator[FollowUp]:
    """A verdict answers its case; stop-work that comes after the work was done is an urgent call-back."""
    verdict = change.after
    case = change.view.record("expert_case", verdict.fields["expert_case"])
    if case is None:
        return
    if change.before is None:
        yield _event(case.id, case.aggregate, "answer")
    if change.newly_set("stop_work"):
        visits = change.view.of(verdict.aggregate, "visit")
        done = [visit.id for visit in visits if visit.fields["exec_state"] in FINISHED]
        if done:
            detail = {"visits": done, "reason": verdict.fields.get("stop_reason")}
            yield item(change, "urgent_call_back", verdict, detail)


def _media_events(change: Change, case: Record) -> Iterator[FollowUp]:
    about = _about(change, case)
    if about:
        yield _event(case.id, case.aggregate, "make_ready" if _are_settled(about) else "media_arrives")


def _about(change: Change, case: Record) -> list[Record]:
    rows = change.view.of(case.aggregate, "media")
    return [row for row in rows if row.fields.get("about") == f"expert_case/{case.id}"]


def _are_settled(clips: list[Record]) -> bool:
    return all(clip.fields["state"] in _SETTLED for clip in clips)


def _event(case: str, aggregate: str, event: str) -> FollowUp:
    return FollowUp(entity="expert_case", record=case, aggregate=aggregate, set={"state": {"event": event}})
