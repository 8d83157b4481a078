"""What an office does to plans: visits called off, given to somebody else, moved; each with its reason."""

from __future__ import annotations

from random import Random

from server.demo.content.identity import stable_id
from server.demo.content.load import Record
from server.demo.content.moments import DAY, minute_from, text

CANCELLED = (
    {"zh": "客户自行复位后恢复正常", "en": "Works again after the customer reset it"},
    {"zh": "电话指导后已解决", "en": "Solved by phone"},
    {"zh": "重复报修，并入原工单", "en": "Reported twice, merged into the earlier order"},
    {"zh": "客户停业装修，取消服务", "en": "Customer closed for refurbishment"},
    {"zh": "设备将整机更换，不再维修", "en": "The unit will be replaced instead"},
    {"zh": "客户不接受上门费", "en": "Customer does not accept the call-out fee"},
)
WITHDRAWN = (
    "上一单超时，无法按时到达，改派",
    "技术员请病假，改派",
    "服务车故障，改派",
    "客户要求更换技术员",
    "就近改派，减少路程",
    "临时支援紧急工单，改派",
)
MOVED = (
    "客户要求改到营业结束后",
    "配件次日到货，与客户商定顺延",
    "客户会议冲突，改期",
    "物业限制施工时段，改期",
    "上一单延误，与客户商定推迟",
    "暴雨道路封闭，顺延",
)
EARLIER_MINUTES = (120, 240, DAY, DAY, 2 * DAY)
"""How much earlier a moved visit was planned first."""


def call_off(order: Record, visit: Record | None, minute: int, random: Random) -> None:
    """Nothing is owed any more, from `minute` on; a visit that was planned for it does not take place."""
    order.update(state="cancelled", closed_at=text(minute), cancel_reason=random.choice(CANCELLED))
    if visit is not None:
        visit["dispatch_state"] = "cancelled"


def take_back(visit: Record, minute: int, random: Random) -> None:
    """Its technician loses the visit; another one is to take its place."""
    visit.update(
        dispatch_state="withdrawn", returned_at=text(minute), dispatch_reason=random.choice(WITHDRAWN)
    )


def move(visit: Record, minute: int, random: Random) -> None:
    """At `minute` the visit got the window that it has; before, it was planned for an earlier one."""
    earlier = random.choice(EARLIER_MINUTES)
    visit["moved"] = {
        "id": stable_id("moved", visit["id"]),
        "at": text(minute),
        "window_start": text(minute_from(visit["window_start"]) - earlier),
        "window_end": text(minute_from(visit["window_end"]) - earlier),
        "reason": random.choice(MOVED),
    }


def hand_over(visit: Record, assigned: int) -> None:
    """Sent to its technician's phone and taken there."""
    visit.update(
        dispatch_state="dispatched",
        exec_state="accepted",
        assigned_at=text(assigned),
        acknowledged_at=text(assigned + 9),
        contacted_at=text(assigned + 14),
    )
