"""Who works here: technicians with van, permits and shifts; and everybody who can log in or enrol a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from domain.commands.draft import Drafted, create
from domain.place import self_of, stock
from server.demo.content.load import Content, Record
from server.demo.content.moments import plus_days, plus_months

SHIFT_KINDS = {"on_call": "on_call"}
"""Shift patterns of the content that are not plain work."""


@dataclass(frozen=True)
class Person:
    """Somebody with an account. `login` is also the user's id; a technician's is the technician record's id too."""

    login: str
    name: str
    name_en: str
    roles: tuple[str, ...]
    outlet: str | None


def people(content: Content) -> tuple[Person, ...]:
    """Desk staff in the order of their file, then technicians."""
    staff = [_person(row, row["role"]) for row in content.staff]
    return (*staff, *(_person(row, "technician") for row in content.technicians))


def technicians(content: Content, shifts: list[Record], today: date) -> Iterator[list[Drafted]]:
    """A group per technician: the van, the profile, permits and shifts."""
    vans = {row["technician"]: row for row in content.stock_locations if row["technician"]}
    names = {row["code"]: row for row in content.certificates}
    for place, row in enumerate(content.technicians, start=1):
        mine = [shift for shift in shifts if shift["technician"] == row["login"]]
        yield [
            location(vans[row["login"]]),
            _technician(row, place, today),
            *(_certificate(row["login"], held, names[held["code"]], today) for held in row["certificates"]),
            *(_shift(shift) for shift in mine),
        ]


def location(row: Record) -> Drafted:
    """A place where parts lie; its id is its code."""
    return create(
        "stock_location",
        row["code"],
        stock(row["code"]),
        code=row["code"],
        kind=row["kind"],
        name=row["name"],
        outlet=row["outlet"],
        technician=row["technician"],
    )


def _person(row: Record, role: str) -> Person:
    return Person(row["login"], row["name"]["zh"], row["name"]["en"], (role,), row["outlet"])


def _technician(row: Record, place: int, today: date) -> Drafted:
    return create(
        "technician",
        row["login"],
        self_of(row["login"]),
        number=f"{place:03d}",
        name=row["name"],
        phone=row["phone"],
        outlet=row["outlet"],
        skills=[{"skill": skill["code"], "level": skill["level"]} for skill in row["skills"]],
        van=row["van"],
        language="zh",
        active=True,
        joined_on=plus_months(today, -12 * row["joined_years_ago"]).isoformat(),
    )


def _certificate(login: str, held: Record, named: Record, today: date) -> Drafted:
    return create(
        "certificate",
        f"{login}-{held['code']}",
        self_of(login),
        technician=login,
        code=held["code"],
        name=named["name"],
        number=held["number"],
        issued_on=plus_days(today, held["issued_in_days"]).isoformat(),
        expires_on=plus_days(today, held["expires_in_days"]).isoformat(),
        issuer=named["issuer"],
    )


def _shift(row: Record) -> Drafted:
    return create(
        "shift",
        row["id"],
        self_of(row["technician"]),
        technician=row["technician"],
        kind=SHIFT_KINDS.get(row["kind"], "work"),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        note="加班" if row["kind"] == "overtime" else None,
    )
