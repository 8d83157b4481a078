"""Why the write door did not take a desk's write, for the person at the desk: nothing of it was kept."""

from __future__ import annotations

from sync.reasons import sentence

_AT_A_DESK = {
    "unknown_entity": ("This kind of record is not known here.", "系统没有此类记录。"),
    "unknown_field": ("A field is not known here.", "某字段不存在。"),
    "unknown_record": ("The record does not exist.", "该记录不存在。"),
    "unknown_reference": ("It refers to a record that does not exist.", "所引用的记录不存在。"),
    "invalid_value": ("A value does not fit.", "某个值不符合要求。"),
    "missing_field": ("Something needed is missing.", "缺少必填内容。"),
    "wrong_aggregate": ("It names the wrong place for this record.", "记录归属不符。"),
    "too_large": ("It is too large.", "内容过大。"),
    "not_entitled": ("It concerns a job that is not yours.", "该工单不属于您。"),
    "not_your_visit": ("It concerns another technician's visit.", "该上门任务属于其他技术员。"),
    "not_your_role": ("Your role does not do this.", "您的角色无此权限。"),
    "immutable": ("This cannot change once it is set.", "该内容确定后不可更改。"),
}


def refusal_sentence(reason: str, spoken: str) -> str:
    """The sentence for a reason of refusal, in `zh` or `en`."""
    found = _AT_A_DESK.get(reason)
    if found is None:
        return sentence(reason, spoken)
    return found[1] if spoken == "zh" else found[0]
