"""One visit: planned, confirmed, travelled, worked, signed for. Every time is the one in the content."""

from __future__ import annotations

from typing import Any

from domain.commands.draft import Drafted, create
from domain.commands.visit import moment
from server.demo.catalogue import template_id
from server.demo.content.load import Record
from server.demo.content.moments import DAY, minute_from, text
from server.demo.evidence import evidence
from server.demo.job import Job, change, option_id
from server.demo.stock import use
from server.demo.true_times import answered_at

EVENTS = {
    "accepted": ["accept"],
    "declined": ["decline"],
    "traveling": ["travel"],
    "on_site": ["arrive"],
    "working": ["start"],
    "paused": ["start", "pause"],
    "work_done": ["finish"],
    "signed_off": ["finish", "sign_off"],
    "done": ["finish", "complete"],
    "incomplete": ["leave_incomplete"],
    "no_access": ["report_no_access"],
}
"""State in the content → events that lead there. Technicians leave steps out, and the machine allows it."""

REASONS = {
    "waiting_part": ("parts", "缺件，待到货后再次上门"),
    "needs_expert": ("expert", "疑难故障，等待专家意见"),
    "waiting_customer": ("customer", "等待客户确认"),
    "no_access": ("no_access", "到场无人，无法进入"),
}
PAUSES = {"waiting_customer": "customer", "meal": "break", "fetch_part": "other"}
SOLUTIONS = {
    "maintenance": "按保养清单完成保养，运行参数正常。",
    "installation": "安装、通电前检查与调试完成，运行正常。",
    "training": "操作培训完成，学员考核合格。",
    "complaint": "现场复检并处理，客户认可。",
    "return_exchange": "核对外观问题，完成换货登记。",
    "fault": "清洁、调整并全面测试，故障消除。",
}


def visit(job: Job, row: Record) -> list[Drafted]:
    """The visit with all its facts, the parts used, and the steps that one operation cannot hold."""
    events = EVENTS.get(row["exec_state"] or "", [])
    drafted = _made(job, row, events)
    drafted += evidence(job, row)
    drafted += [_use(job, move) for move in job.uses(row)]
    more = [_changed(job, row, exec_state={"event": event}) for event in events[1:]]
    if row["exec_state"] == "paused":
        more[-1].set["exec_reason"] = _pause(row)
    return drafted + more + _confirmation(job, row) + _dispatch(job, row)


def _made(job: Job, row: Record, events: list[str]) -> list[Drafted]:
    """The visit; one that was moved gets its window afterwards, and is confirmed for that one."""
    made = _visit(job, row, events)
    if row["moved"] is None:
        return [made]
    tap = {name: made.set.pop(name) for name in ("technician_confirmed",) if name in made.set}
    window = made.set["window"]
    made.set["window"] = {
        "starts_at": row["moved"]["window_start"],
        "ends_at": row["moved"]["window_end"],
    }
    return [made, _changed(job, row, window=window, **tap)]


def _visit(job: Job, row: Record, events: list[str]) -> Drafted:
    order, world = job.order, job.world
    versions = {one["code"]: template_id(one) for one in world.content.checklists}
    found = row["exec_state"] in ("work_done", "signed_off", "done")
    fields: dict[str, Any] = {
        "work_order": order["id"],
        "technician": row["technician"],
        "ordinal": row["sequence"],
        "instead_of": _instead_of(job, row),
        "planned_by": order["dispatcher"],
        "job_role": "lead",
        "window": {"starts_at": row["window_start"], "ends_at": row["window_end"]},
        "expected_minutes": row["planned_minutes"],
        "checklists": {"add": [versions[code] for code in order["checklists"]]}
        if order["checklists"]
        else None,
        "to_carry": _to_carry(job),
        "dispatch_state": {"event": "dispatch"} if row["dispatch_state"] != "planned" else None,
        "exec_state": {"event": events[0]} if events else None,
        "exec_reason": _reason(row),
        "travel_started": _moment(row["travel_started_at"]),
        "arrived": _moment(row["arrived_at"]),
        "work_started": _moment(row["started_at"]),
        "work_finished": _moment(row["work_done_at"]),
        "technician_confirmed": _tap(row),
        "details_verified": _moment(row["arrived_at"]) if found else None,
        "findings": row["findings"],
        "fault_code": order["fault_code"] if row["findings"] else None,
        "cause": order["cause"]["zh"] if order["cause"] and found else None,
        "solution": _solution(job, row) if found else None,
        "option_chosen": _chosen(job, row),
    }
    if found:
        fields["cleaned_up"] = _moment(row["work_done_at"])
        fields["anything_else"] = {"asked_at": row["work_done_at"], "answer": "没有其他需要"}
    return create("visit", row["id"], job.aggregate, **fields)


def _to_carry(job: Job) -> dict[str, list[str]] | None:
    parts = sorted({move["part"] for move in job.moves})
    return {"add": parts} if parts else None


def _instead_of(job: Job, row: Record) -> str | None:
    earlier = [one for one in job.world.visits_of(job.order["id"]) if one["sequence"] < row["sequence"]]
    return earlier[-1]["id"] if earlier and earlier[-1]["dispatch_state"] == "withdrawn" else None


def _reason(row: Record) -> dict[str, str] | None:
    if row["exec_state"] == "declined":
        return {"code": "declined", "note": "当天已排满，无法按时到达"}
    if row["incomplete_reason"] is None:
        return None
    code, note = REASONS[row["incomplete_reason"]]
    return {"code": code, "note": note}


def _pause(row: Record) -> dict[str, str]:
    last = row["pauses"][-1]
    return {"code": PAUSES[last["reason"]], "note": last["note"]}


def _tap(row: Record) -> dict[str, str] | None:
    return {"at": row["confirmed_at"], "how": "tap"} if row["confirmed_at"] else None


def _moment(at: str | None) -> dict[str, Any] | None:
    return moment(at, 1000) if at is not None else None


def _chosen(job: Job, row: Record) -> dict[str, Any] | None:
    if row["option_chosen"] is None or not job.is_detailed(row):
        return None
    option = next(one for one in row["options"] if one["code"] == row["option_chosen"])
    return {
        "option": option_id(row, option),
        "at": row["started_at"],
        "by_name": job.contact_name,
        "how": "in_person",
    }


def _solution(job: Job, row: Record) -> str:
    names = job.world.content.part_by_code
    pieces = [f"{names[move['part']]['name']['zh']}×{move['quantity']}" for move in job.uses(row)]
    return f"更换{'、'.join(pieces)}，全面测试正常。" if pieces else SOLUTIONS[job.order["kind"]]


def _use(job: Job, move: Record) -> Drafted:
    lines = job.order["charge"]["lines"] if job.order["charge"] else []
    line = next((one for one in lines if one["code"] == move["part"]), None)
    price = line["unit_price_fen"] if line else job.world.content.part_by_code[move["part"]]["price_fen"]
    return use(move, price, bool(line and line["covered"]))


def _confirmation(job: Job, row: Record) -> list[Drafted]:
    """What the system asked and the customer said; a confirmed time follows from the technician's tap."""
    match row["confirmation"]:
        case "asked":
            return [_changed(job, row, confirmation={"event": "ask"})]
        case "no_reply":
            asked = _changed(job, row, confirmation={"event": "ask"})
            return [asked, _changed(job, row, confirmation={"event": "expire"})]
        case "change_requested":
            answer = {"at": answered_at(row), "answer": "another_time", "wished": _next_day(row)}
            asked = _changed(job, row, confirmation={"event": "ask"})
            return [asked, _changed(job, row, customer_answer=answer)]
        case _:
            return []


def _dispatch(job: Job, row: Record) -> list[Drafted]:
    """A cancelled visit is cancelled by its order; a withdrawn one by the dispatcher."""
    if row["dispatch_state"] != "withdrawn":
        return []
    withdrawn = {"event": "withdraw"}
    return [_changed(job, row, dispatch_state=withdrawn, dispatch_reason=row["dispatch_reason"])]


def _later(at: str, minutes: int) -> str:
    return text(minute_from(at) + minutes)


def _next_day(row: Record) -> dict[str, str]:
    return {"starts_at": _later(row["window_start"], DAY), "ends_at": _later(row["window_end"], DAY)}


def _changed(job: Job, row: Record, **fields: Any) -> Drafted:
    return change("visit", row["id"], job.aggregate, **fields)
