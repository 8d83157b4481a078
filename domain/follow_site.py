"""What follows at a site: corrections that wait for approval (case 6), one serial number twice (case 5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.change import Change
from domain.declaration import SCHEMA
from domain.identity import derived_id
from domain.inbox import item
from domain.place import site
from sync.record import Record
from sync.rules import FollowUp
from sync.value_type import fault


def follow_on_site_correction(change: Change) -> Iterator[FollowUp]:
    """What was found on site counts for this visit; for the master it is a proposal that keeps the old value."""
    visit = change.after
    address = change.newly_set("address_on_site")
    phone = change.newly_set("phone_on_site")
    order = change.view.record("work_order", visit.fields["work_order"]) if address or phone else None
    if order is None:
        return
    place = order.fields["site"]
    if address is not None:
        master = change.view.record("site", place)
        if master is not None:
            yield from _propose(change, master, "address", address)
    if phone is not None:
        master = change.view.record("contact", phone["contact"])
        if master is not None and master.aggregate == site(place):
            yield from _propose(change, master, "phone", phone["phone"])


def follow_master_change(change: Change) -> Iterator[FollowUp]:
    """An approved correction becomes the master's value; only shared fields can be corrected this way."""
    proposal = change.after.fields
    if not change.changed("state") or proposal["state"] != "approved":
        return
    declared = SCHEMA.entities[proposal["entity"]].fields.get(proposal["field"])
    master = change.view.record(proposal["entity"], proposal["record"])
    if declared is None or declared.owner or master is None or master.aggregate != change.after.aggregate:
        return
    if fault(declared.type, proposal["value"], "value") is None:
        yield FollowUp(
            entity=master.entity,
            record=master.id,
            aggregate=master.aggregate,
            set={proposal["field"]: proposal["value"]},
        )


def follow_asset(change: Change) -> Iterator[FollowUp]:
    """The same serial number on two machines of a site goes to the inbox; other sites are found by query."""
    serial = change.newly_set("serial")
    if not serial:
        return
    asset = change.after
    same = [other.id for other in change.view.of(asset.aggregate, "asset") if _same_machine(other, asset)]
    if same:
        detail = {"serial": serial, "assets": sorted([asset.id, *same])}
        yield item(change, "duplicate_serial", asset, detail, role="intake")


def _same_machine(other: Record, asset: Record) -> bool:
    return other.id != asset.id and other.fields.get("serial") == asset.fields["serial"]


def _propose(change: Change, master: Record, field: str, value: Any) -> Iterator[FollowUp]:
    was = master.fields.get(field)
    if was == value:
        return
    yield FollowUp(
        entity="master_change",
        record=derived_id("change", change.after.id, field, change.operation.id),
        aggregate=master.aggregate,
        create=True,
        set={
            "entity": master.entity,
            "record": master.id,
            "field": field,
            "value": value,
            "was": was,
            "visit": change.after.id,
            "found_by": change.author.user,
        },
    )
