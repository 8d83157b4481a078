"""What a technician notes during a visit: options offered, answers to checklists, times, demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.commands.draft import Drafted, create
from domain.commands.visit import moment
from domain.identity import step_result_id
from server.demo.catalogue import template_id
from server.demo.content.identity import stable_id
from server.demo.content.load import Record
from server.demo.content.moments import minute_from, text
from server.demo.job import Job, option_id

PROS = {
    "original": ("原厂品质，整机寿命最长", "价格较高"),
    "compatible": ("价格低，现货", "质保期较短"),
    "temporary": ("当天恢复运行，费用低", "可能再次停机"),
    "clean": ("当次解决，费用低", "易损环境需定期重复"),
    "contract": ("全年保养，免人工费", "一次性支出较高"),
}
READINGS = {
    "V": 224,
    "mA": 4200,
    "kΩ": 86000,
    "mΩ": 1800,
    "µA": 320,
    "℃": 4,
    "A": 32,
    "mm²": 4,
    "mm/m": 1,
    "min": 30,
    "次": 3,
    "%": 92,
    "分": 18,
    "个": 2,
    "kPa": 420,
    "mg/L": 38,
}
"""A believable reading per unit; it is brought within the step's own limits."""
POINTS = ("开机、停机与日常设定", "日常清洁与报警处理")
DONE = ("work_done", "signed_off", "done")


def evidence(job: Job, row: Record) -> Iterator[Drafted]:
    """Options and times of recent visits; answers and demonstration of the open days' visits."""
    if job.is_detailed(row):
        yield from _options(job, row)
        yield from _times(job, row)
    if row["started_at"] is not None and job.is_of_the_open_days:
        yield from _answers(job, row)
        if row["exec_state"] in DONE:
            yield from _demonstrations(job, row)


def _options(job: Job, row: Record) -> Iterator[Drafted]:
    asset = job.world.by_id[job.order["asset"]]
    labour = job.world.content.equipment_by_code[asset["equipment"]]["labour_fen"]
    for option in row["options"]:
        pros, cons = PROS[option["code"]]
        price = {
            "parts_fen": max(0, option["cost_fen"] - labour),
            "labour_fen": min(labour, option["cost_fen"]),
            "total_fen": option["cost_fen"],
        }
        yield create(
            "solution_option",
            option_id(row, option),
            job.aggregate,
            visit=row["id"],
            title=option["name"]["zh"],
            pros=pros,
            cons=cons,
            recommended=option["recommended"],
            minutes=option["minutes"],
            price=price,
        )


def _times(job: Job, row: Record) -> Iterator[Drafted]:
    if row["arrived_at"] is not None:
        yield _time(job, row, "travel", row["travel_started_at"], row["arrived_at"])
    if row["started_at"] is not None and row["work_done_at"] is not None:
        yield _time(job, row, "work", row["started_at"], row["work_done_at"])
    for pause in row["pauses"]:
        if pause["to_at"] is not None:
            yield _time(job, row, "pause", pause["from_at"], pause["to_at"], pause["note"])


def _time(job: Job, row: Record, kind: str, starts: str, ends: str, reason: str | None = None) -> Drafted:
    return create(
        "time_entry",
        stable_id("time_entry", row["id"], kind, starts),
        job.aggregate,
        visit=row["id"],
        kind=kind,
        starts=moment(starts, 1000),
        ends=moment(ends, 1000),
        reason=reason,
    )


def _answers(job: Job, row: Record) -> Iterator[Drafted]:
    """All steps of a visit whose work is done; the first half of one that is going on. Photos are not invented."""
    templates = [one for one in job.world.content.checklists if one["code"] in job.order["checklists"]]
    steps = [(template_id(one), step) for one in templates for step in one["steps"]]
    if row["exec_state"] not in DONE:
        steps = steps[: len(steps) // 2]
    minute = minute_from(row["started_at"])
    for place, (template, step) in enumerate(steps):
        answer = _answer(job, step)
        if answer is not None:
            yield create(
                "step_result",
                step_result_id(row["id"], template, step["id"]),
                job.aggregate,
                visit=row["id"],
                template=template,
                step=step["id"],
                answer=answer,
                verdict="passed",
                answered=moment(text(minute + place // 2), 1000),
            )


def _answer(job: Job, step: Record) -> Any:
    form = step["answer"]
    match form["type"]:
        case "yes_no":
            return step["id"] != "stop_work"
        case "number":
            return min(max(READINGS[form["unit"]], form["min"]), form["max"])
        case "choice":
            return form["choices"][0]["code"]
        case "text":
            asset = job.world.by_id[job.order["asset"]]
            return {"serial_read": asset["serial"], "operator_names": job.contact_name}.get(
                step["id"], "正常"
            )
        case _:
            return None


def _demonstrations(job: Job, row: Record) -> Iterator[Drafted]:
    for point in POINTS:
        yield create(
            "demonstration",
            stable_id("demonstration", row["id"], point),
            job.aggregate,
            visit=row["id"],
            point=point,
            shown=True,
            customer_did_it=True,
            operator=job.contact_name,
            proficient=True,
            shown_at=moment(row["work_done_at"], 1000),
        )
