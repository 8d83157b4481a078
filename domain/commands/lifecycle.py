"""What orders and visits answer to each command of a desk, in each state: total tables, so that nothing is left
to luck.

A command goes on, is true already (`same`: nothing is written, and the answer says so), or is refused with a code of
`domain.refusals` whose sentence names the state and what to do instead.
"""

from __future__ import annotations

from sync.record import Record

GO = "go"
SAME = "same"

ORDER: dict[str, dict[str, str]] = {
    "open": {"triage": GO, "plan": GO, "cancel": GO, "close": GO, "reopen": "order_open"},
    "closed": {
        "triage": "order_closed",
        "plan": "order_closed",
        "cancel": "order_closed",
        "close": "order_closed",
        "reopen": GO,
    },
    "cancelled": {
        "triage": "order_cancelled",
        "plan": "order_cancelled",
        "cancel": SAME,
        "close": "order_cancelled",
        "reopen": GO,
    },
}
"""Whether an order is open or how it ended → command → answer. To plan is to make, dispatch or move a visit."""

VISIT: dict[str, dict[str, str]] = {
    "planned": {
        "dispatch": GO,
        "reassign": GO,
        "reschedule": GO,
        "withdraw": GO,
        "cancel": GO,
        "reinstate": SAME,
    },
    "dispatched": {
        "dispatch": SAME,
        "reassign": GO,
        "reschedule": GO,
        "withdraw": GO,
        "cancel": GO,
        "reinstate": SAME,
    },
    "withdrawn": {
        "dispatch": "visit_withdrawn",
        "reassign": "visit_withdrawn",
        "reschedule": "visit_withdrawn",
        "withdraw": SAME,
        "cancel": GO,
        "reinstate": GO,
    },
    "cancelled": {
        "dispatch": "visit_cancelled",
        "reassign": "visit_cancelled",
        "reschedule": "visit_cancelled",
        "withdraw": SAME,
        "cancel": SAME,
        "reinstate": GO,
    },
}
"""visit.dispatch_state → command → answer."""

PLANS = frozenset({"dispatch", "reassign", "reschedule", "reinstate"})
"""Commands on a visit that the order must be open for."""

ALREADY: dict[str, tuple[str, str]] = {
    "order_cancelled": (
        "The work order is cancelled already ({fact}); nothing was changed.",
        "工单此前已取消（{fact}），未做任何更改。",
    ),
    "planned": (
        "The visit stands already, as planned; nothing was changed.",
        "该上门任务已处于计划状态，未做任何更改。",
    ),
    "dispatched": (
        "The visit is dispatched already; nothing was changed.",
        "该上门任务此前已派出，未做任何更改。",
    ),
    "withdrawn": (
        "The visit is withdrawn already ({fact}); nothing was changed.",
        "该上门任务此前已撤回（{fact}），未做任何更改。",
    ),
    "cancelled": (
        "The visit is cancelled already ({fact}); nothing was changed.",
        "该上门任务此前已取消（{fact}），未做任何更改。",
    ),
    "values": (
        "These values stand already; nothing was changed.",
        "所填内容与现有内容相同，未做任何更改。",
    ),
    "window": (
        "This is the planned window already; nothing was changed. The customer agreed to another time on site, which "
        "stands until somebody decides otherwise in the inbox.",
        "计划时段此前已是该时段，未做任何更改。客户在现场确认了另一时间，在待办箱作出其他决定前以该时间为准。",
    ),
    "decided": (
        "This was decided so already; nothing was changed.",
        "此前已作出相同决定，未做任何更改。",
    ),
}
"""What is said when a command is true already; `{fact}` stands for the reason that was given then."""


def end_of(order: Record) -> str:
    """`open`, `closed` or `cancelled`; closed and cancelled at once counts as cancelled."""
    if order.fields.get("cancellation") is not None:
        return "cancelled"
    return "closed" if order.fields.get("closing") is not None else "open"


def order_answer(order: Record, command: str) -> str:
    """What the order answers."""
    return ORDER[end_of(order)][command]


def visit_answer(visit: Record, order: Record, command: str) -> str:
    """What the visit answers, on its order: an order that has ended is named before anything else."""
    answer = VISIT[visit.fields["dispatch_state"]][command]
    if answer != SAME and command in PLANS:
        ended = order_answer(order, "plan")
        return answer if ended == GO else ended
    return answer


def already(visit_or_order: Record) -> tuple[str, str]:
    """The sentences (en, zh) for a command that is true already."""
    fields = visit_or_order.fields
    if visit_or_order.entity == "work_order":
        code, fact = "order_cancelled", fields["cancellation"]["reason"]
    else:
        code, fact = fields["dispatch_state"], fields.get("dispatch_reason") or "-"
    en, zh = ALREADY[code]
    return en.format(fact=fact), zh.format(fact=fact)
