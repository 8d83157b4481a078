"""The stranger's reading of the contract gives what every published vector says."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.stranger import audit
from tests.stranger.base import Base
from tests.stranger.canonical import NotCanonical, canonical, content_hash, parse, sha256
from tests.stranger.clock import Clock, Moment, relation
from tests.stranger.digest import aggregate_digest, manifest_digest
from tests.stranger.judge import Judge
from tests.stranger.limit import fault
from tests.stranger.merge import Parked, Record, merge
from tests.stranger.outbox import Outbox
from tests.stranger.page import answer
from tests.stranger.prose import join
from tests.stranger.sign_off import signed_bytes, verification
from tests.stranger.vectors import FOLDER, cases, load

Case = dict[str, Any]
COUNTS = {
    "audit": 7,
    "canonical": 30,
    "clock": 27,
    "digest": 9,
    "merge": 433,
    "pull": 32,
    "push": 131,
    "record": 10,
    "sign-off": 30,
    "text": 24,
}
# Kinds that are not run, with the reason. None: client and server halves of push and pull are both run.
NOT_RUN: dict[str, str] = {}
every = pytest.mark.parametrize


def test_no_vector_file_is_left_out() -> None:
    files = {path.stem for path in FOLDER.glob("*.json")}
    assert files == COUNTS.keys() | NOT_RUN.keys()
    found = {kind: len(cases(kind)) for kind in files - NOT_RUN.keys()}
    assert found == COUNTS, "new vectors: see them run here, then write their number down"
    assert sum(COUNTS.values()) == 733
    assert len(cases("sign-off", "signatures")) == 32
    for kind in files:
        assert set(Counter(case["name"] for case in cases(kind)).values()) == {1}, f"a name twice in {kind}"


@every("case", cases("clock"))
def test_clock(case: Case) -> None:
    standing = Clock(*case["standing"]) if case["standing"] else None
    at = Moment(case["at"]["epoch"], case["at"]["current_ver"], case["at"]["current_ver"] + 1)
    assert relation(standing, case["operation"], at) == case["expect"]["relation"]


@every("case", cases("text"))
def test_text(case: Case) -> None:
    assert join(case["base"], case["standing"], case["incoming"]) == case["expect"]["joined"]


@every("case", cases("canonical"))
def test_canonical(case: Case) -> None:
    try:
        text = canonical(parse(case["json"]) if "json" in case else case["operation"])
        got: Case = {"canonical": text.decode(), "sha256": sha256(text)}
    except NotCanonical:
        got = {"canonical": None, "sha256": None}
    if "operation" in case:
        got["content_hash"] = content_hash(case["operation"])
    assert {name: got[name] for name in case["expect"]} == case["expect"]


@every("case", cases("record"))
def test_record(case: Case) -> None:
    record = Record.read(case["record"])
    record.clocks = {name: Clock(*clock) for name, clock in case["clocks"].items()}
    assert record.bytes().decode() == case["expect"]["bytes"]
    assert sha256(record.bytes()) == case["expect"]["sha256"]
    assert Record.read(case["record"]).bytes() == record.bytes()


@every("case", cases("digest"))
def test_digest(case: Case) -> None:
    got = aggregate_digest(case["records"]) if "records" in case else manifest_digest(case["manifest"])
    assert got == case["expect"]["digest"]


@every("case", cases("audit"))
def test_audit(case: Case) -> None:
    if "change" in case:
        assert audit.append(case["change"], case["salt"], case["head"], case["length"]) == case["expect"]
        return
    found = audit.faults(case["entries"])
    assert (len(found), found) == (case["expect"]["faults"], case["expect"].get("at", []))
    assert case["expect"].get("head", case["entries"][-1]["hash"]) == case["entries"][-1]["hash"]


@every("case", cases("sign-off"))
def test_sign_off(case: Case) -> None:
    got = signed_bytes(case["input"])
    assert (None if got is None else got.decode()) == case["bytes_utf8"]
    assert (None if got is None else sha256(got)) == case["sha256"]


@every("case", cases("sign-off", "signatures"))
def test_signature(case: Case) -> None:
    assert verification(case) == case["expect"]


@every("case", cases("merge"))
def test_merge(case: Case) -> None:
    entity = load("merge")["schema"]["entities"][case["operation"]["entity"]]
    try:
        merged = merge(
            case["record"], case["operation"], case["author"]["roles"], entity, Moment(**case["at"])
        )
        got: Case = {
            "changed": merged.changed,
            "record": merged.record.wire(),
            "outcomes": merged.outcomes,
            "conflicts": merged.conflicts,
        }
    except Parked as parked:
        got = {"parked": str(parked)}
    assert got == case["expect"]


@every("case", cases("pull"))
def test_pull_is_answered_as_a_server_would(case: Case) -> None:
    assert answer(case["server"], case["epoch"], case["request"]) == case["expect"]


@every("case", cases("pull"))
def test_pull_brings_a_client_to_the_server(case: Case) -> None:
    """A client that holds what the request says, and pulls on as it is told, ends with what the digest says."""
    server, base = case["server"], _holder(case)
    reply = case["expect"]
    for _ in range(10):
        before = (base.versions.copy(), base.records.copy())
        base.apply(server["epoch"], reply)
        assert not base.refetch, "a digest did not match"
        for sent in reply.get("aggregates", []):
            if sent.get("more"):
                assert base.versions.get(sent["id"]) == before[0].get(sent["id"])
                assert base.records.get(sent["id"]) == before[1].get(sent["id"])
            if "snapshot" in sent:
                base.stage(sent["id"], _until(server, sent["id"], sent["ver"]))
        if not (base.staged or base.refetch or reply.get("more") or reply.get("send_manifest")):
            break
        reply = answer(server, base.epoch, base.request())
    assert base.digest() == case["expect"]["digest"]
    for name in server["entitled"]:
        held = sorted(base.records[name].values(), key=str)
        assert held == sorted(server["aggregates"][name]["records"], key=str)


def _holder(case: Case) -> Base:
    """A client with the records of the versions that the request names, and the pages that it has staged."""
    server, request, base = case["server"], case["request"], Base(epoch=case["epoch"])
    manifest = request.get("manifest", {})
    if request.get("digest") == case["expect"]["digest"]:
        manifest = {name: server["aggregates"][name]["ver"] for name in server["entitled"]}
    for name, version in manifest.items():
        base.versions[name] = version
        base.records[name] = {
            (record["entity"], record["id"]): record for record in _until(server, name, version)
        }
    for sent in case["expect"].get("aggregates", []):
        if sent.get("whole") and sent["id"] in base.records:
            stray = {"entity": "line", "id": "stray", "ver": 1, "deleted": False}
            base.records[sent["id"]]["line", "stray"] = stray
    for name, (version, identifier) in request.get("after", {}).items():
        pages = [
            record
            for record in server["aggregates"][name]["records"]
            if (record["ver"], record["id"]) <= (version, identifier)
        ]
        base.take(
            {
                "id": name,
                "ver": version,
                "more": True,
                "after": [version, identifier],
                "digest": "",
                "records": pages,
            }
        )
        if name not in server["entitled"]:
            del base.staged[name]
    return base


def _until(server: Case, name: str, version: int) -> list[Case]:
    return [record for record in server["aggregates"][name]["records"] if record["ver"] <= version]


@every("case", cases("push"))
def test_push_is_judged_as_a_server_would(case: Case) -> None:
    document = load("push")
    judge = Judge(document["schema"], document["schema"]["version"])
    judge.desk(
        {
            "id": "d0",
            "entity": "job",
            "record": "j1",
            "aggregate": "job/j1",
            "action": "create",
            "set": {"number": "SO-1", "assignee": "alice"},
        }
    )
    for step in case["steps"]:
        verb = next(name for name in STEPS if name in step)
        got = STEPS[verb](judge, step[verb])
        assert _like(got, step.get("expect", {})), f"{verb}: {got} is not {step['expect']}"


def _record(judge: Judge, asked: Case) -> Case:
    record = judge.state.records[asked["entity"], asked["id"]]
    return {
        "fields": _Fields(record["fields"]),
        "deleted": record["deleted"],
        "clocks": record["clocks"],
    }


def _revoke(judge: Judge, device: str) -> Case:
    judge.devices[device].revoked = True
    return {}


STEPS: dict[str, Callable[[Judge, Any], Case]] = {
    "push": lambda judge, asked: judge.push(asked["device"], asked["first"], asked["ops"]),
    "desk": lambda judge, asked: judge.desk(asked),
    "upgrade": lambda judge, asked: {"released": judge.upgrade(asked)},
    "parked": lambda judge, asked: {
        "updates": judge.present(asked["device"], asked["seqs"])
        + judge.present_by_id(asked["device"], asked.get("ids", []))
    },
    "revoke": _revoke,
    "record": _record,
    "aggregate": lambda judge, asked: {"ver": judge.state.versions[asked]},
}


class _Fields(dict[str, Any]):
    """Fields of a record; one that nobody set is null."""

    def __missing__(self, name: str) -> None:
        return None

    def __contains__(self, name: object) -> bool:
        return True


def _like(got: Any, want: Any) -> bool:
    """Whether every member that is wanted is there and equal; of a result also that nothing more is said."""
    if isinstance(want, list):
        return isinstance(got, list) and len(got) == len(want) and all(map(_like, got, want))
    if not isinstance(want, dict) or not isinstance(got, dict):
        return bool(got == want)
    said = {"reason", "fields", "flags"} & got.keys() - want.keys() if "status" in want else set()
    return not said and all(name in got and _like(got[name], value) for name, value in want.items())


@every("case", cases("push"))
def test_push_replies_are_taken_by_a_client(case: Case) -> None:
    """Results leave the outbox or stay listed; a gap is sent again; a fork is authored again; nothing is lost."""
    boxes: dict[str, Outbox] = {}
    for step in case["steps"]:
        if "push" in step:
            _exchange(boxes, step["push"], step["expect"])
        if "parked" in step:
            _ask(boxes, step["parked"], step["expect"]["updates"])


def _ask(boxes: dict[str, Outbox], asked: Case, updates: list[Case]) -> None:
    box = boxes.setdefault(asked["device"], Outbox(asked["device"]))
    assert set(asked["seqs"]) <= set(box.parked())
    # The vectors leave ids out of results: these are in the order asked, each once.
    ids = [box.operations[seq]["id"] for seq in asked["seqs"]] + list(dict.fromkeys(asked.get("ids", [])))
    told = [update | {"id": id} for id, update in zip(ids, updates, strict=False)]
    box.take({"updates": told})
    listed = {box.operations[seq]["id"] for seq in box.parked()} | set(box.parked_ids())
    for one in told:
        assert (one["id"] in listed) == (one["status"] == "parked"), one


def _exchange(boxes: dict[str, Outbox], push: Case, reply: Case) -> None:
    box = boxes.setdefault(push["device"], Outbox(push["device"]))
    sound = {
        op["seq"]: op
        for op in push["ops"]
        if isinstance(op, dict) and isinstance(op.get("seq"), int) and op.get("device") == box.device
    }
    box.operations |= sound
    box.last_seq = max([box.last_seq, *sound])
    held = dict(box.operations)
    refused = {seq for seq, op in sound.items() if fault(json.dumps(op, ensure_ascii=False), box.device)}
    box.take(reply)
    answered = {result["seq"]: result for result in reply.get("results", [])}
    assert all(answered[seq]["status"] == "parked" for seq in refused), "the limits here are stricter"
    assert {seq for seq, result in answered.items() if result["status"] == "parked"} <= set(box.parked())
    assert box.quarantined == reply.get("quarantined", 0)
    if "need_from" in reply:
        assert box.push()["first"] >= reply["need_from"]
        return
    if "fork" in reply:
        assert box.device == reply["fork"]
        boxes[box.device] = box
        kept = [{name: op[name] for name in ("id", "base", "at", "set")} for op in box.operations.values()]
        assert all(
            {name: held[seq][name] for name in ("id", "base", "at", "set")} in kept
            for seq in held.keys() - box.former[-1].results.keys()
        )
        boxes[push["device"]] = box.former[-1]
    elif "quarantined" not in reply:
        assert not box.pending()
