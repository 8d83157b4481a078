"""One phone in somebody's hand: the real client on a disk that may fail, and what its owner was promised."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from domain.commands.draft import Drafted
from doorstep_client import InvalidOperation, Phone, ReadOnly, Unreachable
from doorstep_client.exchange import Exchange, Limits, is_revoked
from doorstep_client.identity import has_schema
from doorstep_client.key import DeviceKey
from doorstep_client.line import Line as ClientLine
from doorstep_client.outbox import Entry, entries, pending_count
from doorstep_client.problem import NotEnrolled, Refused
from doorstep_client.reply import Taken, decode_reply
from sim.clock import PhoneClock, Time
from sim.dice import dice, random_bytes
from sim.disk import Disk, PhoneDied
from sim.network import Line, Network
from sync.operation import Operation, decode_operation
from sync.wire import SyncReply

CHUNK_BYTES = 600
"""Of a photo in one request: a few requests for each."""
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256: private keys lie below it."""
T = TypeVar("T")
Said = Literal["done", "cut", "died", "no_room", "unknown"]


class Handset:
    """See `sim.world.World` for who holds which."""

    def __init__(self, seed: int, name: str, user: str, folder: Path, time: Time, network: Network) -> None:
        self.name = name
        self.user = user
        self.clock = PhoneClock(time, name)
        self.disk = Disk(folder / name)
        self.is_old = False
        """Its release cannot read a newer schema than its own, and is not updated before it is installed anew."""
        self.is_gone = False
        """Lost or replaced: nobody holds it any more."""
        self.promised: dict[str, Operation] = {}
        """Operation id → what its author was told is saved."""
        self.open: set[str] = set()
        """Promised ones that are not in the server's ledger."""
        self._key_dice = dice(seed, "key", name)
        self._line = Line(network, name)
        self._bytes = random_bytes(dice(seed, "ids", name))
        self._limits = Limits(
            push_operations=dice(seed, "limits", name).choice((3, 8, 200)), upload_bytes=CHUNK_BYTES
        )
        self._photos = folder
        self.key = self.fresh_key()
        self.phone = self._open()

    def fresh_key(self) -> DeviceKey:
        """A device key from the seed."""
        return DeviceKey(ec.derive_private_key(self._key_dice.randrange(1, _ORDER), ec.SECP256R1()))

    def _open(self) -> Phone:
        return Phone(
            self.disk.path,
            self._line,
            key=self.key,
            clock=self.clock,
            random_bytes=self._bytes,
            limits=self._limits,
            connect=self.disk.connect,
        )

    # Lives

    def restart(self) -> None:
        """The process ends properly and begins again."""
        self.phone.close()
        self.reopen()

    def crash(self) -> None:
        """The process is killed between two commits."""
        self.disk.end_life()
        self.revive()

    def revive(self) -> None:
        """After a death: go on with what the disk has."""
        self.phone.close()
        self.reopen()
        self.disk.forget_past_lives()

    def reopen(self) -> None:
        """A new process on the same files. What it finds in its outbox was saved, whether or not that was said."""
        self.phone = self._open()
        for id in sorted(self.all_ids() - self.promised.keys()):
            row = self.phone.store.one("SELECT payload FROM outbox WHERE id = ?", id)
            assert row is not None
            self.promised[id] = decode_operation(row[0])

    def reinstall(self) -> None:
        """The app is removed and installed again, as it is sold now: no key, no data."""
        self.phone.close()
        self.disk.live_on()
        self.disk.wipe()
        self.key = self.fresh_key()
        self.is_old = False
        self.promised.clear()
        self.open.clear()
        self.phone = self._open()

    def become(self, other: Handset) -> None:
        """Take over everything that another phone holds, byte for byte."""
        self.phone.close()
        other.restart()
        other.disk.copy_to(self.disk)
        self.key, self.is_old = other.key, other.is_old
        self.phone = self._open()
        self.promised, self.open = dict(other.promised), set(other.open)

    def close(self) -> None:
        """Put away."""
        self.phone.close()

    # What people do

    @property
    def device(self) -> str:
        """The id under which it works; empty before it is enrolled."""
        try:
            return self.phone.identity.device
        except NotEnrolled:
            return ""

    @property
    def is_ready(self) -> bool:
        """Whether somebody can work with it."""
        return bool(self.device) and has_schema(self.phone.store)

    @property
    def is_sent_away(self) -> bool:
        """Whether the server only takes its work into quarantine."""
        return is_revoked(self.phone.store)

    def author(self, drafts: list[Drafted], *, checked: bool = True) -> list[Operation]:
        """The person does something; what was saved of it, whether or not that was said."""
        before = set(self.promised)
        try:
            made = self.phone.author_all([msgspec.structs.asdict(one) for one in drafts], checked=checked)
        except (InvalidOperation, ReadOnly, NotEnrolled, sqlite3.OperationalError):
            return []
        except PhoneDied:
            self.revive()
            return [operation for id, operation in self.promised.items() if id not in before]
        self.promised |= {entry.operation.id: entry.operation for entry in made}
        return [entry.operation for entry in made]

    def photograph(self, media: str, data: bytes) -> bool:
        """A photo is taken and queued, durably; whether it was."""
        file = self._photos / media
        file.write_bytes(data)
        try:
            self.phone.attach(media, file, type="image/jpeg")
        except sqlite3.OperationalError:
            return False
        except PhoneDied:
            self.revive()
        return any(one.media == media for one in self.phone.uploads())

    def upload(self) -> Said:
        """Send photos until all are there, or until something happens."""
        return self._until(self.phone.upload)[0]

    def sync(self) -> tuple[Said, Taken | None]:
        """Exchange until nothing is left, or until something happens."""
        return self._until(self.phone.sync)

    def _until(self, work: Callable[[], T]) -> tuple[Said, T | None]:
        try:
            return "done", work()
        except (Unreachable, msgspec.DecodeError):
            return "cut", None
        except Refused as refused:
            if refused.code in ("device_unknown", "device_revoked"):
                return "unknown", None
            if refused.code:
                raise
            return "cut", None  # a refusal whose words were cut off
        except PhoneDied:
            self.revive()
            return "died", None
        except sqlite3.OperationalError:
            return "no_room", None

    def begin(self) -> tuple[Exchange, SyncReply] | None:
        """Exchange, and leave the answer on its way: `take` it whenever it comes. None when there was none."""
        try:
            exchange = self.phone.prepare()
            answer = ClientLine(self.phone.store, self._line, self.key, self.clock).sync(exchange.body)
            return exchange, decode_reply(answer.body)
        except (Unreachable, Refused, NotEnrolled, msgspec.DecodeError, sqlite3.OperationalError):
            return None
        except PhoneDied:
            self.revive()
            return None

    def take(self, exchange: Exchange, reply: SyncReply) -> None:
        """An answer arrives, late or for the second time."""
        now = self.clock.read()
        try:
            self.phone.take(exchange, reply, now, now)
        except PhoneDied:
            self.revive()
        except sqlite3.OperationalError:
            return

    def outbox(self) -> list[Entry]:
        """Everything that it still holds of its owner's work."""
        return entries(self.phone.store)

    def held_orders(self) -> list[str]:
        """Ids of the work orders that it holds and may write on."""
        rows = self.phone.store.all(
            "SELECT id FROM aggregate WHERE id LIKE 'work_order/%' AND NOT shadow ORDER BY id"
        )
        return [id.partition("/")[2] for (id,) in rows]

    def orders_with_pending_work(self) -> list[str]:
        """Ids of the orders that it holds, and on which something has no result yet."""
        rows = self.phone.store.all("SELECT DISTINCT aggregate FROM outbox WHERE state = 'pending'")
        return sorted({id.partition("/")[2] for (id,) in rows} & set(self.held_orders()))

    def all_ids(self) -> set[str]:
        """Ids of all operations that it still holds, answered ones too."""
        return {id for (id,) in self.phone.store.all("SELECT id FROM outbox")}

    def has_pending(self) -> bool:
        """Whether anything has no result yet."""
        return pending_count(self.phone.store) > 0

    def own(self, entity: str, aggregate: str) -> list[tuple[Operation, str]]:
        """(operation, its last status, empty before the first) of all on one kind of record of an aggregate."""
        rows = self.phone.store.all(
            "SELECT payload, status FROM outbox WHERE entity = ? AND aggregate = ? ORDER BY position",
            entity,
            aggregate,
        )
        return [(decode_operation(payload), status) for payload, status in rows]

    def base(self) -> dict[str, tuple[str, int, bool]]:
        """Aggregate → (epoch, version, whether it is kept read-only)."""
        rows = self.phone.store.all("SELECT id, epoch, ver, shadow FROM aggregate ORDER BY id")
        return {id: (epoch, ver, bool(shadow)) for id, epoch, ver, shadow in rows}

    def records(self, aggregate: str) -> dict[tuple[str, str], bytes]:
        """The bytes that it holds of one aggregate."""
        rows = self.phone.store.all("SELECT entity, id, body FROM record WHERE aggregate = ?", aggregate)
        return {(entity, id): bytes(body) for entity, id, body in rows}

    def shown(self, entity: str, id: str) -> dict[str, Any] | None:
        """The fields of a record as its owner sees them."""
        seen = self.phone.get(entity, id)
        return None if seen is None or seen.deleted else seen.fields
