"""Technicians' phones: when each was last heard, and what it then still held.

`phones` returns rows: id (the device), technician, name, platform, enrolled_at, heard_at, pending (actions unsent),
uploads, upload_bytes (clips unsent).
"""

from __future__ import annotations

from random import Random

from server.demo.content.identity import stable_id
from server.demo.content.load import Content, Record
from server.demo.content.moments import DAY, minute_from, text

NOT_ENROLLED = 3
"""At most so many of those who have done nothing yet have no phone."""
FACTS = (
    "acknowledged_at",
    "contacted_at",
    "confirmed_at",
    "travel_started_at",
    "arrived_at",
    "started_at",
    "work_done_at",
    "signed_at",
    "done_at",
)
CHECKLIST_MINUTES = 15
"""How long after the start of the work the last answer of a visit under way can lie."""
SILENT_MINUTES = 60
OF_THE_OFFICE = ("two_plans",)
"""Kinds of clashes to which no phone has said anything."""
PLATFORMS = ("android", "android", "ios")
CLIP_BYTES = (3_000_000, 42_000_000)


def phones(
    content: Content, visits: list[Record], clashes: list[Record], now: int, random: Random
) -> list[Record]:
    """A row per phone. None was last heard before its technician did what the office knows of."""
    known = {row["login"]: _facts(row["login"], visits, clashes) for row in content.technicians}
    without = [login for login, facts in known.items() if not facts][:NOT_ENROLLED]
    return [
        _phone(
            row, _at_work(row["login"], visits), known_until(row["login"], visits, clashes, now), now, random
        )
        for row in content.technicians
        if row["login"] not in without
    ]


def known_until(login: str, visits: list[Record], clashes: list[Record], now: int) -> int:
    """The minute of the last thing that the office knows from that phone; half a day ago where there is none."""
    return min(now, max(_facts(login, visits, clashes), default=now - DAY // 2))


def _facts(login: str, visits: list[Record], clashes: list[Record]) -> list[int]:
    mine = [row for row in visits if row["technician"] == login and not row["made_later"]]
    facts = [minute_from(row[name]) for row in mine for name in FACTS if row[name]]
    facts += [minute_from(row["started_at"]) + CHECKLIST_MINUTES for row in mine if row["started_at"]]
    facts += [minute_from(row["returned_at"]) for row in mine if row["exec_state"] == "declined"]
    told = [row for row in clashes if row["technician"] == login and row["kind"] not in OF_THE_OFFICE]
    return facts + [minute_from(row["at"]) for row in told]


def _at_work(login: str, visits: list[Record]) -> bool:
    return any(row["technician"] == login and row["exec_state"] == "working" for row in visits)


def _phone(technician: Record, at_work: bool, known: int, now: int, random: Random) -> Record:
    """At work means a cellar more often than not: the phone is silent since, and holds what was done meanwhile."""
    row = {
        "id": stable_id("device", technician["login"]),
        "technician": technician["login"],
        "name": f"{technician['name']['zh']}的手机",
        "platform": random.choice(PLATFORMS),
        "enrolled_at": text(now - random.randint(40, 300) * DAY),
    }
    if at_work:
        heard = min(now - 1, known + random.randint(0, 4))
        pending, uploads = random.randint(2, 5 + (now - heard) // 20), random.randint(1, 3)
    elif known < now - 5 * SILENT_MINUTES and random.random() < 0.4:
        heard, pending, uploads = known + random.randint(0, 20), 0, 0
    else:
        heard, pending, uploads = random.randint(max(known, now - 12), now), 0, 0
    size = sum(random.randint(*CLIP_BYTES) for _ in range(uploads))
    return row | {"heard_at": text(heard), "pending": pending, "uploads": uploads, "upload_bytes": size}
