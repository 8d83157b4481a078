"""A service with a customer in it whose data lie everywhere that data can lie."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from domain import place
from domain.rules import FieldService
from server.bootstrap import tied
from server.db.address import is_sqlite, sqlite_path
from server.db.open import open_store
from server.db.statement import Statement
from server.service import Service
from server.settings import read_settings
from sync.clock import Base
from sync.engine import Draft
from sync.operation import Operation, TimeEvidence, encode_operation
from sync.store import Changes, DeviceRow, EntitlementRow
from tests.backup.house import contents
from tests.personal_data.secrets import KINDS, NAME, NEEDLES, PHONE, SECRET, filled

SYSTEM = DeviceRow(id="tests", user="tests", roles=("system",))
CUSTOMER, SITE, ORDER, OTHER = "c-1", "s-1", "w-1", "c-2"
AGGREGATES = (place.customer(CUSTOMER), place.site(SITE), place.work_order(ORDER))
PHONE_DEVICE = "phone-1"
PHOTO = b"a photo of " + SECRET.encode()
PHOTO_SHA256 = hashlib.sha256(PHOTO).hexdigest()
_STORED = Statement(
    "INSERT INTO upload (id, media_id, sha256, kind, device_id, user_id, length_bytes, offset_bytes, facts, "
    "created_at, expires_at, state, reason, revision) VALUES ('upload-1', 'media-1', :sha256, 'original', 'd', 'u', "
    ":size, :size, :facts, '2031-05-05T01:00:00.000000Z', '2031-05-05T01:00:00.000000Z', 'stored', NULL, 1)"
)
_FAILED = Statement(
    "INSERT INTO reminder (subject, kind, revision, due_at, past_at, state, claimable_at, fence, attempts, error, "
    "settled_at) VALUES ('visit/visit-1', 'k', 1, '2031', '2032', 'dead', '2031', 1, 5, :error, '2031')"
)
FORGET_ERASURES = Statement("DELETE FROM erasure")
_HOME = {"customer": AGGREGATES[0], "site": AGGREGATES[1], "work_order": AGGREGATES[2], "*": AGGREGATES[2]}


def settings_of(database_url: str, folder: Path) -> Mapping[str, str]:
    """The variables of a server over this database."""
    return {
        "DOORSTEP_DATABASE_URL": database_url,
        "DOORSTEP_BLOB_STORE_URL": f"file:{folder / 'blobs'}",
        "DOORSTEP_ERASURES_FILE": str(folder / "elsewhere" / "erasures.jsonl"),
        "DOORSTEP_SECRET": "a secret that only tests know, 32 characters or more",
    }


@contextmanager
def service(database_url: str, folder: Path) -> Iterator[Service]:
    """The service with rules of which nothing follows, closed at the end."""
    blobs = folder / "blobs"
    blobs.mkdir(exist_ok=True)
    store = open_store(database_url, create=True)
    settings = read_settings(settings_of(database_url, folder))
    opened = tied(settings, Quiet(), store, blobs, time.time)
    try:
        yield opened
    finally:
        opened.close()


def fill(service: Service) -> None:
    """A customer with a site and a closed order, with a record of every kind, filled, changed and clashing."""
    _write(
        service,
        "other",
        _create("customer", OTHER, place.customer(OTHER), {"name": {"zh": "别家"}, "number": "C-2"}),
    )
    roots = {"customer": CUSTOMER, "site": SITE, "work_order": ORDER}
    for entity, id in roots.items():
        _write(service, f"make-{entity}", _create(entity, id, _HOME[entity], _fields(entity)))
    for entity, declared in KINDS.items():
        if entity not in roots:
            _write(
                service,
                f"make-{entity}",
                _create(entity, f"{entity}-1", _HOME[declared.root], _fields(entity)),
            )
    _clash(service)
    _delete(service)
    _park(service)
    service.quarantine.deposit(
        "lost-phone",
        [
            operation("lost-phone", 1, "note", "n-lost", AGGREGATES[2], "create", {"text": SECRET}),
            f'{{"x":"{AGGREGATES[1]}","said":"{SECRET}"}}'.encode(),
        ],
        most_bytes=10_000,
        now=service.now(),
    )
    _upload(service)
    letter = service.messages.folder.folder / "notification-1.txt"
    letter.parent.mkdir(exist_ok=True)
    letter.write_text(f"To: {PHONE}\n\n{SECRET}\n", encoding="utf-8")
    service.store.database.write(lambda c: c.run(_FAILED, error=f"cannot reach {SECRET}"))


def _fields(entity: str) -> dict[str, Any]:
    homes = {"customer": CUSTOMER, "site": SITE, "work_order": ORDER}
    refs = {name: id for name, id in homes.items() if name in KINDS[entity].fields}
    parent = KINDS[entity].parent
    if parent and parent not in homes:
        refs[parent] = f"{parent}-1"
    if entity == "media":
        refs |= {"sha256": PHOTO_SHA256, "size_bytes": len(PHOTO)}
    return filled(entity, **refs)


def _create(entity: str, id: str, aggregate: str, fields: dict[str, Any]) -> Draft:
    return Draft(id="", entity=entity, record=id, aggregate=aggregate, set=fields, action="create")


def _write(service: Service, id: str, draft: Draft, door: DeviceRow = SYSTEM) -> None:
    service.engine.write(door, [replace(draft, id=f"op-{id}")])


def _clash(service: Service) -> None:
    """Two words about one telephone number: a conflict holds both."""
    ver = service.reading.versions([AGGREGATES[1]])[AGGREGATES[1]]
    for desk, phone in (("desk-a", f"{PHONE}-1"), ("desk-b", f"{PHONE}-2")):
        draft = Draft(
            id="",
            entity="contact",
            record="contact-1",
            aggregate=AGGREGATES[1],
            set={"phone": phone},
            base_ver=ver,
        )
        _write(service, f"clash-{desk}", draft, DeviceRow(id=desk, user=desk, roles=("intake",)))


def _delete(service: Service) -> None:
    """A deleted contact keeps its body."""
    _write(
        service,
        "second",
        _create("contact", "contact-2", AGGREGATES[1], {"site": SITE, "name": {"zh": NAME}}),
    )
    gone = Draft(id="", entity="contact", record="contact-2", aggregate=AGGREGATES[1], action="delete")
    _write(service, "delete", gone)


def _park(service: Service) -> None:
    service.engine.store.transact(
        lambda tx: tx.lock_device(PHONE_DEVICE, DeviceRow(id=PHONE_DEVICE, user="t-1", roles=("technician",)))
    )
    service.engine.push(
        PHONE_DEVICE,
        [
            operation(PHONE_DEVICE, 1, "note", "n-1", AGGREGATES[2], "update", {"text": SECRET}),
            b'{"seq":2,"aggregate":"%s","said":"%s"}' % (AGGREGATES[2].encode(), SECRET.encode()),
        ],
    )


def operation(
    device: str, seq: int, entity: str, record: str, aggregate: str, action: Any, fields: dict[str, Any]
) -> bytes:
    return encode_operation(
        Operation(
            device=device,
            seq=seq,
            id=f"{device}-{seq}",
            schema=1,
            entity=entity,
            record=record,
            aggregate=aggregate,
            base=Base("", 0),
            at=TimeEvidence("2031-05-05T01:00:00Z"),
            action=action,
            set=fields,
        )
    )


def _upload(service: Service) -> None:
    """The photo's bytes, stored by another way than HTTP: a row, and a blob."""
    blobs = service.erasing._blobs
    blobs.create("upload-1")
    with blobs.open("upload-1") as writer:
        writer.write(PHOTO)
        writer.commit()
    blobs.take("upload-1", PHOTO_SHA256)
    blobs.release("upload-1")
    facts = f'[["filename","{NAME}.jpg"]]'
    service.store.database.write(lambda c: c.run(_STORED, sha256=PHOTO_SHA256, size=len(PHOTO), facts=facts))


def open_an_order(service: Service) -> None:
    """Another order of the customer's, neither closed nor cancelled."""
    fields = {"site": SITE, "customer": CUSTOMER, "opened_at": "2031-05-05T01:00:00Z", "number": "SO-9"}
    _write(service, "open", _create("work_order", "w-open", place.work_order("w-open"), fields))


def close_it(service: Service) -> None:
    """That order is closed."""
    closing = {"at": "2031-05-05T01:00:00Z", "outcome": "solved", "anything_else": "nothing"}
    draft = Draft(
        id="",
        entity="work_order",
        record="w-open",
        aggregate=place.work_order("w-open"),
        set={"closing": closing},
    )
    _write(service, "close", draft)


def rename(service: Service, name: str) -> None:
    """The customer gets another name."""
    draft = Draft(
        id="", entity="customer", record=CUSTOMER, aggregate=AGGREGATES[0], set={"name": {"zh": name}}
    )
    _write(service, "rename", draft)


def give_the_same_photo_to_another(service: Service) -> None:
    """Another customer's order has a photo of the same bytes."""
    home = place.work_order("w-other")
    fields = {"site": "s-other", "customer": OTHER, "opened_at": "2031-05-05T01:00:00Z"}
    _write(service, "other-order", _create("work_order", "w-other", home, fields))
    media = {"kind": "photo", "sha256": PHOTO_SHA256, "size_bytes": len(PHOTO), "content_type": "image/jpeg"}
    _write(service, "other-media", _create("media", "m-other", home, media))


def entitle(service: Service, user: str) -> None:
    """Give a user the right to the order, as a visit would."""
    right = EntitlementRow(user=user, aggregate=AGGREGATES[2], because="visit-1", from_ver=0)
    service.engine.store.transact(lambda tx: tx.write(Changes(entitlements=[right])))


def record(service: Service, entity: str, id: str) -> dict[str, Any]:
    """A record's fields as they stand."""
    return service.reading.records([(entity, id)])[entity, id].fields


class Quiet(FieldService, frozen=True):
    """Field service in which nothing follows: every field keeps what the test puts there."""

    def follow(self, *args: Any) -> tuple[()]:
        return ()

    def rights(self, *args: Any) -> tuple[()]:
        return ()


def found_in(database_url: str) -> dict[str, str]:
    """Table → the first row that holds a secret; of a SQLite file, also the file itself as `file`."""
    found = {}
    for table, rows in contents(database_url).items():
        for row in rows:
            text = " ".join(_text(one) for one in row)
            if any(one in text for one in NEEDLES):
                found.setdefault(table, text[:300])
    if is_sqlite(database_url):
        path = sqlite_path(database_url)
        data = b"".join(one.read_bytes() for one in path.parent.glob(path.name + "*"))
        if any(one.encode() in data for one in NEEDLES):
            found["file"] = "bytes"
    return found


def written_anew(path: Path) -> None:
    """As `doorstep personal erase` does at its end."""
    raw = sqlite3.connect(path)
    raw.execute("VACUUM")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def _text(value: Any) -> str:
    return bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)
