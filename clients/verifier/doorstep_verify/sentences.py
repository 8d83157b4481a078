"""What the verdict says, in English and Chinese: word for word what the server's own command says."""

from __future__ import annotations

Pair = tuple[str, str]

HOLDS: Pair = ("This file holds: nothing in it was changed.", "文件完整：内容未被改动。")
SIGNATURE_OPEN: Pair = (
    "This file was not changed, but a sign-off in it is not proven.",
    "文件未被改动，但其中有签收未能证实。",
)
FAULTY: Pair = (
    "This file does not hold. It proves nothing.",
    "文件不成立，不能证明任何内容。",
)
PROVEN: Pair = ("Proven:", "已证实：")
NOT_PROVEN: Pair = ("Not proven:", "未能证实：")
SIGN_OFF: Pair = ("Sign-off {sign_off}: {status}", "签收 {sign_off}：{status}")
WHOLE_FILE: Pair = ("The whole file", "整个文件")
STATUS: dict[str, Pair] = {
    "proven": ("proven", "已证实"),
    "erased": ("what was signed was erased; the rest is proven", "所签内容已删除，其余已证实"),
    "not_proven": ("not proven", "未能证实"),
}
OUTCOMES: dict[str, Pair] = {
    "signed": ("signed", "已签字"),
    "refused": ("refused", "拒签"),
    "absent": ("absent", "客户不在场"),
}

LINES: dict[str, Pair] = {
    "signed": (
        "The key of phone {device} ({key}) signed exactly these bytes: outcome “{outcome}”, document {document}.",
        "手机 {device} 的密钥（{key}）签署的正是这些内容：结果为“{outcome}”，文件 {document}。",
    ),
    "files": (
        "All {count} photos and drawings that were signed lie beside this file, unchanged.",
        "当时签署的 {count} 份照片和手写签名均在文件旁，未被改动。",
    ),
    "arrived": (
        "{count} of {all} photos and clips that were signed had reached the server whole when this file was made.",
        "生成本文件时，所签的 {all} 份照片和视频中有 {count} 份已完整到达服务器。",
    ),
    "enrolled": (
        "That key was enrolled on {at} as phone {device} of user {user} (entry {place} of the log).",
        "该密钥于 {at} 登记为用户 {user} 的手机 {device}（日志第 {place} 条）。",
    ),
    "known": (
        "That key is in the log as phone {device} of user {user} (entry {place}).",
        "该密钥在日志中登记为用户 {user} 的手机 {device}（第 {place} 条）。",
    ),
    "received": (
        "The server had it from phone {device} by {at} of its own clock, and countersigned that.",
        "服务器时钟显示，最迟于 {at} 已从手机 {device} 收到，并已会签。",
    ),
    "brought": (
        "The server had it from phone {device}, and countersigned that.",
        "服务器已从手机 {device} 收到，并已会签。",
    ),
    "logged": (
        "It is entry {place} of the log {origin}, logged at {at}; the checkpoint covers {size} entries.",
        "它是日志 {origin} 的第 {place} 条，于 {at} 写入；检查点共含 {size} 条。",
    ),
    "history": (
        "The order's history up to its entry {n} is the one that was logged; {later} later entries follow, "
        "without a gap.",
        "工单历史截至第 {n} 条与写入日志时一致；其后 {later} 条连续无缺。",
    ),
    "after": (
        "It was signed after entry {size} of the log, of {at}: the phone's statement names that state.",
        "签署时间晚于日志第 {size} 条（{at}）：手机的声明写明了当时的日志状态。",
    ),
    "whole": (
        "The file holds the order's whole history of {count} entries; the contents of {gone} are erased.",
        "文件包含工单的全部历史，共 {count} 条，其中 {gone} 条的内容已删除。",
    ),
    "part": (
        "The file is about one sign-off; of the order's other entries ({count} in all) it holds the hashes.",
        "文件只涉及一次签收；工单共 {count} 条历史，其余各条仅含哈希值。",
    ),
    "key_known": (
        "It is signed with a key that you gave.",
        "签名所用的正是您提供的密钥。",
    ),
    "held": (
        "The log continues each of the {count} checkpoints that you gave: nothing before them was changed.",
        "日志延续了您提供的 {count} 个检查点：此前内容未被改动。",
    ),
    "erased": (
        "What was signed: it was erased on request.",
        "所签内容：已应要求删除。",
    ),
    "not_verified": (
        "The server could not verify it: {reason}",
        "服务器未能验证：{reason}",
    ),
    "clock_unmeasured": (
        "The moment of signing: the phone's clock showed {wall}, and nobody knows how far it was off.",
        "签署时刻：手机时钟显示 {wall}，误差未知。",
    ),
    "clock": (
        "The moment of signing beyond the phone's clock: it showed {wall}; measured, it was to be corrected by "
        "{offset} ms, give or take {error} ms.",
        "比手机时钟更准确的签署时刻：手机显示 {wall}，经测量应修正 {offset} 毫秒，误差不超过 {error} 毫秒。",
    ),
    "no_earliest": (
        "From when at the earliest: the phone named no state of the log.",
        "最早可能的签署时间：手机未写明日志状态。",
    ),
    "who": (
        "Who held the phone, and whose hand it was.",
        "当时由谁持有手机、由谁亲手签署。",
    ),
    "key_unknown": (
        "That this is the company's key: compare it with one that you got elsewhere (--key): {key}",
        "该密钥确属本公司：请与从其他途径取得的密钥比对（--key）：{key}",
    ),
    "one_log": (
        "That the company keeps no second log: a checkpoint that you got elsewhere would show it (--held).",
        "公司没有另一份日志：可用从其他途径取得的检查点核对（--held）。",
    ),
    "files_elsewhere": (
        "Photos and drawings themselves: this file holds their hashes; --media FOLDER compares the files.",
        "照片和手写签名本身：本文件只含其哈希值；可用 --media FOLDER 核对原件。",
    ),
}

REASONS: dict[str, Pair] = {
    "statement_invalid": (
        "What was signed is no statement in its exact form.",
        "所签内容不是格式完全正确的声明。",
    ),
    "device_unknown": (
        "The key of the phone that brought it is not known here.",
        "系统没有提交该签收的手机的公钥。",
    ),
    "signature_missing": ("There is no signature by a phone.", "没有手机签名。"),
    "signature_invalid": (
        "The signature is not by the key of the phone that brought it, or not over these bytes.",
        "签名不是由提交该签收的手机所签，或与所签内容不符。",
    ),
    "device_differs": (
        "What was signed names another phone, or another place in its work.",
        "所签内容写明的是另一部手机，或该手机的另一项操作。",
    ),
    "document_differs": ("The document is not the one that was signed.", "文件不是当时签收的文件。"),
    "record_differs": ("The record tells something else than what was signed.", "记录与所签内容不一致。"),
    "media_differs": (
        "A photo or the drawn signature is not the one that was signed.",
        "照片或手写签名与签收时不一致。",
    ),
    "device_withdrawn": (
        "It came after the phone was withdrawn: nobody can tell in whose hands the key was.",
        "该签收在手机停用之后才提交，无法确认当时密钥由谁掌握。",
    ),
}

FAULTS: dict[str, Pair] = {
    "unreadable": (
        "It is no evidence file, or not written as one is.",
        "不是证据文件，或写法与证据文件不符。",
    ),
    "seal": (
        "It is not byte for byte the file that was handed out: its seal does not fit.",
        "与交付时的文件不是逐字节相同：封印不符。",
    ),
    "checkpoint": (
        "The log's checkpoint is not signed by the log's key.",
        "日志检查点不是由日志的密钥签署。",
    ),
    "key": (
        "It is not signed with a key that you gave.",
        "签名所用的密钥不是您提供的密钥。",
    ),
    "leaf_order": (
        "Entries of the log are out of order.",
        "日志条目的顺序不对。",
    ),
    "leaf": (
        "Entry {place} of the log is none that a log has.",
        "日志第 {place} 条不是有效的日志条目。",
    ),
    "receipt": (
        "Entry {place} of the log is not countersigned.",
        "日志第 {place} 条没有有效的会签。",
    ),
    "inclusion": (
        "Entry {place} is not in the log of this checkpoint.",
        "第 {place} 条不在该检查点所示的日志中。",
    ),
    "consistency": (
        "The log does not continue its state of {size} entries.",
        "日志没有延续其含 {size} 条时的状态。",
    ),
    "chain": (
        "The order's history ends elsewhere than it says, or an entry of it was changed.",
        "工单历史的结尾与所述不符，或其中有条目被改动。",
    ),
    "entry": (
        "The content of entry {n} of the order's history is not what was committed to.",
        "工单历史第 {n} 条的内容与承诺值不符。",
    ),
    "anchor": (
        "The order's history is not the one that was logged with sign-off {sign_off}.",
        "工单历史与签收 {sign_off} 写入日志时的不一致。",
    ),
    "enrolment": (
        "The key of sign-off {sign_off} was not enrolled before it in the log.",
        "签收 {sign_off} 的密钥此前未在日志中登记。",
    ),
    "not_logged": (
        "Sign-off {sign_off} is in no log.",
        "签收 {sign_off} 不在任何日志中。",
    ),
    "nothing": (
        "There is no sign-off in it.",
        "其中没有签收。",
    ),
    "signature": (
        "Sign-off {sign_off} is not what the log says. {reason}",
        "签收 {sign_off} 与日志所述不符。{reason}",
    ),
    "file": (
        "No file beside it is the one that was signed with sign-off {sign_off}: {sha256}.",
        "旁边的文件中没有签收 {sign_off} 当时所签的那一份：{sha256}。",
    ),
    "held": (
        "The log does not continue a checkpoint that you gave, or this file does not show that it does.",
        "日志没有延续您提供的检查点，或本文件未能显示其延续。",
    ),
}
