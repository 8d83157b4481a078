"""`doorstep rebuild`: make every read model again from the records, beside a running server."""

from __future__ import annotations

import argparse

from mobile_api.problem import Phrase
from server.cli.opened import opened
from server.cli.speech import filled, say
from server.cli.stop import Stop
from server.db.rebuild import rebuild, stale

NAME = "rebuild"
MEANING = "make every read model again from the records; the server may go on meanwhile"

_SO_FAR = Phrase("rebuild: {entity}: {done} so far ...", "rebuild：{entity}：已完成 {done} 条……")
_READING = Phrase("rebuild: reading all records ...", "rebuild：正在读取全部记录……")
_COUNT = Phrase("rebuild: {entity}: {count}", "rebuild：{entity}：{count} 条")
_LEFT = Phrase(
    "rebuild: {entity} {id} has no up-to-date row: {fault}",
    "rebuild：{entity} {id} 没有最新的数据行：{fault}",
)
_NOT_ALL = Phrase(
    "{count} records could not be projected; their bytes are safe.",
    "{count} 条记录未能生成数据行，其内容完好。",
)
_DONE = Phrase("rebuild: done", "rebuild：完成")


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(given: argparse.Namespace, environ: dict[str, str]) -> int:
    """Rebuild, and say what could not be projected."""
    with opened(environ) as service:
        told = {"": 0}

        def progress(entity: str, done: int) -> None:
            if done - told.get(entity, 0) >= 10_000:
                told[entity] = done
                say(_SO_FAR, entity=entity, done=done)

        say(_READING)
        counts = rebuild(service.store.database, service.store.projections, progress)
        for entity, count in counts.items():
            say(_COUNT, entity=entity, count=count)
        left = stale(service.store.database)
    for entity, id, fault in left[:20]:
        say(_LEFT, entity=entity, id=id, fault=fault)
    if left:
        raise Stop(filled(_NOT_ALL, count=len(left)))
    say(_DONE)
    return 0
