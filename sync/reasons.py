"""Every reason that an operation's result can carry, with a sentence for the person who reads it."""

from __future__ import annotations

REASONS: dict[str, tuple[str, str]] = {
    # merge
    "owner_stands": (
        "The owner of this field changed it meanwhile; their value stands.",
        "该字段由其负责人同时修改，以负责人的值为准。",
    ),
    "owner_overrides": (
        "You own this field; your value replaced a change made meanwhile.",
        "您是该字段的负责人，您的值已取代同时发生的修改。",
    ),
    "requested": (
        "This field belongs to somebody else; your value waits as a request.",
        "该字段由他人负责，您的修改已作为申请提交。",
    ),
    "not_allowed": (
        "Nobody writes this field by hand; your value was kept but has no effect.",
        "该字段不能手工填写，您的值已保留但不生效。",
    ),
    "later_stands": (
        "Both changed it; the later one stands, the other waits in the inbox.",
        "双方都做了修改，后提交的生效，另一值在待处理箱中。",
    ),
    "both_kept": (
        "Both changed it; a person decides, both values are kept.",
        "双方都做了修改，两个值均保留，等待人工决定。",
    ),
    "first_stands": (
        "Somebody was first; their value stands, yours is kept.",
        "已有人先行填写，以先者为准，您的值已保留。",
    ),
    "immutable": (
        "This cannot change once it is set; your value is kept beside it.",
        "该内容确定后不可更改，您的值另行保留。",
    ),
    "greater_stands": ("A greater value stands already.", "已有更大的值，以其为准。"),
    "text_merged": ("Both texts were joined.", "两处文字修改已合并。"),
    "text_overlaps": (
        "Both changed the same passage; a person decides.",
        "双方修改了同一段文字，等待人工决定。",
    ),
    "element_kept": (
        "An element was added again at the same time as you removed it; it stays.",
        "您删除的同时他人再次添加，该项保留。",
    ),
    "entry_exists": (
        "An entry with this id exists already; both are kept.",
        "同一编号的条目已存在，两者均保留。",
    ),
    "event_kept": (
        "This step no longer fits the state; it is kept as a fact.",
        "该步骤与当前状态不符，已作为事实保留。",
    ),
    "event_conflicts": (
        "This step contradicts the state; a person decides.",
        "该步骤与当前状态矛盾，等待人工决定。",
    ),
    "superseded": ("You changed it again later.", "您之后又做了修改。"),
    "replayed_late": (
        "This waited while others went on; it did not replace what came after it.",
        "该操作等待期间他人已有后续修改，未予覆盖。",
    ),
    "deleted_meanwhile": (
        "It had been deleted; work done without knowing that brings it back for review.",
        "该记录已被删除；在不知情时完成的工作会使其恢复待审。",
    ),
    "edited_meanwhile": (
        "It was worked on meanwhile; it was not deleted, a person decides.",
        "该记录同时有新的工作，未删除，等待人工决定。",
    ),
    "value_changed": (
        "The value has changed since this was shown; please look again.",
        "显示之后该值已变化，请重新查看。",
    ),
    "already_decided": (
        "Somebody has decided already; your decision is kept in the history.",
        "已有人做出决定，您的决定记录在历史中。",
    ),
    # parked
    "unknown_entity": (
        "This kind of record is not known here yet; it waits.",
        "系统暂不认识此类记录，已暂存等待。",
    ),
    "unknown_field": ("A field is not known here yet; it waits.", "系统暂不认识某字段，已暂存等待。"),
    "unknown_record": (
        "The record has not arrived yet; this waits for it.",
        "所指记录尚未到达，已暂存等待。",
    ),
    "unknown_reference": (
        "It refers to a record that has not arrived yet; this waits for it.",
        "所引用的记录尚未到达，已暂存等待。",
    ),
    "unknown_schema": (
        "It comes from a newer app; it waits for our next release.",
        "来自更新版本的应用，已暂存等待系统升级。",
    ),
    "invalid_value": (
        "A value does not fit; it is kept and shown to the office.",
        "某个值不符合要求，已保留并提交办公室查看。",
    ),
    "missing_field": (
        "Something needed is missing; it is kept and shown to the office.",
        "缺少必填内容，已保留并提交办公室查看。",
    ),
    "wrong_aggregate": (
        "It names the wrong place for this record; it is kept and shown to the office.",
        "记录归属不符，已保留并提交办公室查看。",
    ),
    "too_large": (
        "It is too large for an operation; it is kept and shown to the office.",
        "内容过大，已保留并提交办公室查看。",
    ),
    "not_entitled": (
        "It concerns a job that is not yours; it is kept and shown to the dispatcher.",
        "该工单不属于您，已保留并提交调度查看。",
    ),
    "not_your_visit": (
        "It concerns another technician's visit; it is kept and shown to the dispatcher.",
        "该上门任务属于其他技术员，已保留并提交调度查看。",
    ),
    "not_ready_to_close": (
        "Something that must be there before closing is missing.",
        "关闭前必须完成的内容尚缺。",
    ),
    "not_your_role": (
        "Your role does not do this; it is kept and shown to the office.",
        "您的角色无此权限，已保留并提交办公室查看。",
    ),
    "poisoned": (
        "It could not be processed; it is kept as it came and shown to the office.",
        "处理时出错，已按原样保留并提交办公室查看。",
    ),
    "dismissed": (
        "The office has looked at it and set it aside; it is kept, with the reason.",
        "办公室已查看并搁置，内容与原因均已保留。",
    ),
    "erased": (
        "This customer's personal data were erased; nothing more is kept about them.",
        "该客户的个人信息已删除，不再保存与其相关的内容。",
    ),
    "quarantined": (
        "This device was revoked; its work is kept for review.",
        "该设备已被停用，其数据已隔离待审。",
    ),
    "forked": ("The same operation came under another number.", "同一操作以另一编号到达。"),
}

PARKED = (
    "unknown_record",
    "unknown_reference",
    "unknown_schema",
    "unknown_entity",
    "unknown_field",
    "invalid_value",
    "missing_field",
    "wrong_aggregate",
    "too_large",
    "poisoned",
    "not_entitled",
    "not_your_visit",
    "not_your_role",
    "not_ready_to_close",
)
"""Every reason for which operations wait. Dismissed ones were set aside by a person, erased ones hold nothing; they stay."""


def sentence(reason: str, language: str = "en") -> str:
    """The sentence for a reason code, in `zh` or `en`; the code itself when there is none."""
    found = REASONS.get(reason)
    if found is None:
        return reason
    return found[1] if language.startswith("zh") else found[0]
