"""What followed from the decision of an inbox item, for whoever has made it."""

from __future__ import annotations

import msgspec
from litestar import Response

from domain.visit_standing import is_standing
from server.desk.door import Written
from server.desk.records import Records
from sync.record import Record

_FOLLOWED = {
    ("agreed_otherwise", "window"): (
        "The planned window is the appointment again, and the customer is asked to confirm it.",
        "恢复以派工时段为预约时间，并重新请客户确认。",
    ),
    ("agreed_otherwise", "agreed"): ("What was agreed on site stands.", "以现场约定为准。"),
    ("bill_after_cancellation", "bill"): ("The work will be billed.", "将按已做的工作收费。"),
    ("bill_after_cancellation", "bill_travel"): ("Travel alone will be billed.", "只收取上门费。"),
    ("bill_after_cancellation", "waive"): ("Nothing will be billed.", "不收取费用。"),
    ("two_on_one_job", "go"): ("The visit that was held goes on.", "被暂缓的上门任务继续进行。"),
    ("two_on_one_job", "stand_down"): ("The visit that was held is withdrawn.", "被暂缓的上门任务已撤回。"),
    ("planned_twice", "keep_both"): ("Both visits stand.", "两个上门任务均保留。"),
    ("planned_twice", "withdraw_first"): ("The first visit is withdrawn.", "先安排的上门任务已撤回。"),
    ("planned_twice", "withdraw_second"): ("The second visit is withdrawn.", "后安排的上门任务已撤回。"),
}
"""Kind of an item and its decision → what followed, English and Chinese. `done` has no effect elsewhere."""
_NOBODY = (
    " Nobody stands on this work order now: reinstate a visit, or plan another one.",
    "该工单目前没有有效的上门任务，请恢复或另行安排上门。",
)
_WITHDRAWING = frozenset({"stand_down", "withdraw_first", "withdraw_second"})


def followed(
    records: Records, item: Record, choose: str, answer: Response[Written], spoken: str
) -> Response[Written]:
    """The same answer; its result says what followed, where the decision was applied. May block."""
    told = _FOLLOWED.get((item.fields["kind"], choose))
    results = answer.content.results
    if told is None or not results or results[0].status != "applied":
        return answer
    is_chinese = spoken == "zh"
    sentence = told[is_chinese]
    if choose in _WITHDRAWING and not _somebody_goes(records, item.aggregate):
        sentence += _NOBODY[is_chinese]
    said = msgspec.structs.replace(results[0], sentence=sentence)
    content = msgspec.structs.replace(answer.content, results=[said, *results[1:]])
    return Response(content, status_code=answer.status_code, headers=answer.headers)


def _somebody_goes(records: Records, aggregate: str) -> bool:
    _, found = records.all_of(aggregate)
    return any(is_standing(one) for one in found if one.entity == "visit" and not one.deleted)
