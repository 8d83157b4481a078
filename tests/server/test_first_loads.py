"""First loads of large catalogues: found by their hash by who may see them, complete, and gone on from by a pull."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

import msgspec
import pytest

from server.db.open import SqlStore
from server.first_load_maker import FirstLoadMaker
from server.first_loads import BEHIND_BY_VERSIONS, FROM_RECORDS, FirstLoads
from sync.engine import Draft, Engine
from sync.record import decode_record
from sync.rules import Grant
from sync.store import DeviceRow
from sync.wire import Pull, PullReply
from tests.db.conftest import migrated_url, store  # noqa: F401
from tests.sync.toy import EPOCH, JOB, ToyRules

SHARD = "catalogue/parts"
SYSTEM = DeviceRow(id="desk-system", user="system", roles=("system",))


class Catalogue(ToyRules):
    """The toy business with its jobs in a catalogue that alice holds."""

    schema = msgspec.structs.replace(
        ToyRules.schema,
        entities={**ToyRules.schema.entities, "job": msgspec.structs.replace(JOB, root="catalogue")},
    )

    def rights(self, before, after, view):
        return [] if before else [Grant(user="alice", aggregate=SHARD, because="technician-alice")]


def _engine(store: SqlStore, loads: FirstLoads) -> Engine:  # noqa: F811
    return Engine(
        store,
        Catalogue(),
        epoch=EPOCH,
        now=lambda: "2026-01-31T09:00:00Z",
        salt=lambda: bytes(16),
        snapshot_of=loads.newest,
    )


def _fill(engine: Engine, first: int, count: int) -> None:
    engine.write(
        SYSTEM,
        [
            Draft(
                id=f"d{n}",
                entity="job",
                record=f"p{n}",
                aggregate=SHARD,
                action="create",
                set={"number": f"{n}"},
            )
            for n in range(first, first + count)
        ],
    )


def _pull(engine: Engine, request: Pull) -> PullReply:
    answer = engine.pull("alice", request, epoch=EPOCH, schema=2)
    return msgspec.json.decode(b"".join(answer.chunks), type=PullReply)


def test_a_large_catalogue_is_loaded_once_and_then_pulled(store: SqlStore, tmp_path: Path) -> None:  # noqa: F811
    loads = FirstLoads(store, tmp_path, EPOCH)
    engine = _engine(store, loads)
    _fill(engine, 0, FROM_RECORDS)
    assert loads.refresh(SHARD)
    _fill(engine, 500, 1)

    (change,) = _pull(engine, Pull(manifest={})).aggregates
    assert change.snapshot is not None and change.records == []
    sha256 = change.snapshot.rpartition("/")[2]
    blob = loads.find("alice", sha256)
    assert blob is not None
    data = loads.read(sha256, 0, 100) + loads.read(sha256, 100, blob.size_bytes - 100)
    assert hashlib.sha256(data).hexdigest() == sha256
    assert len(json.loads(data)["records"]) == FROM_RECORDS

    assert change.after is not None
    (rest,) = _pull(engine, Pull(manifest={}, after={SHARD: change.after})).aggregates
    assert [decode_record(bytes(body)).id for body in rest.records] == ["p500"]
    assert not rest.more and rest.ver == 2


def test_a_snapshot_is_not_there_for_who_holds_no_right(store: SqlStore, tmp_path: Path) -> None:  # noqa: F811
    loads = FirstLoads(store, tmp_path, EPOCH)
    _fill(_engine(store, loads), 0, FROM_RECORDS)
    loads.refresh(SHARD)
    newest = loads.newest(SHARD)
    assert newest is not None
    assert loads.find("bob", newest[0].rpartition("/")[2]) is None
    assert loads.find("alice", "0" * 64) is None


def test_a_small_catalogue_and_another_epochs_files_are_left_alone(store: SqlStore, tmp_path: Path) -> None:  # noqa: F811
    loads = FirstLoads(store, tmp_path, EPOCH)
    engine = _engine(store, loads)
    _fill(engine, 0, FROM_RECORDS - 1)
    assert not loads.refresh(SHARD) and loads.newest(SHARD) is None
    _fill(engine, 500, 1)
    assert loads.refresh(SHARD) and not loads.refresh(SHARD)
    assert FirstLoads(store, tmp_path, EPOCH).newest(SHARD) == loads.newest(SHARD)
    assert FirstLoads(store, tmp_path, "after-a-restore").newest(SHARD) is None


def test_a_catalogue_that_went_on_is_made_anew_and_old_ones_go(store: SqlStore, tmp_path: Path) -> None:  # noqa: F811
    loads = FirstLoads(store, tmp_path, EPOCH)
    engine = _engine(store, loads)
    _fill(engine, 0, FROM_RECORDS)
    for round in range(5):
        loads.refresh(SHARD)
        for n in range(BEHIND_BY_VERSIONS):
            _fill(engine, 1000 + round * 100 + n, 1)
    loads.refresh(SHARD)
    assert loads.newest(SHARD)[1] == 1 + 5 * BEHIND_BY_VERSIONS
    assert len(list((tmp_path / EPOCH).glob("*.json"))) == 3


def test_what_one_process_made_another_offers_serves_and_does_not_make_again(
    store: SqlStore,  # noqa: F811
    tmp_path: Path,
) -> None:
    here, there = FirstLoads(store, tmp_path, EPOCH), FirstLoads(store, tmp_path, EPOCH)
    engine = _engine(store, there)
    _fill(engine, 0, FROM_RECORDS)
    assert there.newest(SHARD) is None and here.refresh(SHARD)

    (change,) = _pull(engine, Pull(manifest={})).aggregates

    assert change.snapshot is not None
    sha256 = change.snapshot.rpartition("/")[2]
    blob = there.find("alice", sha256)
    assert blob is not None
    data = here.read(sha256, 0, 100) + there.read(sha256, 100, blob.size_bytes)
    assert hashlib.sha256(data).hexdigest() == sha256
    assert not there.refresh(SHARD)


def test_what_another_process_let_go_is_not_there_and_fails_nothing(
    store: SqlStore,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, there = FirstLoads(store, tmp_path, EPOCH), FirstLoads(store, tmp_path, EPOCH)
    _fill(_engine(store, here), 0, FROM_RECORDS)
    here.refresh(SHARD)
    newest = there.newest(SHARD)
    assert newest is not None
    sha256 = newest[0].rpartition("/")[2]
    known = there._by_hash(sha256)
    for file in (tmp_path / EPOCH).iterdir():
        file.unlink()

    assert there.find("alice", sha256) is None and there.newest(SHARD) is None
    # Gone between the look into the folder and the look at the file.
    monkeypatch.setattr(there, "_by_hash", lambda _: known)
    assert there.find("alice", sha256) is None


def test_the_maker_makes_what_is_due_when_it_is_told(store: SqlStore, tmp_path: Path) -> None:  # noqa: F811
    loads = FirstLoads(store, tmp_path, EPOCH)
    engine = _engine(store, loads)
    maker = FirstLoadMaker(loads, [])
    made = threading.Event()
    refresh = loads.refresh
    loads.refresh = lambda aggregate: (refresh(aggregate), made.set())  # type: ignore[method-assign]
    stop = store.listen(maker.tell)
    _fill(engine, 0, FROM_RECORDS)
    assert made.wait(20)
    stop()
    maker.close()
    assert loads.newest(SHARD) is not None
