"""What a desk is shown of a visit of which its technician has said nothing: `received` only when the phone can have it.

In its record a visit begins as `received`, which is true on the phone that reads it. A desk reads it before any phone
does; then it is shown as null, not known. The server keeps no list of what each phone holds: that a phone was heard
since the visit was dispatched is the evidence, and a phone that was not keeps it unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from domain.identity import assignment_id
from domain.machines import EXECUTION
from server.db.connection import Database
from server.db.queries.board import VisitRow
from server.db.queries.phones import NEVER, last_contacts
from server.db.reading import Reading
from server.desk.records import Shown

_LONGEST_EXCHANGE = timedelta(seconds=5)
"""A phone is noted as heard when its exchange ends; what was dispatched while it ran was not in it."""


def as_known(rows: Sequence[VisitRow], database: Database) -> list[VisitRow]:
    """Rows of the board; `exec_state` is null where it is not known that the phone has the visit. May block."""
    silent = [(row.id, row.technician) for row in rows if row.exec_state == EXECUTION.initial]
    received = _received(database, silent)
    return [
        msgspec.structs.replace(row, exec_state=None)
        if row.exec_state == EXECUTION.initial and row.id not in received
        else row
        for row in rows
    ]


def shown_as_known(visits: Sequence[Shown], database: Database) -> list[Shown]:
    """The same for the visits of one order."""
    silent = [one for one in visits if one.fields.get("exec_state") == EXECUTION.initial]
    received = _received(database, [(one.id, one.fields.get("technician")) for one in silent])
    unknown = {one.id for one in silent} - received
    return [
        msgspec.structs.replace(one, fields={**one.fields, "exec_state": None}) if one.id in unknown else one
        for one in visits
    ]


def _received(database: Database, visits: Iterable[tuple[str, str | None]]) -> set[str]:
    """Of these (visit, technician), the visits since whose dispatch the technician's phone was heard."""
    assignments = {assignment_id(visit): (visit, technician) for visit, technician in visits}
    if not assignments:
        return set()
    found = Reading(database).records([("assignment", id) for id in assignments])
    people = [technician for _, technician in assignments.values()]
    contacts = database.read(lambda connection: last_contacts(connection, people))
    received = set()
    for (_, id), assignment in found.items():
        visit, technician = assignments[id]
        heard_at, sent_at = contacts.get(technician, NEVER)[0], assignment.fields.get("assigned_at")
        if heard_at and sent_at and _moment(heard_at) - _moment(sent_at) > _LONGEST_EXCHANGE:
            received.add(visit)
    return received


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
