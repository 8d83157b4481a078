"""clock.json: how an operation stands to a field's clock (the truth table of section 5.3)."""

from __future__ import annotations

from typing import Any

from openapi.vectors_build.world import EPOCH, OLD_EPOCH, Json

_OTHER, _OWN_EARLIER, _OWN_LATER = (
    [4, "desk-li", 10, "dispatcher"],
    [4, "phone-a", 10, "technician"],
    [4, "phone-a", 30, "technician"],
)
_LINES: list[tuple[str, Any, str, int, int, str]] = [
    # name, standing clock, base epoch, base ver, current ver, relation
    ("nobody set it", None, EPOCH, 0, 6, "sequential"),
    ("nobody set it, another epoch", None, OLD_EPOCH, 9, 6, "sequential"),
    ("nobody set it, base ahead", None, EPOCH, 9, 6, "sequential"),
    ("seen exactly", _OTHER, EPOCH, 4, 6, "sequential"),
    ("seen long ago", _OTHER, EPOCH, 6, 6, "sequential"),
    ("one version short", _OTHER, EPOCH, 3, 6, "concurrent"),
    ("nothing seen at all", _OTHER, EPOCH, 0, 6, "concurrent"),
    ("base ahead by one", _OTHER, EPOCH, 7, 6, "concurrent"),
    ("base at the current version", _OTHER, EPOCH, 6, 6, "sequential"),
    ("base far ahead", _OTHER, EPOCH, 9007199254740991, 6, "concurrent"),
    ("another epoch with a lower version", _OTHER, OLD_EPOCH, 2, 6, "concurrent"),
    ("another epoch with a version that looks seen", _OTHER, OLD_EPOCH, 5, 6, "concurrent"),
    ("an empty epoch", _OTHER, "", 5, 6, "concurrent"),
    ("own earlier word, seen", _OWN_EARLIER, EPOCH, 5, 6, "sequential"),
    ("own earlier word, not seen", _OWN_EARLIER, EPOCH, 0, 6, "sequential"),
    ("own earlier word, another epoch", _OWN_EARLIER, OLD_EPOCH, 9, 6, "sequential"),
    ("own earlier word, base ahead", _OWN_EARLIER, EPOCH, 9, 6, "sequential"),
    ("own later word, not seen", _OWN_LATER, EPOCH, 0, 6, "superseded"),
    ("own later word, base says seen", _OWN_LATER, EPOCH, 5, 6, "superseded"),
    ("own later word, another epoch", _OWN_LATER, OLD_EPOCH, 9, 6, "superseded"),
    ("own later word, base ahead", _OWN_LATER, EPOCH, 9, 6, "superseded"),
    ("the very same operation", [4, "phone-a", 20, "technician"], EPOCH, 0, 6, "sequential"),
    (
        "what followed from one's own earlier operation",
        [4, "~phone-a", 10 * 1024 + 1, "dispatcher"],
        EPOCH,
        2,
        6,
        "sequential",
    ),
    (
        "what followed from one's own later operation",
        [4, "~phone-a", 30 * 1024, "dispatcher"],
        EPOCH,
        2,
        6,
        "superseded",
    ),
    (
        "what followed from this very operation",
        [4, "~phone-a", 20 * 1024 + 1023, "system"],
        EPOCH,
        2,
        6,
        "sequential",
    ),
    (
        "what followed from another's operation",
        [4, "~desk-li", 10 * 1024 + 1, "system"],
        EPOCH,
        2,
        6,
        "concurrent",
    ),
    ("a fork of the same phone", [4, "f-0c1d", 10, "technician"], EPOCH, 2, 6, "concurrent"),
]


def cases() -> list[Json]:
    """Operation 20 of phone-a in each situation."""
    return [
        {
            "name": name,
            "standing": standing,
            "operation": {"device": "phone-a", "seq": 20, "base": [epoch, ver]},
            "at": {"epoch": EPOCH, "current_ver": current},
            "expect": {"relation": relation},
        }
        for name, standing, epoch, ver, current, relation in _LINES
    ]
