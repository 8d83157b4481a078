"""What an order of the desk may name: this site's equipment, this customer's people, skills that there are.

The contact may be met at another site of the same customer: head office calls for the branch. Reading without a
lock is enough: equipment and people never change their site, they leave it by being deleted, and to name what is
deleted a moment later is no worse than a year later.
"""

from __future__ import annotations

from datetime import timedelta

from domain.commands.check_span import moment
from domain.place import SHARDS
from domain.refusals import refuse
from sync.operation import Operation
from sync.record import Record
from sync.rules import View

FARTHEST_DAYS = 366
"""A wish lies at most so many days behind or ahead: farther, and somebody mistyped the year. Paper is entered late."""


def check_order(operation: Operation, order: Record | None, view: View) -> None:
    """Raises InvalidOperation: `asset_elsewhere`, `contact_elsewhere`, `unknown_skill`, `too_far_away`."""
    site = operation.set.get("site") if order is None else order.fields["site"]
    _check_asset(operation, site, view)
    _check_contact(operation, site, view)
    _check_skills(operation, view)
    _check_distance(operation)


def _check_asset(operation: Operation, site: object, view: View) -> None:
    named = _record("asset", operation.set.get("asset"), view)
    if named is not None and named.fields.get("site") != site:
        refuse("asset_elsewhere", "asset")


def _check_contact(operation: Operation, site: object, view: View) -> None:
    named = _record("contact", operation.set.get("verified_contact"), view)
    if named is None or named.fields.get("site") == site:
        return
    ours, theirs = (_customer_of(one, view) for one in (site, named.fields.get("site")))
    if ours is None or ours != theirs:
        refuse("contact_elsewhere", "verified_contact")


def _customer_of(site: object, view: View) -> object:
    found = _record("site", site, view)
    return None if found is None else found.fields.get("customer")


def _record(entity: str, id: object, view: View) -> Record | None:
    return view.record(entity, id) if isinstance(id, str) else None


def _check_skills(operation: Operation, view: View) -> None:
    wanted = operation.set.get("required_skills")
    added = wanted.get("add") if isinstance(wanted, dict) else None
    if not isinstance(added, list) or not added:
        return
    known = {one.fields["code"] for one in view.of(SHARDS["skill"], "skill")}
    for code in added:
        if isinstance(code, str) and code not in known:
            refuse("unknown_skill", "required_skills", code)


def _check_distance(operation: Operation) -> None:
    wish = operation.set.get("requested_window")
    now = moment(operation.at.wall, "at")
    if not isinstance(wish, dict) or now is None:
        return
    for name in ("starts_at", "ends_at"):
        wished = moment(wish.get(name), f"requested_window.{name}")
        if wished is not None and abs(wished - now) > timedelta(days=FARTHEST_DAYS):
            refuse("too_far_away", f"requested_window.{name}", FARTHEST_DAYS)
