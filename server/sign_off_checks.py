"""Verifies each sign-off as it comes in, and writes what it found beside it (docs/decisions/0010).

Nothing is refused: the work stands, and what cannot be verified goes to the quality manager's inbox.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence

from domain.personal import ERASED_AT
from domain.verification import Bearer, Finding, verify
from mobile_api.device_signature import is_es256
from server.db.devices import SqlDevices
from sync.engine import Draft, Engine
from sync.operation import Operation
from sync.poison import POISON
from sync.record import Record
from sync.store import Ask, DeviceRow, Loaded, StoreUnavailable, WriteTransaction

DOOR = DeviceRow(id="system-sign-off", user="system", roles=("system",))
_MAKES_ONE = ("sign_off", "visit")
"""A sign-off that was parked waits for its visit: whatever makes either may have brought one in."""

log = logging.getLogger(__name__)


class SignOffChecks:
    """`sync.engine.Taken`: a phone hears of its sign-off only after it was checked, in whatever push it comes."""

    def __init__(self, devices: SqlDevices, now: Callable[[], str]) -> None:
        """`now` gives the server's time as an instant in UTC."""
        self._devices = devices
        self._now = now

    def __call__(self, engine: Engine, operations: Sequence[Operation]) -> None:
        """Check what these operations may have brought. Raises `StoreUnavailable`: the phone sends them again."""
        concerned = {
            one.aggregate for one in operations if one.entity in _MAKES_ONE and one.action == "create"
        }
        if concerned:
            self.look(engine, sorted(concerned))

    def look(self, engine: Engine, aggregates: Iterable[str], *, again: bool = False) -> list[Finding]:
        """Check the sign-offs of these aggregates that nobody has checked, with `again` all of them.

        Returns what was found. Raises `StoreUnavailable`.
        """
        found = []
        for aggregate in aggregates:
            kinds = [(aggregate, name) for name in ("sign_off", "media", "work_order")]
            loaded = _load(engine, Ask(kinds=kinds))
            if any(one.fields.get(ERASED_AT) is not None for one in loaded.records.values()):
                # Names are replaced in the papers: what was found while they were whole stands.
                continue
            media = [one for one in loaded.records.values() if one.entity == "media" and not one.deleted]
            for one in sorted(loaded.records.values(), key=lambda record: record.id):
                if one.entity == "sign_off" and (again or one.fields.get("verification") is None):
                    found += self._checked(engine, one, media)
        return found

    def _checked(self, engine: Engine, sign_off: Record, media: Sequence[Record]) -> list[Finding]:
        try:
            finding = verify(sign_off, media, self._bearer(engine, sign_off), is_es256)
            _write_down(engine, sign_off, finding, self._now())
        except StoreUnavailable:
            raise
        except POISON:
            # A fault of ours must not keep a phone from handing over its work: it stays unchecked, and is found so.
            log.exception("the sign-off %s could not be checked", sign_off.id)
            return []
        return [finding]

    def _bearer(self, engine: Engine, sign_off: Record) -> Bearer:
        device, seq = sign_off.created.device, sign_off.created.seq
        known = self._devices.key_of(device)
        if known is None:
            return Bearer(device=device)
        receipts = _load(engine, Ask(receipts=(device, seq, seq))).receipts
        arrived = receipts[0].received_at if receipts else ""
        return Bearer(
            device=device,
            copied_from=known.copied_from,
            public_key=known.public_key,
            withdrawn=known.revoked and (known.revoked_at is None or known.revoked_at <= arrived),
        )


def _write_down(engine: Engine, sign_off: Record, finding: Finding, now: str) -> None:
    before = sign_off.fields.get("verification") or {}
    told = finding.as_field(now)
    if {**before, "at": ""} == {**told, "at": ""}:
        return
    # Two processes that find the same about the same record write it once.
    name = f"{sign_off.id}\n{sign_off.ver}\n{finding.result}\n{finding.reason}"
    draft = Draft(
        id=f"verify-{hashlib.sha256(name.encode()).hexdigest()[:32]}",
        entity="sign_off",
        record=sign_off.id,
        aggregate=sign_off.aggregate,
        set={"verification": told},
    )
    engine.write(DOOR, [draft])


def _load(engine: Engine, ask: Ask) -> Loaded:
    def load(tx: WriteTransaction) -> Loaded:
        return tx.load(ask)

    return engine.store.transact(load)
