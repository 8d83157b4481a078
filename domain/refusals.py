"""Why a desk's command is refused, in both languages. Phones never meet these: what they report has happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NoReturn

from sync.fault import quoted
from sync.operation import InvalidOperation

REFUSALS: dict[str, tuple[str, str]] = {
    "no_such_record": (
        "{field} names “{fact}”, which does not exist or has been deleted.",
        "“{field}”所指的“{fact}”不存在或已被删除。",
    ),
    "exists_already": (
        "There is a record “{fact}” already; read it, and correct it on the base that you are shown.",
        "编号为“{fact}”的记录已存在，请先查看该记录，再在其当前版本上更正。",
    ),
    "asset_elsewhere": (
        "This equipment does not stand at the site of the order; choose one that stands there.",
        "该设备不在工单所属的地点，请选择该地点的设备。",
    ),
    "contact_elsewhere": (
        "This contact belongs to another customer; choose one of the customer's own.",
        "该联系人属于其他客户，请选择本客户的联系人。",
    ),
    "unknown_skill": (
        "Nobody here knows the skill “{fact}”; choose one from the catalogue.",
        "技能目录中没有“{fact}”，请从目录中选择。",
    ),
    "unknown_part": (
        "The catalogue has no part with the code “{fact}”; choose one from it.",
        "备件目录中没有编码为“{fact}”的备件，请从目录中选择。",
    ),
    "phone_without_digits": (
        "A phone number has digits; leave it out where there is none.",
        "电话号码须含数字；没有电话时请不填写。",
    ),
    "template_name_unknown": (
        "{field} names “{fact}” in braces, which this kind of message does not know.",
        "“{field}”的大括号中写有“{fact}”，该类消息没有此项内容。",
    ),
    "template_unreadable": (
        "{field} has a brace that stands alone or holds more than a name; a brace that is meant is written twice.",
        "“{field}”中有不成对的大括号，或大括号中不只是名称；若需显示大括号，请连写两个。",
    ),
    "number_taken": (
        "{fact} has this number already; choose another one, or correct that record.",
        "该编号已由{fact}使用，请更换编号，或更正该记录。",
    ),
    "planned_already": (
        "{fact} was given a visit of this order after you had read it; read the order again.",
        "您读取该工单之后，已为{fact}安排上门；请重新读取工单。",
    ),
    "no_such_time": (
        "{field} is “{fact}”, which is no day or time that the calendar has.",
        "“{field}”的值“{fact}”不是有效的日期或时间。",
    ),
    "ends_too_early": (
        "The end must be later than the start.",
        "结束时间必须晚于开始时间。",
    ),
    "too_far_away": (
        "{field} is more than {fact} days away from today; please check the year.",
        "“{field}”距今超过 {fact} 天，请核对年份。",
    ),
    "from_missing": (
        "Say from which place the parts are taken.",
        "请填写备件从哪个库位取出。",
    ),
    "to_missing": (
        "Say to which place the parts go.",
        "请填写备件放入哪个库位。",
    ),
    "from_unfit": (
        "A receipt comes from outside and is taken from no place; between two places it is a transfer.",
        "入库的备件来自外部，不应填写来源库位；两个库位之间请用调拨。",
    ),
    "to_unfit": (
        "An issue leaves the stock and goes to no place; between two places it is a transfer.",
        "出库的备件离开库存，不应填写目标库位；两个库位之间请用调拨。",
    ),
    "place_missing": (
        "Name the place that the parts leave, or the place where they arrive.",
        "请填写备件离开的库位或到达的库位。",
    ),
    "case_taken": (
        "Another expert is at work on this case; it is free again when they release it or leave it alone.",
        "另一位专家正在处理该案例，待其释放或超时后方可领取。",
    ),
    "verdict_too_large": (
        "The answer has more than {fact} bytes, too many for a bad link; say it in fewer words.",
        "答复超过 {fact} 字节，信号差时无法及时送达，请精简内容。",
    ),
    "media_elsewhere": (
        "The photo or clip “{fact}” belongs to another job.",
        "照片或视频“{fact}”属于其他工单。",
    ),
    "same_place": (
        "The parts must go to another place than the one that they come from.",
        "目标库位与来源库位不能相同。",
    ),
    "not_enough_there": (
        "By the books {fact} of this part lie there; if there are more, count them first.",
        "账面上该库位此备件只有 {fact} 件；如实物更多，请先盘点。",
    ),
    "observed_unlike": (
        "The form showed a balance of {fact}; read the place again and enter the count with the balance shown.",
        "表单所显示的账面数量为 {fact}，请重新读取库位，并按所显示的数量录入盘点。",
    ),
    "counted_meanwhile": (
        "This shelf was counted since your form was read ({fact} pieces); read the place again, and count only "
        "what still differs.",
        "表单读取之后，该备件已有人盘点（{fact} 件）；请重新读取库位，仍有差异时再录入盘点。",
    ),
    "order_open": (
        "The work order is open; there is nothing to reopen.",
        "工单处于未结状态，无需重新打开。",
    ),
    "order_closed": (
        "The work order is closed; reopen it with a reason first.",
        "工单已关闭，请先注明原因重新打开。",
    ),
    "order_cancelled": (
        "The work order is cancelled ({fact}); reopen it with a reason first, then plan a new visit.",
        "工单已取消（{fact}），请先注明原因重新打开，再安排新的上门。",
    ),
    "visit_withdrawn": (
        "This visit was withdrawn ({fact}) and nobody goes there on it; reinstate it, or plan another visit.",
        "该上门任务已撤回（{fact}），无人前往；请先恢复，或另行安排上门。",
    ),
    "visit_cancelled": (
        "This visit was cancelled ({fact}) and nobody goes there on it; reinstate it, or plan another visit.",
        "该上门任务已取消（{fact}），无人前往；请先恢复，或另行安排上门。",
    ),
    "visit_passed_on": (
        "This visit does not stand any more: {fact} has the job now. Change that visit, or plan another.",
        "该上门任务已失效，目前由{fact}负责；请更改其上门任务，或另行安排上门。",
    ),
    "same_technician": (
        "{fact} has this visit already; to move it to another time, reschedule it.",
        "该上门任务已由{fact}负责；如需更改时间，请使用改期。",
    ),
    "not_a_choice": (
        "This is decided by one of: {fact}.",
        "可选的决定为：{fact}。",
    ),
    "settled_already": (
        "Things have settled this meanwhile; there is nothing left to decide.",
        "此事已自行解决，无需再作决定。",
    ),
    "decided_already": (
        "This was decided already ({fact}); to change it, change the visit itself.",
        "此事已有决定（{fact}）；如需改变，请直接更改上门任务。",
    ),
}
"""Code → sentences; `{field}` stands for the field's name, `{fact}` for what the check found."""

_LISTS = frozenset({"not_a_choice"})
"""Their fact is a list of codes."""


_OR, _NEXT = "\x1f", "\x1e"
"""Between a name's two languages, and between names: what no name holds."""


def in_both(name: Mapping[str, str], otherwise: str) -> str:
    """A name as a fact that the sentence tells in its reader's language; another text where there is none."""
    zh, en = (name.get(one) or "" for one in ("zh", "en"))
    return f"{zh}{_OR}{en}" if zh and en else zh or en or otherwise


def several(names: Iterable[str]) -> str:
    """Names as one fact, each once."""
    return _NEXT.join(sorted(set(names)))


def refuse(code: str, field: str, fact: object = "") -> NoReturn:
    """End a desk's command: nothing of it is kept. `field` is the record's field, members after a dot."""
    raise InvalidOperation(code, f"{field}: {fact}" if fact != "" else field)


def field_and_fact(code: str, detail: str) -> tuple[str, str]:
    """What `refuse` was told; a refusal of somebody else keeps its detail whole."""
    if code not in REFUSALS:
        return detail, ""
    field, _, fact = detail.partition(": ")
    return field, fact


def refusal_of(code: str, detail: str, language: str) -> str | None:
    """The sentence for what `refuse` was told, in `zh` or `en`; None for a refusal of somebody else."""
    found = REFUSALS.get(code)
    if found is None:
        return None
    field, fact = field_and_fact(code, detail)
    if code in _LISTS and language == "zh":
        fact = "、".join(quoted(one) for one in fact.split(", "))
    names = [_in(one, language) for one in fact.split(_NEXT)]
    fact = ("、" if language == "zh" else ", ").join(names)
    said = found[1] if language == "zh" else found[0]
    # One after the other: what people made up may hold braces.
    return said.replace("{field}", field).replace("{fact}", fact)


def _in(name: str, language: str) -> str:
    zh, between, en = name.partition(_OR)
    return en if between and language != "zh" else zh
