"""What follows from a decision at the desk."""

from __future__ import annotations

from collections.abc import Iterator

from domain.change import Change
from domain.follow_hold import TWO_ON_ONE_JOB, follow_decided_hold
from domain.follow_plan import PLANNED_TWICE, follow_decided_plan
from sync.rules import FollowUp

BILLING = ("bill", "bill_travel", "waive")


def follow_inbox_item(change: Change) -> Iterator[FollowUp]:
    """A decided item is done; where the decision undoes the default, the default is undone."""
    decision = change.newly_set("decision")
    if decision is None:
        return
    yield change.patch(state={"event": "settle"})
    fields = change.after.fields
    about = change.view.record(fields["entity"], fields["record"])
    if about is None or about.entity != "visit":
        return
    if fields["kind"] == "agreed_otherwise" and decision["choose"] == "window":
        window = about.fields.get("window")
        if window is not None:
            set: dict[str, object] = {"appointment": window, "confirmation": {"event": "rearm"}}
            yield FollowUp(entity="visit", record=about.id, aggregate=about.aggregate, set=set)
    if fields["kind"] == "bill_after_cancellation" and decision["choose"] in BILLING:
        yield FollowUp(
            entity="work_order",
            record=about.fields["work_order"],
            aggregate=about.aggregate,
            set={"billing_after_cancellation": decision["choose"]},
        )
    if fields["kind"] == TWO_ON_ONE_JOB:
        yield follow_decided_hold(change.after, about, change.view)
    if fields["kind"] == PLANNED_TWICE:
        yield from follow_decided_plan(change.after, change.view)
