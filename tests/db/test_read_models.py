"""Read models follow records, never refuse them, and can be made again, on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from domain.declaration import SCHEMA
from server.db.connection import Connection
from server.db.open import SqlStore, open_store
from server.db.projection import Projections, Projector
from server.db.read_model import read_model
from server.db.read_models import PROJECTORS
from server.db.read_models.visits import VisitModel
from server.db.rebuild import rebuild, stale
from server.db.statement import Statement
from sync.record import Record
from sync.store import Ask, Changes, StoreRejected
from sync.value_type import ValueType
from tests.db.dump import dump
from tests.sync.contract.rows import a_receipt, a_record, stored, write

W1 = "work_order/w1"


def put(store: SqlStore, *records: Record) -> None:
    write(store, Changes(records=stored(*records)), *{record.aggregate for record in records})


def visits(store: SqlStore) -> list[tuple[Any, ...]]:
    statement = Statement("SELECT id, ver, exec_state, starts_at, travel_started_at FROM visit ORDER BY id")
    return [tuple(row) for row in store.database.read(lambda connection: connection.rows(statement))]


def sample(kind: ValueType, seed: int) -> Any:
    """Some value of a declared type."""
    match kind.kind:
        case "integer":
            return seed
        case "boolean":
            return seed % 2 == 0
        case "instant":
            return "2026-05-04T08:30:15.5Z"
        case "date":
            return "2026-05-04"
        case "choice":
            return kind.choices[seed % len(kind.choices)]
        case "group":
            # Backwards: the stored bytes sort the members, what is in memory need not.
            return {name: sample(one, seed) for name, one in reversed(kind.members.items())}
        case "list":
            return [sample(kind.items, seed)] if kind.items else []
        case "bilingual":
            return {"zh": f"空调 {seed}", "en": f"Air  Conditioner\x00 {seed}"}
        case "json":
            return {"any": [seed]}
        case _:
            return f"Value {seed}"


def one_of_each() -> list[Record]:
    """Records of every declared entity with every field, and one with none."""
    return [
        a_record(
            f"{entity}-{seed}",
            f"some/{seed}",
            seed,
            entity=entity,
            fields={name: sample(one.type, seed) for name, one in declared.fields.items()} if seed else {},
        )
        for entity, declared in SCHEMA.entities.items()
        for seed in range(3)
    ]


def test_every_entity_of_a_read_model_is_declared() -> None:
    assert {projector.entity for projector in PROJECTORS} <= set(SCHEMA.entities)


def test_a_row_follows_its_record(store: SqlStore) -> None:
    window = {"starts_at": "2026-05-04T08:30:15Z", "ends_at": "2026-05-04T10:30:00Z"}
    put(store, a_record(fields={"exec_state": "received", "window": window}))
    assert visits(store) == [("v1", 1, "received", "2026-05-04T08:30:15.000Z", None)]
    appointment = {"starts_at": "2026-05-05T08:00:00.12345Z", "ends_at": "2026-05-05T10:00:00Z"}
    later = {"exec_state": "traveling", "window": window, "appointment": appointment}
    put(store, a_record(ver=2, fields=later | {"travel_started": {"at": "2026-05-05T07:30:00.1Z"}}))
    assert visits(store) == [("v1", 2, "traveling", "2026-05-05T08:00:00.123Z", "2026-05-05T07:30:00.100Z")]
    put(store, a_record(ver=3, deleted=True, fields=later))
    assert visits(store) == []


def test_every_field_of_every_entity_reaches_its_read_model(store: SqlStore) -> None:
    put(store, *one_of_each())
    assert stale(store.database) == []
    found = dump(store)
    for projector in PROJECTORS:
        rows = found[projector.table.name]
        assert len(rows) == 3
        empty = [
            name
            for place, name in enumerate(projector.put.columns)
            if all(row[place] is None for row in rows)
        ]
        assert empty == [], f"{projector.entity}: nothing ever fills {empty}"


def test_search_text_is_folded_and_holds_no_nul(store: SqlStore) -> None:
    put(
        store,
        a_record(
            "c1",
            "customer/c1",
            entity="customer",
            fields={"name": {"zh": "ＡＢＣ  电梯\x00"}, "number": "K-1"},
        ),
    )
    statement = Statement("SELECT search_text FROM customer")
    assert store.database.read(lambda connection: connection.row(statement)) == ("k-1 abc 电梯",)


def test_a_record_whose_row_cannot_be_made_is_stored_and_marked(store: SqlStore) -> None:
    good = a_record(fields={"exec_state": "received"})
    put(store, good)
    bad = a_record(ver=2, fields={"exec_state": 7})
    put(store, bad, a_record("v2", ver=2, fields={"exec_state": "received"}))

    loaded = store.transact(lambda transaction: transaction.load(Ask(records=[("visit", "v1")])))
    assert loaded.records == {("visit", "v1"): bad}
    assert [(entity, id) for entity, id, _ in stale(store.database)] == [("visit", "v1")]
    assert [row[:3] for row in visits(store)] == [("v1", 1, "received"), ("v2", 2, "received")]

    put(store, a_record(ver=3, fields={"exec_state": "accepted"}))
    assert stale(store.database) == []
    assert visits(store)[0][:3] == ("v1", 3, "accepted")


@pytest.fixture
def broken_store(migrated_url: str) -> Iterator[SqlStore]:
    """A store whose database lacks the table of one read model."""
    projectors = (read_model("visit", VisitModel), *[one for one in PROJECTORS if one.entity == "note"])
    store = open_store(migrated_url, create=False, projections=Projections(projectors))
    store.database.write(lambda connection: connection.run(Statement("DROP TABLE visit")))
    yield store
    store.close()


def test_a_read_model_that_the_database_refuses_refuses_no_record(broken_store: SqlStore) -> None:
    put(broken_store, a_record(), a_record("n1", entity="note"))
    keys = [("visit", "v1"), ("note", "n1")]
    loaded = broken_store.transact(lambda transaction: transaction.load(Ask(records=keys)))
    assert set(loaded.records) == set(keys)
    assert [(entity, id) for entity, id, _ in stale(broken_store.database)] == [
        ("note", "n1"),
        ("visit", "v1"),
    ]


def test_a_refused_value_is_still_refused_beside_read_models(store: SqlStore) -> None:
    changes = Changes(records=stored(a_record()), receipts=[a_receipt(base_ver=2**63)])
    with pytest.raises(StoreRejected):
        write(store, changes, W1)
    assert visits(store) == []
    assert stale(store.database) == []


def test_rebuilding_gives_the_same_rows(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.db.rebuild.RECORDS_AT_A_TIME", 2)
    put(store, *one_of_each(), a_record("gone", "some/1", 5, deleted=True))
    before = dump(store)
    done = rebuild(store.database, store.projections)
    assert dump(store) == before
    assert done["visit"] == 4
    assert sum(map(len, before.values())) == 3 * len(PROJECTORS)


def test_rebuilding_repairs_changed_lost_and_strange_rows(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.db.rebuild.RECORDS_AT_A_TIME", 2)
    put(store, *one_of_each())
    before = dump(store)
    for damage in (
        "UPDATE visit SET exec_state = 'done', ver = 99 WHERE id = 'visit-1'",
        "DELETE FROM customer WHERE id = 'customer-2'",
        "INSERT INTO visit (id, aggregate, ver) VALUES ('stranger', 'some/1', 1), ('visit-3', 'some/1', 1)",
        "INSERT INTO stale_projection (entity, id, fault) VALUES ('visit', 'stranger', ''), ('visit', 'visit-0', '')",
    ):
        store.database.write(lambda connection, damage=damage: connection.run(Statement(damage)))  # type: ignore[misc]
    assert dump(store) != before
    rebuild(store.database, store.projections)
    assert dump(store) == before
    assert stale(store.database) == []


def test_rebuilding_makes_what_an_earlier_program_could_not(migrated_url: str) -> None:
    def fail(record: Record) -> dict[str, Any]:
        raise NotImplementedError

    old = Projector("visit", VisitModel.__table__, fail)  # type: ignore[attr-defined]
    store = open_store(migrated_url, create=False, projections=Projections([old]))
    put(store, a_record(fields={"exec_state": "received"}))
    assert stale(store.database) == [("visit", "v1", "NotImplementedError")]
    store.close()

    store = open_store(migrated_url, create=False)
    rebuild(store.database, store.projections)
    assert stale(store.database) == []
    assert [row[:3] for row in visits(store)] == [("v1", 1, "received")]
    store.close()


class PausedProjections(Projections):
    """Waits between reading the records and writing their rows, until a push has passed or cannot pass."""

    def __init__(self, pushed: Event) -> None:
        super().__init__(PROJECTORS)
        self.reached = Event()
        self._pushed = pushed

    def write(self, connection: Connection, records: Sequence[Record], *, suspended: bool = False) -> None:
        self.reached.set()
        self._pushed.wait(0.3)
        super().write(connection, records, suspended=suspended)


def test_a_rebuild_never_overwrites_what_a_push_writes_meanwhile(store: SqlStore) -> None:
    put(store, a_record(fields={"exec_state": "received"}))
    pushed = Event()
    paused = PausedProjections(pushed)

    def push() -> None:
        paused.reached.wait(20)
        put(store, a_record(ver=2, fields={"exec_state": "accepted"}))
        pushed.set()

    with ThreadPoolExecutor(1) as threads:
        pushing = threads.submit(push)
        rebuild(store.database, paused)
        pushing.result()

    assert [row[:3] for row in visits(store)] == [("v1", 2, "accepted")]
