"""A company with phones that worked and photos that arrived, whose server may be alive or not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from mobile_api.clock import instant
from server.backup.make import make_backup
from server.backup.manifest import Manifest
from server.backup.restore import Restored, restore_backup
from server.db.address import sqlalchemy_url
from server.db.migrate import declared
from tests.faults.world import World
from tests.parts.server_process import SECRET

MADE_AT = instant(1_900_000_000.0)


@contextmanager
def working_world(database_url: str, folder: Path, **more: Any) -> Iterator[World]:
    """A server and its phones, which each have done some work and sent a photo; none works by itself."""
    world = World(database_url, folder, **more)
    try:
        for technician in world.fleet.technicians:
            with technician.open() as phone:
                for _ in range(5):
                    technician.work(phone)
                technician.photo(phone, os.urandom(40_000))
                phone.sync()
                phone.upload()
        yield world
    finally:
        world.close()


def back_up(world: World, place: Path, *, blobs: bool = True) -> Manifest:
    """A backup of the world's database and blobs."""
    folder = world.folder / "blobs" if blobs else None
    return make_backup(world.database_url, folder, SECRET, place, lambda: MADE_AT, lambda line: None)


def restore(place: Path, database_url: str, folder: Path) -> Restored:
    """Restore into a database and the blob folder in `folder`."""
    return restore_backup(place, database_url, folder / "blobs", lambda line: None)


def contents(database_url: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, read models too, in one order; `meta` and sessions are each database's own."""
    engine = create_engine(sqlalchemy_url(database_url))
    found: dict[str, list[tuple[Any, ...]]] = {}
    try:
        with engine.connect() as connection:
            for name, table in sorted(declared().tables.items()):
                if name in ("meta", "desk_session"):
                    continue
                rows = [tuple(row) for row in connection.execute(table.select())]
                found[name] = sorted(rows, key=repr)
    finally:
        engine.dispose()
    return found


def files(folder: Path) -> dict[str, bytes]:
    """Every whole media file by its name."""
    return {
        path.relative_to(folder / "blobs").as_posix(): path.read_bytes()
        for kind in ("blobs", "quarantine")
        for path in (folder / "blobs" / kind).rglob("*")
        if path.is_file()
    }
