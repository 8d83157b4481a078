"""The closing figures: what went over the wire, and what became of it."""

from __future__ import annotations

from collections import Counter

from tests.story.stage import Stage
from tests.story.words import in_words


def tell_figures(stage: Stage) -> None:
    """Operations, conflicts by reason, bytes, exchanges."""
    say = stage.transcript
    say.heading(("figures", "数据"))
    phones = list(stage.phones.values())
    receipts = [one for phone in phones for one in phone.phone.receipts()]
    say.count(("operations made on phones", "手机上的操作数"), len(receipts))
    for status, count in sorted(Counter(one.status for one in receipts).items()):
        label = in_words(status, say.language)
        say.count((f"  of these {label}", f"  其中 {label}"), count)
    kept = [one for phone in phones for one in phone.phone.conflicts()]
    conflicts = {one.id: one.fields["reason"] for one in kept if one.id not in stage.conflicts_before}
    say.count(("conflicts kept, as the phones see them", "保留的冲突（手机所见）"), len(conflicts))
    for reason, count in sorted(Counter(conflicts.values()).items()):
        label = in_words(reason, say.language)
        say.count((f"  {label}", f"  {label}"), count)
    say.count(("exchanges", "同步次数"), sum(phone.signal.exchanges for phone in phones))
    say.count(("bytes sent by phones", "手机上行字节"), f"{sum(one.signal.bytes_up for one in phones):,}")
    say.count(
        ("bytes received by phones", "手机下行字节"), f"{sum(one.signal.bytes_down for one in phones):,}"
    )
    say.count(("files uploaded", "上传文件数"), sum(len(one.phone.uploads()) for one in phones))
    say.count(("requests of desks", "办公室请求数"), sum(one.requests for one in stage.company.people()))
    if stage.company.codes_renewed:
        number = stage.company.codes_renewed
        say.say(
            (
                f"{number} enrolment codes of demo.json were used up; the administrator gave new ones (so can you:"
                " `doorstep device code LOGIN`, or run `make demo` again).",
                f"demo.json 中有 {number} 个登记码已用完，管理员已重新发放"
                "（也可用 `doorstep device code LOGIN`，或重新运行 `make demo`）。",
            )
        )
