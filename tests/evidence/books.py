"""A store with a log and nothing else: sign-offs are written into it as the engine writes them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from domain.evidence.leaf import Leaf, decode_leaf
from mobile_api.device_key import jwk_of
from server.db.connection import Connection
from server.db.log_rows import head_of, leaves_at
from server.db.log_writer import present_log
from server.db.open import SqlStore
from server.evidence.evidence import Evidence, evidence_of
from sync import audit, canonical
from sync.clock import Clock
from sync.record import Record, encode_record
from sync.store import AggregateRow, Changes, DeviceRow
from tests.evidence.world import AT, DEVICE, PHONE_KEY, change, statement, told_of

PUBLIC = canonical.encode(jwk_of(PHONE_KEY.public_key()))
VERIFIED = {"result": "verified", "at": AT, "key_sha256": canonical.sha256_hex(PUBLIC)}
SECRET = "a secret of at least thirty-two characters"


@dataclass
class Books:
    """One process over a database."""

    store: SqlStore
    secret: str = SECRET
    log_at_all: bool = True
    at: str = AT
    evidence: Evidence = field(init=False)

    def __post_init__(self) -> None:
        self.evidence = evidence_of(
            self.store, self.secret, "https://service.example.com", lambda _: None, lambda: self.at
        )
        if not self.log_at_all:
            self.store.log = None

    def enrol(self) -> None:
        """The phone is known, as one that was enrolled before there was a log."""
        row = DeviceRow(id=DEVICE, user="u-1", roles=("technician",), public_key=PUBLIC)
        self.store.transact(lambda tx: tx.write(Changes(devices=[row])))

    def sign_off(self, name: str, verification: dict[str, Any] | None = None, **fields: Any) -> Record:
        """A sign-off of an order of its own, checked already, in one transaction with what it does to its chain."""
        aggregate = f"work_order/order-{name}"
        said = told_of(
            statement(
                work_order=f"order-{name}",
                outcome="absent",
                reason="无人在场",
                signer=None,
                signature_image_sha256=None,
                media=(),
            ),
            reason="无人在场",
            signer=None,
            signature_media=None,
        )
        made = change("sign_off", f"so-{name}", {**said, **fields})
        salt = hashlib.sha256(name.encode()).digest()[:16]
        entry = audit.extend(aggregate, audit.GENESIS, 0, made, salt)
        record = Record(
            entity="sign_off",
            id=f"so-{name}",
            aggregate=aggregate,
            ver=1,
            created=Clock(1, DEVICE, 4, "technician"),
            fields={**made.after, "verification": VERIFIED if verification is None else verification},
            clocks={},
        )
        row = AggregateRow(id=aggregate, ver=1, chain_head=entry.hash, chain_length=1)
        changes = Changes(records=[(record, encode_record(record))], aggregates=[row], audit=[entry])
        self.write(changes)
        return record

    def write(self, changes: Changes, then: Callable[[], None] = lambda: None) -> None:
        """One transaction of the engine's; `then` is done before it commits."""

        def work(tx: Any) -> None:
            tx.lock_aggregates([row.id for row in changes.aggregates])
            tx.write(changes)
            then()

        self.store.transact(work)

    def again(self, record: Record, verification: dict[str, Any], *, of_its_chain: bool = False) -> None:
        """The finding about a sign-off is replaced; `of_its_chain`: by an entry that its chain has, too."""
        newer = record.copy()
        newer.fields = {**record.fields, "verification": verification}
        entry = self._next(record, verification)
        row = AggregateRow(id=record.aggregate, ver=2, chain_head=entry.hash, chain_length=2)
        audited = [entry] if of_its_chain else []
        self.write(Changes(records=[(newer, encode_record(newer))], aggregates=[row], audit=audited))

    def _next(self, record: Record, verification: dict[str, Any]) -> audit.Entry:
        with self.store.snapshot() as snapshot:
            (first,) = snapshot.audit(record.aggregate)[:1]
        found = change("sign_off", record.id, {"verification": verification}, by="system")
        return audit.extend(record.aggregate, first.hash, 1, found, bytes(16))

    def leaves(self, log: str = "") -> list[Leaf]:
        """Everything in a log, the present one where none is named."""

        def work(connection: Connection) -> list[Leaf]:
            name = log or present_log(connection)
            head = head_of(connection, name)
            size = head.size if head else 0
            found = leaves_at(connection, name, list(range(size + 5)))
            assert [one.place for one in found] == list(range(size))
            return [decode_leaf(one.data) for one in found]

        return self.store.database.read(work)

    def kinds(self, log: str = "") -> list[str]:
        """The kind of each leaf."""
        return [type(one).__name__.removesuffix("Leaf") for one in self.leaves(log)]
