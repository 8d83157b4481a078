"""The kinds of messages, and the fields that their words may name."""

from __future__ import annotations

import msgspec

ASK, REMIND, CONFIRMED, ON_THE_WAY, DONE = (
    "confirm_ask",
    "confirm_remind",
    "visit_confirmed",
    "on_the_way",
    "visit_done",
)

COMMON = ("contact", "order", "technician")
"""In every kind: who is spoken to, the order's number, who comes."""


class MessageKind(msgspec.Struct, frozen=True):
    """When a message is sent, in both languages, and what beyond `COMMON` its words may name."""

    en: str
    zh: str
    fields: tuple[str, ...] = ()


KINDS: dict[str, MessageKind] = {
    ASK: MessageKind(
        "Asks to confirm the time of a visit, 90 minutes ahead; for early visits the evening before, too.",
        "上门前 90 分钟请客户确认时间，上午早些时候上门的还会在前一天傍晚询问。",
        ("time", "link"),
    ),
    REMIND: MessageKind(
        "Reminds of the question, 75 minutes ahead.", "上门前 75 分钟再次提醒客户确认。", ("time", "link")
    ),
    CONFIRMED: MessageKind("Says that the time is confirmed.", "告知客户上门时间已确认。", ("time",)),
    ON_THE_WAY: MessageKind("Says that the technician has set off.", "告知客户工程师已出发。", ("time",)),
    DONE: MessageKind("Says that the work is done.", "告知客户服务已完成。"),
}


def fields_of(kind: str) -> tuple[str, ...]:
    """The names that a template of this kind may hold in braces."""
    return (*COMMON, *KINDS[kind].fields)
