"""The two-party tests can fail: each flawed check, put in on purpose, is found at the door that it should guard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from domain import authority
from media.uploads import Uploads
from mobile_api import credentials
from server.db.sqlite_store import SqliteSnapshot
from server.desk import records
from server.desk.records import Records
from server.first_loads import FirstLoads
from server.media_records import MediaRecords
from sync.engine import Engine
from tests.security import replays
from tests.security.desk_replays import read_as, write_as
from tests.security.parties import Parties, parties

Patch = pytest.MonkeyPatch
Flaw = Callable[[Patch, Parties], None]


def everybody_is_entitled(patch: Patch, both: Parties) -> None:
    """The pull takes Anna's rights for everybody's."""
    true = SqliteSnapshot.entitled
    patch.setattr(SqliteSnapshot, "entitled", lambda self, user: true(self, both.held.user))


def every_technician_may(patch: Patch, both: Parties) -> None:
    """The write door judges no technician."""
    patch.setattr(authority, "_judge_technician", lambda *judged: None)


def every_site_is_held(patch: Patch, both: Parties) -> None:
    """The write door takes every right as given where no visit decides."""
    patch.setattr(authority, "_held", lambda *judged: True)


def any_result_is_told(patch: Patch, both: Parties) -> None:
    """Results of parked work are told to whoever knows the operation."""
    true = Engine.results_by_id
    patch.setattr(Engine, "results_by_id", lambda self, user, ids: true(self, both.held.user, ids))


def anybody_uploads(patch: Patch, both: Parties) -> None:
    """The gate of uploads stands open."""
    patch.setattr(MediaRecords, "may_upload", lambda *asked: None)


def any_upload_is_ones_own(patch: Patch, both: Parties) -> None:
    """Knowing an upload's address is enough."""
    patch.setattr(Uploads, "_owned", lambda self, id, principal: self._register.get(id))


def any_hash_opens(patch: Patch, both: Parties) -> None:
    """Knowing a first load's hash is enough."""
    true = FirstLoads.find
    patch.setattr(FirstLoads, "find", lambda self, user, sha256: true(self, both.held.user, sha256))


def any_key_signs(patch: Patch, both: Parties) -> None:
    """Signatures are not looked at."""
    patch.setattr(credentials, "is_signed", lambda *signed: True)


def every_desk_sees(patch: Patch, both: Parties) -> None:
    """What a role may look at is not asked."""
    patch.setattr(records, "_check_seen", lambda *asked: None)


def lists_are_not_narrowed(patch: Patch, both: Parties) -> None:
    """Lists show every record that they find."""
    patch.setattr(Records, "sees", lambda *asked: True)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Parties]:
    """A company for each flaw alone: what one of them let through must not hide from the next."""
    with parties(tmp_path) as made:
        yield made


CONTROLS: list[tuple[Flaw, Callable[[Parties], list[str]]]] = [
    (everybody_is_entitled, replays.pull),
    (every_technician_may, replays.push),
    (every_technician_may, replays.copied_operations),
    (every_site_is_held, replays.push),
    (every_site_is_held, replays.references),
    (any_result_is_told, replays.parked),
    (anybody_uploads, replays.uploads),
    (any_upload_is_ones_own, replays.uploads),
    (any_hash_opens, replays.snapshots),
    (any_key_signs, replays.credentials),
    (every_desk_sees, lambda both: read_as(both, "expert")),
    (every_desk_sees, lambda both: write_as(both, "storekeeper")),
    (lists_are_not_narrowed, lambda both: read_as(both, "storekeeper")),
]


def _name(one: Any) -> str:
    return str(one.__name__).replace("<lambda>", "desk")


@pytest.mark.parametrize(("flaw", "door"), CONTROLS, ids=_name)
def test_a_flawed_check_is_found(
    both: Parties, monkeypatch: Patch, flaw: Flaw, door: Callable[[Parties], list[str]]
) -> None:
    flaw(monkeypatch, both)

    assert door(both) != []
