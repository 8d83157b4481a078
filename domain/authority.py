"""Who may do what, judged as of authoring: the reason for parking an operation, or None.

Field policies decide whose word stands; this decides who may speak at all. Nothing that a technician did on their own
visit is ever refused, whatever became of the job meanwhile.
"""

from __future__ import annotations

from domain.declaration import SCHEMA
from domain.gates import gather, missing_for_closing
from domain.place import misplaced
from sync.merge import DELETED, Author
from sync.operation import Operation
from sync.policy import Immutable
from sync.record import Record
from sync.rules import View
from sync.value_type import is_identifier

DESKS = frozenset({"intake", "dispatcher", "expert", "storekeeper", "supervisor", "admin"})
TECHNICIAN = "technician"
CUSTOMER = "customer"
SYSTEM = "system"

_OFFICE = frozenset({"intake", "dispatcher", "supervisor", "admin"})
_HEADS = frozenset({"supervisor", "admin"})
_STORES = frozenset({"storekeeper", "admin"})
_IN_THE_FIELD = frozenset({TECHNICIAN})
_NOBODY: frozenset[str] = frozenset()

CREATORS: dict[str, frozenset[str]] = {
    "customer": _OFFICE,
    "site": _OFFICE,
    "contact": _OFFICE | _IN_THE_FIELD,
    "asset": _OFFICE | _IN_THE_FIELD,
    "warranty_term": _OFFICE,
    "history": _NOBODY,
    "master_change": _OFFICE | _IN_THE_FIELD,
    "service_request": _OFFICE | _IN_THE_FIELD,
    "work_order": _OFFICE | _IN_THE_FIELD,
    "visit": frozenset({"dispatcher"}) | _IN_THE_FIELD,
    "assignment": _NOBODY,
    "step_result": _IN_THE_FIELD,
    "note": DESKS | _IN_THE_FIELD,
    "time_entry": _IN_THE_FIELD,
    "demonstration": _IN_THE_FIELD,
    "media": DESKS | _IN_THE_FIELD,
    "expert_case": frozenset({"intake", "dispatcher", "supervisor", "expert"}) | _IN_THE_FIELD,
    "annotation": frozenset({"expert"}),
    "verdict": frozenset({"expert"}),
    "solution_option": frozenset({"expert"}) | _IN_THE_FIELD,
    "part": _STORES,
    "stock_location": _STORES,
    "stock_level": _NOBODY,
    "stock_move": _STORES | _IN_THE_FIELD,
    "sign_off": _IN_THE_FIELD,
    "amendment": frozenset({"dispatcher", "supervisor"}),
    "service_report": _IN_THE_FIELD,
    "technician": _HEADS,
    "skill": _HEADS,
    "certificate": _HEADS,
    "shift": _HEADS | {"dispatcher"},
    "phone_digest": _IN_THE_FIELD,
    "outlet": _HEADS,
    "territory": _HEADS,
    "service_contract": _HEADS,
    "checklist_template": _HEADS,
    "knowledge_article": _HEADS | {"expert"},
    "notification": _NOBODY,
    "message_template": frozenset({"supervisor", "dispatcher", "admin"}),
    "inbox_item": _NOBODY,
    "conflict": _NOBODY,
}
"""Who may make a record. The system may make any."""

DELETERS: dict[str, frozenset[str]] = {
    "customer": frozenset({"supervisor", "admin"}),
    "site": _OFFICE,
    "contact": _OFFICE,
    "asset": _OFFICE,
    "work_order": frozenset({"dispatcher", "supervisor", "admin"}),
    "visit": frozenset({"dispatcher", "supervisor", "admin"}),
    "part": _STORES,
    "stock_location": _STORES,
    "technician": _HEADS,
    "skill": _HEADS,
    "certificate": _HEADS,
    "shift": _HEADS | {"dispatcher"},
    "outlet": _HEADS,
    "territory": _HEADS,
    "knowledge_article": _HEADS | {"expert"},
    "message_template": frozenset({"supervisor", "dispatcher", "admin"}),
}
"""Who may delete: masters and plans only. Facts, ledgers and signatures are never deleted."""

CUSTOMER_FIELDS: dict[str, frozenset[str]] = {
    "visit": frozenset({"customer_answer", "customer_choice"}),
    "work_order": frozenset({"requested_window"}),
    "service_report": frozenset({"rating"}),
}
"""What a customer may write through a link; which record a link is for, the link itself says."""


def judge(operation: Operation, author: Author, record: Record | None, view: View) -> str | None:
    """Reason code for parking an operation that its author may not make; None when it may go on."""
    if SYSTEM in author.roles:
        return _judge_unchanged(operation, record)
    if misplaced(operation):
        return "wrong_aggregate"
    if operation.entity == "conflict":
        return _judge_decision(operation, author, record, view)
    roles = frozenset(author.roles)
    if _desk_may(operation, roles):
        if TECHNICIAN in roles and (refused := _as_technician_too(operation, author, record, view)):
            return refused
        return _judge_closing(operation, roles, record, view)
    if TECHNICIAN in roles:
        return _judge_technician(operation, author, record, view)
    if CUSTOMER in roles and operation.action == "update":
        allowed = CUSTOMER_FIELDS.get(operation.entity, frozenset())
        return None if allowed.issuperset(operation.set) else "not_your_role"
    return "not_your_role"


def _desk_may(operation: Operation, roles: frozenset[str]) -> bool:
    desks = roles & DESKS
    if operation.action == "create":
        return bool(desks & CREATORS[operation.entity])
    if operation.action == "delete":
        return bool(desks & DELETERS.get(operation.entity, _NOBODY))
    return bool(desks)


def _judge_closing(
    operation: Operation, roles: frozenset[str], record: Record | None, view: View
) -> str | None:
    """The gates: an order is closed by a person only when everything is there. A mere request is not a closing.

    What has ended has no gates any more: `domain.commands.check_state` says that it has.
    """
    closing = operation.set.get("closing")
    if operation.entity != "work_order" or record is None or not isinstance(closing, dict):
        return None
    if record.fields.get("closing") is not None or record.fields.get("cancellation") is not None:
        return None
    if not roles & set(SCHEMA.entities["work_order"].fields["closing"].owner):
        return None
    return "not_ready_to_close" if missing_for_closing(gather(record, view), closing) else None


def _as_technician_too(operation: Operation, author: Author, record: Record | None, view: View) -> str | None:
    """Who is both at a desk and in the field speaks as a technician only about their own visit."""
    declared = SCHEMA.entities[operation.entity].fields
    if not any(TECHNICIAN in declared[name].owner for name in operation.set):
        return None
    visit = _visit(operation, record, view)
    if visit is None or visit.fields.get("technician") == author.user:
        return None
    return "not_your_visit"


def _judge_technician(operation: Operation, author: Author, record: Record | None, view: View) -> str | None:
    if operation.action == "create" and TECHNICIAN not in CREATORS[operation.entity]:
        return "not_your_role"
    if operation.action == "delete":
        return "not_your_role"
    kind, _, name = operation.aggregate.partition("/")
    match kind:
        case "work_order":
            return _on_an_order(operation, author, record, view)
        case "site" | "stock":
            return None if _held(operation, author, view) else "not_entitled"
        case "self":
            return None if name == author.user else "not_entitled"
        case _:
            return "not_your_role"


def _on_an_order(operation: Operation, author: Author, record: Record | None, view: View) -> str | None:
    if operation.entity == "work_order" and record is None:
        opener = operation.set.get("opened_by")
        return None if opener == author.user else "not_your_role"
    if view.record("work_order", operation.aggregate.partition("/")[2]) is None:
        return "unknown_reference"
    if operation.entity == "visit" and record is None:
        if operation.set.get("technician") != author.user:
            return "not_your_visit"
        return None if _held(operation, author, view) else "not_entitled"
    visit = _visit(operation, record, view)
    if visit is not None:
        if visit.aggregate != operation.aggregate:
            return "wrong_aggregate"
        # Their own visit is theirs whatever became of the job: what they did there is never refused.
        return None if visit.fields.get("technician") == author.user else "not_your_visit"
    return None if _held(operation, author, view) else "not_entitled"


def _visit(operation: Operation, record: Record | None, view: View) -> Record | None:
    """The visit that an operation is about, where it is about one that exists."""
    if operation.entity == "visit":
        return record
    id = record.fields.get("visit") if record is not None else operation.set.get("visit")
    return view.record("visit", id) if isinstance(id, str) and is_identifier(id) else None


def _held(operation: Operation, author: Author, view: View) -> bool:
    """Authority as of authoring: the base must lie where the author's right held."""
    return view.entitled(author.user, operation.aggregate, operation.base.ver)


def _judge_unchanged(operation: Operation, record: Record | None) -> str | None:
    """What was once said for good changes for nobody, the system included: a decision may only let it stand."""
    if operation.entity != "conflict" or record is None or "decision" not in operation.set:
        return None
    if _keeps(operation):
        return None
    entity = SCHEMA.entities.get(record.fields["entity"])
    field = entity.fields.get(record.fields["field"]) if entity else None
    return "immutable" if field is not None and isinstance(field.policy, Immutable) else None


def _keeps(operation: Operation) -> bool:
    decision = operation.set.get("decision")
    return isinstance(decision, dict) and decision.get("choose") == "standing"


def _judge_decision(operation: Operation, author: Author, record: Record | None, view: View) -> str | None:
    """Who decides a conflict: an owner of the field, or a dispatcher or supervisor for everything that people write."""
    if record is None or operation.action != "update":
        return "not_your_role"
    entity = SCHEMA.entities.get(record.fields["entity"])
    field = entity.fields.get(record.fields["field"]) if entity else None
    roles = frozenset(author.roles)
    leads = bool(roles & {"dispatcher", "supervisor"})
    if field is None:
        allowed = leads or (record.fields["field"] == DELETED and "intake" in roles)
        return None if allowed else "not_your_role"
    keeps = _keeps(operation)
    if isinstance(field.policy, Immutable):
        return None if keeps and (leads or roles & DESKS) else "immutable"
    if roles & set(field.owner) - {TECHNICIAN} or (leads and field.others != "refuse"):
        return None
    if leads and keeps:
        return None
    if TECHNICIAN not in roles or (field.owner and TECHNICIAN not in field.owner):
        return "not_your_role"
    about = view.record(record.fields["entity"], record.fields["record"])
    return _judge_own(operation, author, about, view)


def _judge_own(operation: Operation, author: Author, about: Record | None, view: View) -> str | None:
    if about is None:
        return "not_entitled"
    visit = about if about.entity == "visit" else None
    id = about.fields.get("visit")
    if visit is None and isinstance(id, str):
        visit = view.record("visit", id)
    if visit is not None:
        return None if visit.fields.get("technician") == author.user else "not_your_visit"
    return None if _held(operation, author, view) else "not_entitled"
