"""What must hold whatever happened: read from the database itself and from the phones, through no server."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import msgspec

from doorstep_client import replica
from doorstep_client.identity import epoch
from server.db.backup.reading import stored
from server.db.backup.soundness import Soundness
from sync.audit import GENESIS, Change, Entry, verify
from sync.outcome import Result
from sync.record import decode_record
from tests.faults.company import LEVEL, ON_SHELF
from tests.faults.fleet import Fleet, Technician


class Broken(AssertionError):
    """A promise did not hold; the text names it."""


def hold(promise: bool, text: str) -> None:
    """Raise `Broken` unless the promise holds."""
    if not promise:
        raise Broken(text)


Table = list[dict[str, Any]]


def tables(database_url: str, *names: str) -> dict[str, Table]:
    """All rows of some tables at one moment."""
    found: dict[str, Table] = {}
    with stored(database_url) as moment:
        for header in moment.tables:
            if header.table in names:
                columns = [name for name, _ in header.columns]
                found[header.table] = [
                    dict(zip(columns, row, strict=True)) for page in moment.pages(header) for row in page
                ]
    return found


def check_acknowledged(database_url: str, fleet: Fleet) -> int:
    """Every operation that any phone was told of is in the ledger, now; returns how many. The server may be dead."""
    # First what was told, then what is kept: phones may be told more meanwhile.
    told = {one.job.technician: dict(one.told.acknowledged) for one in fleet.technicians}
    ledger = {(row["id"], row["seq"]) for row in tables(database_url, "operation")["operation"]}
    for technician in fleet.technicians:
        who = technician.job.technician
        lost = sorted(told[who].keys() - ledger, key=lambda key: key[1])
        hold(not lost, f"{who}: acknowledged and lost: {lost[:5]} of {len(told[who])}")
        again = technician.told.asked_again
        hold(not again, f"{who}: acknowledged, lost and asked for again: {again}")
    return sum(len(one) for one in told.values())


def check_everything(database_url: str, fleet: Fleet) -> None:
    """After quiet: all work is there once, phones and server agree, and the database is sound."""
    found = tables(database_url, "operation", "record", "audit", "aggregate")
    check_acknowledged(database_url, fleet)
    by_device: dict[str, Table] = defaultdict(list)
    for row in found["operation"]:
        by_device[row["device"]].append(row)
    for technician in fleet.technicians:
        _check_phone(technician, by_device, found["record"])
    _check_effects(fleet, found["record"])
    _check_chains(found["audit"], found["aggregate"])
    check_sound(database_url)


def check_sound(database_url: str) -> None:
    """The rows belong together, as a backup would find them."""
    soundness = Soundness()
    with stored(database_url) as moment:
        for header in moment.tables:
            soundness.see(header, moment.pages(header))
    hold(not soundness.faults(), f"the database is not sound: {soundness.faults()[:5]}")


def _check_phone(technician: Technician, ledger: dict[str, Table], records: Table) -> None:
    who = technician.job.technician
    with technician.open() as phone:
        device, mine = phone.identity.device, technician.entries()
        hold(not phone.outbox(), f"{who}: its outbox is empty in the end")
        rows = {row["seq"]: row for row in ledger[device]}
        hold(len(rows) == len(ledger[device]), f"{who}: one line for each number")
        authored = {one.operation.seq: one for one in mine}
        hold(
            rows.keys() == authored.keys(),
            f"{who}: the ledger holds {len(rows)}, the phone made {len(authored)}",
        )
        for seq, entry in authored.items():
            hold(rows[seq]["id"] == entry.operation.id, f"{who}: number {seq} is the operation that it was")
            result = msgspec.json.decode(rows[seq]["result"], type=Result)
            hold(result == entry.result, f"{who}: {seq} was answered {entry.result}, kept is {result}")
        held = {(row["entity"], row["id"]): row["body"] for row in records}
        for entity, id, body in phone.store.all("SELECT entity, id, body FROM record"):
            hold(held.get((entity, id)) == body, f"{who}: {entity} {id} is as on the server")
        hold(bool(replica.manifest(phone.store, epoch(phone.store))), f"{who}: it holds its job")


def _check_effects(fleet: Fleet, records: Table) -> None:
    notes = Counter(row["aggregate"] for row in records if row["entity"] == "note" and not row["deleted"])
    for technician in fleet.technicians:
        made, found = technician.notes, notes[technician.job.home]
        hold(found == made, f"{technician.job.technician}: {made} notes were made and {found} are there")
    used = sum(one.parts for one in fleet.technicians)
    level = next(row for row in records if row["entity"] == "stock_level" and row["id"] == LEVEL)
    balance = decode_record(bytes(level["body"])).fields["balance"]
    hold(balance == ON_SHELF - used, f"{used} parts were used, and the balance is {balance} of {ON_SHELF}")


def _check_chains(audit: Table, aggregates: Table) -> None:
    chains: dict[str, list[Entry]] = defaultdict(list)
    for row in audit:
        chains[row["aggregate"]].append(Entry(**row))
    for aggregate in aggregates:
        name, chain = aggregate["id"], sorted(chains[aggregate["id"]], key=lambda one: one.n)
        hold(not verify(chain), f"the chain of {name} verifies: {verify(chain)[:3]}")
        head = (chain[-1].hash, chain[-1].n) if chain else (GENESIS, 0)
        hold(
            head == (aggregate["chain_head"], aggregate["chain_length"]),
            f"the chain of {name} ends at its head",
        )
        changes = [msgspec.json.decode(one.payload or b"", type=Change) for one in chain]
        written = Counter((one.op, one.entity, one.record) for one in changes)
        twice = [key for key, times in written.items() if times > 1]
        hold(not twice, f"one effect each on {name}: {twice[:3]}")
        versions = {one.ver for one in changes}
        hold(versions == set(range(1, aggregate["ver"] + 1)), f"the versions of {name} are dense")
