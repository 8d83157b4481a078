"""A demo company behind a write door, and how tests look at it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from domain.place import work_order
from domain.rules import FieldService
from server.demo.build import DemoCompany, build_demo
from server.demo.content.load import Content
from server.demo.content.world import World, build_world
from server.demo.people import Person
from server.demo.phones import DemoPhone
from sync.engine import Engine
from sync.record import Record
from sync.store import Ask, Store
from sync.wire import Pull

NOON = datetime(2026, 11, 24, 4, 10, tzinfo=UTC)


WorldAt = Callable[[datetime, Content], World]


@dataclass
class Built:
    """A company behind a write door."""

    store: Store
    world_at: WorldAt
    now: datetime = NOON
    company: DemoCompany | None = None
    world: World | None = None
    build_seconds: float = 0.0

    def engine(self, of: type[Engine] = Engine) -> Engine:
        with self.store.snapshot() as snapshot:
            epoch = snapshot.epoch()
        salts = count()
        return of(
            self.store,
            FieldService(),
            epoch=epoch,
            now=lambda: self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            salt=lambda: next(salts).to_bytes(16, "big"),
        )

    def build(self, engine: Engine | None = None) -> DemoCompany:
        started = time.perf_counter()
        self.people: list[Person] = []
        self.phones: list[DemoPhone] = []
        self.company = build_demo(
            engine or self.engine(),
            add_account=self.people.append,
            add_phone=self.phones.append,
            world_at=self.world_at,
        )
        self.build_seconds = time.perf_counter() - started
        return self.company

    def of(self, entity: str, aggregates: Iterable[str]) -> list[Record]:
        """All live records of an entity in some aggregates."""
        ask = Ask(kinds=[(aggregate, entity) for aggregate in dict.fromkeys(aggregates)])
        loaded = self.store.transact(lambda tx: tx.load(ask))
        return [record for record in loaded.records.values() if not record.deleted]

    def one(self, entity: str, id: str) -> Record:
        return self.store.transact(lambda tx: tx.load(Ask(records=[(entity, id)]))).records[entity, id]

    def pull(self, user: str) -> tuple[list[dict[str, Any]], int]:
        """A technician's first pull: its records, and its size in bytes before compression."""
        engine = self.engine()
        chunks = engine.pull(user, Pull(manifest={}), epoch=engine.epoch, schema=1).chunks
        body = b"".join(chunks)
        answer = json.loads(body)
        assert not answer["more"]
        return [record for one in answer["aggregates"] for record in one["records"]], len(body)

    @property
    def content(self) -> World:
        assert self.company is not None
        if self.world is None:
            self.world = self.world_at(self.company.as_of, build_world(NOON).content)
        return self.world

    @property
    def orders(self) -> list[str]:
        return [work_order(row["id"]) for row in self.content.both("work_orders")]
