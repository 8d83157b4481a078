"""Why the write door did not take a desk's write, for the person at the desk: nothing of it was kept."""

from __future__ import annotations

from typing import Any

from domain.refusals import REFUSALS, field_and_fact, refusal_of
from sync.fault import Fault, read
from sync.misfit import of_msgspec
from sync.reasons import sentence

_AT_A_DESK = {
    "unknown_entity": ("This kind of record is not known here.", "系统没有此类记录。"),
    "unknown_record": ("The record does not exist.", "该记录不存在。"),
    "unknown_reference": ("It refers to a record that does not exist.", "所引用的记录不存在。"),
    "invalid_value": ("A value does not fit.", "某个值不符合要求。"),
    "unknown_field": ("A field is not known here.", "某字段不存在。"),
    "missing_field": ("Something needed is missing.", "缺少必填内容。"),
    "wrong_aggregate": ("It names the wrong place for this record.", "记录归属不符。"),
    "too_large": ("It is too large.", "内容过大。"),
    "not_entitled": ("It concerns a job that is not yours.", "该工单不属于您。"),
    "not_your_visit": ("It concerns another technician's visit.", "该上门任务属于其他技术员。"),
    "not_your_role": ("Your role does not do this.", "您的角色无此权限。"),
    "immutable": ("This cannot change once it is set.", "该内容确定后不可更改。"),
}


def refusal_sentence(reason: str, detail: str, spoken: str) -> str:
    """The sentence for a reason of refusal and what it found, in `zh` or `en`."""
    fault = _fault(reason, detail)
    if fault is not None:
        return fault.sentence(spoken)
    commanded = refusal_of(reason, detail, spoken)
    if commanded is not None:
        return commanded
    found = _AT_A_DESK.get(reason)
    if found is None:
        return sentence(reason, spoken)
    return found[1] if spoken == "zh" else found[0]


def parked_sentence(reason: str, detail: str, spoken: str) -> str:
    """Why an operation is parked, and which value does not fit, in `zh` or `en`."""
    fault = _fault(reason, detail)
    said = sentence(reason, spoken)
    if fault is None:
        return said
    return said + ("" if spoken == "zh" else " ") + fault.sentence(spoken)


def refused_field(reason: str, detail: str) -> str:
    """The name of the field that is wrong, with the way to a member; empty where it is no single field."""
    if reason in REFUSALS:
        return field_and_fact(reason, detail)[0]
    fault = _fault(reason, detail)
    return fault.field if fault is not None else ""


def refused_fault(reason: str, detail: str) -> dict[str, Any]:
    """`fault`, a stable code, and what it takes; the reason where the reason says it all."""
    fault = _fault(reason, detail)
    return fault.members() if fault is not None else {"fault": reason}


def _fault(reason: str, detail: str) -> Fault | None:
    """What is wrong with a value, its field named as in the record."""
    if reason in REFUSALS:
        return None
    told = read(detail)
    return _form(reason, detail) if told is None else told.at(told.field.partition(".")[2])


def _form(reason: str, detail: str) -> Fault | None:
    """What is wrong with an operation's own form, which the parser tells in words for programmers."""
    if reason != "invalid_value":
        return None
    told = of_msgspec(detail)
    return told if told.code != "does_not_fit" else None
