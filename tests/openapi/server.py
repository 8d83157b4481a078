"""A server over the memory store, for vectors of pushes and pulls: the business of `openapi/vectors/README.md`."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import msgspec

from sync.conflict import ENTITY as CONFLICT
from sync.engine import Draft, Engine
from sync.memory import MemoryStore
from sync.outcome import Result
from sync.pull import Limits, pull
from sync.push import Refused, RevokedDevice, UnknownDevice
from sync.record import DIGEST_MODULUS, digest_term, encode_record
from sync.store import AggregateRow, Ask, Changes, EntitlementRow
from sync.wire import PROTOCOL, Pull, PullReply, Push, SyncRequest
from tests.openapi.vectors import SCHEMA, Json, as_record
from tests.sync.toy import ALICE, BOB, DESK, ToyRules

EPOCH = "e1"


class VectorRules(ToyRules):
    """The toy business, under the schema that the vectors carry."""

    schema = SCHEMA


class VectorServer:
    """Takes the steps of one case."""

    def __init__(self) -> None:
        self.store = MemoryStore(EPOCH)
        self.rules = VectorRules()
        salts = count()
        self.engine = Engine(
            self.store,
            self.rules,
            epoch=EPOCH,
            now=lambda: "2026-01-31T09:00:00Z",
            salt=lambda: next(salts).to_bytes(16, "big"),
        )
        for device in (ALICE, BOB):
            self.store.put_device(device)
        self._desk(
            {
                "id": "d0",
                "entity": "job",
                "record": "j1",
                "aggregate": "job/j1",
                "action": "create",
                "set": {"number": "SO-1", "assignee": "alice"},
            }
        )

    def take(self, step: Json) -> Json:
        """What one step comes to, in the vectors' words."""
        match step:
            case {"push": sent}:
                return self._push(sent)
            case {"desk": draft}:
                return self._desk(draft)
            case {"upgrade": version}:
                self.rules.schema = msgspec.structs.replace(SCHEMA, version=version)
                return {"released": [result(one) for one in self.engine.replay_parked()]}
            case {"parked": asked}:
                row = self.store.transact(lambda tx: tx.lock_device(asked["device"]))
                assert row is not None
                push = Push(parked=asked["seqs"], parked_ids=asked.get("ids", []))
                request = SyncRequest(protocol=PROTOCOL, schema=2, epoch=EPOCH, push=push)
                reply = self.engine.exchange(row.id, row.user, request, nonce="")
                return {"updates": [], **json.loads(b"".join(reply.chunks))["push"]}
            case {"revoke": device}:
                row = self.store.transact(lambda tx: tx.lock_device(device))
                assert row is not None
                self.store.put_device(msgspec.structs.replace(row, revoked=True))
                return {}
            case {"record": where}:
                key = (where["entity"], where["id"])
                record = self.store.transact(lambda tx: tx.load(Ask(records=[key]))).records[key]
                wanted = step["expect"].get("fields", {})
                fields = {name: record.fields.get(name) for name in wanted}
                said: Json = {"fields": fields, "deleted": record.deleted}
                if "clocks" in step["expect"]:
                    said["clocks"] = json.loads(encode_record(record))["clocks"]
                return said
            case {"aggregate": id}:
                row = self.store.transact(lambda tx: tx.load(Ask(aggregates=[id]))).aggregates[id]
                return {"ver": row.ver}
        raise ValueError(f"unknown step {sorted(step)}")

    def _push(self, sent: Json) -> Json:
        ops = [one.encode() if isinstance(one, str) else json.dumps(one).encode() for one in sent["ops"]]
        try:
            reply = self.engine.push(sent["device"], ops, sent["first"])
        except (RevokedDevice, UnknownDevice):
            return {"quarantined": len(ops)}
        answer: Json = {"results": [result(one) for one in reply.results]}
        if reply.need_from is not None:
            answer["need_from"] = reply.need_from
        if reply.fork is not None:
            answer["fork"] = reply.fork
        return answer

    def _desk(self, draft: Json) -> Json:
        try:
            return {"results": [result(one) for one in self.engine.write(DESK, [Draft(**draft)])]}
        except Refused as refused:
            return {"refused": [one.reason for one in refused.results if one.status == "parked"]}

    def conflicts(self) -> list[str]:
        """Ids of all conflict records."""
        return [id for entity, id in self.store._state.records if entity == CONFLICT]


def result(one: Result) -> Json:
    """A result as it goes on the wire."""
    return json.loads(msgspec.json.encode(one))


def fits(said: Any, expected: Any) -> bool:
    """Whether an answer says what is expected. Of results, only the members that the case names are compared, but
    `reason`, `fields` and `flags` must be absent where it does not name them; `detail` and ids are free."""
    if not isinstance(expected, dict):
        return said == expected
    for name, value in expected.items():
        if name in ("results", "released", "updates"):
            if len(said.get(name, ())) != len(value) or not all(map(_result_fits, said[name], value)):
                return False
        elif name == "deleted" or name not in said or not isinstance(value, dict):
            if said.get(name) != value:
                return False
        elif said[name] != value:
            return False
    return set(said) - {"deleted", "fields"} <= set(expected)


def _result_fits(said: Json, expected: Json) -> bool:
    silent = all(name in expected or not said.get(name) for name in ("reason", "fields", "flags"))
    return silent and all(said.get(name) == value for name, value in expected.items())


def run_pull(case: Json) -> Json:
    """The reply of a server that holds what the case says."""
    server = case["server"]
    store = MemoryStore(server["epoch"])
    changes = Changes()
    for id, held in server["aggregates"].items():
        records = [as_record(one) for one in held["records"]]
        changes.records += [(record, encode_record(record)) for record in records]
        terms = [digest_term(one.entity, one.id, one.ver) for one in records if not one.deleted]
        changes.aggregates.append(
            AggregateRow(
                id=id, ver=held["ver"], tomb_floor=held["tomb_floor"], digest=sum(terms) % DIGEST_MODULUS
            )
        )
        user = "alice" if id in server["entitled"] else "bob"
        changes.entitlements.append(EntitlementRow(user=user, aggregate=id, because="v1", from_ver=0))
    store.transact(lambda tx: tx.write(changes))
    kept = {id: (one["address"], one["ver"]) for id, one in server.get("snapshots", {}).items()}
    with store.snapshot() as snapshot:
        answer = pull(
            snapshot,
            "alice",
            msgspec.convert(case["request"], Pull),
            same_epoch=case["epoch"] == server["epoch"],
            limits=Limits(**server.get("limits", {})),
            snapshot_of=kept.get,
        )
    reply = msgspec.json.decode(b"".join(answer.chunks), type=PullReply)
    return json.loads(msgspec.json.encode(reply))
