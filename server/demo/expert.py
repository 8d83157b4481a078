"""A question to a remote expert, and the answer where there is one."""

from __future__ import annotations

from domain.commands.draft import Drafted, create
from server.demo.content.identity import stable_id
from server.demo.content.load import Record
from server.demo.job import Job


def expert_case(job: Job, case: Record) -> list[Drafted]:
    """The case, claimed by its expert if it has one; an answer is a verdict, which moves the case by itself."""
    order, world = job.order, job.world
    asked_by = world.by_id[case["visit"]]["technician"]
    drafted = [
        create(
            "expert_case",
            case["id"],
            job.aggregate,
            visit=case["visit"],
            asked_by=asked_by,
            asked_at=case["requested_at"],
            question=f"{order['symptom']['zh']}。已按 {order['article']} 排查，请专家判断。",
            urgent=case.get("urgent") or order["severity"] == "urgent",
            state={"event": "claim"} if case["expert"] else None,
            claimed_by=case["expert"],
        )
    ]
    if case["answered_at"] is not None:
        drafted.append(_verdict(job, case))
    return drafted


def _verdict(job: Job, case: Record) -> Drafted:
    cause = job.order["cause"]
    return create(
        "verdict",
        stable_id("verdict", case["id"]),
        job.aggregate,
        expert_case=case["id"],
        cause=cause["zh"] if cause else None,
        fault_code=job.order["fault_code"],
        next_steps=[case["verdict"]],
        parts=sorted({move["part"] for move in job.moves}),
        stop_work=False,
        given_at=case["answered_at"],
        given_by=case["expert"],
    )
