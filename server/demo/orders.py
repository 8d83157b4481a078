"""A work order from the request to its end, with everything that was done on its visits."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from domain.commands.draft import Drafted, create
from domain.place import work_order
from server.demo.content.identity import stable_id
from server.demo.content.load import Record
from server.demo.content.moments import DAY, day_of, minute_from, minute_of, text
from server.demo.content.repair import contract_on
from server.demo.content.world import World
from server.demo.expert import expert_case
from server.demo.job import Job, as_loaded, change, loaded_visits
from server.demo.report import report
from server.demo.visits import visit

ORDER_KINDS = {"return_exchange": "return"}
PRIORITIES = {1: "high", 2: "normal", 3: "low"}
UNSOLVED = {
    "customer_declined_cost": "客户不接受维修费用",
    "model_discontinued": "机型停产，配件断供",
    "site_conditions": "现场条件不满足，待客户整改",
}
CATEGORIES = {"quality": "服务质量", "late": "迟到", "attitude": "态度", "price": "收费"}
CAUSES = {"person": "人员", "process": "流程", "tool": "工具"}


@dataclass
class Beside:
    """What the content keeps beside an order, by the order's id."""

    moves: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    cases: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    calls: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    ratings: dict[str, Record] = field(default_factory=dict)
    complaints: dict[str, Record] = field(default_factory=dict)


def beside(world: World) -> Beside:
    """Everything of the closed year and the open days, sorted to its order."""
    found = Beside()
    for row in world.both("stock_moves"):
        if row["kind"] == "consumption":
            found.moves[row["work_order"]].append(row)
    for row in world.both("expert_cases"):
        found.cases[row["work_order"]].append(row)
    for row in world.both("follow_ups"):
        found.calls[row["work_order"]].append(row)
    found.ratings = {row["work_order"]: row for row in world.both("ratings")}
    found.complaints = {row["work_order"]: row for row in world.both("complaints")}
    return found


def order(world: World, row: Record, beside: Beside) -> list[Drafted]:
    """One order: request, visits, expert's answer, report, follow-up, and how it ended."""
    row = as_loaded(row)
    job = Job(world, row, beside.moves[row["id"]])
    drafted = [_order(world, row, beside), _request(world, row)]
    visits = loaded_visits(world, row["id"])
    for one in visits:
        drafted += visit(job, one)
        for case in beside.cases[row["id"]]:
            if case["visit"] == one["id"]:
                drafted += expert_case(job, case)
    if row["report_delivered_at"] is not None:
        drafted.append(report(job, visits[-1], beside.ratings.get(row["id"])))
    drafted += _calls(row, beside) + _unsigned(row, visits) + _moved(row, visits)
    return drafted + _end(row, visits, world)


def _order(world: World, row: Record, beside: Beside) -> Drafted:
    asset, customer = world.by_id[row["asset"]], world.by_id[row["customer"]]
    day = day_of(minute_from(row["requested_at"]))
    contract = world.by_id.get(asset["contract"]) if asset["contract"] else None
    equipment = world.content.equipment_by_code[asset["equipment"]]
    return create(
        "work_order",
        row["id"],
        work_order(row["id"]),
        site=row["site"],
        customer=row["customer"],
        asset=row["asset"],
        kind=ORDER_KINDS.get(row["kind"], row["kind"]),
        channel=row["channel"],
        opened_at=row["requested_at"],
        opened_on=day.isoformat(),
        opened_by=row["agent"],
        symptom=row["symptom"][customer["language"]],
        severity=row["severity"],
        verified_contact=row["contact"],
        special_needs=world.by_id[row["site"]]["special_needs"],
        priority="emergency"
        if row["severity"] == "urgent" and row["priority"] == 1
        else PRIORITIES[row["priority"]],
        tier=customer["tier"],
        triage=_triage(row),
        warranty_verdict=_warranty(row),
        contract=asset["contract"] if contract_on(contract, day) else None,
        required_skills={"add": equipment["required_skills"]},
        required_certificates={"add": equipment["required_certificates"]},
        office_notes=_complaint_notes(beside.complaints.get(row["id"])),
        title=row["title"],
    )


def _triage(row: Record) -> dict[str, Any] | None:
    if row["triaged_at"] is None:
        return None
    plan = f"按知识库 {row['article']} 上门处理" if row["article"] else "安排上门"
    return {"at": row["triaged_at"], "way": "visit", "plan": plan, "fault_code": row["fault_code"]}


def _warranty(row: Record) -> dict[str, Any] | None:
    verdict = row["warranty"]
    if verdict is None:
        return None
    return {
        "covered": verdict["covered"],
        "component_class": verdict["component_class"],
        "until": verdict["until"],
        "rule": "保修期内" if verdict["covered"] else "已过保或不属保修范围",
    }


def _complaint_notes(row: Record | None) -> str | None:
    if row is None:
        return None
    return (
        f"投诉（{CATEGORIES[row['category']]}），原工单 {row['about_work_order']}；"
        f"根本原因：{CAUSES[row['root_cause']]}；处理：{row['resolution']}；责任人 {row['owner']}。"
    )


def _request(world: World, row: Record) -> Drafted:
    customer = world.by_id[row["customer"]]
    contact = world.by_id[row["contact"]]
    return create(
        "service_request",
        stable_id("service_request", row["id"]),
        work_order(row["id"]),
        work_order=row["id"],
        channel=row["channel"],
        text=row["symptom"][customer["language"]],
        from_name=contact["name"]["zh"],
        from_contact=row["contact"],
        asked_at=row["requested_at"],
        read_back=row["read_back"],
        acknowledged_at=row["acknowledged_at"],
    )


def _calls(row: Record, beside: Beside) -> list[Drafted]:
    """Follow-up calls and the supervisor's call after a bad rating, as notes."""
    notes = [
        _note(row, call["id"], f"第{call['day']}天回访：{'已解决' if call['solved'] else '未解决'}", call)
        for call in beside.calls[row["id"]]
    ]
    rating = beside.ratings.get(row["id"])
    if rating and rating["supervisor_acted_at"]:
        acted = {"called_at": rating["supervisor_acted_at"], "by": "sup.zheng"}
        notes.append(_note(row, stable_id("note", rating["id"]), "低分评价，主管已致电客户了解情况", acted))
    return notes


def _unsigned(row: Record, visits: list[Record]) -> list[Drafted]:
    """Why a customer did not sign, in the technician's words."""
    found = []
    for one in visits:
        if one["sign_off"] and one["sign_off"]["outcome"] != "signed":
            said = {"called_at": one["signed_at"], "by": one["technician"]}
            found.append(
                _note(row, stable_id("note", one["id"]), f"未签字：{one['sign_off']['reason']['zh']}", said)
            )
    return found


def _moved(row: Record, visits: list[Record]) -> list[Drafted]:
    """Why visits were moved, in the dispatcher's words: a new window has no field for it."""
    return [
        _note(
            row,
            one["moved"]["id"],
            f"改约：{one['moved']['reason']}",
            {"called_at": one["moved"]["at"], "by": row["dispatcher"]},
        )
        for one in visits
        if one["moved"]
    ]


def _note(row: Record, id: str, words: str, call: Record) -> Drafted:
    return create(
        "note",
        id,
        work_order(row["id"]),
        text=words,
        written_at=call["called_at"],
        written_by=call["by"],
        for_customer=False,
    )


def _end(row: Record, visits: list[Record], world: World) -> list[Drafted]:
    """Closed, cancelled, reopened, or still open."""
    match row["state"]:
        case "cancelled":
            reason = row["cancel_reason"]["zh"]
            return [_changed(row, cancellation={"at": row["closed_at"], "reason": reason})]
        case "closed":
            return [_changed(row, closing=_closing(row, row["closed_at"]))]
        case "reopened":
            done = minute_from(visits[-1]["done_at"])
            again = min(done + 2 * DAY, minute_of(world.now) - 30)
            return [
                _changed(row, closing=_closing(row | {"outcome": "solved"}, text(done + 60))),
                _changed(
                    row, closing=None, reopening={"at": text(again), "reason": "故障再次出现，未彻底解决"}
                ),
            ]
        case _:
            return []


def _closing(row: Record, at: str) -> dict[str, Any]:
    closing = {"at": at, "outcome": row["outcome"], "anything_else": "nothing"}
    if row["outcome"] == "unsolved":
        closing |= {"reason": UNSOLVED[row["unsolved_reason"]], "escalated_to": "sup.zheng"}
    return closing


def _changed(row: Record, **fields: Any) -> Drafted:
    return change("work_order", row["id"], work_order(row["id"]), **fields)
