"""Field clocks, how an operation stands to one, and how a record writes them (sections 5 and 12.1)."""

from typing import Any, NamedTuple

FOLLOW_UPS = 1024


class Clock(NamedTuple):
    """Which operation gave a value: the aggregate version it made, its device and number, its author's role."""

    ver: int
    device: str
    seq: int
    by: str


class Moment(NamedTuple):
    """When an operation is judged: the epoch, the version before, the one it would make, whether it was parked.

    `derived`: a follow-up, which is sequential to all that stands (section 7, step 7).
    """

    epoch: str
    current_ver: int
    next_ver: int
    replayed: bool = False
    forced: bool = False
    derived: bool = False


def relation(standing: Clock | None, operation: dict[str, Any], at: Moment) -> str:
    """sequential, concurrent, superseded, or late (concurrent, tried again after parking)."""
    if standing is None or at.derived:
        return "sequential"
    own = {operation["device"]: standing.seq, "~" + operation["device"]: standing.seq // FOLLOW_UPS}
    if standing.device in own:
        return "superseded" if own[standing.device] > operation["seq"] else "sequential"
    epoch, version = operation["base"]
    if epoch != at.epoch or version > at.current_ver or standing.ver > version:
        return "late" if at.replayed else "concurrent"
    return "sequential"


def unpack(origins: list[list[Any]]) -> tuple[Clock, dict[str, Clock]]:
    """The creation, and the clocks that differ from it, by name."""
    creation = Clock(*origins[0][:4])
    return creation, {name: Clock(*origin[:4]) for origin in origins[1:] for name in origin[4]}


def pack(creation: Clock, clocks: dict[str, Clock]) -> list[list[Any]]:
    """Clocks grouped by origin: the creation first and empty, the others by (ver, device, seq)."""
    origins: dict[Clock, list[str]] = {}
    for name, clock in clocks.items():
        if clock != creation:
            origins.setdefault(clock, []).append(name)
    return [[*creation, []]] + [[*clock, sorted(names)] for clock, names in sorted(origins.items())]
