"""A small company over the real write door: one office, two technicians, phones that may be dark."""

from __future__ import annotations

import itertools
from typing import Any

from domain import place
from domain.commands import dispatch, order
from domain.commands.draft import Drafted, create
from domain.declaration import VERSION
from domain.rules import FieldService
from sync.clock import Base
from sync.engine import Draft, Engine
from sync.memory import MemoryStore
from sync.operation import Operation, TimeEvidence, encode_operation
from sync.outcome import Result
from sync.record import Record
from sync.store import Ask, DeviceRow, Loaded

NOW = "2026-03-02T08:00:00Z"
WINDOW = {"starts_at": "2026-03-02T09:00:00Z", "ends_at": "2026-03-02T11:00:00Z"}
LATER = {"starts_at": "2026-03-03T09:00:00Z", "ends_at": "2026-03-03T11:00:00Z"}
ADDRESS = {"line": {"zh": "浦东新区张江路1号"}, "city": {"zh": "上海市"}}


def as_operation(
    draft: Drafted, *, device: str = "d", seq: int = 1, id: str = "o", base: int = 0
) -> Operation:
    """A draft as a device authors it."""
    return Operation(
        device=device,
        seq=seq,
        id=id,
        schema=VERSION,
        entity=draft.entity,
        record=draft.record,
        aggregate=draft.aggregate,
        base=Base("e1", base),
        at=TimeEvidence(NOW, offset_ms=0),
        action=draft.action,
        set=draft.set,
    )


class World:
    """Customer C1 with site S1 (contact K1, asset A1), order W1, technicians ta and tb, van V1 of ta."""

    def __init__(self) -> None:
        self.store = MemoryStore("e1")
        self._ids = itertools.count(1)
        self.engine = Engine(self.store, FieldService(), epoch="e1", now=lambda: NOW, salt=lambda: bytes(16))
        self.system = Desk(self, "system")
        self.dispatcher = Desk(self, "dispatcher")
        self.expert = Desk(self, "expert")
        self.storekeeper = Desk(self, "storekeeper")
        self.supervisor = Desk(self, "supervisor")
        self.customer = Desk(self, "customer")
        self.a, self.b = Phone(self, "ta"), Phone(self, "tb")
        self._furnish()

    def _furnish(self) -> None:
        self.system.give(
            [
                create(
                    "customer", "C1", place.customer("C1"), number="C1", name={"zh": "海风餐厅"}, tier="vip"
                ),
                create(
                    "site",
                    "S1",
                    place.site("S1"),
                    number="S1",
                    customer="C1",
                    address=ADDRESS,
                    zone="Asia/Shanghai",
                ),
                create(
                    "contact",
                    "K1",
                    place.site("S1"),
                    site="S1",
                    name={"zh": "王店长"},
                    phone="13900001000",
                    primary=True,
                ),
                create("asset", "A1", place.site("S1"), site="S1", equipment="RF", serial="SL2418A00123-5"),
                create("stock_location", "V1", place.stock("V1"), code="V1", kind="van", technician="ta"),
                create("part", "P1", place.SHARDS["part"], code="P1", name={"zh": "压缩机"}, price_fen=68000),
                create(
                    "technician", "ta", place.self_of("ta"), number="017", name={"zh": "周建国"}, van="V1"
                ),
                create("technician", "tb", place.self_of("tb"), number="018", name={"zh": "陈海峰"}),
            ]
        )
        self.dispatcher.give(
            order.open_order(
                order="W1",
                request="R1",
                site="S1",
                customer="C1",
                asset="A1",
                channel="phone",
                kind="fault",
                opened_at=NOW,
                opened_on="2026-03-02",
                opened_by="u-dispatcher",
                symptom="不制冷",
                asked="冷柜不制冷",
            )
        )

    def assign(self, visit: str = "VA", technician: str = "ta", **more: Any) -> Record:
        """A dispatched visit on W1, known to its phone."""
        self.dispatcher.give(
            dispatch.assign(order="W1", visit=visit, technician=technician, window=WINDOW, **more)
        )
        (self.a if technician == "ta" else self.b).sync()
        return self["visit", visit]

    def next_id(self) -> str:
        return f"op-{next(self._ids):05d}"

    def __getitem__(self, key: tuple[str, str]) -> Record:
        found = self.find(*key)
        assert found is not None, key
        return found

    def find(self, entity: str, id: str) -> Record | None:
        return self._load(Ask(records=[(entity, id)])).records.get((entity, id))

    def of(self, aggregate: str, entity: str) -> list[Record]:
        found = self._load(Ask(kinds=[(aggregate, entity)])).records.values()
        return sorted((one for one in found if not one.deleted), key=lambda one: one.id)

    def items(self, aggregate: str = "work_order/W1") -> list[str]:
        """Kinds of the open inbox items."""
        items = self.of(aggregate, "inbox_item")
        return sorted(one.fields["kind"] for one in items if one.fields["state"] == "open")

    def conflicts(self, aggregate: str = "work_order/W1", state: str = "open") -> list[Record]:
        return [one for one in self.of(aggregate, "conflict") if one.fields["state"] == state]

    def state(self) -> str:
        return str(self["work_order", "W1"].fields["state"])

    def ver(self, aggregate: str) -> int:
        row = self._load(Ask(aggregates=[aggregate])).aggregates.get(aggregate)
        return row.ver if row is not None else 0

    def held(self, user: str) -> set[str]:
        """Aggregates that the user's phone holds."""
        with self.store.snapshot() as snapshot:
            return {row.id for row, _ in snapshot.entitled(user)}

    def _load(self, ask: Ask) -> Loaded:
        return self.store.transact(lambda tx: tx.load(ask))


class Desk:
    """A role at a desk; its forms show what stands, unless `base` says what they showed."""

    def __init__(self, world: World, role: str) -> None:
        self._world = world
        self._role = role
        self._door = DeviceRow(id=f"desk-{role}", user=f"u-{role}", roles=(role,))

    def give(self, drafts: list[Drafted], base: int | None = None) -> list[Result]:
        world = self._world
        return world.engine.write(
            self._door,
            [
                Draft(
                    id=world.next_id(),
                    entity=one.entity,
                    record=one.record,
                    aggregate=one.aggregate,
                    set=one.set,
                    action=one.action,
                    base_ver=base if base is not None else world.ver(one.aggregate),
                )
                for one in drafts
            ],
        )


class Phone:
    """A technician's phone: what it authors carries the versions of its last exchange."""

    def __init__(self, world: World, user: str, roles: tuple[str, ...] = ("technician",)) -> None:
        self._world = world
        self.device = f"phone-{user}"
        self.user = user
        world.store.put_device(DeviceRow(id=self.device, user=user, roles=roles))
        self._seq = 0
        self._outbox: list[bytes] = []
        self._known: dict[str, int] = {}

    def do(self, drafts: list[Drafted]) -> None:
        """Author, without signal."""
        for one in drafts:
            self._seq += 1
            base = self._known.get(one.aggregate, 0)
            id = self._world.next_id()
            operation = as_operation(one, device=self.device, seq=self._seq, id=id, base=base)
            self._outbox.append(encode_operation(operation))

    def sync(self) -> list[Result]:
        """Exchange: everything goes out, and what the user holds is known from now on."""
        outbox, self._outbox = self._outbox, []
        reply = self._world.engine.push(self.device, outbox) if outbox else None
        self._known = {aggregate: self._world.ver(aggregate) for aggregate in self._world.held(self.user)}
        return reply.results if reply is not None else []

    def give(self, drafts: list[Drafted]) -> list[Result]:
        """Author and exchange at once."""
        self.do(drafts)
        return self.sync()
