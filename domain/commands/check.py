"""What a desk may not command, whatever its role: nonsense is refused while a person is there to mend it.

Called inside the write door, on the records as they stand there. What a phone reports is never checked here: it has
happened, and is kept (a balance below zero, a window that has passed). The system and imports judge for themselves.
"""

from __future__ import annotations

from collections.abc import Callable

from domain.authority import CUSTOMER, DESKS
from domain.commands.check_case import check_annotation, check_claim, check_verdict
from domain.commands.check_item import check_item
from domain.commands.check_number import check_number
from domain.commands.check_order import check_order
from domain.commands.check_parts import check_to_carry
from domain.commands.check_references import check_references
from domain.commands.check_span import check_spans
from domain.commands.check_state import check_order_state, check_visit_state
from domain.commands.check_stock import check_stock_move
from domain.commands.check_template import check_template
from domain.commands.check_words import check_words
from domain.refusals import refuse
from sync.conflict import ENTITY as CONFLICT
from sync.merge import Author
from sync.operation import Operation
from sync.record import Record
from sync.rules import View

# A phone's author is a technician alone, whatever else the person does at a desk (`server.enrolling`).
_COMMANDING = DESKS | {CUSTOMER}

_CHECK: dict[str, tuple[Callable[[Operation, Record | None, View], None], ...]] = {
    "work_order": (check_order, check_order_state),
    "visit": (check_visit_state, check_to_carry),
    "inbox_item": (check_item,),
    "stock_move": (check_stock_move,),
    "message_template": (check_template,),
    "expert_case": (check_claim,),
    "verdict": (check_verdict,),
    "annotation": (check_annotation,),
}


def check_command(operation: Operation, author: Author, record: Record | None, view: View) -> None:
    """Raises InvalidOperation with a code of `domain.refusals` for a desk's command that makes no sense."""
    if operation.action == "delete" or operation.entity == CONFLICT or _COMMANDING.isdisjoint(author.roles):
        return
    if operation.action == "create" and record is not None and not record.deleted:
        refuse("exists_already", "id", record.id)
    check_references(operation, view)
    check_spans(operation)
    check_words(operation)
    check_number(operation, record, view)
    for check in _CHECK.get(operation.entity, ()):
        check(operation, record, view)
