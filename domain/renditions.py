"""What is still to be looked at, and still to be made, of a media record's bytes. Asked by rules and by jobs alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ARRIVED = ("stored", "verified")
"""States in which the original's bytes are whole and here."""

Fields = Mapping[str, Any]
Entry = Mapping[str, Any]


def is_uninspected(fields: Fields) -> bool:
    """Whether the original is here and nobody has looked at it."""
    return fields["state"] in ARRIVED and not fields.get("found") and not fields.get("fault")


def unchecked(fields: Fields, kind: str) -> list[Entry]:
    """Renditions of a kind that a phone made, and of which nothing fit to be shown has been made, nor tried, here."""
    tried = {one["of"] for one in entries(fields) if one["by"] == "server"}
    return [
        one
        for one in entries(fields)
        if one["by"] == "phone" and one["kind"] == kind and one["sha256"] not in tried
    ]


def needs_proxy(fields: Fields) -> bool:
    """Whether a sound clip has no proxy, none is on its way, and none was tried."""
    if fields["kind"] != "video" or fields["state"] != "verified" or not fields.get("found"):
        return False
    made = [one for one in entries(fields) if one["kind"] == "proxy"]
    return not any(_is_shown(one) or one["of"] == fields["sha256"] for one in made)


def shown(fields: Fields, kind: str) -> Entry | None:
    """The rendition to show: one made of the original before one made of what a phone made; of equals the newest."""
    found = [one for one in entries(fields) if one["kind"] == kind and _is_shown(one)]
    found.sort(key=lambda one: one["of"] == fields["sha256"])
    return found[-1] if found else None


def entries(fields: Fields) -> list[Entry]:
    """All entries, in the order in which they came."""
    return list(fields.get("renditions") or ())


def _is_shown(entry: Entry) -> bool:
    return entry["by"] == "server" and bool(entry.get("sha256"))
