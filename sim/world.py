"""A company under simulation: everything that a run holds in its hands, and what becomes of each request."""

from __future__ import annotations

import gzip
import hashlib
import sqlite3
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from domain.commands.draft import Drafted
from doorstep_client import Unreachable
from doorstep_client.exchange import Exchange
from doorstep_client.problem import Refused
from doorstep_client.transport import Answer
from mobile_api.clock import instant
from sim import replies
from sim.backend import Backend
from sim.books import Books
from sim.clock import Time
from sim.company import TECHNICIANS, founding
from sim.depot import ADDRESS, Depot
from sim.dice import dice, random_bytes
from sim.disk import PhoneDied
from sim.fault import Weather
from sim.front import Front, issue_code
from sim.handset import Handset
from sim.model import plainly
from sim.network import Network, Request
from sim.schema import Company, declared
from sim.violation import Violation, hold
from sim.watch import WatchedStore
from sync.engine import Draft, Engine
from sync.operation import Operation
from sync.pull import DEFAULT_LIMITS, Limits
from sync.push import Refused as DeskRefused
from sync.store import DeviceRow, Receipt, StoreRejected
from sync.wire import SyncReply

FORGOTTEN = 40
"""Lines of the tape that a violation shows."""


class World:
    """One company, its server and its phones."""

    def __init__(self, seed: int, backend: Backend, weather: Weather, folder: Path) -> None:
        self.seed = seed
        self.folder = folder
        self.backend = backend
        self.weather = weather
        self.time = Time()
        self.trace = hashlib.sha256()
        self.tape: list[str] = []
        self.handsets: list[Handset] = []
        self.promised: dict[str, Operation] = {}
        """Operation id → what somebody was told is saved, on any phone."""
        self.orphans: set[str] = set()
        """Promised ones whose phone is gone with all that it held."""
        self.devices: dict[str, str] = {}
        """Device → user, of all that this history of the database knows."""
        self.revoked: set[str] = set()
        self.malformed: set[str] = set()
        """Ids of operations that no phone of ours would let pass."""
        self.backup: Any = None
        self.ops = 0
        """Operations that people made, on phones and at desks."""
        self.steps = 0
        """Of the tapes, so far."""
        self.words = count(1)
        self.version = 1
        self._ids = count(1)
        self._epochs = count(2)
        self._salt = random_bytes(dice(seed, "salt"))
        self._server_bytes = random_bytes(dice(seed, "server"))
        self.network = Network(self.time, weather, self.serve, dice(seed, "network"))
        self.books = Books(msgspec.json.decode(declared(1).to_json()), "e1")
        self.books.authored = self.entered
        self.limits = DEFAULT_LIMITS
        self.depot = Depot(self.time, weather, lambda: f"upload-{next(self._ids)}")
        self._late: list[tuple[Handset, Exchange, SyncReply]] = []
        """Answers on their way for long."""
        self.start()
        for role, drafts in founding():
            hold(self.desk(role, drafts) != "refused", 0, f"the company cannot be founded: {self.tape[-1]}")
        for number, user in enumerate(TECHNICIANS, start=1):
            self.hand_out(f"p{number}", user)

    def say(self, line: str) -> None:
        """One line of the tape, which makes the trace."""
        self.trace.update(line.encode() + b"\n")
        self.tape.append(line)
        del self.tape[:-FORGOTTEN]

    def word(self) -> str:
        """A text that nobody has written before."""
        return f"w{next(self.words)}"

    # The server

    def start(self) -> None:
        """A server process begins, on what the database holds."""
        store = WatchedStore(self.backend.store, self.committed)
        engine = Engine(
            store,
            Company(declaration=declared(self.version)),
            epoch=self.books.model.epoch,
            now=lambda: instant(self.time.seconds()),
            salt=lambda: self._salt(16),
            limits=self.limits,
        )
        self.front = Front(
            self.backend, engine, self.time.seconds, lambda: f"device-{next(self._ids)}", self._server_bytes
        )
        self.depot.start(engine, self.backend.uploads)

    def portion(self, limits: Limits) -> None:
        """Let the server answer in other portions."""
        self.limits = self.front.engine._limits = limits

    def committed(self, changes: Any, doors: list[DeviceRow]) -> None:
        """Called for every commit."""
        for door in doors:
            if door.forked_from:
                self.devices[door.id] = door.user
        self.books.committed(changes, doors)
        for row in changes.aggregates:
            self.say(f"  {row.id} is at {row.ver}")

    def entered(self, receipt: Receipt) -> None:
        """A new line in the ledger is what its author made, byte for byte but for device and number."""
        promised = self.promised.get(receipt.id)
        if promised is None:
            hold(
                receipt.device.startswith(("desk-", "system-", "~")),
                1,
                f"{receipt.id} of {receipt.device} was made by nobody",
            )
            return
        said = msgspec.json.decode(msgspec.json.encode(promised)) | {
            "device": receipt.device,
            "seq": receipt.seq,
        }
        hold(plainly(said) == receipt.payload, 1, f"{receipt.id} is not kept as it was made")
        for handset in self.handsets:
            handset.open.discard(receipt.id)

    def serve(self, request: Request) -> Answer | None:
        """What the server answers, whether or not that arrives; looked at before it leaves. None: it died."""
        if request.address.startswith(ADDRESS):
            return self._take_in(request)
        device = self.front.device_of(request.headers)
        self.books.settled.clear()
        answer = self.front.answer(request.address, request.headers, request.body)
        if request.address == "/v1/schema" and self._is_too_old(request.name):
            answer = Answer(200, {}, answer.body.replace(b'"lww_with_inbox"', b'"a_policy_to_come"'))
        self.trace.update(answer.body)
        self.say(f"  {request.name} {request.address}: {answer.status}, {len(answer.body)} bytes")
        if answer.status >= 500:
            raise Violation(0, f"{request.address} answers {answer.status}: {answer.body[:300]!r}")
        if request.address == "/v1/enrol" and answer.status == 200:
            said = msgspec.json.decode(answer.body)
            self.devices[said["device"]] = said["user"]
        if request.address == "/v1/sync" and answer.status == 200:
            self._check_exchange(device, request, msgspec.json.decode(answer.body))
        if request.address == "/v1/token" and answer.status == 200:
            hold(device in self.devices and device not in self.revoked, 12, f"{device} is given a token")
        return answer

    def _take_in(self, request: Request) -> Answer | None:
        sender = self.front.sender(request.headers)
        answer = (
            sender if isinstance(sender, Answer) else self.depot.answer(sender, request, self.network.dice)
        )
        if answer is None:
            self.say(f"  {request.name} {request.method} {request.address}: the server loses its power")
            self.start()
            return None
        offset = answer.headers.get("upload-offset", "")
        self.say(f"  {request.name} {request.method} {request.address}: {answer.status} {offset}")
        return answer

    def _is_too_old(self, name: str) -> bool:
        """Whether a phone's release cannot read the schema that is deployed."""
        return self.version > 1 and any(one.is_old for one in self.handsets if one.name == name)

    def _check_exchange(self, device: str, request: Request, reply: dict[str, Any]) -> None:
        if device not in self.devices or device in self.revoked:
            replies.check_withdrawn(self.books, device, reply)
            return
        body = request.body
        if request.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        user = self.devices[device]
        replies.check(
            self.books, device, user, msgspec.json.decode(body), reply, self.version, self.books.settled
        )

    def deploy(self) -> None:
        """The next schema. Old phones stay as they are; what waited for it is tried again."""
        self.version = 2
        self.books.model.schema = msgspec.json.decode(declared(2).to_json())
        self.start()
        released = self.front.engine.replay_parked()
        self.say(f"schema 2 is deployed; {len(released)} operations are taken up again")

    def back_up(self) -> None:
        """A backup, of which the office knows."""
        held = (
            self.backend.back_up(),
            self.depot.back_up(),
            self.books.copy(),
            dict(self.devices),
            set(self.revoked),
        )
        self.backup = held
        self.start()
        self.say("a backup is made")

    def restore(self) -> None:
        """The database is lost, and set up from the backup: another epoch, in which some things never happened."""
        data, files, books, devices, revoked = self.backup
        deposited = self.quarantined()
        self.backend.restore(data)
        self.depot.restore(files)
        # A deposit made since the backup, whose phone has lost its data meanwhile, was in the lost database alone.
        on_phones = {id for handset in self.live() for id in handset.all_ids()}
        self.orphans |= deposited - on_phones - self.quarantined()
        self.books = books.copy()
        self.books.model.schema = msgspec.json.decode(declared(self.version).to_json())
        self.books.model.epoch = f"e{next(self._epochs)}"
        self.devices, self.revoked = dict(devices), set(revoked)
        self.backend.begin_epoch(self.books.model.epoch)
        for handset in self.handsets:
            handset.open = {id for id in handset.promised if id not in self.books.by_id}
        self.start()
        self.say(f"the backup is restored as {self.books.model.epoch}")

    # Desks

    def desk(self, role: str, drafts: list[Drafted], base_ver: int | None = None) -> str:
        """Somebody at a desk writes, having seen that version; what the server says."""
        door = DeviceRow(id=f"desk-{role}", user=f"u-{role}", roles=(role,))
        made = [
            Draft(id=f"d-{next(self._ids)}", base_ver=base_ver, **msgspec.structs.asdict(one))
            for one in drafts
        ]
        if base_ver is None:
            self.books.sees_all |= {one.id for one in made}
        try:
            results = self.front.engine.write(door, made)
        except DeskRefused as refused:
            self.say(f"{role} is refused: {refused}")
            return "refused"
        except StoreRejected as rejected:
            self.say(f"{role} is refused: {rejected}")
            return "refused"
        self.ops += len(made)
        said = ", ".join(f"{one.entity} {one.record} {one.set}" for one in drafts)
        self.say(f"{role}, seeing {base_ver}, writes {said}: {[one.status for one in results]}")
        return results[-1].status if results else "refused"

    # Phones

    def hand_out(self, name: str, user: str) -> Handset:
        """A new phone, enrolled and loaded before anything goes wrong."""
        handset = Handset(self.seed, name, user, self.folder, self.time, self.network)
        handset.is_old = dice(self.seed, "release", name).random() < 0.3
        self.handsets.append(handset)
        calm, self.weather.calm = self.weather.calm, True
        self.enrol(handset)
        handset.sync()
        self.weather.calm = calm
        return handset

    def enrol(self, handset: Handset) -> bool:
        """The desk makes a code, and the phone's owner types it in; whether that went well."""
        code = f"{handset.name}-{next(self._ids)}"
        issue_code(self.backend, code, handset.user, ("technician",), self.time.seconds())
        try:
            handset.phone.enrol(code, handset.name, "simulated")
        except (Unreachable, Refused, msgspec.DecodeError, sqlite3.OperationalError) as problem:
            self.say(f"{handset.name} is not enrolled: {problem}")
            return False
        except PhoneDied:
            handset.revive()
            return False
        self.say(f"{handset.name} is enrolled as {handset.device}")
        return True

    def live(self) -> list[Handset]:
        """Phones that somebody holds, by name."""
        return [one for one in self.handsets if not one.is_gone]

    def keep(self, handset: Handset) -> None:
        """What a phone has promised since, everybody knows."""
        for id, operation in handset.promised.items():
            if id not in self.promised:
                self.promised[id] = operation
                self.ops += 1
            if id not in self.books.by_id:
                handset.open.add(id)

    def quarantined(self) -> set[str]:
        """Ids of what lies in quarantine."""
        return {msgspec.json.decode(payload)["id"] for _, payload in self.backend.deposits()}

    def lose(self, handset: Handset) -> None:
        """A phone's data is gone: what it alone held is lost with it, which nobody can help."""
        elsewhere: set[str] = set()
        for other in self.live():
            if other is not handset:
                elsewhere |= other.all_ids()
        kept = elsewhere | self.quarantined()
        self.orphans |= {id for id in handset.promised if id not in kept}
        self._late = [one for one in self._late if one[0] is not handset]

    def clone(self, handset: Handset) -> Handset:
        """A phone is set up from a copy of another one: both go on under the same device id, with the same key."""
        twin = Handset(
            self.seed, f"p{len(self.handsets) + 1}", handset.user, self.folder, self.time, self.network
        )
        twin.become(handset)
        self.handsets.append(twin)
        return twin

    def revoke(self, handset: Handset) -> None:
        """A phone is lost, says the office; whoever has it may deposit what it holds."""
        self.backend.devices.revoke(handset.device, instant(self.time.seconds()))
        self.revoked.add(handset.device)
        self.say(f"{handset.name} ({handset.device}) is revoked")

    def late_answer(self, handset: Handset, dice: Random) -> None:
        """Take an answer in long after it was made, or begin an exchange whose answer will be so late."""
        waiting = [one for one in self._late if one[0] is handset]
        if waiting and dice.random() < 0.6:
            late = dice.choice(waiting)
            handset.take(late[1], late[2])
            self.say(f"{handset.name} hears a late answer")
            return
        begun = handset.begin()
        if begun is not None:
            self._late.append((handset, *begun))
