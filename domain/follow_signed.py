"""What follows from a signature (case 8): the document is frozen, the facts go on, changes become amendments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.change import Change
from domain.identity import derived_id, inbox_item_id
from domain.inbox import item
from domain.verification import NOT_VERIFIED, REASONS
from sync.record import Record
from sync.rules import FollowUp

SIGNATURE_NOT_VERIFIED = "signature_not_verified"
"""The kind of the inbox item."""

SIGNED_CONTENT: dict[str, tuple[str, ...]] = {
    "visit": (
        "findings",
        "fault_code",
        "cause",
        "solution",
        "option_chosen",
        "customer_choice",
        "anything_else",
        "address_on_site",
        "arrived",
        "work_started",
        "work_finished",
    ),
    "step_result": ("answer", "verdict", "waiver"),
    "solution_option": ("title", "recommended", "price"),
    "demonstration": ("shown", "customer_did_it", "operator"),
}
"""Fields that the signed document shows."""


def follow_sign_off(change: Change) -> Iterator[FollowUp]:
    """The visit learns of its signature; edits that the signer had not seen become amendments at once."""
    if change.before is not None:
        yield from _verified(change)
        return
    sign_off, view = change.after, change.view
    visit = view.record("visit", sign_off.fields["visit"])
    if visit is None:
        return
    yield FollowUp(entity="visit", record=visit.id, aggregate=visit.aggregate, set={"sign_off": sign_off.id})
    if visit.fields.get("job_role") == "helper":
        yield item(change, "signed_by_helper", visit, {"sign_off": sign_off.id})
    yield from _signs_again(change)
    for record in (visit, *view.of(sign_off.aggregate, "solution_option")):
        if record.entity != "visit" and record.fields.get("visit") != visit.id:
            continue
        seen = Change(change.operation, change.author, None, record, view)
        for name in SIGNED_CONTENT[record.entity]:
            if seen.unseen(name):
                yield from _amend(seen, sign_off, name, None, record.fields.get(name))


def follow_signed_content(change: Change) -> Iterator[FollowUp]:
    """A change of something that was signed becomes an amendment beside it; what was left empty is a late fact."""
    names = SIGNED_CONTENT.get(change.after.entity, ())
    if change.before is None or not names:
        return
    signed = [name for name in names if change.changed(name) and change.before.fields.get(name) is not None]
    sign_off = _signature_of(change) if signed else None
    if sign_off is None:
        return
    for name in signed:
        yield from _amend(
            change, sign_off, name, change.before.fields.get(name), change.after.fields.get(name)
        )


def _verified(change: Change) -> Iterator[FollowUp]:
    """A signature that cannot be verified is the quality manager's to look at; the work stands as it is."""
    finding = change.newly_set("verification")
    if finding is None:
        return
    sign_off = change.after
    if finding["result"] == NOT_VERIFIED:
        en, zh = REASONS[finding["reason"]]
        detail = {
            "visit": sign_off.fields["visit"],
            "reason": finding["reason"],
            "said": {"en": en, "zh": zh},
        }
        yield item(change, SIGNATURE_NOT_VERIFIED, sign_off, detail, role="supervisor")
        return
    opened = change.view.record("inbox_item", inbox_item_id(SIGNATURE_NOT_VERIFIED, sign_off.id, ""))
    if opened is not None and opened.fields["state"] == "open":
        yield FollowUp(
            entity="inbox_item",
            record=opened.id,
            aggregate=opened.aggregate,
            set={"state": {"event": "settle"}},
        )


def _signature_of(change: Change) -> Record | None:
    record = change.after
    if record.entity == "visit":
        visit: Record | None = record
    else:
        visit = change.view.record("visit", record.fields["visit"])
    id = visit.fields.get("sign_off") if visit is not None else None
    return change.view.record("sign_off", id) if id is not None else None


def _amend(change: Change, sign_off: Record, field: str, was: Any, value: Any) -> Iterator[FollowUp]:
    record = change.after
    yield FollowUp(
        entity="amendment",
        record=derived_id("amendment", sign_off.id, record.entity, record.id, field, change.operation.id),
        aggregate=sign_off.aggregate,
        create=True,
        set={
            "sign_off": sign_off.id,
            "visit": sign_off.fields["visit"],
            "entity": record.entity,
            "record": record.id,
            "field": field,
            "was": was,
            "value": value,
            "by": change.author.user,
        },
    )
    yield FollowUp(
        entity="sign_off",
        record=sign_off.id,
        aggregate=sign_off.aggregate,
        set={"state": {"event": "amend"}},
    )
    yield item(change, "sign_again", sign_off, {"field": f"{record.entity}.{field}", "record": record.id})


def _signs_again(change: Change) -> Iterator[FollowUp]:
    earlier = change.after.fields.get("signs_again")
    if earlier is None or change.view.record("sign_off", earlier) is None:
        return
    aggregate = change.after.aggregate
    event = "sign" if change.after.fields["outcome"] == "signed" else "refuse"
    for amendment in change.view.of(aggregate, "amendment"):
        if amendment.fields["sign_off"] == earlier and amendment.fields["state"] == "proposed":
            yield FollowUp(
                entity="amendment", record=amendment.id, aggregate=aggregate, set={"state": {"event": event}}
            )
    if event == "sign":
        yield FollowUp(
            entity="sign_off", record=earlier, aggregate=aggregate, set={"state": {"event": "sign_again"}}
        )
