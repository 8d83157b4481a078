"""What must be there before a person closes an order. Gates apply on closing, never on facts.

The same functions tell a technician what is missing before leaving, and refuse a desk that closes too early.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from domain.derive_work_order import FINISHED, OVER
from domain.renditions import ARRIVED
from sync.record import Record
from sync.rules import View

FULL_TEST = "full_test"
"""Code of the checklist that must not be skipped."""
TESTED_KINDS = ("fault", "installation", "maintenance", "return")
"""Kinds of order after which equipment is tested."""

SENTENCES: dict[str, tuple[str, str]] = {
    "visit_open": ("A visit is still under way.", "仍有上门任务未结束。"),
    "no_visit_done": (
        "Solved, but no visit was finished and nothing was solved remotely.",
        "标记为已解决，但没有完成的上门，也没有远程处理方案。",
    ),
    "full_test": (
        "The full test is neither passed nor waived with a reason.",
        "完整测试未通过，也没有注明理由的豁免。",
    ),
    "step": (
        "A required step has no answer and no reasoned waiver.",
        "有必做步骤未完成，也没有注明理由的豁免。",
    ),
    "step_evidence": ("A step needs a photo or clip that is not there.", "有步骤缺少照片或视频证据。"),
    "evidence": (
        "Evidence has not arrived, and is not marked as missing.",
        "证据尚未上传，也未标记为缺失。",
    ),
    "sign_off": (
        "The customer has neither signed nor refused, and no absence is noted.",
        "客户未签字，也没有拒签或不在场的记录。",
    ),
    "sign_off_reason": ("A refusal or an absence has no reason.", "拒签或不在场没有注明原因。"),
    "sign_again": (
        "A change of signed content waits for the customer.",
        "已签内容有修改，等待客户重新签字。",
    ),
    "anything_else": ("“Anything else we can do?” was not asked.", "尚未询问客户是否还有其他需要。"),
    "unsolved_reason": ("Unsolved needs a reason and an escalation.", "未解决须注明原因并升级处理。"),
}


class Missing(msgspec.Struct, frozen=True):
    """One thing that is missing: its code, and the record or step that it is about."""

    code: str
    about: str = ""

    @property
    def en(self) -> str:
        """The sentence in English."""
        return SENTENCES[self.code][0]

    @property
    def zh(self) -> str:
        """The sentence in Chinese."""
        return SENTENCES[self.code][1]


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The records of one order that its gates look at."""

    order: Record
    visits: Sequence[Record] = ()
    step_results: Sequence[Record] = ()
    sign_offs: Sequence[Record] = ()
    media: Sequence[Record] = ()
    amendments: Sequence[Record] = ()
    templates: Mapping[str, Record] = {}
    """By id; those that are pinned to the visits."""


def gather(order: Record, view: View) -> Evidence:
    """Everything that the gates of an order look at."""
    visits = view.of(order.aggregate, "visit")
    pinned = {id for visit in visits for id in visit.fields.get("checklists") or []}
    templates = {id: view.record("checklist_template", id) for id in sorted(pinned)}
    return Evidence(
        order=order,
        visits=visits,
        step_results=view.of(order.aggregate, "step_result"),
        sign_offs=view.of(order.aggregate, "sign_off"),
        media=view.of(order.aggregate, "media"),
        amendments=view.of(order.aggregate, "amendment"),
        templates={id: template for id, template in templates.items() if template is not None},
    )


def missing_for_closing(evidence: Evidence, closing: Mapping[str, Any]) -> list[Missing]:
    """What is missing before an order is closed in this way; empty when it may be."""
    found = [Missing("visit_open", visit.id) for visit in evidence.visits if _is_open(visit)]
    done = [visit for visit in evidence.visits if visit.fields["exec_state"] in FINISHED]
    if closing.get("outcome") == "solved":
        if not done and (evidence.order.fields.get("triage") or {}).get("way") != "remote":
            found.append(Missing("no_visit_done"))
    elif not closing.get("reason") or not closing.get("escalated_to"):
        found.append(Missing("unsolved_reason"))
    for visit in done:
        found += _missing_on(visit, evidence, solved=closing.get("outcome") == "solved")
    if done:
        found += _signature(done, evidence)
    if not closing.get("anything_else"):
        found.append(Missing("anything_else"))
    found += [
        Missing("sign_again", one.id) for one in evidence.amendments if one.fields["state"] == "proposed"
    ]
    return found


def missing_on_visit(visit: Record, evidence: Evidence) -> list[Missing]:
    """What a technician should still do before leaving: never an obstacle to a fact."""
    found = [*_missing_on(visit, evidence, solved=True), *_signature([visit], evidence)]
    if visit.fields.get("anything_else") is None:
        found.append(Missing("anything_else", visit.id))
    return [one for one in found if one.code != "evidence"]


def _is_open(visit: Record) -> bool:
    return visit.fields["dispatch_state"] == "dispatched" and visit.fields["exec_state"] not in OVER


def _missing_on(visit: Record, evidence: Evidence, *, solved: bool) -> Iterator[Missing]:
    results = {
        (one.fields["template"], one.fields["step"]): one
        for one in evidence.step_results
        if one.fields["visit"] == visit.id
    }
    helper = visit.fields.get("job_role") == "helper"
    if solved and not helper and not _full_test(visit, evidence, results):
        yield Missing("full_test", visit.id)
    for id in visit.fields.get("checklists") or []:
        template = evidence.templates.get(id)
        if template is None or template.fields["code"] == FULL_TEST:
            continue
        for step in template.fields["steps"]:
            yield from _missing_of_step(step, results.get((id, step["id"])))
    yield from _missing_media(visit, evidence)


def _full_test(visit: Record, evidence: Evidence, results: Mapping[tuple[str, str], Record]) -> bool:
    """Passed step by step, or each step left out with a reason; never left out as a whole."""
    if (evidence.order.fields.get("kind") or "fault") not in TESTED_KINDS:
        return True
    pinned = [evidence.templates.get(id) for id in visit.fields.get("checklists") or []]
    tests = [one for one in pinned if one is not None and one.fields["code"] == FULL_TEST]
    return bool(tests) and all(
        _passed_or_waived(results.get((test.id, step["id"])))
        for test in tests
        for step in test.fields["steps"]
        if step.get("required")
    )


def _passed_or_waived(result: Record | None) -> bool:
    if result is None:
        return False
    if (result.fields.get("waiver") or {}).get("reason"):
        return True
    return result.fields.get("verdict") in ("passed", "not_applicable")


def _missing_of_step(step: Mapping[str, Any], result: Record | None) -> Iterator[Missing]:
    if not step.get("required"):
        return
    waived = result is not None and bool((result.fields.get("waiver") or {}).get("reason"))
    if waived and step.get("may_be_waived"):
        return
    if result is None or (result.fields.get("answer") is None and result.fields.get("verdict") is None):
        yield Missing("step", step["id"])
    elif step.get("evidence_required") and not result.fields.get("media"):
        yield Missing("step_evidence", step["id"])


def _missing_media(visit: Record, evidence: Evidence) -> Iterator[Missing]:
    if visit.fields.get("evidence_missing") is not None:
        return
    for row in evidence.media:
        if row.fields.get("visit") != visit.id or row.fields.get("missing") is not None:
            continue
        if row.fields["state"] not in ARRIVED:
            yield Missing("evidence", row.id)


def _signature(done: Sequence[Record], evidence: Evidence) -> Iterator[Missing]:
    """One sign-off by a lead (or by whoever came alone) for what was done."""
    ids = {visit.id for visit in done}
    given = [one for one in evidence.sign_offs if one.fields["visit"] in ids]
    if not given:
        yield Missing("sign_off", min(ids))
    for one in given:
        if one.fields["outcome"] != "signed" and not one.fields.get("reason"):
            yield Missing("sign_off_reason", one.id)
