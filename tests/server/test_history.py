"""Reading the history: who changed what, from which value to which, and whether the chain of it holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from server.db.statement import Statement
from tests.server.live import Json, Live, etag
from tests.server.orders import Orders

ROOT = Path(__file__).parents[2]
READERS = {"auditor", "supervisor"}


def _history(desk: httpx.Client, order: str, **asked: str) -> Json:
    answer = desk.get(f"/v1/desk/work-orders/{order}/history", params=asked)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def _of(desk: httpx.Client, entity: str, id: str) -> Json:
    answer = desk.get(f"/v1/desk/records/{entity}/{id}/history", params={"limit": 500})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def _correct(desks: dict[str, httpx.Client], order: str, base: dict[str, str], **fields: object) -> None:
    answer = desks["dispatcher"].patch(f"/v1/desk/work-orders/{order}", json={"set": fields}, headers=base)
    assert answer.status_code == 200, answer.text


def _spoil(live: Live, order: str, change: str) -> None:
    statement = Statement(f"UPDATE audit SET {change} WHERE aggregate = :aggregate AND n = 2")
    live.service.store.database.write(lambda c: c.run(statement, aggregate=f"work_order/{order}"))


@pytest.mark.parametrize("path", ["", "/file"], ids=["history", "file"])
def test_the_auditor_and_the_supervisor_read_it_and_nobody_else(
    desks: dict[str, httpx.Client], orders: Orders, path: str
) -> None:
    order, _ = orders.assigned()

    answers = {
        role: desk.get(f"/v1/desk/work-orders/{order}/history{path}").status_code
        for role, desk in desks.items()
    }

    assert answers == {role: 200 if role in READERS else 403 for role in desks}


def test_a_change_tells_who_made_it_and_from_which_value_to_which(
    desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order = orders.new()
    _correct(desks, order, etag(orders.read(order)), priority="high")
    _correct(desks, order, etag(orders.read(order)), priority="emergency")

    items = [
        one
        for one in _of(desks["auditor"], "work_order", order)["items"]
        if any(field["field"] == "priority" for field in one.get("fields", ()))
    ]

    told = [next(field for field in one["fields"] if field["field"] == "priority") for one in items]
    assert [(one.get("before"), one["after"]) for one in told] == [(None, "high"), ("high", "emergency")]
    assert items[0]["by"] == {
        "id": "u-dispatcher",
        "name": "dispatcher",
        "role": "dispatcher",
        "role_name": "dispatcher",
    }
    assert (items[0]["via"]["kind"], items[0]["outcome"]) == ("desk", "applied")
    assert items[0]["received_at"] >= items[0]["authored_at"][:19]


def test_states_are_told_as_states_and_consequences_name_their_cause(
    desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order, visit = orders.assigned()
    items = _history(desks["auditor"], order)["items"]

    planned = next(one for one in items if one["entity"] == "visit")
    state = next(one for one in planned["fields"] if one["field"] == "dispatch_state")
    derived = next(one for one in items if one["entity"] == "assignment")

    assert (planned["record"], state["given"], state["after"]) == (visit, {"event": "dispatch"}, "dispatched")
    assert (derived["follows"], derived["by"]["role"]) == (planned["operation"], "system")
    assert derived["action"] == "create"


def test_a_conflict_tells_both_words_and_who_decided(
    live: Live, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order = orders.new()
    live.account("dispatcher-2", "dispatcher")
    shown = etag(orders.read(order))
    _correct(desks, order, shown, priority="high")
    _correct({"dispatcher": live.sign_in("dispatcher-2")}, order, shown, priority="low")
    conflict = orders.read(order).json()["records"]["conflict"][0]
    standing = conflict["fields"]["standing"]
    body = {
        "choose": "losing",
        "standing": {"device": standing["device"], "seq": standing["seq"]},
        "base": orders.read(order).json()["base"],
    }

    before = _conflict_told(_of(desks["auditor"], "work_order", order))
    decided = desks["supervisor"].post(f"/v1/desk/conflicts/{conflict['id']}/decision", json=body)
    after = _conflict_told(_of(desks["auditor"], "work_order", order))
    items = _history(desks["auditor"], order)["items"]

    assert decided.status_code == 200, decided.text
    assert (before["state"], before["decided_by"]) == ("open", None)
    assert (after["state"], after["chosen"]) == ("decided", "losing")
    assert after["decided_by"]["id"] == "u-supervisor"
    assert len([one for one in items if one.get("decides") == conflict["id"]]) == 1


def _conflict_told(history: Json) -> Json:
    found: Json = next(
        field["conflict"] for one in history["items"] for field in one["fields"] if "conflict" in field
    )
    return found


def test_sentences_are_in_the_readers_language(desks: dict[str, httpx.Client], orders: Orders) -> None:
    order = orders.new()
    _correct(desks, order, etag(orders.read(order)), priority="high")
    path = f"/v1/desk/records/work_order/{order}/history"

    said = {
        language: desks["auditor"].get(path, headers={"Accept-Language": language}).json()
        for language in ("zh", "en")
    }

    chinese, english = (said[language]["items"][-1] for language in ("zh", "en"))
    assert chinese["fields"][-1]["sentence"] == "优先级：高。"
    assert english["fields"][-1]["sentence"] == "priority: high."
    assert "（调度员）更改了工单" in chinese["sentence"]
    assert "(dispatcher) changed work order" in english["sentence"]
    assert "逐条核验无误" in said["zh"]["sentence"]


def test_pages_follow_each_other_without_gap(desks: dict[str, httpx.Client], orders: Orders) -> None:
    order, _ = orders.assigned()
    whole = _history(desks["auditor"], order)["items"]

    pages, after = [], ""
    while True:
        page = _history(desks["auditor"], order, limit="2", **({"after": after} if after else {}))
        pages += page["items"]
        if not page["next"]:
            break
        after = page["next"]

    assert pages == whole
    assert [one["n"] for one in whole] == list(range(1, len(whole) + 1))


def test_a_changed_entry_is_found(live: Live, desks: dict[str, httpx.Client], orders: Orders) -> None:
    order, _ = orders.assigned()
    sound = _history(desks["auditor"], order)
    _spoil(live, order, "salt = hash")

    found = _history(desks["auditor"], order)

    assert (sound["verified"], sound["broken_at"]) == (True, [])
    assert (found["verified"], found["broken_at"]) == (False, [2])
    assert "2" in found["sentence"]


def test_a_chain_whose_end_is_cut_off_is_found(
    live: Live, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order, _ = orders.assigned()
    length = _history(desks["auditor"], order)["entries"]
    cut = Statement("DELETE FROM audit WHERE aggregate = :aggregate AND n = :n")
    live.service.store.database.write(lambda c: c.run(cut, aggregate=f"work_order/{order}", n=length))

    found = _history(desks["auditor"], order)

    assert (found["verified"], found["broken_at"]) == (False, [length])


def test_what_was_erased_reads_as_erased_and_the_chain_holds(
    live: Live, desks: dict[str, httpx.Client], orders: Orders
) -> None:
    order, _ = orders.assigned()
    _spoil(live, order, "salt = NULL, payload = NULL")

    found = _history(desks["auditor"], order)
    record = _of(desks["auditor"], "work_order", order)

    assert (found["verified"], found["erased"]) == (True, 1)
    assert {name: found["items"][1][name] for name in ("n", "erased")} == {"n": 2, "erased": True}
    assert "fields" not in found["items"][1]
    assert record["erased"] == 1 and 2 not in [one["n"] for one in record["items"]]


def test_the_file_is_checked_without_this_program(
    live: Live, desks: dict[str, httpx.Client], orders: Orders, tmp_path: Path
) -> None:
    order, _ = orders.assigned()
    answer = desks["auditor"].get(f"/v1/desk/work-orders/{order}/history/file")
    document = answer.json()
    early = document["entries"][0]["hash"]
    forged = json.loads(answer.content)
    forged["entries"][1]["payload"] = forged["entries"][1]["payload"].replace("system", "nobody")

    assert "attachment" in answer.headers["content-disposition"]
    assert _checked(tmp_path, document, early) == 0
    assert _checked(tmp_path, document, "00" * 32) == 1
    assert _checked(tmp_path, forged) == 1
    assert _checked(tmp_path, {**document, "entries": document["entries"][:-1]}) == 1


def _checked(folder: Path, document: Json, *heads: str) -> int:
    file = folder / "history.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    check = str(ROOT / "openapi" / "check_history.py")
    return subprocess.run([sys.executable, "-I", check, str(file), *heads], capture_output=True).returncode


def test_what_does_not_exist_is_told(desks: dict[str, httpx.Client]) -> None:
    answers = [
        desks["auditor"].get(f"/v1/desk/{path}/history").status_code
        for path in ("work-orders/none", "records/visit/none", "records/no_kind/none")
    ]

    assert answers == [404, 404, 400]
