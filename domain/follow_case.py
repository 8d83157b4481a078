"""What follows around an expert case: clips that arrive, an answer, a late stop-work (case 7)."""

from __future__ import annotations

from collections.abc import Iterator

from domain.change import Change
from domain.derive_work_order import FINISHED
from domain.inbox import item
from sync.rules import FollowUp

ARRIVED = ("stored", "verified")


def follow_media(change: Change) -> Iterator[FollowUp]:
    """A clip about a case moves the case along: its row, then all originals."""
    kind, _, id = (change.after.fields.get("about") or "").partition("/")
    case = change.view.record("expert_case", id) if kind == "expert_case" and id else None
    if case is None or case.aggregate != change.after.aggregate:
        return
    if change.before is None and case.fields["state"] == "requested":
        yield _event(case.id, case.aggregate, "media_arrives")
    if change.changed("state") and change.after.fields["state"] in ARRIVED:
        rows = change.view.of(case.aggregate, "media")
        about = [row for row in rows if row.fields.get("about") == f"expert_case/{case.id}"]
        if all(row.fields["state"] in ARRIVED for row in about) and case.fields["state"] in (
            "requested",
            "media_arriving",
        ):
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


def _event(case: str, aggregate: str, event: str) -> FollowUp:
    return FollowUp(entity="expert_case", record=case, aggregate=aggregate, set={"state": {"event": event}})
