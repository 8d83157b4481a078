"""Commands that do not fit the state of an order or a visit, judged on what stands inside the write door.

What is true already passes, since it changes nothing (the desk says so before it comes here), unless it brings another
reason: somebody who withdraws what was withdrawn meanwhile, be it to reassign it, is told instead.
"""

from __future__ import annotations

from typing import Any

from domain.commands.lifecycle import GO, SAME, order_answer, visit_answer
from domain.refusals import in_both, refuse, several
from domain.visit_standing import is_standing, stands_since
from sync.operation import Operation
from sync.record import Record
from sync.rules import View

_COMMAND_BEHIND = {
    "cancellation": "cancel",
    "closing": "close",
    "reopening": "reopen",
    "triage": "triage",
}
"""Field of an order → the command that fills it."""


def check_order_state(operation: Operation, order: Record | None, view: View) -> None:
    """Raises InvalidOperation: `order_open`, `order_closed`, `order_cancelled`."""
    if order is None:
        return
    for field, command in _COMMAND_BEHIND.items():
        if operation.set.get(field) is not None:
            _refuse_by_order(order_answer(order, command), field, order)


def check_visit_state(operation: Operation, visit: Record | None, view: View) -> None:
    """Raises InvalidOperation: `order_closed`, `order_cancelled`, `visit_withdrawn`, `visit_cancelled`,
    `visit_passed_on`, `same_technician`, `planned_already`.
    """
    order = _named(
        view, "work_order", operation.set.get("work_order") if visit is None else visit.fields["work_order"]
    )
    if order is None:
        return
    if visit is None:
        _refuse_by_order(order_answer(order, "plan"), "work_order", order)
        _check_replaced(operation, view)
        _check_planned(operation, view)
        return
    for field, command in _commands(operation):
        answer = visit_answer(visit, order, command)
        _refuse_by_order(answer, field, order)
        if answer == SAME and _gives_another_reason(operation, visit):
            _refuse_by_order(order_answer(order, "plan"), field, order)
            _refuse_by_visit(visit, field, view)
        if answer not in (GO, SAME):
            _refuse_by_visit(visit, field, view)
        if command == "reinstate" and answer == GO and _is_passed_on(visit, view):
            _refuse_by_visit(visit, field, view)


def _commands(operation: Operation) -> list[tuple[str, str]]:
    given = operation.set.get("dispatch_state")
    event = given.get("event") if isinstance(given, dict) else None
    found = [("dispatch_state", event)] if event in ("dispatch", "withdraw", "cancel", "reinstate") else []
    if operation.set.get("window") is not None:
        found.append(("window", "reschedule"))
    return found


def _gives_another_reason(operation: Operation, visit: Record) -> bool:
    reason = operation.set.get("dispatch_reason")
    return reason is not None and reason != visit.fields.get("dispatch_reason")


def _check_replaced(operation: Operation, view: View) -> None:
    """A visit replaces one that stood until this very write withdrew it, and for somebody else."""
    replaced = _named(view, "visit", operation.set.get("instead_of"))
    if replaced is None:
        return
    if replaced.fields["technician"] == operation.set.get("technician"):
        refuse("same_technician", "technician", _name(replaced.fields["technician"], view))
    clock = replaced.clock("dispatch_state")
    own = clock is not None and (clock.device, clock.seq) == (operation.device, operation.seq - 1)
    if not own and replaced.fields["dispatch_state"] in ("withdrawn", "cancelled"):
        _refuse_by_visit(replaced, "instead_of", view)


def _check_planned(operation: Operation, view: View) -> None:
    """A desk that plans the same coming twice from one form has clicked twice; with another desk's, both stand."""
    for other in view.of(operation.aggregate, "visit"):
        since = stands_since(other)
        if (
            is_standing(other)
            and other.fields["technician"] == operation.set.get("technician")
            and since.device.removeprefix("~") == operation.device
            and since.ver > operation.base.ver
        ):
            refuse("planned_already", "technician", _name(other.fields["technician"], view))


def _is_passed_on(visit: Record, view: View) -> bool:
    """Whether a visit stands that replaces this one, be it by way of others."""
    visits = view.of(visit.aggregate, "visit")
    replaced = {visit.id}
    for _ in visits:
        replaced |= {one.id for one in visits if one.fields.get("instead_of") in replaced}
    return any(one.id in replaced and one.id != visit.id and is_standing(one) for one in visits)


def _refuse_by_order(answer: str, field: str, order: Record) -> None:
    if answer in ("order_open", "order_closed"):
        refuse(answer, field)
    if answer == "order_cancelled":
        refuse(answer, field, order.fields["cancellation"]["reason"])


def _refuse_by_visit(visit: Record, field: str, view: View) -> None:
    """Whoever lost the job is not to be moved: who has it now is named, or why nobody has."""
    others = view.of(visit.aggregate, "visit")
    holders = [one for one in others if one.id != visit.id and is_standing(one) and _same_role(one, visit)]
    if holders:
        names = (_name(one.fields["technician"], view) for one in holders)
        refuse("visit_passed_on", field, several(names))
    refuse(f"visit_{visit.fields['dispatch_state']}", field, visit.fields.get("dispatch_reason") or "-")


def _same_role(one: Record, other: Record) -> bool:
    return one.fields.get("job_role") == other.fields.get("job_role")


def _name(technician: str, view: View) -> str:
    found = view.record("technician", technician)
    name: dict[str, Any] = (found.fields.get("name") or {}) if found is not None else {}
    return in_both(name, technician)


def _named(view: View, entity: str, id: object) -> Record | None:
    return view.record(entity, id) if isinstance(id, str) else None
