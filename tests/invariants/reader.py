"""A client of the read door that trusts nothing: it keeps what it was sent, and compares it with what was committed."""

from __future__ import annotations

import json
from typing import Any

from sync.engine import Engine
from sync.wire import Pull
from tests.invariants import oracle
from tests.invariants.oracle import Bodies
from tests.invariants.world import World


class Reader:
    """Pulls for one user, by pages where it is answered so."""

    def __init__(self, world: World, user: str) -> None:
        self._world = world
        self.user = user
        self.manifest: dict[str, int] = {}
        self.held: dict[str, Bodies] = {}
        self._staged: dict[str, Bodies] = {}
        self._after: dict[str, tuple[int, str]] = {}

    def pull(self, engine: Engine | None = None) -> bool:
        """One pull; whether there is more to come."""
        engine = engine or self._world.engine
        asked = Pull(manifest=dict(self.manifest), after=dict(self._after))
        answer = engine.pull(self.user, asked, epoch=engine.epoch, schema=engine.rules.schema.version)
        reply = json.loads(b"".join(answer.chunks))
        for change in reply.get("aggregates", []):
            self._take(change)
        for id in reply.get("leave", []):
            for kept in (self.manifest, self.held, self._staged, self._after):
                kept.pop(id, None)
        if not (reply.get("more") or self._after):
            assert reply["digest"] == oracle.manifest_digest(self.manifest)
        return bool(reply.get("more") or self._after)

    def _take(self, change: dict[str, Any]) -> None:
        id = change["id"]
        staged = self._staged.pop(id, None)
        if staged is None:
            staged = {} if change.get("whole") else dict(self.held.get(id, {}))
        for body in change["records"]:
            staged[body["entity"], body["id"]] = body
        if change.get("more"):
            self._staged[id] = staged
            self._after[id] = tuple(change["after"])
            return
        self._after.pop(id, None)
        self.held[id], self.manifest[id] = staged, change["ver"]
        committed = self._world.history[id].get(change["ver"])
        assert committed is not None, f"{id} never had version {change['ver']}"
        assert staged == committed, f"{id} at {change['ver']} is not what was committed"
        assert oracle.digest(staged) == change["digest"]
