"""Invariant 12. After a revocation no data goes out. Wrong clocks move neither order nor server deadlines."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.client.clock import HeldClock
from tests.invariants.conftest import MakeWorld, worlds
from tests.invariants.tape import play
from tests.invariants.world import World
from tests.mobile_api.live import Company, Phone, serving


@pytest.fixture
def company() -> Iterator[Company]:
    """The product's own phone routes over HTTP."""
    made = Company()
    with serving(made.app()) as port:
        made.port = port
        made.job("j1", hint="secret-of-j1")
        yield made


@pytest.mark.parametrize("seed", range(3))
def test_a_revoked_phone_is_told_nothing_on_any_route(seed: int, company: Company) -> None:
    dice = random.Random(seed)
    phone = company.phone()
    blob = company.snapshots.put(b'{"records":["secret-of-j1"]}', {"alice"})
    digest = phone.sync().json["pull"]["digest"]
    assert b"secret-of-j1" in phone.sync(pull={"manifest": {}}).raw, "before, it was told everything"
    assert b"secret-of-j1" in phone.get(f"/v1/snapshots/{blob}").raw
    for _ in range(2):
        assert phone.sync(pull={"digest": digest}).json["pull"]["unchanged"]
    company.devices.revoke(phone.device, "2027-01-15T08:00:00.000Z")
    questions = [
        lambda: phone.sync(pull={"digest": digest}),
        lambda: phone.sync(pull={"manifest": {}}),
        lambda: phone.sync(pull={"manifest": {"job/j1": 1}}, epoch="another"),
        lambda: phone.sync(phone.operation()),
        lambda: phone.sync(phone.operation(), signed=True),
        lambda: phone.get("/v1/manifest"),
        lambda: phone.get(f"/v1/snapshots/{blob}"),
        lambda: phone.get(f"/v1/snapshots/{blob}", {"Range": "bytes=2-9"}),
        lambda: phone.post("/v1/token", b"", phone.signature(b"")),
    ]
    assert "pull" not in phone.sync(pull={"digest": digest}).json, "not even that nothing is new"
    company.change("j1", hint="secret-of-j1, changed")
    for ask in dice.sample(questions, len(questions)):
        answer = ask()
        assert b"secret" not in answer.raw and b"job/j1" not in answer.raw
        if answer.status == 200:
            assert set(answer.json) == {"protocol", "epoch", "schema", "server_time", "push"}
            assert set(answer.json["push"]) == {"quarantined"}
        else:
            assert (answer.status, answer.code) == (403, "device_revoked")
    assert company.ledger(phone.device) == [], "its work waits in quarantine, without effect"


def test_work_of_a_revoked_phone_never_enters_by_the_engine_either(make_world: MakeWorld) -> None:
    world = make_world(0)
    world.author_bit("a", "j1", {"phone": "late"})
    (operation,) = [bytes(one) for one in world.phones["a"].prepare().request.push.ops]
    world.revoke("a")
    with pytest.raises(Exception, match="phone-a"):
        world.engine.push("phone-a", [operation])
    world.note()
    assert "phone" not in world.job("j1") and world.job("j1")["used"] == 0


@pytest.mark.parametrize(("make_world", "seed"), worlds(0, 5), indirect=["make_world"])
def test_wrong_clocks_change_nothing_but_the_evidence(seed: int, make_world: MakeWorld) -> None:
    right, wrong = make_world(seed), make_world(seed)
    dice = random.Random(seed)
    for name in "ab":
        wrong.phone_clocks[name] = WrongClock(dice)
        wrong.restart(name)
    for world in (right, wrong):
        play(world, 50)
        world.calm()
    assert _order(wrong) == _order(right)
    for aggregate, bodies in right.history.items():
        assert _standing(wrong.history[aggregate]) == _standing(bodies)
    walls = {json.loads(line.payload)["at"]["wall"][:4] for line in wrong.ledger()}
    assert walls - {"2026"}, "a tape on which no clock was wrong proves nothing"


def test_the_servers_times_are_its_own(make_world: MakeWorld) -> None:
    world = make_world(0)
    world.phone_clocks["a"] = WrongClock(random.Random(1))
    world.restart("a")
    for _ in range(4):
        world.author_bit("a", "j1", {"phone": world.word()})
    world.server_now = "2026-01-31T10:30:00Z"
    world.calm()
    lines = [line for line in world.ledger() if line.device == "phone-a"]
    assert {line.received_at for line in lines} == {"2026-01-31T10:30:00Z"}
    with world.store.snapshot() as snapshot:
        entries = [json.loads(entry.payload or b"") for entry in snapshot.audit("job/j1")]
    assert {entry["received_at"] for entry in entries if entry["device"] == "phone-a"} == {
        "2026-01-31T10:30:00Z"
    }


@pytest.mark.parametrize("wall", ["1970-01-01T00:00:00Z", "2038-01-19T03:14:08Z", "9999-12-31T23:59:59Z"])
def test_a_phones_clock_neither_saves_nor_costs_its_credentials(wall: str, company: Company) -> None:
    phone = company.phone()
    evidence = {"wall": wall, "mono_ms": 10**12, "boot": "b", "offset_ms": -(10**12), "error_ms": 0}
    assert phone.sync(_with_times(phone, evidence)).json["push"]["results"][0]["status"] == "applied"
    company.clock.pass_seconds(3600)
    late = phone.sync(_with_times(phone, evidence))
    assert (late.status, late.code) == (401, "access_token_expired")
    assert phone.sync(_with_times(phone, evidence), signed=True).status == 200


class WrongClock(HeldClock):
    """A wall clock that somebody sets to another year, again and again; and reboots."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self._dice = random.Random(dice.random())

    def read(self) -> Any:
        self.wall_ms = self._dice.choice([0, 1_000_000_000_000, 2_147_483_648_000, 253_402_300_799_000])
        self.mono_ms = self._dice.randrange(10**6)
        return super().read()


def _with_times(phone: Phone, evidence: dict[str, Any]) -> bytes:
    operation = json.loads(phone.operation())
    return json.dumps({**operation, "at": evidence}).encode()


def _order(world: World) -> list[tuple[Any, ...]]:
    """Who was taken in, at which version, with which outcome."""
    told = []
    for line in world.ledger():
        result = json.loads(line.result)
        told.append((line.device, line.seq, line.status, line.reason, result.get("wrote")))
    return told


def _standing(versions: dict[int, Any]) -> dict[int, Any]:
    return {
        ver: {key: (body["fields"], body["ver"], body["deleted"]) for key, body in bodies.items()}
        for ver, bodies in versions.items()
    }
