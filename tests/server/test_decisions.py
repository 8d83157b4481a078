"""Conflicts, requests and parked operations are decided at a desk."""

from __future__ import annotations

import json
from typing import Any

import httpx
import msgspec
import pytest

from sync.clock import Base
from sync.operation import Operation, TimeEvidence, encode_operation
from sync.store import Changes, DeviceRow, WriteTransaction
from tests.server.live import Live, etag
from tests.server.orders import Orders


def _contested(live: Live, desks: dict[str, httpx.Client], orders: Orders) -> tuple[str, str]:
    """An order whose priority two dispatchers set from the same form; the conflict's id."""
    order = orders.new()
    live.account("dispatcher-2", "dispatcher")
    base = etag(orders.read(order))
    for client, priority in ((desks["dispatcher"], "high"), (live.sign_in("dispatcher-2"), "low")):
        answer = client.patch(
            f"/v1/desk/work-orders/{order}", json={"set": {"priority": priority}}, headers=base
        )
        assert answer.status_code == 200, answer.text
    return order, answer.json()["results"][0]["fields"][0]["conflict"]


def _decision(live: Live, desks: dict[str, httpx.Client], conflict: str) -> tuple[dict[str, object], str]:
    listed = desks["dispatcher"].get("/v1/desk/conflicts?limit=500").json()["items"]
    shown = next(one for one in listed if one["id"] == conflict)
    standing = shown["fields"]["standing"]
    body = {
        "choose": "losing",
        "standing": {"device": standing["device"], "seq": standing["seq"]},
        "base": f"{live.service.engine.epoch}:{shown['ver']}",
    }
    return body, shown["fields"]["losing"]["value"]


def test_a_conflict_is_listed_and_decided(live: Live, desks: dict[str, httpx.Client], orders: Orders) -> None:
    order, conflict = _contested(live, desks, orders)
    body, losing = _decision(live, desks, conflict)

    answer = desks["dispatcher"].post(f"/v1/desk/conflicts/{conflict}/decision", json=body)

    assert (answer.status_code, answer.json()["results"][0]["status"]) == (200, "applied"), answer.text
    assert orders.record(order, "work_order", order)["priority"] == losing
    assert orders.record(order, "conflict", conflict)["state"] == "decided"


def test_the_first_decision_counts(live: Live, desks: dict[str, httpx.Client], orders: Orders) -> None:
    order, conflict = _contested(live, desks, orders)
    body, losing = _decision(live, desks, conflict)
    desks["dispatcher"].post(f"/v1/desk/conflicts/{conflict}/decision", json=body)

    second = desks["supervisor"].post(
        f"/v1/desk/conflicts/{conflict}/decision", json={**body, "choose": "standing"}
    )

    assert second.json()["results"][0]["reason"] == "already_decided"
    assert orders.record(order, "work_order", order)["priority"] == losing


def test_a_decision_about_a_value_that_has_changed_is_shown_again(
    live: Live, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order, conflict = _contested(live, desks, orders)
    body, _ = _decision(live, desks, conflict)
    desks["dispatcher"].patch(
        f"/v1/desk/work-orders/{order}",
        json={"set": {"priority": "emergency"}},
        headers=etag(orders.read(order)),
    )

    answer = desks["dispatcher"].post(f"/v1/desk/conflicts/{conflict}/decision", json=body)

    assert answer.json()["results"][0]["reason"] == "value_changed"
    assert orders.record(order, "work_order", order)["priority"] == "emergency"


def test_an_expert_decides_nothing_about_priority(
    live: Live, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order, conflict = _contested(live, desks, orders)
    body, _ = _decision(live, desks, conflict)

    answer = desks["expert"].post(f"/v1/desk/conflicts/{conflict}/decision", json=body)

    assert answer.status_code in (403, 422)
    assert orders.record(order, "conflict", conflict)["state"] != "decided"


def _parked(live: Live) -> tuple[str, int]:
    """An operation of a technician's phone on somebody else's order: its place in the ledger."""
    device = live.service.new_id()

    def enrol(tx: WriteTransaction) -> None:
        row = DeviceRow(id=device, user="technician-2", roles=("technician",))
        tx.lock_device(device, or_create=row)
        tx.write(Changes(devices=[row]))

    live.service.store.transact(enrol)
    operation = Operation(
        device=device,
        seq=1,
        id=live.service.new_id(),
        schema=live.service.engine.rules.schema.version,
        entity="note",
        record=live.service.new_id(),
        aggregate="work_order/of-nobody",
        base=Base(live.service.engine.epoch, 0),
        at=TimeEvidence("2031-05-05T01:00:00Z"),
        action="create",
        set={"text": "geheim"},
    )
    reply = live.service.engine.push(device, [encode_operation(operation)])
    assert reply.results[0].status == "parked", msgspec.to_builtins(reply)
    return device, 1


def test_parked_work_is_seen_and_a_retry_says_why_it_stays(
    live: Live, desks: dict[str, httpx.Client]
) -> None:
    device, seq = _parked(live)

    listed = desks["dispatcher"].get("/v1/desk/parked").json()["items"]
    retried = desks["dispatcher"].post(f"/v1/desk/parked/{device}/{seq}/retry")

    shown = next(one for one in listed if one["device"] == device)
    assert (shown["entity"], shown["fields"], shown["user"]) == ("note", {"text": "geheim"}, "technician-2")
    assert shown["sentence"]
    assert (retried.status_code, retried.json()["code"]) == (409, "still_parked")


def _sentence(parked: list[dict[str, Any]], device: str) -> str:
    """Why the operation of this device is parked, in words."""
    return next(str(one["sentence"]) for one in parked if one["device"] == device)


def test_dismissed_work_stays_in_the_ledger_with_its_reason(
    live: Live, desks: dict[str, httpx.Client]
) -> None:
    device, seq = _parked(live)
    path = f"/v1/desk/parked/{device}/{seq}/dismiss"

    open_before = desks["dispatcher"].get("/v1/desk/parked").json()["items"]
    without = desks["dispatcher"].post(path, json={})
    answer = desks["dispatcher"].post(path, json={"reason": "重复录入"})

    assert without.status_code == 400
    assert answer.status_code == 200, answer.text
    open_ones = desks["dispatcher"].get("/v1/desk/parked").json()["items"]
    dismissed = desks["dispatcher"].get("/v1/desk/parked?reason=dismissed").json()["items"]
    assert device not in [one["device"] for one in open_ones]
    kept = next(one for one in dismissed if one["device"] == device)
    assert kept["detail"] == f"重复录入 (dispatcher. Before: {_sentence(open_before, device)})"
    assert kept["fields"] == {"text": "geheim"}


def test_work_that_is_dismissed_twice_keeps_its_first_reason(
    live: Live, desks: dict[str, httpx.Client]
) -> None:
    """A double click, or a colleague a minute later: why it was parked and why it was set aside stay readable."""
    device, seq = _parked(live)
    path = f"/v1/desk/parked/{device}/{seq}/dismiss"
    first = desks["dispatcher"].post(path, json={"reason": "重复录入"})

    again = desks["supervisor"].post(path, json={"reason": "不需要"}, headers={"Accept-Language": "zh"})

    assert (first.json()["status"], again.status_code, again.json()["status"]) == ("parked", 200, "same")
    assert again.json()["detail"] == first.json()["detail"]
    assert "以首次填写的原因为准" in again.json()["sentence"]
    dismissed = desks["dispatcher"].get("/v1/desk/parked?reason=dismissed").json()["items"]
    kept = next(one for one in dismissed if one["device"] == device)
    assert "重复录入" in kept["detail"] and "不需要" not in kept["detail"]
    assert "not_entitled" not in kept["detail"] and "Before: " in kept["detail"]


@pytest.mark.parametrize(
    ("member", "value", "sentence"),
    [
        ("schema", "x", "“schema”必须是整数。"),
        ("base", 7, "“base”必须是列表。"),
        ("extra", 1, "“extra”不是已知的名称。"),
    ],
)
def test_parked_work_says_what_of_its_form_does_not_fit(
    live: Live, desks: dict[str, httpx.Client], member: str, value: Any, sentence: str
) -> None:
    """Its detail is the parser's, for programmers; a person reads a sentence."""
    device, _ = _parked(live)
    operation = {
        "device": device,
        "seq": 2,
        "id": live.service.new_id(),
        "schema": live.service.engine.rules.schema.version,
        "entity": "note",
        "record": live.service.new_id(),
        "aggregate": "work_order/of-nobody",
        "base": [live.service.engine.epoch, 0],
        "at": {"wall": "2031-05-05T01:00:00Z"},
        "action": "create",
        "set": {"text": "x"},
    }
    live.service.engine.push(device, [json.dumps({**operation, member: value}).encode()])

    listed = desks["dispatcher"].get("/v1/desk/parked", headers={"Accept-Language": "zh-CN"}).json()["items"]

    shown = next(one for one in listed if (one["device"], one["seq"]) == (device, 2))
    assert shown["reason"] == "invalid_value" and shown["sentence"].endswith(sentence), shown
