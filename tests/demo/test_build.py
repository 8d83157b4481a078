"""The demo company as it stands behind the write door: complete, quiet, small on a phone, and built once."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from domain.identity import assignment_id, history_id
from domain.place import COMPANY, SHARDS, customer, self_of, site, stock, work_order
from domain.rules import FieldService
from domain.schema.orders import STATES
from server.db.open import open_store
from server.demo.build import DemoCompany, build_demo
from server.demo.content.history import WORDS
from server.demo.content.load import Content
from server.demo.content.stock import balances
from server.demo.content.world import World, build_world
from server.demo.loading import NotApplied
from server.demo.people import Person
from server.demo.phones import DemoPhone
from sync.engine import Draft, Engine
from sync.memory import MemoryStore
from sync.record import Record
from sync.store import Ask, DeviceRow, Store
from sync.wire import Pull
from tests.db.fresh import fresh_sqlite
from tests.demo.small import smaller

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


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The whole company on SQLite; no test changes it."""
    store = open_store(fresh_sqlite(tmp_path_factory.mktemp("demo")), create=False)
    built = Built(store, build_world)
    built.build()
    print(
        f"\nbuilt {built.company.operations if built.company else 0} operations "
        f"in {built.build_seconds:.1f} s"
    )
    yield built
    store.close()


@pytest.fixture(scope="module")
def memory() -> Built:
    """A smaller company in memory; no test changes it."""
    built = Built(MemoryStore("memory"), smaller)
    built.build()
    return built


@pytest.fixture(params=["sqlite", "memory"])
def built(request: pytest.FixtureRequest) -> Built:
    found: Built = request.getfixturevalue(request.param)
    return found


def test_the_company_is_as_large_as_promised(sqlite: Built) -> None:
    world = sqlite.content
    logins = [row["login"] for row in world.content.technicians]
    places = {
        "part": [SHARDS["part"]],
        "knowledge_article": [SHARDS["knowledge_article"]],
        "checklist_template": [SHARDS["checklist_template"]],
        "outlet": [COMPANY["outlet"]],
        "service_contract": [COMPANY["service_contract"]],
        "technician": map(self_of, logins),
        "customer": [customer(row["id"]) for row in world.base["customers"]],
        "site": [site(row["id"]) for row in world.base["sites"]],
        "asset": [site(row["id"]) for row in world.base["sites"]],
        "work_order": sqlite.orders,
        "visit": sqlite.orders,
    }
    found = {entity: len(sqlite.of(entity, aggregates)) for entity, aggregates in places.items()}
    assert found == {
        "part": 300,
        "knowledge_article": 60,
        "checklist_template": 8,
        "outlet": 3,
        "service_contract": len(world.base["contracts"]),
        "technician": 30,
        "customer": 500,
        "site": len(world.base["sites"]),
        "asset": len(world.base["assets"]),
        "work_order": len(world.both("work_orders")),
        "visit": len(world.both("visits")),
    }
    assert found["work_order"] > 2500
    for login in logins:
        assert sqlite.of("shift", [self_of(login)]) and sqlite.of("certificate", [self_of(login)])


def test_there_are_orders_in_every_state(built: Built) -> None:
    states = {record.fields["state"] for record in built.of("work_order", built.orders)}
    assert states == set(STATES)


def test_the_rules_derive_the_state_that_the_content_means(built: Built) -> None:
    meant = {row["id"]: (row["state"], row["waiting_for"]) for row in built.content.both("work_orders")}
    for record in built.of("work_order", built.orders):
        state, waiting_for = meant[record.id]
        visits = built.content.visits_of(record.id)
        if state == "scheduled" and all(one["dispatch_state"] == "withdrawn" for one in visits):
            continue  # nobody was free to take it over: it is to be dispatched again
        assert (record.fields["state"], record.fields.get("waiting_for")) == (state, waiting_for)


def test_visits_stand_where_the_content_has_them(built: Built) -> None:
    for row in built.content.open["visits"]:
        fields = built.one("visit", row["id"]).fields
        assert fields["exec_state"] == (row["exec_state"] or "received")
        assert fields["dispatch_state"] == row["dispatch_state"]
        assert fields["confirmation"] == row["confirmation"]
        assert fields["appointment"] == {"starts_at": row["window_start"], "ends_at": row["window_end"]}


def test_only_what_field_and_office_both_corrected_is_in_conflict(built: Built) -> None:
    world = built.content
    wanted = {row["kind"]: row for row in world.open["clashes"]}
    site_both, phone_both = wanted["address_both"], wanted["phone_both"]
    aggregates = [
        *built.orders,
        *(site(row["id"]) for row in world.base["sites"]),
        *(customer(row["id"]) for row in world.base["customers"]),
        *(stock(row["code"]) for row in world.content.stock_locations),
        *(self_of(row["login"]) for row in world.content.technicians),
        *SHARDS.values(),
        *COMPANY.values(),
    ]
    found = {record.fields["field"]: record.fields for record in built.of("conflict", aggregates)}
    assert set(found) == {"address", "phone"}
    assert {fields["state"] for fields in found.values()} == {"open"}
    assert found["address"]["record"] == site_both["site"]
    assert found["address"]["standing"]["value"]["line"] == site_both["address"]
    assert found["address"]["losing"]["value"]["line"] == site_both["office_address"]
    assert found["phone"]["record"] == phone_both["contact"]
    assert found["phone"]["standing"]["value"] == phone_both["phone"]
    assert found["phone"]["losing"]["value"] == phone_both["office_phone"]


def test_the_inbox_holds_only_what_the_open_days_bring(built: Built) -> None:
    world = built.content
    aggregates = [*built.orders, *(stock(row["code"]) for row in world.content.stock_locations)]
    kinds = Counter(record.fields["kind"] for record in built.of("inbox_item", aggregates))
    wanted = Counter(
        {
            "declined": 2,
            "customer_wants_change": 1,
            "agreed_otherwise": 1,
            "two_on_one_job": 1,
            "planned_twice": 1,
            "bill_after_cancellation": 1,
        }
    )
    assert kinds == wanted


def test_two_plans_for_one_order_name_both_dispatchers(built: Built) -> None:
    items = built.of("inbox_item", built.orders)
    (detail,) = [one.fields["detail"] for one in items if one.fields["kind"] == "planned_twice"]
    (row,) = [row for row in built.content.open["clashes"] if row["kind"] == "two_plans"]
    told = [(one["planned_by"], one["visit"]) for one in (detail["first"], detail["second"])]
    assert told == [(row["dispatcher"], row["visit"]), (row["other_dispatcher"], row["other"])]


def test_what_was_found_on_site_waits_for_approval(built: Built) -> None:
    world = built.content
    waiting = built.of("master_change", (site(row["id"]) for row in world.base["sites"]))
    assert {record.fields["field"] for record in waiting} == {"address", "phone"}
    assert {record.fields["state"] for record in waiting} == {"waiting"}
    found_by = {row["technician"] for row in world.open["clashes"] if row["kind"].startswith("correction_")}
    assert {record.fields["found_by"] for record in waiting} == found_by


def test_work_that_cannot_be_placed_is_parked_with_its_reason(built: Built) -> None:
    with built.store.snapshot() as snapshot:
        parked = snapshot.parked(("unknown_field", "unknown_reference"), ("", 0), 10)
    assert sorted(one.reason for one in parked) == ["unknown_field", "unknown_reference"]
    rows = [row for row in built.content.open["clashes"] if row["kind"].startswith("parked_")]
    assert {one.user for one in parked} == {row["technician"] for row in rows}


def test_visits_that_moved_say_why(built: Built) -> None:
    world = built.content
    moved = [row for row in world.both("visits") if row["moved"]]
    notes = {record.id: record.fields for record in built.of("note", built.orders)}
    for row in moved:
        note = notes[row["moved"]["id"]]
        assert row["moved"]["reason"] in note["text"] and note["written_at"] == row["moved"]["at"]
    withdrawn = [row for row in world.both("visits") if row["dispatch_state"] == "withdrawn"]
    told = {record.id: record.fields for record in built.of("visit", built.orders)}
    assert withdrawn and all(
        told[row["id"]]["dispatch_reason"] == row["dispatch_reason"] for row in withdrawn
    )


def test_lists_say_the_same_in_both_languages(built: Built) -> None:
    pairs = {article["title"]["zh"]: article["title"]["en"] for article in built.content.content.articles}
    pairs |= {words["zh"]: words["en"] for words in WORDS.values()}
    for record in built.of("work_order", built.orders):
        assert pairs[record.fields["title"]["zh"]] == record.fields["title"]["en"]


def test_phones_hold_what_they_said_and_nothing_that_the_office_knows(built: Built) -> None:
    heard = {one.technician: one for one in built.phones}
    assert len(heard) == len(built.phones) >= 27
    assert any(one.outbox.pending and one.outbox.uploads for one in built.phones)
    sent = Counter(
        row["technician"] for row in built.content.open["clashes"] if row["kind"].startswith("parked_")
    )
    for technician, pushed in sent.items():
        phone = heard[technician]
        assert phone.outbox.last_seq == pushed + phone.outbox.pending


def test_balances_are_the_sum_of_all_moves(built: Built) -> None:
    held = {
        (record.fields["location"], record.fields["part"]): record.fields["balance"]
        for row in built.content.content.stock_locations
        for record in built.of("stock_level", [stock(row["code"])])
    }
    summed = balances(built.content.both("stock_moves"))
    assert {key: balance for key, balance in held.items() if balance} == +summed
    assert min(held.values()) >= 0


def test_history_tells_the_last_orders_of_an_asset_oldest_first(built: Built) -> None:
    closed: dict[str, list[str]] = defaultdict(list)
    for row in sorted(built.content.both("work_orders"), key=lambda row: row["closed_at"] or ""):
        if row["state"] == "closed":
            closed[row["asset"]].append(row["id"])
    asset = max(closed, key=lambda asset: len(closed[asset]))
    entries = built.one("history", history_id(asset)).fields["entries"]
    told = [one["work_order"] for one in entries if one["work_order"] in closed[asset]]
    assert told == closed[asset][-len(told) :] and len(told) >= min(12, len(closed[asset])) - 1


def test_assignments_tell_when_it_happened_and_not_when_it_was_loaded(built: Built) -> None:
    done = next(row for row in built.content.year["visits"] if row["exec_state"] == "done")
    fields = built.one("assignment", assignment_id(done["id"])).fields
    assert (fields["assigned_at"], fields["ended_at"]) == (done["assigned_at"], done["done_at"])


def test_every_technician_pulls_the_jobs_of_today_and_nothing_of_others(built: Built) -> None:
    world = built.content
    mine: dict[str, set[str]] = defaultdict(set)
    for row in world.both("visits"):
        order = world.by_id[row["work_order"]]
        given = row["dispatch_state"] == "dispatched" and row["exec_state"] != "declined"
        if given and order["state"] != "closed":
            mine[row["technician"]].add(order["id"])
    sizes = []
    for row in world.content.technicians:
        login = row["login"]
        records, size = built.pull(login)
        sizes.append((size, len(records), login))
        held: dict[str, set[str]] = defaultdict(set)
        for record in records:
            held[record["entity"]].add(record["id"])
        assert held["work_order"] == mine[login]
        assert held["technician"] == {login}
        assert held["stock_location"] == {row["van"]}
        assert held["site"] == {world.by_id[order]["site"] for order in mine[login]}
        assert held["customer"] == {world.by_id[order]["customer"] for order in mine[login]}
        assert len(held["part"]) == 300 and len(held["knowledge_article"]) == 60
    sizes.sort()
    for name, (size, records_count, login) in (("smallest", sizes[0]), ("largest", sizes[-1])):
        print(f"\n{name} first pull: {login}, {records_count} records, {size / 1000:.0f} kB uncompressed")
    assert sizes[-1][0] < 2_000_000


def test_everybody_gets_an_account(built: Built) -> None:
    roles = Counter(role for person in built.people for role in person.roles)
    assert roles["technician"] == 30
    assert {"dispatcher", "expert", "intake", "storekeeper", "supervisor", "auditor", "admin"} <= set(roles)
    assert len({person.login for person in built.people}) == len(built.people)


def test_building_again_changes_nothing(built: Built) -> None:
    logins = [row["login"] for row in built.content.content.technicians]
    before = [built.pull(login) for login in logins]
    states = {record.id: record.ver for record in built.of("work_order", built.orders)}
    later = Built(built.store, built.world_at, now=NOON + timedelta(days=3))
    assert later.build().operations == 0
    assert later.company and later.company.as_of == NOON
    assert [built.pull(login) for login in logins] == before
    assert {record.id: record.ver for record in built.of("work_order", built.orders)} == states


def test_a_build_that_was_stopped_goes_on_where_it_was(memory: Built) -> None:
    whole = memory.company
    assert whole is not None
    stopped = Built(MemoryStore("memory"), smaller)
    total = 0
    for writes in (1, 1, 2, 9, 17):
        engine = stopped.engine(Stopping)
        assert isinstance(engine, Stopping)
        engine.writes_left = writes
        with pytest.raises(KeyboardInterrupt):
            stopped.build(engine)
        total += engine.operations
        stopped.now += timedelta(hours=7)
    total += stopped.build().operations
    assert total == whole.operations
    for row in memory.content.content.technicians:
        assert stopped.pull(row["login"])[0] == memory.pull(row["login"])[0]
    assert [record.fields for record in stopped.of("visit", stopped.orders)] == [
        record.fields for record in memory.of("visit", memory.orders)
    ]


class Stopping(Engine):
    """An engine whose process is stopped before one of its writes."""

    writes_left = 0
    operations = 0

    def write(self, door: DeviceRow, drafts: Any) -> Any:
        if self.writes_left == 0:
            raise KeyboardInterrupt
        self.writes_left -= 1
        self.operations += len(drafts)
        return super().write(door, drafts)


def test_the_first_record_that_is_not_applied_is_named() -> None:
    built = Built(MemoryStore("memory"), smaller)
    engine = built.engine()
    engine.write(
        DeviceRow(id="other", user="other", roles=("system",)),
        [
            Draft(
                id="o1",
                entity="skill",
                record="hvac",
                aggregate=SHARDS["skill"],
                set={"code": "other", "name": {"zh": "空调"}},
                action="create",
            )
        ],
    )
    with pytest.raises(NotApplied, match="skill hvac was"):
        built.build(engine)
