"""`doorstep rebuild`: make every read model again from the records, beside a running server."""

from __future__ import annotations

import argparse

from server.cli.opened import opened
from server.cli.stop import Stop
from server.db.rebuild import rebuild, stale

NAME = "rebuild"
MEANING = "make every read model again from the records; the server may go on meanwhile"


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Rebuild, and say what could not be projected."""
    with opened(environ) as service:
        told = {"": 0}

        def progress(entity: str, done: int) -> None:
            if done - told.get(entity, 0) >= 10_000:
                told[entity] = done
                print(f"rebuild: {entity}: {done} so far ...", flush=True)

        print("rebuild: reading all records ...", flush=True)
        counts = rebuild(service.store.database, service.store.projections, progress)
        for entity, count in counts.items():
            print(f"rebuild: {entity}: {count}")
        left = stale(service.store.database)
    for entity, id, fault in left[:20]:
        print(f"rebuild: {entity} {id} has no up-to-date row: {fault}")
    if left:
        raise Stop(f"{len(left)} records could not be projected; their bytes are safe.")
    print("rebuild: done")
    return 0
