"""Put the pure `sync` package beside `doorstep_client`: a phone replays its outbox by the server's own merge code.

An editable install gets no copy (a stale one would hide the clone's), which is why this is a hook and not a setting.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ShipTheEngine(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `sync` to wheels and source distributions."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before each build; raises `FileNotFoundError` where there is no engine to ship."""
        if version == "editable":
            return
        for place in (Path(self.root) / "sync", Path(self.root).parent.parent / "sync"):
            if (place / "merge.py").is_file():
                build_data["force_include"][str(place)] = "sync"
                return
        raise FileNotFoundError("the engine's `sync` package lies neither here nor at the repository's root")
