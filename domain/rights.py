"""Who holds what on their phone: rights are given and taken by changes of records, never by the clock."""

from __future__ import annotations

from collections.abc import Iterator

from domain.derive_work_order import OVER
from domain.place import SHARDS, customer, self_of, site, stock, work_order
from sync.record import Record
from sync.rules import Grant, View, Withdrawal


def rights(before: Record | None, after: Record, view: View) -> Iterator[Grant | Withdrawal]:
    """Which rights a change gives and takes."""
    match after.entity:
        case "visit":
            yield from _of_visit(before, after, view)
        case "work_order":
            yield from _of_order(before, after, view)
        case "technician":
            yield from _of_technician(before, after)


def _of_visit(before: Record | None, after: Record, view: View) -> Iterator[Grant | Withdrawal]:
    order = view.record("work_order", after.fields["work_order"])
    if order is None:
        return
    had = before is not None and holds(before, order)
    has = holds(after, order)
    if has and not had:
        yield from _give(after, order, view)
    if had and not has:
        yield from _take(after, order)


def holds(visit: Record, order: Record) -> bool:
    """Whether a visit gives its technician the job: dispatched, not declined, and not over on a closed order."""
    if visit.deleted or order.deleted or visit.fields["dispatch_state"] != "dispatched":
        return False
    if visit.fields["exec_state"] == "declined":
        return False
    return order.fields.get("closing") is None or visit.fields["exec_state"] not in OVER


def _give(visit: Record, order: Record, view: View) -> Iterator[Grant]:
    """The job, its site and its customer. What a technician opened gives nothing that they did not hold already."""
    user = visit.fields["technician"]
    yield Grant(user=user, aggregate=order.aggregate, because=visit.id)
    for aggregate in (site(order.fields["site"]), customer(order.fields["customer"])):
        if visit.created.by != "technician" or user in view.holders(aggregate):
            yield Grant(user=user, aggregate=aggregate, because=visit.id)


def _take(visit: Record, order: Record) -> Iterator[Withdrawal]:
    user = visit.fields["technician"]
    for aggregate in (order.aggregate, site(order.fields["site"]), customer(order.fields["customer"])):
        yield Withdrawal(user=user, aggregate=aggregate, because=visit.id)


def _of_order(before: Record | None, after: Record, view: View) -> Iterator[Grant | Withdrawal]:
    opener = after.fields.get("opened_by")
    if opener is not None and after.created.by == "technician":
        had, has = before is not None and _open(before), _open(after)
        if has and not had:
            yield Grant(user=opener, aggregate=work_order(after.id), because=after.id)
        if had and not has:
            yield Withdrawal(user=opener, aggregate=work_order(after.id), because=after.id)
    if before is None or _open(before) == _open(after):
        return
    for visit in view.of(after.aggregate, "visit"):
        had, has = holds(visit, before), holds(visit, after)
        if had and not has:
            yield from _take(visit, after)
        if has and not had:
            yield from _give(visit, after, view)


def _open(order: Record) -> bool:
    settled = order.fields.get("closing") is not None or order.fields.get("cancellation") is not None
    return not order.deleted and not settled


def _of_technician(before: Record | None, after: Record) -> Iterator[Grant | Withdrawal]:
    user = after.id
    held = _own(before) if before is not None else set()
    holds_now = _own(after)
    for aggregate in sorted(holds_now - held):
        yield Grant(user=user, aggregate=aggregate, because=user)
    for aggregate in sorted(held - holds_now):
        yield Withdrawal(user=user, aggregate=aggregate, because=user)


def _own(technician: Record) -> set[str]:
    """A technician's own profile, the catalogue and the van's stock, while they work here."""
    if technician.deleted or technician.fields.get("active") is False:
        return set()
    van = technician.fields.get("van")
    return {self_of(technician.id), *SHARDS.values(), *([stock(van)] if van else [])}
